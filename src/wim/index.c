/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The blob table of a WIM or of a split set, kept small and in an order that can be searched and merged; and what it says of the
 * content.
 */
#include "blob_table.h"
#include "reading.h"

#include "wimplan/limits.h"
#include "wimplan/number.h"
#include "wimplan/text.h"

#include <stdlib.h>
#include <string.h>
#include <wimlib.h>

/* How many bits of a SHA-1 at most say in which bucket a blob is. */
#define BUCKET_BITS 16u

/* wimlib names the parts of install.swm install2.swm and so on, as DISM does. */
static const char *part_path(struct wp_arena *arena, const char *first, unsigned int part)
{
	const char *dot = strrchr(first, '.'), *slash = strrchr(first, '/');

	if (!dot || (slash && dot < slash))
		dot = first + strlen(first);
	return wp_arena_printf(arena, "%.*s%u%s", (int)(dot - first), first, part, dot);
}

/* Whether the file is that part of the set, and layer 1 finds nothing wrong with it. */
static bool is_part(const struct wp_wim *first, const struct wp_wim *part, unsigned int number)
{
	return part->metadata && wp_wim_header_safe(&part->header, part->size) && part->header.part == number &&
	       part->header.parts == first->header.parts &&
	       !memcmp(part->header.guid, first->header.guid, sizeof first->header.guid);
}

/* Adds a part's table to that of the others. */
static int add_part(struct wp_wim_index *index, struct wp_wim *wim, const struct wp_wim *part, uint64_t *blobs)
{
	int code = wp_wim_refusal(part);
	const char *why;
	bool entry;

	if (code)
		return wp_wim_fail(wim, code, NULL);
	*blobs += wp_wim_blobs(&part->header);
	if (*blobs > WP_LIMIT_BLOBS) {
		WP_WIM_DIAG(wim, WP_SEVERITY_ERROR, "resource-out-of-range",
			    "the headers of the set's parts say that there are more than %u blobs, and no more are read",
			    WP_LIMIT_BLOBS);
		return WP_E_FAILED;
	}
	why = wp_blob_table_add(index, part, &entry);
	if (!why && wp_wim_is_still(part))
		return 0;
	return wp_wim_no_table(wim, part->header.part, why && wp_wim_is_still(part) ? why : WP_WIM_CHANGED);
}

static int add_parts(struct wp_wim_index *index, struct wp_wim *wim)
{
	unsigned int parts = wim->header.parts;
	unsigned int looked_for = parts < WP_LIMIT_PARTS ? parts : WP_LIMIT_PARTS;
	uint64_t blobs = wp_wim_blobs(&wim->header);
	const char *missing = NULL;

	index->parts_missing = parts - looked_for;
	for (unsigned int number = 2; number <= looked_for; number++) {
		const char *path = part_path(index->arena, wim->path, number);
		struct wp_wim *part __attribute__((cleanup(wp_wim_freep))) = wp_wim_read(path);

		if (is_part(wim, part, number)) {
			if (add_part(index, wim, part, &blobs))
				return WP_E_FAILED;
			index->file_bytes = wp_sum(index->file_bytes, part->size);
			continue;
		}
		index->parts_missing++;
		missing = missing ? missing : path;
	}
	if (parts > looked_for && !missing)
		missing = part_path(index->arena, wim->path, looked_for + 1);
	if (missing) {
		const char *slash = strrchr(missing, '/');

		WP_WIM_DIAG(wim, WP_SEVERITY_WARNING, "part-missing",
			    "%u of the %u parts of the set %s not found, the first one %s: sizes and totals lack what is "
			    "in %s",
			    index->parts_missing, parts, index->parts_missing == 1 ? "was" : "were",
			    wp_utf8_repair(index->arena, slash ? slash + 1 : missing),
			    index->parts_missing == 1 ? "it" : "them");
	}
	return 0;
}

/* Of a set inside of another file only the first part is read. */
static int lack_parts(struct wp_wim_index *index, struct wp_wim *wim)
{
	index->parts_missing = wim->header.parts - 1u;
	WP_WIM_DIAG(wim, WP_SEVERITY_WARNING, "part-missing",
		    "the other parts of the set, %u, are not looked for inside of another file: sizes and totals lack what "
		    "is in them", index->parts_missing);
	return 0;
}

static int compare_blobs(const void *a, const void *b)
{
	const struct wp_blob *x = a, *y = b;
	int order = memcmp(x->sha1, y->sha1, WP_SHA1_SIZE);

	return order ? order : (x->position > y->position) - (x->position < y->position);
}

/* Totals of all parts. */
static void add_up(struct wp_wim_index *index)
{
	struct wp_wim_content *content = &index->content;

	content->blob_count = index->blob_count;
	content->stored_bytes = (struct wp_number){ .known = true };
	for (size_t i = 0; i < index->blob_count; i++) {
		content->blob_bytes = wp_sum(content->blob_bytes, index->blobs[i].size);
		content->stored_bytes.value = wp_sum(content->stored_bytes.value, index->blobs[i].stored);
		content->stored_bytes.known &= !index->blobs[i].solid;
	}
	if (!content->stored_bytes.known)
		content->stored_bytes.value = 0;
}

static unsigned int bucket(const struct wp_wim_index *index, const uint8_t sha1[WP_SHA1_SIZE])
{
	return ((unsigned int)sha1[0] << 8 | sha1[1]) >> (BUCKET_BITS - index->bucket_bits);
}

/* Sorts the blobs from @from on, and moves the first of each SHA-1 down to @to. Returns where they end. */
static size_t take_bucket(struct wp_blob *blobs, size_t from, size_t count, size_t to)
{
	if (count > 1)
		qsort(blobs + from, count, sizeof *blobs, compare_blobs);
	for (size_t i = from; i < from + count; i++)
		if (i == from || memcmp(blobs[i].sha1, blobs[to - 1].sha1, WP_SHA1_SIZE) != 0)
			blobs[to++] = blobs[i];
	return to;
}

/* By bucket first, which is two passes, then within the buckets, which hold a few each. */
static void set_order(struct wp_wim_index *index)
{
	struct wp_blob *sorted = wp_must(reallocarray(NULL, index->blob_count ? index->blob_count : 1, sizeof *sorted));
	size_t from = 0, to = 0, buckets;
	uint32_t *first;

	while (index->bucket_bits < BUCKET_BITS && index->blob_count >> index->bucket_bits > 1)
		index->bucket_bits++;
	buckets = (size_t)1 << index->bucket_bits;
	first = wp_arena_alloc(index->arena, (buckets + 1) * sizeof *first);
	for (size_t i = 0; i < index->blob_count; i++)
		first[bucket(index, index->blobs[i].sha1) + 1]++;
	for (size_t i = 0; i < buckets; i++)
		first[i + 1] += first[i];
	for (size_t i = index->blob_count; i-- > 0;)
		sorted[--first[bucket(index, index->blobs[i].sha1) + 1]] = index->blobs[i];
	/* Each entry has become the beginning of the bucket before it. */
	memmove(first, first + 1, buckets * sizeof *first);
	first[buckets] = (uint32_t)index->blob_count;
	for (size_t i = 0; i < buckets; i++) {
		size_t count = first[i + 1] - from;

		first[i] = (uint32_t)to;
		to = take_bucket(sorted, from, count, to);
		from += count;
	}
	first[buckets] = (uint32_t)to;
	index->blob_count = to;
	free(index->blobs);
	index->blobs = sorted;
	index->buckets = first;
}

static int compare_in_solid(const void *a, const void *b)
{
	const struct wp_blob *x = *(const struct wp_blob *const *)a, *y = *(const struct wp_blob *const *)b;
	int order = (x->resource > y->resource) - (x->resource < y->resource);

	return order ? order : (x->offset > y->offset) - (x->offset < y->offset);
}

/* Whether two blobs of one solid resource of the file have bytes in common, which wimlib refuses (src/blob_table.c, validate_resource()). */
static bool overlaps(const struct wp_wim_index *index)
{
	const struct wp_blob **solid;
	size_t count = 0;
	bool found = false;

	if (!index->solid_count)
		return false;
	solid = wp_must(reallocarray(NULL, index->blob_count ? index->blob_count : 1, sizeof *solid));
	for (size_t i = 0; i < index->blob_count; i++)
		if (index->blobs[i].solid && !index->blobs[i].elsewhere)
			solid[count++] = &index->blobs[i];
	WP_SORT(solid, count, compare_in_solid);
	for (size_t i = 1; i < count && !found; i++)
		found = solid[i]->resource == solid[i - 1]->resource &&
			solid[i]->offset < solid[i - 1]->offset + solid[i - 1]->size;
	free(solid);
	return found;
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

/* The identity of the content, which part of the metadata does not tell; the other parts of a split file have none. */
static void identify(struct wp_wim_index *index, struct wp_wim *wim)
{
	struct wp_sha256 *hash = wp_sha256_new();

	for (size_t i = 0; i < index->image_count; i++)
		wp_sha256_add(hash, index->images[i].sha1, WP_SHA1_SIZE);
	wp_sha256_finish(hash, index->content.content_id);
	if (!index->image_count || index->image_count != wim->header.image_count)
		index->content.content_id[0] = '\0';
	if (wim->header.part == 1 && index->image_count != wim->header.image_count)
		WP_WIM_DIAG(wim, WP_SEVERITY_WARNING, "image-count-mismatch",
			    "the header counts %u images, and there is metadata of %zu", wim->header.image_count,
			    index->image_count);
}

static int read_tables(struct wp_wim_index *index, struct wp_wim *wim)
{
	const char *why;
	bool entry;
	int code;

	/* Whatever layer 1 had to refuse is not read. */
	if (!wim->metadata || wp_diags_worst(&wim->diags, WP_SEVERITY_ERROR) || !wp_wim_header_safe(&wim->header, wim->size))
		return WP_E_FAILED;
	code = wp_wim_refusal(wim);
	if (code)
		return wp_wim_fail(wim, code, NULL);
	why = wp_blob_table_add(index, wim, &entry);
	if (!wp_wim_is_still(wim))
		return wp_wim_changed(wim);
	if (why && entry)
		return wp_wim_fail(wim, WIMLIB_ERR_INVALID_LOOKUP_TABLE_ENTRY, why);
	if (why)
		return wp_wim_no_table(wim, 0, why);
	identify(index, wim);
	if (wim->header.part != 1 || wim->header.parts == 1)
		return 0;
	return wim->inside ? lack_parts(index, wim) : add_parts(index, wim);
}

struct wp_wim_index *wp_wim_index_read(struct wp_wim *wim)
{
	struct wp_arena *arena = wp_arena_new();
	struct wp_wim_index *index = wp_arena_alloc(arena, sizeof *index);
	int status;

	index->arena = arena;
	index->wim = wim;
	index->file_bytes = wim->size;
	index->left = wp_arena_alloc(arena, sizeof *index->left);
	*index->left = (struct wp_files_left){ WP_LIMIT_UNPACKED, WP_LIMIT_BOOT_BYTES, WP_LIMIT_BOOT_PROGRAMS,
						     WP_LIMIT_BOOT_FILES };
	status = read_tables(index, wim);
	if (!status) {
		set_order(index);
		if (overlaps(index))
			status = wp_wim_fail(wim, WIMLIB_ERR_INVALID_LOOKUP_TABLE_ENTRY, "blobs of a solid resource overlap");
	}
	wp_wim_settle(wim);
	if (status) {
		wp_wim_index_free(index);
		return NULL;
	}
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
	size_t low = index->buckets[bucket(index, sha1)], high = index->buckets[bucket(index, sha1) + 1];

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
