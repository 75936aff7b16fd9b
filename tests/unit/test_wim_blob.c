/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files that are read out of a WIM, in each way in which their data may be stored; damage; limits. */
#include "../../src/wim/chunks.h"
#include "temporary.h"
#include "wim_make.h"

#include "wimplan/blob.h"
#include "wimplan/limits.h"

#include <errno.h>
#include <locale.h>
#include <openssl/sha.h>

enum { FILES = 6 };

/* Sizes on both sides of a chunk's, one chunk of the next size, none, and one that spans several. */
static const size_t sizes[FILES] = { 0, 1, 32768, 32769, 70000, 200000 };

static uint8_t *contents[FILES];
static uint8_t digests[FILES][SHA_DIGEST_LENGTH];

/* Half text that compresses and half noise, different in each file. */
static void make_contents(void)
{
	for (size_t f = 0; f < FILES; f++) {
		uint32_t state = 12345 + (uint32_t)f;

		contents[f] = wp_must(malloc(sizes[f] + 1));
		for (size_t i = 0; i < sizes[f]; i++) {
			state = state * 1664525 + 1013904223;
			contents[f][i] = i / 4096 % 2 ? (uint8_t)(state >> 24) : (uint8_t)("boot files "[i % 11] + (i / 512) + f);
		}
		SHA1(contents[f], sizes[f], digests[f]);
		if (!sizes[f])
			memset(digests[f], 0, sizeof digests[f]);
	}
}

struct form {
	const char *label;
	enum wimlib_compression_type type;
	uint32_t chunk, solid_chunk; /* bytes; 0: wimlib's default */
	int flags;
};

/* A WIM with these files in @root; leaves its path in @path. */
static void make_wim(const char *root, const struct form *form, char path[TEMPORARY_SIZE + 16])
{
	WIMStruct *made;

	wimlib_global_init(WIMLIB_INIT_FLAG_ASSUME_UTF8);
	cr_assert_eq(wimlib_create_new_wim(form->type, &made), 0);
	if (form->chunk)
		cr_assert_eq(wimlib_set_output_chunk_size(made, form->chunk), 0, "%s", form->label);
	if (form->solid_chunk)
		cr_assert_eq(wimlib_set_output_pack_chunk_size(made, form->solid_chunk), 0, "%s", form->label);
	cr_assert_eq(wimlib_add_empty_image(made, "A", NULL), 0);
	for (size_t f = 0; f < FILES; f++) {
		char data[TEMPORARY_SIZE + 16], name[16];
		FILE *file;

		snprintf(data, sizeof data, "%s/%zu", root, f);
		snprintf(name, sizeof name, "/%zu", f);
		file = fopen(data, "w");
		cr_assert(file);
		cr_assert_eq(fwrite(contents[f], 1, sizes[f], file), sizes[f]);
		fclose(file);
		cr_assert_eq(wimlib_add_tree(made, 1, data, name, 0), 0);
	}
	snprintf(path, TEMPORARY_SIZE + 16, "%s/a.wim", root);
	cr_assert_eq(wimlib_write(made, path, WIMLIB_ALL_IMAGES, form->flags, 1), 0, "%s", form->label);
	wimlib_free(made);
}

struct opened {
	char root[TEMPORARY_SIZE], path[TEMPORARY_SIZE + 16];
	struct wp_wim *wim;
	struct wp_wim_index *index;
	struct wp_blob_reader *reader;
};

static void read_again(struct opened *opened)
{
	opened->wim = wp_wim_read(opened->path);
	opened->index = wp_wim_index_read(opened->wim);
	cr_assert(opened->index);
	opened->reader = wp_blob_reader_new(opened->index);
}

static void let_go(struct opened *opened)
{
	wp_blob_reader_free(opened->reader);
	wp_wim_index_free(opened->index);
	wp_wim_free(opened->wim);
}

static void set_up(struct opened *opened, const struct form *form)
{
	cr_assert(setlocale(LC_CTYPE, "C.UTF-8"));
	if (!contents[0])
		make_contents();
	temporary_make(opened->root);
	make_wim(opened->root, form, opened->path);
	read_again(opened);
}

static void tear_down(struct opened *opened)
{
	let_go(opened);
	temporary_remove(opened->root);
}

static const char *read_file(struct opened *opened, size_t file, uint64_t most, const char *label)
{
	uint8_t *bytes = NULL;
	uint64_t size;
	const char *why = wp_blob_read(opened->reader, digests[file], most, &bytes, &size);

	if (why)
		return why;
	cr_expect_eq(size, sizes[file], "%s: file %zu", label, file);
	cr_expect(!memcmp(bytes, contents[file], sizes[file]), "%s: file %zu", label, file);
	free(bytes);
	return NULL;
}

static const struct form solid = { "solid, chunks of 32 KiB", WIMLIB_COMPRESSION_TYPE_LZMS, 0, 32768, WIMLIB_WRITE_FLAG_SOLID };
static const struct form plain = { "LZX", WIMLIB_COMPRESSION_TYPE_LZX, 0, 0, 0 };

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

/* Reads @length bytes of the view from @offset on as layer 1 does; gives how many came. */
static ptrdiff_t read_part(const struct wp_wim_place *place, uint8_t *bytes, size_t length,
			   uint64_t offset)
{
	return place->read(place->context, bytes, length, offset);
}

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
