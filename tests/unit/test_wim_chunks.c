/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Chunks of a solid resource that are not compressed. */
#include "../../src/wim/chunks.h"
#include "temporary.h"
#include "wim_make.h"

enum { CHUNK = 2 << 20, REST = 5000, SIZE = CHUNK + REST, TABLE = 16 + 2 * 4 };

/* A solid resource of a large chunk and a small one, neither of which is compressed. */
static uint8_t *make_resource(void)
{
	uint8_t *resource = wp_must(malloc(TABLE + SIZE));

	put(resource, 0, 8, SIZE);
	put(resource, 8, 4, CHUNK);
	put(resource, 12, 4, WIMLIB_COMPRESSION_TYPE_LZMS);
	put(resource, 16, 4, CHUNK);
	put(resource, 20, 4, REST);
	for (size_t i = 0; i < SIZE; i++)
		resource[TABLE + i] = (uint8_t)(i * 2654435761u >> 24);
	return resource;
}

static void expect_part(struct wp_chunks *chunks, const struct wp_wim *wim, const uint8_t *resource, size_t from, size_t length)
{
	uint8_t *bytes = wp_must(malloc(length));

	cr_expect_null(wp_chunks_copy(chunks, wim, from, length, bytes));
	cr_expect(!memcmp(bytes, resource + TABLE + from, length), "%zu bytes from %zu", length, from);
	free(bytes);
}

/* Of the large one what is asked for is read where it stands, and it is neither kept nor counted; the small one is as any other. */
Test(chunks, that_are_not_compressed)
{
	struct wp_solid solid = { .place = { 0, TABLE + SIZE }, .size = SIZE };
	struct wp_chunks chunks = { .left = REST };
	char root[TEMPORARY_SIZE], path[TEMPORARY_SIZE + 16];
	uint8_t *resource = make_resource();
	struct wp_wim *wim;
	FILE *stream;

	temporary_make(root);
	snprintf(path, sizeof path, "%s/resource", root);
	stream = fopen(path, "wb");
	cr_assert(stream);
	cr_assert_eq(fwrite(resource, 1, TABLE + SIZE, stream), TABLE + SIZE);
	fclose(stream);
	/* It is no WIM, and its bytes can be read. */
	wim = wp_wim_read(path);
	cr_assert_null(wp_chunks_open_solid(&chunks, wim, &solid));
	for (size_t from = 0; from + 3000 < CHUNK; from += CHUNK / 4 + 7)
		expect_part(&chunks, wim, resource, from, 3000);
	expect_part(&chunks, wim, resource, CHUNK - 100, 100);
	expect_part(&chunks, wim, resource, 0, CHUNK);
	cr_expect_null(chunks.chunk);
	cr_expect_eq(chunks.left, REST);
	expect_part(&chunks, wim, resource, 1, SIZE - 2);
	cr_expect_eq(chunks.number, 1);
	cr_expect_eq(chunks.left, 0);
	expect_part(&chunks, wim, resource, CHUNK, REST - 1);
	wp_chunks_close(&chunks);
	wp_wim_free(wim);
	free(resource);
	temporary_remove(root);
}
