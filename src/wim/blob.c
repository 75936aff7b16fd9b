/* SPDX-License-Identifier: GPL-3.0-or-later */
/* File data by its SHA-1: all of it, or any part of a large file. */
#include "wimplan/blob.h"

#include "chunks.h"
#include "reading.h"

#include "wimplan/limits.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Of what kind a file is, or how large. All else may be damage, which is not in another copy of it. */
static const char too_large[] = "it is larger than what is asked for", in_other_part[] = "it is in another part of the set",
		  in_other_file[] = "its data is in another file";

struct wp_blob_reader {
	const struct wp_wim_index *index;
	struct wp_chunks chunks; /* of the resource that was asked for last */
};

struct wp_blob_view {
	const struct wp_wim *wim;
	uint64_t offset, size; /* of the file: in the chunks, or without them in the WIM */
	bool chunked;
	struct wp_chunks chunks;
	const char *why; /* the first thing that could not be read */
};

/* Bytes that a chunk may take beside the blob table. What a larger table takes is not taken from it: then no chunk would be read. */
static uint64_t most_held(const struct wp_wim_index *index)
{
	uint64_t blobs = index->blob_count < WP_LIMIT_FILE_HELD_BLOBS ? index->blob_count : WP_LIMIT_FILE_HELD_BLOBS;

	return WP_LIMIT_FILE_HELD - blobs * sizeof *index->blobs;
}

struct wp_blob_reader *wp_blob_reader_new(const struct wp_wim_index *index)
{
	struct wp_blob_reader *reader = wp_must(calloc(1, sizeof *reader));

	reader->index = index;
	reader->chunks.left = &index->left->unpacked;
	reader->chunks.most = most_held(index);
	return reader;
}

void wp_blob_reader_free(struct wp_blob_reader *reader)
{
	if (!reader)
		return;
	wp_chunks_close(&reader->chunks);
	free(reader);
}

/* Opens the solid resource that has a blob of the index. NULL, or why it cannot be had. */
static const char *open_solid(struct wp_chunks *chunks, const struct wp_wim_index *index, const struct wp_blob *blob)
{
	const struct wp_solid *resource = &index->solid[blob->resource];

	if (blob->offset > resource->size || blob->size > resource->size - blob->offset)
		return "it reaches over the end of the solid resource that it is in";
	return wp_chunks_open_solid(chunks, index->wim, resource);
}

/* Opens the chunks of a blob that is stored in some. */
static const char *open_chunks(struct wp_chunks *chunks, const struct wp_wim_index *index, const struct wp_blob *blob)
{
	const struct wp_reshdr resource = { .stored_size = blob->stored, .offset = blob->offset, .size = blob->size };

	return blob->solid ? open_solid(chunks, index, blob) : wp_chunks_open(chunks, index->wim, &resource);
}

static const char *read_into(struct wp_blob_reader *reader, const struct wp_blob *blob, uint8_t *bytes)
{
	const struct wp_wim *wim = reader->index->wim;
	const char *why;

	if (!blob->solid && !blob->compressed)
		return blob->stored == blob->size ? wp_reading_all(wim, bytes, blob->size, blob->offset) : "its sizes are impossible";
	why = open_chunks(&reader->chunks, reader->index, blob);
	return why ? why : wp_chunks_copy(&reader->chunks, wim, blob->solid ? blob->offset : 0, blob->size, bytes);
}

static const char *read_blob(struct wp_blob_reader *reader, const struct wp_blob *blob, uint8_t **ret_bytes)
{
	uint8_t sha1[WP_SHA1_SIZE], *bytes;
	const char *why;

	if (blob->elsewhere)
		return in_other_part;
	bytes = wp_must(malloc(blob->size ? blob->size : 1));
	why = read_into(reader, blob, bytes);
	wp_sha1(bytes, why ? 0 : blob->size, sha1);
	if (!why && memcmp(sha1, blob->sha1, sizeof sha1) != 0)
		why = "it does not have the SHA-1 that the blob table says";
	if (!why) {
		*ret_bytes = bytes;
		return NULL;
	}
	free(bytes);
	return wp_wim_is_still(reader->index->wim) ? why : WP_WIM_CHANGED;
}

/* Why nobody has the data; it is in another file. */
static const char *why_missing(const struct wp_wim_index *index)
{
	return index->parts_missing ? "it is in a part of the set that was not found" : in_other_file;
}

/* What more is not read of a file, by what it is read for. */
static const struct {
	uint64_t most; /* bytes */
	const char *why;
} kinds[] = {
	{ WP_LIMIT_TEXT_DATA, "it is larger than 1 MiB" },
	{ WP_LIMIT_FILE_DATA, "it is larger than 64 MiB" },
	{ WP_LIMIT_INNER_WIM - 1, "it has 4 GiB or more" },
};

static const char *why_too_large(uint64_t most)
{
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (kinds[i].most == most)
			return kinds[i].why;
	return too_large;
}

bool wp_blob_may_pass(const char *why)
{
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (!strcmp(why, kinds[i].why))
			return false;
	return strcmp(why, too_large) && strcmp(why, in_other_part) && strcmp(why, in_other_file) && strcmp(why, WP_CHUNK_TOO_LARGE) &&
	       strcmp(why, WP_CHUNKS_TOO_LARGE);
}

const char *wp_blob_read(struct wp_blob_reader *reader, const uint8_t sha1[WP_SHA1_SIZE], uint64_t most, uint8_t **ret_bytes,
			 uint64_t *ret_size)
{
	const struct wp_blob *blob = wp_wim_index_find(reader->index, sha1);

	*ret_size = 0;
	if (wp_sha1_is_zero(sha1)) {
		*ret_bytes = wp_must(malloc(1));
		return NULL;
	}
	if (!blob)
		return why_missing(reader->index);
	*ret_size = blob->size;
	most = most < WP_LIMIT_FILE_DATA ? most : WP_LIMIT_FILE_DATA;
	if (blob->size > most)
		return why_too_large(most);
	return read_blob(reader, blob, ret_bytes);
}

static const char *open_view(struct wp_blob_view *view, const struct wp_wim_index *index, const struct wp_blob *blob)
{
	if (blob->elsewhere)
		return in_other_part;
	if (blob->size >= WP_LIMIT_INNER_WIM)
		return why_too_large(WP_LIMIT_INNER_WIM - 1);
	view->chunked = blob->solid || blob->compressed;
	view->offset = blob->solid || !blob->compressed ? blob->offset : 0;
	return view->chunked ? open_chunks(&view->chunks, index, blob) : NULL;
}

struct wp_blob_view *wp_blob_view_open(const struct wp_wim_index *index, const uint8_t sha1[WP_SHA1_SIZE], const char **ret_why)
{
	const struct wp_blob *blob = wp_wim_index_find(index, sha1);
	struct wp_blob_view *view;

	*ret_why = wp_sha1_is_zero(sha1) ? "it is empty" : !blob ? why_missing(index) : NULL;
	if (*ret_why)
		return NULL;
	view = wp_must(calloc(1, sizeof *view));
	view->wim = index->wim;
	view->size = blob->size;
	view->chunks.left = &index->left->unpacked;
	*ret_why = open_view(view, index, blob);
	if (!*ret_why)
		return view;
	if (!wp_wim_is_still(index->wim))
		*ret_why = WP_WIM_CHANGED;
	wp_blob_view_close(view);
	return NULL;
}

void wp_blob_view_close(struct wp_blob_view *view)
{
	if (!view)
		return;
	wp_chunks_close(&view->chunks);
	free(view);
}

static ptrdiff_t read_view(void *context, void *bytes, size_t length, uint64_t offset)
{
	struct wp_blob_view *view = context;
	const char *why;

	if (offset >= view->size)
		return 0;
	length = length < view->size - offset ? length : (size_t)(view->size - offset);
	if (!view->chunked)
		return wp_wim_pread(view->wim, bytes, length, view->offset + offset);
	why = wp_chunks_copy(&view->chunks, view->wim, view->offset + offset, length, bytes);
	if (why && !view->why)
		view->why = wp_wim_is_still(view->wim) ? why : WP_WIM_CHANGED;
	return why ? -EIO : (ptrdiff_t)length;
}

const char *wp_blob_view_why(const struct wp_blob_view *view)
{
	return view->why;
}

struct wp_wim_place wp_blob_view_place(struct wp_blob_view *view, const char *path)
{
	return (struct wp_wim_place){ .path = path, .inside = true, .file = view->wim->file, .length = view->size,
				      .read = read_view, .context = view };
}
