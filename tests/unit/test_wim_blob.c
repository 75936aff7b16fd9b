/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files that are read out of a WIM, in each way in which their data may be stored; damage. */
#include "blob_fixture.h"

#include "wimplan/limits.h"

#include <errno.h>

Test(blob, every_way_of_storing)
{
	const struct form forms[] = {
		plain,
		solid,
		{ "none", WIMLIB_COMPRESSION_TYPE_NONE, 0, 0, 0 },
		{ "XPRESS", WIMLIB_COMPRESSION_TYPE_XPRESS, 4096, 0, 0 },
		{ "LZMS", WIMLIB_COMPRESSION_TYPE_LZMS, 0, 0, 0 },
		{ "pipable", WIMLIB_COMPRESSION_TYPE_LZX, 0, 0, WIMLIB_WRITE_FLAG_PIPABLE },
		{ "solid, one chunk", WIMLIB_COMPRESSION_TYPE_LZMS, 0, 1 << 20, WIMLIB_WRITE_FLAG_SOLID },
		{ "solid in a file of another compression", WIMLIB_COMPRESSION_TYPE_LZX, 0, 65536, WIMLIB_WRITE_FLAG_SOLID },
	};

	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		struct opened opened;

		set_up(&opened, &forms[i]);
		/* Forwards and back: what is kept of a solid resource must be the right part of it. */
		for (size_t f = 0; f < 2 * FILES; f++) {
			const char *why = read_file(&opened, f < FILES ? f : 2 * FILES - 1 - f, UINT64_MAX, forms[i].label);

			cr_expect_null(why, "%s: file %zu: %s", forms[i].label, f, why);
		}
		tear_down(&opened);
	}
}

Test(blob, no_more_than_is_asked_for)
{
	struct opened opened;
	uint8_t *bytes;
	uint64_t size;

	set_up(&opened, &solid);
	cr_expect_null(read_file(&opened, 4, 70000, ""));
	cr_expect_str_eq(read_file(&opened, 4, 69999, ""), "it is larger than what is asked for");
	digests[4][0] ^= 1;
	cr_expect_str_eq(wp_blob_read(opened.reader, digests[4], 1, &bytes, &size), "its data is in another file");
	tear_down(&opened);
}

Test(blob, limit_of_the_data)
{
	struct opened opened;
	struct wp_blob *blob;

	set_up(&opened, &plain);
	blob = wp_wim_index_find(opened.index, digests[4]);
	/* A size that the table could say: refused before anything is allocated, and one less is read and found damaged. */
	blob->size = WP_LIMIT_FILE_DATA + UINT64_C(1);
	cr_expect_str_eq(read_file(&opened, 4, UINT64_MAX, ""), "it is larger than 64 MiB");
	blob->size = WP_LIMIT_FILE_DATA;
	cr_expect_str_neq(read_file(&opened, 4, UINT64_MAX, ""), "it is larger than 64 MiB");
	blob->size = WP_LIMIT_TEXT_DATA + UINT64_C(1);
	cr_expect_str_eq(read_file(&opened, 4, WP_LIMIT_TEXT_DATA, ""), "it is larger than 1 MiB");
	cr_expect_not(wp_blob_may_pass("it is larger than 64 MiB") || wp_blob_may_pass("it is larger than 1 MiB") ||
		      wp_blob_may_pass("it has 4 GiB or more"));
	tear_down(&opened);
}

/* Where the solid resource stands, with its bytes in @file. */
static uint8_t *solid_in(const struct opened *opened, struct wp_buf *file)
{
	load(opened->path, file);
	cr_assert_eq(opened->index->solid_count > 0, true);
	return (uint8_t *)file->data + opened->index->solid[0].place.begin;
}

/* What is said of file 4 when the solid resource is made so. */
static void expect_damage(const char *wanted, void (*damage)(uint8_t *resource))
{
	struct wp_buf file = { 0 };
	struct opened opened;
	const char *why;
	uint8_t *resource;
	FILE *stream;

	set_up(&opened, &solid);
	resource = solid_in(&opened, &file);
	damage(resource);
	let_go(&opened);
	stream = fopen(opened.path, "r+b");
	cr_assert(stream);
	fwrite(file.data, 1, file.length, stream);
	fclose(stream);
	wp_buf_free(&file);
	read_again(&opened);
	why = read_file(&opened, 4, UINT64_MAX, wanted);
	cr_expect(why && strstr(why, wanted), "%s instead of %s", why ? why : "(read)", wanted);
	tear_down(&opened);
}

static void chunk_size_zero(uint8_t *resource)
{
	put(resource, 8, 4, 0);
}

static void chunk_size_odd(uint8_t *resource)
{
	put(resource, 8, 4, 32767);
}

static void chunk_size_huge(uint8_t *resource)
{
	put(resource, 8, 4, UINT64_C(2) * WP_LIMIT_CHUNK);
}

static void chunk_size_most(uint8_t *resource)
{
	put(resource, 8, 4, WP_LIMIT_CHUNK);
}

static void chunks_too_many(uint8_t *resource)
{
	put(resource, 8, 4, 1);
}

static void format_unknown(uint8_t *resource)
{
	put(resource, 12, 4, 4);
}

static void format_none(uint8_t *resource)
{
	put(resource, 12, 4, 0);
}

static void first_chunk_empty(uint8_t *resource)
{
	memset(resource + 16, 0, 40);
}

static void chunks_behind_the_end(uint8_t *resource)
{
	put(resource, 16, 4, 0xffffffff);
}

/* Of each chunk some bytes: those that are not compressed show it in their digest. */
static void data_changed(uint8_t *resource)
{
	uint64_t size = get(resource, 0, 8), chunks = (size + 32767) / 32768;
	uint8_t *chunk = resource + 16 + 4 * chunks;

	for (uint64_t i = 0; i < chunks; i++) {
		uint64_t stored = get(resource, 16 + 4 * i, 4);

		for (uint64_t at = 64; at + 64 < stored; at += 64)
			chunk[at] ^= 0x55;
		chunk += stored;
	}
}

Test(blob, damage_of_a_solid_resource)
{
	expect_damage("no power of two", chunk_size_zero);
	expect_damage("no power of two", chunk_size_odd);
	expect_damage("more than 64 MiB", chunk_size_huge);
	/* The bound itself is taken, and then nothing fits together. */
	expect_damage("it cannot be decompressed", chunk_size_most);
	expect_damage("table of chunks of the solid resource that it is in is larger", chunks_too_many);
	expect_damage("compression", format_unknown);
	expect_damage("compression", format_none);
	expect_damage("table of chunks", first_chunk_empty);
	expect_damage("table of chunks", chunks_behind_the_end);
	expect_damage("", data_changed);
}

Test(blob, a_file_that_was_changed)
{
	struct opened opened;
	const char *why;
	FILE *stream;

	set_up(&opened, &solid);
	wp_wim_close(opened.wim);
	stream = fopen(opened.path, "ab");
	fputc('x', stream);
	fclose(stream);
	cr_expect_str_eq(read_file(&opened, 4, UINT64_MAX, ""), "the file was changed while it was read");
	cr_expect(wp_blob_may_pass("the file was changed while it was read"));
	cr_expect_null(wp_blob_view_open(opened.index, digests[4], &why));
	cr_expect_str_eq(why, "the file was changed while it was read");
	tear_down(&opened);
}

Test(blob, data_in_another_part)
{
	struct opened opened;
	struct wp_blob *blob;

	set_up(&opened, &solid);
	blob = wp_wim_index_find(opened.index, digests[4]);
	blob->elsewhere = true;
	cr_expect_str_eq(read_file(&opened, 4, UINT64_MAX, ""), "it is in another part of the set");
	cr_expect_not(wp_blob_may_pass("it is in another part of the set"));
	blob->elsewhere = false;
	blob->offset = opened.index->solid[blob->resource].size - blob->size + 1;
	cr_expect_str_eq(read_file(&opened, 4, UINT64_MAX, ""), "it reaches over the end of the solid resource that it is in");
	tear_down(&opened);
}

static ptrdiff_t fail(void *context, void *bytes, size_t length, uint64_t offset)
{
	(void)context, (void)bytes, (void)length, (void)offset;
	return -EIO;
}

/* Whoever keeps a reason has to know whether it is one of the file. */
Test(blob, reasons_that_may_pass)
{
	const struct form *const forms[] = { &plain, &solid };

	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		struct opened opened;
		struct wp_blob *blob;
		struct wp_tree *tree;
		const char *why;

		set_up(&opened, forms[i]);
		blob = wp_wim_index_find(opened.index, digests[5]);
		/* The same file, and its disk or its server fails. */
		wp_wim_close(opened.wim);
		opened.wim->read = fail;
		why = read_file(&opened, 5, UINT64_MAX, forms[i]->label);
		cr_expect_str_eq(why, "it cannot be read", "%s", forms[i]->label);
		cr_expect(wp_blob_may_pass(why));
		tree = wp_tree_read(opened.index, 1);
		cr_expect(!tree->node_count && opened.index->images[0].may_pass, "%s", forms[i]->label);
		wp_tree_free(tree);
		opened.wim->read = NULL;
		tree = wp_tree_read(opened.index, 1);
		cr_expect(tree->node_count && !opened.index->images[0].may_pass, "%s", forms[i]->label);
		wp_tree_free(tree);
		/* A place that the file does not have. */
		*(blob->solid ? &opened.index->solid[blob->resource].place.begin : &blob->offset) = opened.wim->size;
		why = read_file(&opened, 5, UINT64_MAX, forms[i]->label);
		cr_expect_str_eq(why, "it reaches over the end of the file", "%s", forms[i]->label);
		cr_expect(wp_blob_may_pass(why), "another copy has it");
		/* The same of its tree. */
		opened.index->images[0].offset = opened.wim->size;
		tree = wp_tree_read(opened.index, 1);
		cr_expect(!tree->node_count && opened.index->images[0].may_pass, "%s", forms[i]->label);
		wp_tree_free(tree);
		why = read_file(&opened, 5, 1, forms[i]->label);
		cr_expect_str_eq(why, "it is larger than what is asked for", "%s", forms[i]->label);
		cr_expect_not(wp_blob_may_pass(why));
		tear_down(&opened);
	}
}
