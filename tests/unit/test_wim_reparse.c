/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where links lead: what their data may hold, and what is not believed. */
#include "temporary.h"
#include "wim_make.h"

#include "wimplan/limits.h"
#include "wimplan/tree.h"

#include <locale.h>
#include <openssl/sha.h>

#define SYMLINK 0xa000000cu
#define JUNCTION 0xa0000003u
#define LINUX 0xa000001du

/* A file with these bytes as its only data; what a link with it and this tag leads to, NULL for nothing. */
static char *target_of(uint32_t tag, const uint8_t *bytes, size_t size)
{
	struct wp_wim *wim __attribute__((cleanup(wp_wim_freep))) = NULL;
	struct wp_wim_index *index __attribute__((cleanup(wp_wim_index_freep))) = NULL;
	struct wp_node node = { .attributes = WP_ATTRIBUTE_REPARSE_POINT, .reparse_tag = tag };
	char root[TEMPORARY_SIZE], data[TEMPORARY_SIZE + 16], path[TEMPORARY_SIZE + 16];
	struct wp_buf buf = { 0 };
	WIMStruct *made;
	char *target = NULL;
	FILE *file;

	cr_assert(setlocale(LC_CTYPE, "C.UTF-8"));
	temporary_make(root);
	snprintf(data, sizeof data, "%s/data", root);
	snprintf(path, sizeof path, "%s/a.wim", root);
	file = fopen(data, "w");
	cr_assert(file);
	cr_assert_eq(fwrite(bytes, 1, size, file), size);
	fclose(file);
	wimlib_global_init(WIMLIB_INIT_FLAG_ASSUME_UTF8);
	cr_assert_eq(wimlib_create_new_wim(WIMLIB_COMPRESSION_TYPE_LZX, &made), 0);
	cr_assert_eq(wimlib_add_empty_image(made, "A", NULL), 0);
	cr_assert_eq(wimlib_add_tree(made, 1, data, "/data", 0), 0);
	cr_assert_eq(wimlib_write(made, path, WIMLIB_ALL_IMAGES, 0, 1), 0);
	wimlib_free(made);
	SHA1(bytes, size, node.sha1);
	wim = wp_wim_read(path);
	index = wp_wim_index_read(wim);
	cr_assert(index);
	if (wp_link_target(index, &node, &buf))
		target = strdup(wp_buf_text(&buf));
	wp_buf_free(&buf);
	temporary_remove(root);
	return target;
}

static void expect(uint32_t tag, const void *bytes, size_t size, const char *wanted)
{
	char *found = target_of(tag, bytes, size);

	if (wanted)
		cr_expect_str_eq(found ? found : "(nothing)", wanted);
	else
		cr_expect_null(found, "%s", found);
	free(found);
}

/* Offset and length of the first name; the second one is empty, and of a symbolic link flags follow. */
#define NAMES(offset, length) offset, 0, length, 0, 0, 0, 0, 0

Test(reparse, name_of_a_symbolic_link)
{
	const uint8_t good[] = { NAMES(0, 4), 0, 0, 0, 0, 'a', 0, 'b', 0 };
	const uint8_t later[] = { NAMES(2, 2), 1, 0, 0, 0, 'a', 0, 'b', 0 };
	const uint8_t drive[] = { NAMES(0, 14), 0, 0, 0, 0, '\\', 0, '?', 0, '?', 0, '\\', 0, 'C', 0, ':', 0, '\\', 0 };
	const uint8_t over[] = { NAMES(2, 4), 0, 0, 0, 0, 'a', 0, 'b', 0 };
	const uint8_t behind[] = { NAMES(6, 0), 0, 0, 0, 0, 'a', 0, 'b', 0 };
	const uint8_t odd[] = { NAMES(0, 3), 0, 0, 0, 0, 'a', 0, 'b', 0 };
	const uint8_t lone[] = { NAMES(0, 2), 0, 0, 0, 0, 0, 0xd8 };

	expect(SYMLINK, good, sizeof good, "ab");
	expect(SYMLINK, later, sizeof later, "b");
	expect(SYMLINK, drive, sizeof drive, "C:\\");
	expect(SYMLINK, over, sizeof over, NULL);
	expect(SYMLINK, behind, sizeof behind, NULL);
	expect(SYMLINK, odd, sizeof odd, NULL);
	expect(SYMLINK, lone, sizeof lone, NULL);
	expect(SYMLINK, good, 11, NULL);
	/* A junction has no flags, and a tag that nobody knows may have anything. */
	expect(JUNCTION, good, sizeof good, NULL);
	expect(0x9000001au, good, sizeof good, NULL);
}

Test(reparse, name_of_a_junction_and_of_a_link_of_linux)
{
	const uint8_t junction[] = { NAMES(0, 4), 'a', 0, 'b', 0 };
	const uint8_t linux_link[] = { 2, 0, 0, 0, '/', 'a' }, nul[] = { 2, 0, 0, 0, '/', 0 };
	const uint8_t no_text[] = { 2, 0, 0, 0, 0xff }, cut[] = { 2, 0, 0 };

	expect(JUNCTION, junction, sizeof junction, "ab");
	expect(JUNCTION, junction, 7, NULL);
	expect(LINUX, linux_link, sizeof linux_link, "/a");
	expect(LINUX, nul, sizeof nul, NULL);
	expect(LINUX, no_text, sizeof no_text, NULL);
	expect(LINUX, cut, sizeof cut, NULL);
}

Test(reparse, limit_of_the_data)
{
	static uint8_t bytes[WP_LIMIT_REPARSE_BYTES + 1] = { NAMES(0, 4), 0, 0, 0, 0, 'a', 0, 'b', 0 };

	expect(SYMLINK, bytes, WP_LIMIT_REPARSE_BYTES, "ab");
	expect(SYMLINK, bytes, WP_LIMIT_REPARSE_BYTES + 1, NULL);
}
