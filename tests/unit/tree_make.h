/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Metadata resources made in memory, for the tests of what is read out of them. */
#ifndef TREE_MAKE_H
#define TREE_MAKE_H

#include "../../src/wim/tree_read.h"
#include "wim_make.h"

#include "wimplan/limits.h"

#define FILE_ATTRIBUTES 0x20u

/* Adds an entry with a name of UTF-16LE; the root has none. Returns where it stands. */
__attribute__((unused)) static size_t add_entry(struct wp_buf *buf, const void *name, size_t bytes, uint32_t attributes)
{
	size_t at = buf->length;

	wp_buf_pad(buf, '\0', 102);
	if (bytes) {
		wp_buf_add(buf, name, bytes);
		wp_buf_pad(buf, '\0', 2);
	}
	wp_buf_pad(buf, '\0', (8 - buf->length % 8) % 8);
	put(buf->data + at, 0, 8, buf->length - at);
	put(buf->data + at, 8, 4, attributes);
	put(buf->data + at, 12, 4, UINT32_MAX);
	put(buf->data + at, 100, 2, bytes);
	return at;
}

/* The same with a name of ASCII. */
__attribute__((unused)) static size_t add_named(struct wp_buf *buf, const char *name, uint32_t attributes)
{
	struct wp_buf units = { 0 };
	size_t at;

	add_utf16(&units, name);
	at = add_entry(buf, units.data, units.length, attributes);
	wp_buf_free(&units);
	return at;
}

/* Adds a stream to the entry at @entry, which is the last one. */
__attribute__((unused)) static void add_stream(struct wp_buf *buf, size_t entry, const void *name, size_t bytes,
					       uint8_t sha1)
{
	size_t at = buf->length;

	wp_buf_pad(buf, '\0', 38);
	wp_buf_add(buf, name, bytes);
	wp_buf_pad(buf, '\0', 2);
	wp_buf_pad(buf, '\0', (8 - buf->length % 8) % 8);
	put(buf->data + at, 0, 8, buf->length - at);
	put(buf->data + at, 16, 1, sha1);
	put(buf->data + at, 36, 2, bytes);
	put(buf->data + entry, 96, 2, get(buf->data + entry, 96, 2) + 1);
}

__attribute__((unused)) static void end_list(struct wp_buf *buf)
{
	wp_buf_pad(buf, '\0', 8);
}

/* The list of the folder at @entry begins where the next entry will stand. */
__attribute__((unused)) static void begin_list(struct wp_buf *buf, size_t entry)
{
	put(buf->data + entry, 16, 8, buf->length);
}

/* No security descriptors and the root, whose list begins. Returns where the root stands. */
__attribute__((unused)) static size_t begin_tree(struct wp_buf *buf)
{
	size_t root;

	wp_buf_pad(buf, '\0', 8);
	put(buf->data, 0, 4, 8);
	root = add_entry(buf, NULL, 0, WP_ATTRIBUTE_FOLDER);
	end_list(buf);
	begin_list(buf, root);
	return root;
}

/* Reads the bytes as the tree of image 1 of a file without any data; frees them. */
__attribute__((unused)) static struct wp_tree *parse_within(struct wp_buf *buf, struct wp_tree_limits limits)
{
	static uint32_t buckets[2];
	static const struct wp_wim_index index = { .buckets = buckets };
	struct wp_arena *arena = wp_arena_new();
	struct wp_tree *tree = wp_arena_alloc(arena, sizeof *tree);

	tree->arena = arena;
	tree->image = 1;
	if (wp_tree_parse(tree, &index, (uint8_t *)buf->data, buf->length, limits))
		tree->node_count = 0;
	wp_buf_free(buf);
	return tree;
}

__attribute__((unused)) static struct wp_tree *parse_tree(struct wp_buf *buf, uint32_t node_limit)
{
	return parse_within(buf, (struct wp_tree_limits){ node_limit, WP_LIMIT_TREE_TEXT });
}

/* Expects so many nodes and this finding alone, "" for none; frees the tree. */
__attribute__((unused)) static void expect(struct wp_tree *tree, uint32_t nodes, const char *code, const char *what)
{
	cr_expect_eq(tree->node_count, nodes, "%s: %u nodes", what, tree->node_count);
	cr_expect_str_eq(only_code(&tree->diags), code, "%s", what);
	wp_tree_free(tree);
}

#endif
