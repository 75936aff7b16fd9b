/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads a blob table as wimlib does it (src/blob_table.c, read_blob_table()), wherever in a file the WIM stands. */
#include "blob_table.h"

#include "resource.h"

#include "wimplan/limits.h"

#include <stdlib.h>
#include <string.h>
#include <wimlib.h>

/* The places of struct blob_descriptor_disk behind its resource header. */
#define ENTRY_PART 24
#define ENTRY_REFERENCES 26
/* In the flags of a resource (wimlib include/wimlib/header.h). */
#define RESOURCE_FREE 0x1u
#define RESOURCE_METADATA 0x2u
#define RESOURCE_SPANNED 0x8u
/* The size by which an entry says that it is a solid resource, whose blobs follow. */
#define SOLID_SIZE UINT64_C(0x100000000)
#define NOT_SOLID UINT32_MAX

struct solid {
	uint64_t offset, stored, size; /* @size: of what is in it */
	uint64_t before; /* bytes of those before it in its run */
};

struct entry {
	const uint8_t *bytes; /* in the table's */
	uint32_t solid;       /* which; NOT_SOLID */
	uint64_t offset;      /* in it */
};

struct wp_blob_table {
	const struct wp_wim *wim;
	uint8_t *bytes;
	struct entry *images, *blobs;
	size_t image_count, blob_count;
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
static const char *read_run(struct wp_blob_table *table, int fd, uint64_t from, uint64_t count)
{
	uint64_t before = 0;

	table->run = table->solid_count;
	for (uint64_t i = from; i < count; i++) {
		struct wp_reshdr resource = resource_of(table->wim, table->bytes + i * WP_BLOB_ENTRY_SIZE);
		uint8_t header[WP_SOLID_HEADER_SIZE];
		struct solid *solid;

		if (!(resource.flags & WP_WIM_RESOURCE_SOLID))
			break;
		if (resource.size != SOLID_SIZE)
			continue;
		if (table->solid_count == WP_LIMIT_SOLID)
			return "it has too many solid resources";
		if (wp_wim_pread(table->wim, fd, header, sizeof header, resource.offset) != sizeof header)
			return "a solid resource lies outside of the file";
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
static const char *find_solid(const struct wp_blob_table *table, uint64_t offset, uint64_t size, struct entry *ret)
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

static const char *add_image(struct wp_blob_table *table, const struct entry *entry)
{
	const struct wp_wim_header *header = &table->wim->header;
	uint32_t references = wp_get32(entry->bytes + ENTRY_REFERENCES);

	/* Windows PE of old has such of nothing. */
	if (!references)
		return NULL;
	if (references != 1 || entry->solid != NOT_SOLID)
		return "an image's metadata is shared with something else";
	if (header->part == 1 && table->image_count < header->image_count)
		table->images[table->image_count++] = *entry;
	return NULL;
}

static const char *add_entry(struct wp_blob_table *table, const uint8_t *bytes)
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
	table->blobs[table->blob_count++] = entry;
	return NULL;
}

static const char *add_entries(struct wp_blob_table *table, int fd, uint64_t count)
{
	const char *why = NULL;
	bool in_run = false;

	for (uint64_t i = 0; i < count && !why; i++) {
		const uint8_t *bytes = table->bytes + i * WP_BLOB_ENTRY_SIZE;
		struct wp_reshdr resource = resource_of(table->wim, bytes);
		bool solid = resource.flags & WP_WIM_RESOURCE_SOLID;

		if (solid && !in_run)
			why = read_run(table, fd, i, count);
		in_run = solid;
		if (!why && !(solid && resource.size == SOLID_SIZE))
			why = add_entry(table, bytes);
	}
	return why;
}

/* Equal ones in the order of the table: its first one counts. */
static int compare_entries(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int order = memcmp(x->bytes + WP_BLOB_ENTRY_SHA1, y->bytes + WP_BLOB_ENTRY_SHA1, WP_SHA1_SIZE);

	return order ? order : (x->bytes > y->bytes) - (x->bytes < y->bytes);
}

static void drop_duplicates(struct wp_blob_table *table)
{
	size_t to = 0;

	WP_SORT(table->blobs, table->blob_count, compare_entries);
	for (size_t i = 0; i < table->blob_count; i++)
		if (!to || memcmp(table->blobs[to - 1].bytes + WP_BLOB_ENTRY_SHA1,
				  table->blobs[i].bytes + WP_BLOB_ENTRY_SHA1, WP_SHA1_SIZE) != 0)
			table->blobs[to++] = table->blobs[i];
	table->blob_count = to;
}

struct wp_blob_table *wp_blob_table_read(const struct wp_wim *wim, const char **ret_why)
{
	int fd __attribute__((cleanup(wp_closep))) = -1;
	struct wp_blob_table *table = wp_must(calloc(1, sizeof *table));
	uint64_t count = wp_wim_blobs(&wim->header);

	table->wim = wim;
	*ret_why = count ? wp_resource_load(wim, &wim->header.blob_table, &table->bytes) : NULL;
	table->blobs = wp_must(reallocarray(NULL, count + 1, sizeof *table->blobs));
	table->images = wp_must(reallocarray(NULL, wim->header.image_count + (size_t)1, sizeof *table->images));
	if (!*ret_why)
		*ret_why = wp_resource_open(wim, &fd);
	if (!*ret_why)
		*ret_why = add_entries(table, fd, count);
	if (*ret_why) {
		wp_blob_table_free(table);
		return NULL;
	}
	drop_duplicates(table);
	return table;
}

void wp_blob_table_free(struct wp_blob_table *table)
{
	if (!table)
		return;
	free(table->bytes);
	free(table->images);
	free(table->blobs);
	free(table->solids);
	free(table);
}

/* As wimlib describes it (src/blob_table.c, blob_to_wimlib_resource_entry()). */
static struct wimlib_resource_entry describe(const struct wp_blob_table *table, const struct entry *entry)
{
	struct wp_reshdr resource = resource_of(table->wim, entry->bytes);
	struct wimlib_resource_entry ret = {
		.part_number = table->wim->header.part,
		.reference_count = wp_get32(entry->bytes + ENTRY_REFERENCES),
		.is_compressed = (resource.flags & WP_WIM_RESOURCE_COMPRESSED) != 0,
		.is_metadata = (resource.flags & RESOURCE_METADATA) != 0,
		.is_free = (resource.flags & RESOURCE_FREE) != 0,
		.is_spanned = (resource.flags & RESOURCE_SPANNED) != 0,
		.packed = entry->solid != NOT_SOLID,
	};

	memcpy(ret.sha1_hash, entry->bytes + WP_BLOB_ENTRY_SHA1, WP_SHA1_SIZE);
	if (ret.packed) {
		const struct solid *solid = &table->solids[entry->solid];

		ret.uncompressed_size = resource.stored_size;
		ret.offset = entry->offset;
		ret.raw_resource_offset_in_wim = solid->offset;
		ret.raw_resource_compressed_size = solid->stored;
		ret.raw_resource_uncompressed_size = solid->size;
	} else {
		ret.uncompressed_size = resource.size;
		ret.compressed_size = resource.stored_size;
		ret.offset = resource.offset;
		ret.raw_resource_offset_in_wim = resource.offset;
		ret.raw_resource_compressed_size = resource.stored_size;
		ret.raw_resource_uncompressed_size = resource.size;
	}
	return ret;
}

int wp_blob_table_each(const struct wp_blob_table *table, wp_take_blob *take, void *context)
{
	int code = 0;

	for (size_t i = 0; i < table->image_count && !code; i++) {
		struct wimlib_resource_entry resource = describe(table, &table->images[i]);

		code = take(&resource, context);
	}
	for (size_t i = 0; i < table->blob_count && !code; i++) {
		struct wimlib_resource_entry resource = describe(table, &table->blobs[i]);

		code = take(&resource, context);
	}
	return code;
}
