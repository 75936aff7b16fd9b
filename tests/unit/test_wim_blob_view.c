/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A file in a WIM that is read as if it stood by itself: any part of it, what cannot be one, damage. */
#include "blob_fixture.h"

#include "wimplan/limits.h"

/* Parts that begin and end inside of chunks, at their bounds and behind the end, in an order that no cache expects. */
Test(blob, any_part_of_a_file)
{
	const struct form forms[] = {
		plain,
		solid,
		{ "none", WIMLIB_COMPRESSION_TYPE_NONE, 0, 0, 0 },
		{ "XPRESS", WIMLIB_COMPRESSION_TYPE_XPRESS, 4096, 0, 0 },
		{ "pipable", WIMLIB_COMPRESSION_TYPE_LZX, 0, 0, WIMLIB_WRITE_FLAG_PIPABLE },
		{ "solid, one chunk", WIMLIB_COMPRESSION_TYPE_LZMS, 0, 1 << 20, WIMLIB_WRITE_FLAG_SOLID },
	};
	static const size_t parts[][2] = { { 190000, 10000 }, { 0, 1 },	 { 32767, 2 },	 { 32768, 32768 }, { 199999, 1 },
					   { 0, 200000 },     { 5, 70000 }, { 100000, 100 }, { 65535, 65538 }, { 199990, 11 },
					   { 200000, 1 },     { 131072, 4096 } };
	uint8_t *bytes = wp_must(malloc(200000));

	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		struct wp_blob_view *view;
		struct wp_wim_place place;
		struct opened opened;
		const char *why;

		set_up(&opened, &forms[i]);
		view = wp_blob_view_open(opened.index, digests[5], &why);
		cr_assert(view, "%s: %s", forms[i].label, why);
		place = wp_blob_view_place(view, "inner.wim");
		cr_expect_eq(place.length, 200000);
		for (size_t k = 0; k < sizeof parts / sizeof *parts; k++) {
			size_t there = sizes[5] - parts[k][0] < parts[k][1] ? sizes[5] - parts[k][0] : parts[k][1];

			cr_expect_eq(read_part(&place, bytes, parts[k][1], parts[k][0]), (ptrdiff_t)there, "%s: part %zu",
				     forms[i].label, k);
			cr_expect(!memcmp(bytes, contents[5] + parts[k][0], there), "%s: part %zu", forms[i].label, k);
		}
		cr_expect_null(wp_blob_view_why(view));
		wp_blob_view_close(view);
		tear_down(&opened);
	}
	free(bytes);
}

Test(blob, views_that_cannot_be)
{
	uint8_t nothing[WP_SHA1_SIZE] = { 0 };
	struct opened opened;
	struct wp_blob *blob;
	const char *why;

	set_up(&opened, &plain);
	cr_expect_null(wp_blob_view_open(opened.index, nothing, &why));
	cr_expect_str_eq(why, "it is empty");
	blob = wp_wim_index_find(opened.index, digests[4]);
	blob->size = WP_LIMIT_INNER_WIM;
	cr_expect_null(wp_blob_view_open(opened.index, digests[4], &why));
	cr_expect_str_eq(why, "it has 4 GiB or more");
	/* One byte less is tried, and has no room for so many chunks. */
	blob->size = WP_LIMIT_INNER_WIM - 1;
	cr_expect_null(wp_blob_view_open(opened.index, digests[4], &why));
	cr_expect_str_eq(why, "its table of chunks is larger than itself");
	/* A chunk is no larger than what is in it. */
	opened.wim->header.chunk_size = 2 * WP_LIMIT_CHUNK;
	blob->size = WP_LIMIT_CHUNK + UINT64_C(1);
	cr_expect_null(wp_blob_view_open(opened.index, digests[4], &why));
	cr_expect_str_eq(why, "its chunks have more than 64 MiB, which are not read");
	blob->size = WP_LIMIT_CHUNK;
	cr_expect_null(wp_blob_view_open(opened.index, digests[4], &why));
	cr_expect_str_eq(why, "wimlib has no decompressor for it");
	cr_expect_not(wp_blob_may_pass("its chunks have more than 64 MiB, which are not read"));
	opened.wim->header.chunk_size = 8;
	blob->stored = opened.wim->size;
	blob->size = 8 * (uint64_t)WP_LIMIT_CHUNKS + 1;
	cr_expect_null(wp_blob_view_open(opened.index, digests[4], &why));
	cr_expect_str_eq(why, "it has too many chunks to be read");
	blob->size--;
	cr_expect_null(wp_blob_view_open(opened.index, digests[4], &why));
	cr_expect_str_neq(why, "it has too many chunks to be read");
	blob->elsewhere = true;
	cr_expect_null(wp_blob_view_open(opened.index, digests[4], &why));
	cr_expect_str_eq(why, "it is in another part of the set");
	digests[4][0] ^= 1;
	cr_expect_null(wp_blob_view_open(opened.index, digests[4], &why));
	cr_expect_str_eq(why, "its data is in another file");
	tear_down(&opened);
}

/* A table of chunks that points anywhere, of a resource that is not solid: found where it is read, and kept as the reason. */
Test(blob, damage_of_a_view)
{
	uint8_t *bytes = wp_must(malloc(200000));
	struct wp_buf file = { 0 };
	struct wp_blob_view *view;
	struct wp_wim_place place;
	struct opened opened;
	uint64_t offset;
	const char *why;
	FILE *stream;

	set_up(&opened, &plain);
	load(opened.path, &file);
	offset = wp_wim_index_find(opened.index, digests[5])->offset;
	let_go(&opened);
	/* Where the third chunk begins. */
	put(file.data, offset + 4, 4, 0xfffffff0);
	stream = fopen(opened.path, "r+b");
	cr_assert(stream);
	fwrite(file.data, 1, file.length, stream);
	fclose(stream);
	read_again(&opened);
	view = wp_blob_view_open(opened.index, digests[5], &why);
	cr_assert(view, "%s", why);
	place = wp_blob_view_place(view, "inner.wim");
	cr_expect_eq(read_part(&place, bytes, 32768, 0), 32768);
	cr_expect_null(wp_blob_view_why(view));
	cr_expect_lt(read_part(&place, bytes, 32768, 32768), 0);
	cr_expect_str_eq(wp_blob_view_why(view), "its table of chunks is damaged");
	cr_expect_lt(read_part(&place, bytes, 1, 65536), 0);
	cr_expect_eq(read_part(&place, bytes, 100, 199900), 100);
	cr_expect_str_eq(wp_blob_view_why(view), "its table of chunks is damaged");
	wp_blob_view_close(view);
	wp_buf_free(&file);
	free(bytes);
	tear_down(&opened);
}
