/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads a blob table as wimlib does it (src/blob_table.c, read_blob_table()), at once instead of in pieces of 32 KiB. */
#include "blob_table.h"

#include "chunks.h"
#include "reading.h"
#include "resource.h"

#include "wimplan/limits.h"
#include "wimplan/number.h"

#include <stdlib.h>
#include <string.h>
#include <wimlib.h>

/* The places of struct blob_descriptor_disk behind its resource header. */
#define ENTRY_PART 24
#define ENTRY_REFERENCES 26
/* In the flags of a resource (wimlib include/wimlib/header.h). */
#define RESOURCE_METADATA 0x2u
/* The size by which an entry says that it is a solid resource, whose blobs follow. */
#define SOLID_SIZE UINT64_C(0x100000000)
#define NOT_SOLID UINT32_MAX

struct solid {
	uint64_t offset, stored, size; /* @size: of what is in it */
	uint64_t before; /* bytes of those before it in its run */
};

/* A blob, on its way into the index. */
struct entry {
	const uint8_t *bytes; /* in the table's */
	uint32_t solid;       /* which; NOT_SOLID */
	uint64_t offset;      /* in it */
};

struct table {
	struct wp_wim_index *index;
	const struct wp_wim *wim;
	uint8_t *bytes;
	struct solid *solids;
	size_t solid_count;
	size_t run; /* the first of those whose blobs follow; solid_count: none */
};

static struct wp_reshdr resource_of(const struct wp_wim *wim, const uint8_t *entry)
{
	struct wp_reshdr resource = wp_wim_take_resource(entry);

	/* In a file of the other version the bit means nothing. */
	if (!wp_wim_is_solid(&wim->header))
		resource.flags &= (uint8_t)~WP_WIM_RESOURCE_SOLID;
	return resource;
}

/* The solid resources of the run that begins with entry @from, all of which stand somewhere in it. */
static const char *read_run(struct table *table, uint64_t from, uint64_t count)
{
	uint64_t before = 0;

	table->run = table->solid_count;
	for (uint64_t i = from; i < count; i++) {
		struct wp_reshdr resource = resource_of(table->wim, table->bytes + i * WP_BLOB_ENTRY_SIZE);
		uint8_t header[WP_SOLID_HEADER_SIZE];
		struct solid *solid;
		const char *why;

		if (!(resource.flags & WP_WIM_RESOURCE_SOLID))
			break;
		if (resource.size != SOLID_SIZE)
			continue;
		if (table->solid_count == WP_LIMIT_SOLID)
			return "it has too many solid resources";
		why = wp_reading_all(table->wim, header, sizeof header, resource.offset);
		if (why)
			return !strcmp(why, WP_WIM_UNREAD) ? why : "a solid resource lies outside of the file";
		if ((table->solid_count & (table->solid_count - 1)) == 0)
			table->solids = wp_must(reallocarray(table->solids, table->solid_count ? 2 * table->solid_count : 1,
							     sizeof *table->solids));
		solid = &table->solids[table->solid_count++];
		*solid = (struct solid){ resource.offset, resource.stored_size, wp_get64(header), before };
		if (solid->size > INT64_MAX - before)
			return "its solid resources are larger than any can be";
		before += solid->size;
	}
	return NULL;
}

/* Puts a blob that is @size bytes from @offset on in all resources of the run together into the one that has it. */
static const char *find_solid(const struct table *table, uint64_t offset, uint64_t size, struct entry *ret)
{
	size_t low = table->run, high = table->solid_count;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (table->solids[middle].before <= offset)
			low = middle;
		else
			high = middle;
	}
	if (low == high || offset - table->solids[low].before > table->solids[low].size ||
	    size > table->solids[low].size - (offset - table->solids[low].before))
		return "a blob lies outside of the solid resources";
	ret->solid = (uint32_t)low;
	ret->offset = offset - table->solids[low].before;
	return NULL;
}

static const char *add_image(struct table *table, const struct entry *entry)
{
	const struct wp_wim_header *header = &table->wim->header;
	struct wp_reshdr resource = resource_of(table->wim, entry->bytes);
	struct wp_wim_index *index = table->index;
	struct wp_metadata_resource *image;
	uint32_t references = wp_get32(entry->bytes + ENTRY_REFERENCES);

	/* Windows PE of old has such of nothing. */
	if (!references)
		return NULL;
	if (references != 1 || entry->solid != NOT_SOLID)
		return "an image's metadata is shared with something else";
	if (header->part != 1 || index->image_count == header->image_count)
		return NULL;
	image = WP_PUSH(index->arena, index->images, index->image_count);
	memcpy(image->sha1, entry->bytes + WP_BLOB_ENTRY_SHA1, WP_SHA1_SIZE);
	image->compressed = resource.flags & WP_WIM_RESOURCE_COMPRESSED;
	image->offset = resource.offset;
	image->stored = resource.stored_size;
	image->size = resource.size;
	return NULL;
}

/* Blobs of one solid resource mostly come one after the other. Gives its number in the index. */
static uint32_t add_solid(struct wp_wim_index *index, const struct solid *solid)
{
	struct wp_extent place = { solid->offset, wp_sum(solid->offset, solid->stored) };
	struct wp_solid *last = index->solid_count ? &index->solid[index->solid_count - 1] : NULL;

	/* Those of the parts of a set may begin at the same place. */
	if (!last || last->place.begin != place.begin || last->place.end != place.end || last->size != solid->size)
		*WP_PUSH(index->arena, index->solid, index->solid_count) = (struct wp_solid){ place, solid->size };
	return (uint32_t)(index->solid_count - 1);
}

static void add_blob(struct table *table, const struct entry *entry)
{
	struct wp_reshdr resource = resource_of(table->wim, entry->bytes);
	struct wp_wim_index *index = table->index;
	struct wp_blob *blob = &index->blobs[index->blob_count];
	bool solid = entry->solid != NOT_SOLID;

	*blob = (struct wp_blob){
		.solid = solid,
		.compressed = resource.flags & WP_WIM_RESOURCE_COMPRESSED,
		.elsewhere = table->wim->header.part != index->wim->header.part,
		.offset = solid ? entry->offset : resource.offset,
		.resource = solid ? add_solid(index, &table->solids[entry->solid]) : 0,
		.size = solid ? resource.stored_size : resource.size,
		.stored = solid ? 0 : resource.stored_size,
		.position = (uint32_t)index->blob_count,
	};
	memcpy(blob->sha1, entry->bytes + WP_BLOB_ENTRY_SHA1, WP_SHA1_SIZE);
	index->blob_count++;
}

static const char *add_entry(struct table *table, const uint8_t *bytes)
{
	struct wp_reshdr resource = resource_of(table->wim, bytes);
	struct entry entry = { .bytes = bytes, .solid = NOT_SOLID };
	uint64_t size = resource.size;
	const char *why = NULL;

	if (resource.flags & WP_WIM_RESOURCE_SOLID) {
		size = resource.stored_size;
		why = find_solid(table, resource.offset, size, &entry);
	} else if (!(resource.flags & WP_WIM_RESOURCE_COMPRESSED) && resource.stored_size != resource.size) {
		why = "a blob that is not compressed has two sizes";
	}
	if (why || !size || wp_sha1_is_zero(bytes + WP_BLOB_ENTRY_SHA1) ||
	    wp_get16(bytes + ENTRY_PART) != table->wim->header.part)
		return why;
	if (resource.flags & RESOURCE_METADATA)
		return add_image(table, &entry);
	add_blob(table, &entry);
	return NULL;
}

static const char *add_entries(struct table *table, uint64_t count)
{
	const char *why = NULL;
	bool in_run = false;

	for (uint64_t i = 0; i < count && !why; i++) {
		const uint8_t *bytes = table->bytes + i * WP_BLOB_ENTRY_SIZE;
		struct wp_reshdr resource = resource_of(table->wim, bytes);
		bool solid = resource.flags & WP_WIM_RESOURCE_SOLID;

		if (solid && !in_run)
			why = read_run(table, i, count);
		in_run = solid;
		if (!why && !(solid && resource.size == SOLID_SIZE))
			why = add_entry(table, bytes);
	}
	return why;
}

const char *wp_blob_table_add(struct wp_wim_index *index, const struct wp_wim *wim, bool *ret_entry)
{
	struct table table = { .index = index, .wim = wim };
	uint64_t count = wp_wim_blobs(&wim->header);
	const char *why;

	*ret_entry = false;
	if (!count)
		return NULL;
	why = wp_resource_load(wim, &wim->header.blob_table, &table.bytes);
	if (why)
		return why;
	/* Not in the arena: a large one is moved by the kernel without a copy. */
	index->blobs = wp_must(reallocarray(index->blobs, index->blob_count + count, sizeof *index->blobs));
	why = add_entries(&table, count);
	*ret_entry = why && strcmp(why, WP_WIM_UNREAD) != 0;
	free(table.bytes);
	free(table.solids);
	return why;
}
