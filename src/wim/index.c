/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The blob table of a WIM or of a split set through wimlib, kept small and in an order
 * that can be searched and merged.
 */
#include "internal.h"

#include "wimplan/limits.h"
#include "wimplan/number.h"
#include "wimplan/text.h"
#include "wimplan/tree.h"

#include <stdlib.h>
#include <string.h>
#include <wimlib.h>

#define BUCKETS 65536u

/* What goes through wimlib's callbacks. */
struct reader {
	struct wp_wim_index *index;
	struct wp_wim *wim;
	struct wp_spread *spread; /* of all parts of a set */
};

/* Blobs of one solid resource mostly come one after the other. Gives its number. */
static uint32_t add_solid(struct wp_wim_index *index, const struct wimlib_resource_entry *resource)
{
	uint64_t offset = resource->raw_resource_offset_in_wim, end = wp_sum(offset, resource->raw_resource_compressed_size);
	struct wp_solid *last = index->solid_count ? &index->solid[index->solid_count - 1] : NULL;

	/* Those of the parts of a set may begin at the same place. */
	if (!last || last->place.begin != offset || last->place.end != end ||
	    last->size != resource->raw_resource_uncompressed_size)
		*WP_PUSH(index->arena, index->solid, index->solid_count) =
			(struct wp_solid){ { offset, end }, resource->raw_resource_uncompressed_size };
	return (uint32_t)(index->solid_count - 1);
}

static int take_blob(const struct wimlib_resource_entry *resource, void *context)
{
	const struct reader *reader = context;
	struct wp_wim_index *index = reader->index;
	struct wp_blob *blob;

	if (resource->is_metadata) {
		struct wp_metadata_resource *image = WP_PUSH(index->arena, index->images, index->image_count);

		memcpy(image->sha1, resource->sha1_hash, WP_SHA1_SIZE);
		image->compressed = resource->is_compressed;
		image->solid = resource->packed;
		image->offset = resource->offset;
		image->stored = resource->compressed_size;
		image->size = resource->uncompressed_size;
		return 0;
	}
	/* Not in the arena: it grows, and a large one is moved by the kernel without a copy. */
	if ((index->blob_count & (index->blob_count - 1)) == 0) {
		size_t capacity = index->blob_count ? 2 * index->blob_count : 1;

		index->blobs = wp_must(reallocarray(index->blobs, capacity, sizeof *index->blobs));
	}
	blob = &index->blobs[index->blob_count++];
	memcpy(blob->sha1, resource->sha1_hash, WP_SHA1_SIZE);
	blob->solid = resource->packed;
	blob->compressed = resource->is_compressed;
	blob->elsewhere = resource->part_number != reader->wim->header.part;
	blob->offset = resource->offset;
	blob->resource = resource->packed ? add_solid(index, resource) : 0;
	blob->used = false;
	blob->size = resource->uncompressed_size;
	blob->stored = resource->packed ? 0 : resource->compressed_size;
	return 0;
}

/* wimlib names the parts of install.swm install2.swm and so on, as DISM does. */
static const char *part_path(struct wp_arena *arena, const char *first, unsigned int part)
{
	const char *dot = strrchr(first, '.'), *slash = strrchr(first, '/');

	if (!dot || (slash && dot < slash))
		dot = first + strlen(first);
	return wp_arena_printf(arena, "%.*s%u%s", (int)(dot - first), first, part, dot);
}

/* Whether the file is that part of the set, and layer 1 finds nothing wrong with it: wimlib gets to see no other one. */
static bool is_part(const struct wp_wim *first, const struct wp_wim *part, unsigned int number)
{
	return part->metadata && wp_wim_header_safe(&part->header, part->size) && part->header.part == number &&
	       part->header.parts == first->header.parts &&
	       !memcmp(part->header.guid, first->header.guid, sizeof first->header.guid);
}

/* What wimlib keeps in one table of all parts together; a failure when it must not. */
static int add_blobs(struct reader *reader, const struct wp_wim *part)
{
	struct wp_wim *wim = reader->wim;
	const char *why = NULL;

	if (reader->spread->count + wp_wim_blobs(&part->header) > WP_LIMIT_BLOBS)
		WP_WIM_DIAG(wim, WP_SEVERITY_ERROR, "resource-out-of-range",
			    "the headers of the set's parts say that there are more than %u blobs, and no more are read",
			    WP_LIMIT_BLOBS);
	else if ((why = wp_wim_count_spread(part, reader->spread)))
		WP_WIM_DIAG(wim, WP_SEVERITY_ERROR, "resource-out-of-range",
			    "the blob table of part %u cannot be used: %s", (unsigned int)part->header.part, why);
	else
		return 0;
	return WP_E_FAILED;
}

static int reference_parts(struct reader *reader, WIMStruct *opened)
{
	struct wp_wim_index *index = reader->index;
	unsigned int parts = reader->wim->header.parts;
	unsigned int looked_for = parts < WP_LIMIT_PARTS ? parts : WP_LIMIT_PARTS;
	const char *missing = NULL;
	int code = add_blobs(reader, reader->wim);

	index->parts_missing = parts - looked_for;
	for (unsigned int number = 2; number <= looked_for && !code; number++) {
		const char *path = part_path(index->arena, reader->wim->path, number);
		struct wp_wim *part __attribute__((cleanup(wp_wim_freep))) = wp_wim_read(path);

		if (is_part(reader->wim, part, number)) {
			code = add_blobs(reader, part);
			if (code)
				return code;
			index->file_bytes = wp_sum(index->file_bytes, part->size);
			code = wimlib_reference_resource_files(opened, &path, 1, 0, 0);
			continue;
		}
		index->parts_missing++;
		missing = missing ? missing : path;
	}
	if (parts > looked_for && !missing)
		missing = part_path(index->arena, reader->wim->path, looked_for + 1);
	if (missing) {
		const char *slash = strrchr(missing, '/');

		WP_WIM_DIAG(reader->wim, WP_SEVERITY_WARNING, "part-missing",
			    "%u of the %u parts of the set %s not found, the first one %s: sizes and totals lack what is "
			    "in %s",
			    index->parts_missing, parts, index->parts_missing == 1 ? "was" : "were",
			    wp_utf8_repair(index->arena, slash ? slash + 1 : missing),
			    index->parts_missing == 1 ? "it" : "them");
	}
	return code;
}

/* Of a set inside of another file only the first part is read. */
static int lack_parts(struct reader *reader)
{
	reader->index->parts_missing = reader->wim->header.parts - 1u;
	WP_WIM_DIAG(reader->wim, WP_SEVERITY_WARNING, "part-missing",
		    "the other parts of the set, %u, are not looked for inside of another file: sizes and totals lack what "
		    "is in them", reader->index->parts_missing);
	return 0;
}

static int visit(const struct wp_blob_source *blobs, void *context)
{
	struct reader *reader = context;
	int code = 0;

	if (reader->wim->header.part == 1 && reader->wim->header.parts > 1)
		code = blobs->opened ? reference_parts(reader, blobs->opened) : lack_parts(reader);
	return code ? code : wp_blobs_each(blobs, take_blob, reader);
}

static int compare_blobs(const void *a, const void *b)
{
	return memcmp(((const struct wp_blob *)a)->sha1, ((const struct wp_blob *)b)->sha1, WP_SHA1_SIZE);
}

/* The totals of all parts; wp_wim_visit_content() has counted those of the first. */
static void add_up(struct wp_wim_index *index)
{
	struct wp_wim_content *content = &index->content;

	content->blob_count = index->blob_count;
	content->blob_bytes = 0;
	content->stored_bytes = (struct wp_number){ .known = true };
	for (size_t i = 0; i < index->blob_count; i++) {
		content->blob_bytes = wp_sum(content->blob_bytes, index->blobs[i].size);
		content->stored_bytes.value = wp_sum(content->stored_bytes.value, index->blobs[i].stored);
		content->stored_bytes.known &= !index->blobs[i].solid;
	}
	if (!content->stored_bytes.known)
		content->stored_bytes.value = 0;
}

static unsigned int bucket(const uint8_t sha1[WP_SHA1_SIZE])
{
	return (unsigned int)sha1[0] << 8 | sha1[1];
}

/* By bucket first, which is two passes, then within the buckets, which hold a few each. */
static void set_order(struct wp_wim_index *index)
{
	struct wp_blob *sorted = wp_must(reallocarray(NULL, index->blob_count ? index->blob_count : 1, sizeof *sorted));
	uint32_t *first = wp_arena_alloc(index->arena, (BUCKETS + 1) * sizeof *first);

	for (size_t i = 0; i < index->blob_count; i++)
		first[bucket(index->blobs[i].sha1) + 1]++;
	for (unsigned int i = 0; i < BUCKETS; i++)
		first[i + 1] += first[i];
	for (size_t i = index->blob_count; i-- > 0;)
		sorted[--first[bucket(index->blobs[i].sha1) + 1]] = index->blobs[i];
	/* Each entry has become the beginning of the bucket before it. */
	memmove(first, first + 1, BUCKETS * sizeof *first);
	first[BUCKETS] = (uint32_t)index->blob_count;
	for (unsigned int i = 0; i < BUCKETS; i++)
		if (first[i + 1] - first[i] > 1)
			qsort(sorted + first[i], first[i + 1] - first[i], sizeof *sorted, compare_blobs);
	free(index->blobs);
	index->blobs = sorted;
	index->buckets = first;
}

static int compare_resources(const struct wp_metadata_resource *x, const struct wp_metadata_resource *y)
{
	int order = (x->offset > y->offset) - (x->offset < y->offset);

	order = order ? order : (x->stored > y->stored) - (x->stored < y->stored);
	order = order ? order : (x->size > y->size) - (x->size < y->size);
	order = order ? order : (int)x->compressed - (int)y->compressed;
	order = order ? order : (int)x->solid - (int)y->solid;
	return order ? order : memcmp(x->sha1, y->sha1, WP_SHA1_SIZE);
}

/* The same ones by image: they stand in one array. */
static int compare_places(const void *a, const void *b)
{
	const struct wp_metadata_resource *x = *(const struct wp_metadata_resource *const *)a;
	const struct wp_metadata_resource *y = *(const struct wp_metadata_resource *const *)b;
	int order = compare_resources(x, y);

	return order ? order : (x > y) - (x < y);
}

/* Thousands of images may name one resource, which is read once. */
static void find_same(struct wp_wim_index *index)
{
	struct wp_metadata_resource **sorted = wp_arena_alloc(index->arena, index->image_count * sizeof *sorted);

	for (size_t i = 0; i < index->image_count; i++) {
		sorted[i] = &index->images[i];
		sorted[i]->same_as = (uint32_t)i + 1;
	}
	WP_SORT(sorted, index->image_count, compare_places);
	for (size_t i = 1; i < index->image_count; i++)
		if (!compare_resources(sorted[i - 1], sorted[i]))
			sorted[i]->same_as = sorted[i - 1]->same_as;
}

struct wp_wim_index *wp_wim_index_read(struct wp_wim *wim)
{
	struct wp_arena *arena = wp_arena_new();
	struct wp_wim_index *index = wp_arena_alloc(arena, sizeof *index);
	struct reader reader = { index, wim, wp_arena_alloc(arena, sizeof *reader.spread) };

	index->arena = arena;
	index->wim = wim;
	index->file_bytes = wim->size;
	if (wp_wim_visit_content(wim, &index->content, visit, &reader)) {
		wp_wim_index_free(index);
		return NULL;
	}
	set_order(index);
	add_up(index);
	find_same(index);
	return index;
}

void wp_wim_index_free(struct wp_wim_index *index)
{
	if (!index)
		return;
	free(index->blobs);
	wp_arena_free(index->arena);
}

struct wp_blob *wp_wim_index_find(const struct wp_wim_index *index, const uint8_t sha1[WP_SHA1_SIZE])
{
	/* SHA-1s are spread evenly: of 100,000 blobs a bucket has one or two. */
	size_t low = index->buckets[bucket(sha1)], high = index->buckets[bucket(sha1) + 1];

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = memcmp(index->blobs[middle].sha1, sha1, WP_SHA1_SIZE);

		if (!order)
			return &index->blobs[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}
