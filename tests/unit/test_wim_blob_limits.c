/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How much memory a file in a WIM may take, and how much is decompressed for all of them, from both sides. */
#include "../../src/wim/chunks.h"
#include "blob_fixture.h"

#include "wimplan/limits.h"

/* A solid resource of one chunk of 64 MiB, of which nothing is there but what is asked for. */
static ptrdiff_t read_large(void *context, void *bytes, size_t length, uint64_t offset)
{
	const uint64_t *stored = context;
	uint8_t begin[20] = { 0 };

	put(begin, 0, 8, WP_LIMIT_CHUNK);
	put(begin, 8, 4, WP_LIMIT_CHUNK);
	put(begin, 12, 4, WIMLIB_COMPRESSION_TYPE_LZMS);
	put(begin, 16, 4, *stored);
	memset(bytes, 0xff, length);
	if (offset < sizeof begin)
		memcpy(bytes, begin + offset, length < sizeof begin - offset ? length : sizeof begin - offset);
	return (ptrdiff_t)length;
}

/* What is said of a file in a chunk that is stored in so many bytes, in a file that has so many blobs. */
static const char *read_in_large(size_t blobs, uint64_t stored)
{
	struct opened opened;
	struct wp_blob *blob;
	size_t count;
	const char *why;

	set_up(&opened, &solid);
	wp_blob_reader_free(opened.reader);
	count = opened.index->blob_count;
	opened.index->blob_count = blobs;
	opened.reader = wp_blob_reader_new(opened.index);
	opened.index->blob_count = count;
	blob = wp_wim_index_find(opened.index, digests[5]);
	opened.index->solid[blob->resource] = (struct wp_solid){ .place = { 0, 20 + stored }, .size = WP_LIMIT_CHUNK };
	wp_wim_close(opened.wim);
	opened.wim->size = 20 + stored;
	opened.wim->read = read_large;
	opened.wim->context = &stored;
	why = read_file(&opened, 5, UINT64_MAX, "");
	tear_down(&opened);
	return why;
}

/* A chunk, what it is stored in and the blob table, as far as that counts: no file is read that would take more. */
Test(blob, limit_of_what_is_held)
{
	const uint64_t most = WP_LIMIT_FILE_HELD - WP_LIMIT_CHUNK;
	const char *const refused = "to read it, with the chunk that it is stored in, would take more than 128 MiB of memory";
	const struct {
		size_t blobs, counted;
	} files[] = {
		{ 0, 0 },
		{ WP_LIMIT_FILE_HELD_BLOBS - 1, WP_LIMIT_FILE_HELD_BLOBS - 1 },
		{ WP_LIMIT_FILE_HELD_BLOBS, WP_LIMIT_FILE_HELD_BLOBS },
		{ WP_LIMIT_BLOBS, WP_LIMIT_FILE_HELD_BLOBS },
	};

	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		/* Beside them the table of one chunk. */
		uint64_t stored = most - files[i].counted * sizeof(struct wp_blob) - sizeof(uint64_t);

		cr_expect_str_eq(read_in_large(files[i].blobs, stored), "it cannot be decompressed", "%zu", files[i].blobs);
		cr_expect_str_eq(read_in_large(files[i].blobs, stored + 1), refused, "%zu", files[i].blobs);
	}
	cr_expect_not(wp_blob_may_pass(refused));
	/* One that is not compressed stands in no such need. */
	cr_expect_str_neq(read_in_large(0, WP_LIMIT_CHUNK), refused);
}

/* What is decompressed of one resource after the other has an end; to its last byte it is given. */
Test(blob, limit_of_what_is_decompressed)
{
	uint64_t left = 200000;
	struct wp_chunks chunks = { .left = &left };
	uint8_t *bytes = wp_must(malloc(200000));
	struct opened opened;
	struct wp_reshdr resource;
	const struct wp_blob *blob;

	set_up(&opened, &plain);
	blob = wp_wim_index_find(opened.index, digests[5]);
	resource = (struct wp_reshdr){ .stored_size = blob->stored, .offset = blob->offset, .size = blob->size };
	cr_expect_null(wp_chunks_open(&chunks, opened.wim, &resource));
	cr_expect_null(wp_chunks_copy(&chunks, opened.wim, 0, 200000, bytes));
	cr_expect_eq(left, 0);
	wp_chunks_close(&chunks);
	cr_expect_null(wp_chunks_open(&chunks, opened.wim, &resource));
	cr_expect_str_eq(wp_chunks_copy(&chunks, opened.wim, 0, 1, bytes), "more would have to be decompressed for it than is");
	wp_chunks_close(&chunks);
	free(bytes);
	tear_down(&opened);
}

/* Whoever reads files of one WIM, or of one that is in it: all of them together get no more. */
Test(blob, limit_of_all_readers)
{
	struct wp_blob_reader *another;
	struct wp_blob_view *view;
	struct wp_wim_place place;
	struct opened opened;
	uint8_t byte, *bytes = NULL;
	uint64_t size;
	const char *why;

	set_up(&opened, &solid);
	cr_expect_eq(opened.index->left->unpacked, WP_LIMIT_UNPACKED);
	/* Each of them has to decompress a chunk of its own. */
	opened.index->left->unpacked = 3 * (uint64_t)solid.solid_chunk;
	another = wp_blob_reader_new(opened.index);
	view = wp_blob_view_open(opened.index, digests[1], &why);
	cr_assert(view);
	place = wp_blob_view_place(view, "inner.wim");
	cr_expect_null(read_file(&opened, 1, UINT64_MAX, ""));
	cr_expect_null(wp_blob_read(another, digests[1], 1, &bytes, &size));
	cr_expect_eq(read_part(&place, &byte, 1, 0), 1);
	cr_expect_eq(opened.index->left->unpacked, 0);
	cr_expect_str_eq(read_file(&opened, 5, UINT64_MAX, ""), "more would have to be decompressed for it than is");
	/* What was decompressed is still there. */
	cr_expect_eq(read_part(&place, &byte, 1, 0), 1);
	free(bytes);
	wp_blob_view_close(view);
	wp_blob_reader_free(another);
	tear_down(&opened);
}
