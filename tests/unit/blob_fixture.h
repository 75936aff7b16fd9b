/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A WIM with files of known bytes, and what reads them out of it. */
#ifndef BLOB_FIXTURE_H
#define BLOB_FIXTURE_H

#include "temporary.h"
#include "wim_make.h"

#include "wimplan/blob.h"

#include <locale.h>
#include <openssl/sha.h>

enum { FILES = 6 };

/* Sizes on both sides of a chunk's, one chunk of the next size, none, and one that spans several. */
static const size_t sizes[FILES] = { 0, 1, 32768, 32769, 70000, 200000 };

static uint8_t *contents[FILES];
static uint8_t digests[FILES][SHA_DIGEST_LENGTH];

/* Half text that compresses and half noise, different in each file. */
static inline void make_contents(void)
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
static inline void make_wim(const char *root, const struct form *form, char path[TEMPORARY_SIZE + 16])
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

static inline void read_again(struct opened *opened)
{
	opened->wim = wp_wim_read(opened->path);
	opened->index = wp_wim_index_read(opened->wim);
	cr_assert(opened->index);
	opened->reader = wp_blob_reader_new(opened->index);
}

static inline void let_go(struct opened *opened)
{
	wp_blob_reader_free(opened->reader);
	wp_wim_index_free(opened->index);
	wp_wim_free(opened->wim);
}

static inline void set_up(struct opened *opened, const struct form *form)
{
	cr_assert(setlocale(LC_CTYPE, "C.UTF-8"));
	if (!contents[0])
		make_contents();
	temporary_make(opened->root);
	make_wim(opened->root, form, opened->path);
	read_again(opened);
}

static inline void tear_down(struct opened *opened)
{
	let_go(opened);
	temporary_remove(opened->root);
}

static inline const char *read_file(struct opened *opened, size_t file, uint64_t most, const char *label)
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

/* Reads @length bytes of the view from @offset on as layer 1 does; gives how many came. */
static inline ptrdiff_t read_part(const struct wp_wim_place *place, uint8_t *bytes, size_t length, uint64_t offset)
{
	return place->read(place->context, bytes, length, offset);
}

#endif
