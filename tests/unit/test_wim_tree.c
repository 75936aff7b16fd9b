/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Trees of images: the same as wimlib's iterator gives, at every compression, and names and versions inside them. */
#include "wimplan/servicing.h"
#include "wimplan/text.h"
#include "wimplan/tree.h"

#include <criterion/criterion.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <wimlib.h>

#define FILES 3000

struct check {
	const struct wp_tree *tree;
	size_t seen, wrong;
};

static int check_entry(const struct wimlib_dir_entry *entry, void *context)
{
	struct check *check = context;
	char *path = strdup(entry->full_path);
	uint64_t written = ((uint64_t)entry->last_write_time.tv_sec + 11644473600u) * 10000000u +
			   (uint64_t)entry->last_write_time.tv_nsec / 100;
	uint32_t at;

	for (char *c = path; *c; c++)
		*c = (char)(*c == '/' ? '\\' : *c);
	at = wp_tree_find(check->tree, 0, path);
	free(path);
	check->seen++;
	if (at == WP_NO_NODE) {
		check->wrong++;
		return 0;
	}

	const struct wp_node *node = &check->tree->nodes[at];

	check->wrong += node->attributes != entry->attributes || node->written != written ||
			node->size != entry->streams[0].resource.uncompressed_size ||
			(node->links != WP_NO_LINKS) != (entry->num_links > 1) ||
			memcmp(node->sha1, entry->streams[0].resource.sha1_hash, WP_SHA1_SIZE) != 0;
	return 0;
}

static void make_folder(const char *root)
{
	char path[256];

	cr_assert_eq(mkdir(root, 0777), 0);
	snprintf(path, sizeof path, "%s/Größe_und Länge", root);
	cr_assert_eq(mkdir(path, 0777), 0);
	for (int i = 0; i < FILES; i++) {
		FILE *file;

		snprintf(path, sizeof path, "%s/%s/%s%05d", root, i % 2 ? "Größe_und Länge" : ".", i % 3 ? "File_" : "file", i);
		file = fopen(path, "w");
		cr_assert(file);
		fprintf(file, "%d", i % 500);
		fclose(file);
	}
	snprintf(path, sizeof path, "%s/Größe_und Länge/File_00001", root);

	char other[256];

	snprintf(other, sizeof other, "%s/second name", root);
	cr_assert_eq(link(path, other), 0);
}

static void compare(const char *path)
{
	struct wp_wim *wim __attribute__((cleanup(wp_wim_freep))) = wp_wim_read(path);
	struct wp_wim_index *index __attribute__((cleanup(wp_wim_index_freep))) = wp_wim_index_read(wim);
	struct wp_tree *tree __attribute__((cleanup(wp_tree_freep))) = NULL;
	struct check check = { 0 };
	WIMStruct *opened;

	cr_assert(index, "%s", path);
	tree = wp_tree_read(index, 1);
	cr_assert_eq(tree->diags.count, 0, "%s: %s", path, tree->diags.count ? tree->diags.items[0].summary : "");
	check.tree = tree;
	cr_assert_eq(wimlib_open_wim(path, 0, &opened), 0);
	cr_assert_eq(wimlib_iterate_dir_tree(opened, 1, "/", WIMLIB_ITERATE_DIR_TREE_FLAG_RECURSIVE, check_entry, &check), 0);
	wimlib_free(opened);
	cr_expect_eq(check.seen, tree->node_count, "%s: %zu and %u", path, check.seen, tree->node_count);
	cr_expect_eq(check.wrong, 0, "%s: %zu differ", path, check.wrong);
	cr_expect_eq(tree->link_count, 1);
	/* Children are in order, so that they can be found. */
	for (uint32_t i = 1; i < tree->node_count; i++)
		if (tree->nodes[i].parent == tree->nodes[i - 1].parent)
			cr_assert_lt(wp_text_compare_nocase(wp_tree_name(tree, i - 1), wp_tree_name(tree, i)), 0);
	cr_expect_neq(wp_tree_find(tree, 0, "GRÖßE_UND LÄNGE\\file_00001"), WP_NO_NODE);
}

Test(wim, trees_are_what_wimlib_says)
{
	static const struct {
		const char *name;
		enum wimlib_compression_type type;
		int flags;
	} files[] = {
		{ "none", WIMLIB_COMPRESSION_TYPE_NONE, 0 },
		{ "xpress", WIMLIB_COMPRESSION_TYPE_XPRESS, 0 },
		{ "lzx", WIMLIB_COMPRESSION_TYPE_LZX, 0 },
		{ "lzms", WIMLIB_COMPRESSION_TYPE_LZMS, 0 },
		{ "solid", WIMLIB_COMPRESSION_TYPE_LZMS, WIMLIB_WRITE_FLAG_SOLID },
		{ "pipable", WIMLIB_COMPRESSION_TYPE_LZX, WIMLIB_WRITE_FLAG_PIPABLE },
	};
	char root[] = "/tmp/wimplan-tree.XXXXXX", folder[64], command[96];

	cr_assert(setlocale(LC_CTYPE, "C.UTF-8"));
	cr_assert(mkdtemp(root));
	snprintf(folder, sizeof folder, "%s/tree", root);
	wimlib_global_init(WIMLIB_INIT_FLAG_ASSUME_UTF8);
	make_folder(folder);
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		char path[96];
		WIMStruct *wim;

		snprintf(path, sizeof path, "%s/%s.wim", root, files[i].name);
		cr_assert_eq(wimlib_create_new_wim(files[i].type, &wim), 0);
		cr_assert_eq(wimlib_add_image(wim, folder, "Image", NULL, 0), 0);
		cr_assert_eq(wimlib_write(wim, path, WIMLIB_ALL_IMAGES, files[i].flags, 1), 0);
		wimlib_free(wim);
		compare(path);
	}
	snprintf(command, sizeof command, "rm -rf %s", root);
	cr_expect_eq(system(command), 0);
}

Test(wim, versions_compare_as_numbers)
{
	static const struct {
		const char *a, *b;
		int order;
	} pairs[] = {
		{ "22621.2861.1.8", "22621.3007.1.8", -1 }, { "10.0.9", "10.0.10", -1 }, { "1.0", "1.0.0", -1 },
		{ "01.2", "1.2", 0 },                       { NULL, "1", -1 },           { NULL, NULL, 0 },
		{ "2.b", "2.a", 1 },                        { "999999999999999999999", "1000000000000000000000", -1 },
	};

	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		cr_expect_eq(wp_version_compare(pairs[i].a, pairs[i].b), pairs[i].order, "%s %s", pairs[i].a, pairs[i].b);
		cr_expect_eq(wp_version_compare(pairs[i].b, pairs[i].a), -pairs[i].order, "%s %s", pairs[i].b, pairs[i].a);
	}
}

Test(wim, names_compare_without_case)
{
	static const char *const ordered[] = { "", "A", "Ab", "abc", "A_b", "B", "Ä", "Ö" };

	cr_assert(setlocale(LC_CTYPE, "C.UTF-8"));
	cr_expect_neq(wp_text_compare_nocase("GRÖSSE", "größe"), 0);
	cr_expect_eq(wp_text_compare_nocase("LÄNGE", "länge"), 0);
	for (size_t i = 0; i + 1 < sizeof ordered / sizeof *ordered; i++)
		cr_expect_lt(wp_text_compare_nocase(ordered[i], ordered[i + 1]), 0, "%s %s", ordered[i], ordered[i + 1]);
}
