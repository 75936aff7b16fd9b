/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Large chunks of a solid resource, which are not kept beside what they are stored in: not compressed at all, or hardly. */
#include "../../src/wim/chunks.h"
#include "temporary.h"
#include "wim_make.h"

enum { CHUNK = 2 << 20, REST = 5000, SIZE = CHUNK + REST, TABLE = 16 + 2 * 4 };

/* Bytes that do not shrink, and some that do. */
static uint8_t *make_data(size_t size)
{
	uint8_t *data = wp_must(malloc(size));
	uint32_t state = 9;

	for (size_t i = 0; i < size; i++) {
		state = state * 1664525 + 1013904223;
		data[i] = i % CHUNK < CHUNK / 8 ? 0 : (uint8_t)(state >> 24);
	}
	return data;
}

/* The beginning of a solid resource of a large chunk and another one, which are stored in so many bytes. */
static void put_table(uint8_t *resource, size_t size, size_t first, size_t second)
{
	put(resource, 0, 8, size);
	put(resource, 8, 4, CHUNK);
	put(resource, 12, 4, WIMLIB_COMPRESSION_TYPE_LZMS);
	put(resource, 16, 4, first);
	put(resource, 20, 4, second);
}

struct stored {
	char root[TEMPORARY_SIZE];
	struct wp_wim *wim;
	struct wp_solid solid;
};

/* A file that has the resource alone: it is no WIM, and its bytes can be read. */
static void store(struct stored *stored, const uint8_t *resource, size_t length, size_t size)
{
	char path[TEMPORARY_SIZE + 16];
	FILE *stream;

	temporary_make(stored->root);
	snprintf(path, sizeof path, "%s/resource", stored->root);
	stream = fopen(path, "wb");
	cr_assert(stream);
	cr_assert_eq(fwrite(resource, 1, length, stream), length);
	fclose(stream);
	stored->wim = wp_wim_read(path);
	stored->solid = (struct wp_solid){ .place = { 0, length }, .size = size };
}

static void tear_down(struct stored *stored)
{
	wp_wim_free(stored->wim);
	temporary_remove(stored->root);
}

static void expect_part(struct wp_chunks *chunks, const struct wp_wim *wim, const uint8_t *data, size_t from, size_t length)
{
	uint8_t *bytes = wp_must(malloc(length));

	cr_expect_null(wp_chunks_copy(chunks, wim, from, length, bytes));
	cr_expect(!memcmp(bytes, data + from, length), "%zu bytes from %zu", length, from);
	free(bytes);
}

/* Of the large one what is asked for is read where it stands, and it is neither kept nor counted; the small one is as any other. */
Test(chunks, that_are_not_compressed)
{
	uint64_t left = REST;
	struct wp_chunks chunks = { .left = &left };
	uint8_t *data = make_data(SIZE), *resource = wp_must(malloc(TABLE + SIZE));
	struct stored stored;

	put_table(resource, SIZE, CHUNK, REST);
	memcpy(resource + TABLE, data, SIZE);
	store(&stored, resource, TABLE + SIZE, SIZE);
	cr_assert_null(wp_chunks_open_solid(&chunks, stored.wim, &stored.solid));
	for (size_t from = 0; from + 3000 < CHUNK; from += CHUNK / 4 + 7)
		expect_part(&chunks, stored.wim, data, from, 3000);
	expect_part(&chunks, stored.wim, data, CHUNK - 100, 100);
	expect_part(&chunks, stored.wim, data, 0, CHUNK);
	cr_expect_null(chunks.chunk);
	cr_expect_eq(left, REST);
	expect_part(&chunks, stored.wim, data, 1, SIZE - 2);
	cr_expect_eq(chunks.number, 1);
	cr_expect_eq(left, 0);
	expect_part(&chunks, stored.wim, data, CHUNK, REST - 1);
	wp_chunks_close(&chunks);
	free(resource);
	free(data);
	tear_down(&stored);
}

/* One is decompressed for any part of it, and kept; where all of it is asked for none is. */
Test(chunks, that_are_large_when_stored)
{
	uint64_t left = UINT64_C(13) * CHUNK;
	struct wp_chunks chunks = { .left = &left };
	uint8_t *data = make_data(2 * CHUNK), *resource = wp_must(malloc(TABLE + 2 * CHUNK));
	struct wimlib_compressor *compressor;
	struct stored stored;
	const uint64_t ends = 2 * sizeof(uint64_t);
	size_t first, second;

	cr_assert_eq(wimlib_create_compressor(WIMLIB_COMPRESSION_TYPE_LZMS, CHUNK, 0, &compressor), 0);
	first = wimlib_compress(data, CHUNK, resource + TABLE, CHUNK - 1, compressor);
	second = wimlib_compress(data + CHUNK, CHUNK, resource + TABLE + first, CHUNK - 1, compressor);
	wimlib_free_compressor(compressor);
	cr_assert(first > CHUNK * 3 / 4 && second > CHUNK * 3 / 4);
	put_table(resource, 2 * CHUNK, first, second);
	store(&stored, resource, TABLE + first + second, 2 * CHUNK);
	cr_assert_null(wp_chunks_open_solid(&chunks, stored.wim, &stored.solid));
	expect_part(&chunks, stored.wim, data, 5, CHUNK - 6);
	expect_part(&chunks, stored.wim, data, 0, CHUNK);
	cr_expect(chunks.chunk && chunks.number == 0);
	cr_expect_eq(left, UINT64_C(12) * CHUNK);
	expect_part(&chunks, stored.wim, data, 100, CHUNK);
	cr_expect(chunks.chunk && chunks.number == 1);
	cr_expect_eq(left, UINT64_C(11) * CHUNK);
	expect_part(&chunks, stored.wim, data, 0, CHUNK);
	cr_expect_null(chunks.chunk);
	expect_part(&chunks, stored.wim, data, 0, 2 * CHUNK);
	cr_expect_null(chunks.chunk);
	expect_part(&chunks, stored.wim, data, CHUNK - 1, 2);
	expect_part(&chunks, stored.wim, data, CHUNK - 1, 1);
	cr_expect_eq(left, UINT64_C(5) * CHUNK);
	/* What is held is the chunk, what it is stored in or what is copied of it, what was copied before, and the table. */
	chunks.most = ends + CHUNK + first;
	expect_part(&chunks, stored.wim, data, 0, CHUNK);
	chunks.most = ends + CHUNK - 100 + CHUNK + second;
	expect_part(&chunks, stored.wim, data, 100, CHUNK);
	chunks.most--;
	expect_part(&chunks, stored.wim, data, CHUNK, 5);
	cr_expect_str_eq(wp_chunks_copy(&chunks, stored.wim, 100, CHUNK, resource), WP_CHUNK_TOO_LARGE);
	chunks.most = ends + CHUNK + CHUNK - 1;
	expect_part(&chunks, stored.wim, data, 0, CHUNK - 1);
	chunks.most--;
	cr_expect_str_eq(wp_chunks_copy(&chunks, stored.wim, 0, CHUNK - 1, resource), WP_CHUNK_TOO_LARGE, "though it is there");
	cr_expect_str_eq(wp_chunks_copy(&chunks, stored.wim, CHUNK, CHUNK - 1, resource), WP_CHUNK_TOO_LARGE);
	chunks.most = ends + CHUNK + first - 1;
	cr_expect_str_eq(wp_chunks_copy(&chunks, stored.wim, 0, CHUNK, resource), WP_CHUNK_TOO_LARGE);
	cr_expect_str_eq(wp_chunks_copy(&chunks, stored.wim, 5, 6, resource), WP_CHUNK_TOO_LARGE);
	wp_chunks_close(&chunks);
	free(resource);
	free(data);
	tear_down(&stored);
}
