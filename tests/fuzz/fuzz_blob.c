/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A WIM, whose blobs are looked up and read, as a file of its own and inside of another file. Both find the same, it is what wimlib
 * finds where that opens the file, and what is read has the SHA-1 that was asked for.
 */
#include "fuzz.h"

#include "wimplan/blob.h"

#include <stdlib.h>
#include <string.h>
#include <wimlib.h>

#define MOST (1u << 20)
/* What stands in front of the WIM inside of a file. */
#define BEFORE 512u

static void read_blobs(const struct wp_wim_index *index)
{
	struct wp_blob_reader *reader __attribute__((cleanup(wp_blob_reader_freep))) = wp_blob_reader_new(index);

	for (size_t i = 0; i < index->blob_count && i < 64; i++) {
		uint8_t *bytes = NULL, sha1[WP_SHA1_SIZE];
		uint64_t size;

		if (wp_blob_read(reader, index->blobs[i].sha1, MOST, &bytes, &size))
			continue;
		wp_sha1(bytes, (size_t)size, sha1);
		if (size > MOST || memcmp(sha1, index->blobs[i].sha1, sizeof sha1) != 0)
			abort();
		free(bytes);
	}
}

static bool is_same_blob(const struct wp_wim_index *x_index, const struct wp_blob *x, const struct wp_wim_index *y_index,
			 const struct wp_blob *y)
{
	if (memcmp(x->sha1, y->sha1, sizeof x->sha1) != 0 || x->solid != y->solid || x->size != y->size || x->stored != y->stored ||
	    x->offset != y->offset)
		return false;
	return x->solid ? !memcmp(&x_index->solid[x->resource], &y_index->solid[y->resource], sizeof *x_index->solid)
			: x->compressed == y->compressed;
}

static void compare(const struct wp_wim_index *x, const struct wp_wim_index *y)
{
	if (x->blob_count != y->blob_count || x->image_count != y->image_count)
		abort();
	for (size_t i = 0; i < x->blob_count; i++)
		if (!is_same_blob(x, &x->blobs[i], y, &y->blobs[i]))
			abort();
	for (size_t i = 0; i < x->image_count; i++)
		if (memcmp(x->images[i].sha1, y->images[i].sha1, WP_SHA1_SIZE) != 0 || x->images[i].offset != y->images[i].offset ||
		    x->images[i].stored != y->images[i].stored || x->images[i].size != y->images[i].size)
			abort();
}

/* wimlib's own reading of the table; the number of its blobs is counted in the index's place. */
struct reading {
	const struct wp_wim_index *index;
	size_t count;
};

static int compare_blob(const struct wimlib_resource_entry *theirs, void *context)
{
	struct reading *reading = context;
	const struct wp_blob *ours;

	if (theirs->is_metadata)
		return 0;
	reading->count++;
	ours = wp_wim_index_find(reading->index, theirs->sha1_hash);
	if (!ours || ours->solid != theirs->packed || ours->size != theirs->uncompressed_size || ours->offset != theirs->offset)
		abort();
	if (ours->solid ? reading->index->solid[ours->resource].place.begin != theirs->raw_resource_offset_in_wim ||
				  reading->index->solid[ours->resource].size != theirs->raw_resource_uncompressed_size
			: ours->stored != theirs->compressed_size)
		abort();
	return 0;
}

/* Parts of a set are read together by us alone. */
static void compare_with_wimlib(const char *path, const struct wp_wim_index *index)
{
	struct reading reading = { .index = index };
	WIMStruct *wim = NULL;

	if (index->wim->header.parts != 1 || wimlib_open_wim(path, 0, &wim))
		return;
	if (!wimlib_iterate_lookup_table(wim, 0, compare_blob, &reading) && reading.count != index->blob_count)
		abort();
	wimlib_free(wim);
}

static struct wp_wim_index *index_of(struct wp_wim *wim)
{
	return wim->grade == WP_GRADE_ERROR ? NULL : wp_wim_index_read(wim);
}

int fuzz_one(const uint8_t *data, size_t size)
{
	char path[] = "/dev/shm/wimplan-fuzz-XXXXXX", outer[] = "/dev/shm/wimplan-fuzz-XXXXXX";
	uint8_t *bytes = calloc(1, BEFORE + size + BEFORE);
	const struct wp_wim_place place = { .path = outer, .inside = true, .file = outer, .offset = BEFORE, .length = size };

	if (!bytes)
		return 0;
	memcpy(bytes + BEFORE, data, size);
	fuzz_file(path, data, size);
	fuzz_file(outer, bytes, BEFORE + size + BEFORE);
	free(bytes);

	struct wp_wim *wim __attribute__((cleanup(wp_wim_freep))) = wp_wim_read(path);
	struct wp_wim *inside __attribute__((cleanup(wp_wim_freep))) = wp_wim_read_place(&place, 0);
	struct wp_wim_index *index __attribute__((cleanup(wp_wim_index_freep))) = index_of(wim);
	struct wp_wim_index *index_inside __attribute__((cleanup(wp_wim_index_freep))) = index_of(inside);

	if (index) {
		compare_with_wimlib(path, index);
		read_blobs(index);
	}
	if (index_inside)
		read_blobs(index_inside);
	if (index && index_inside)
		compare(index, index_inside);
	fuzz_remove(path);
	fuzz_remove(outer);
	return 0;
}
