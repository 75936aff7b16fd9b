/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A tree that was read: names, paths and what stands at a path. */
#include "wimplan/tree.h"
#include "wimplan/hash.h"
#include "wimplan/text.h"

#include <stdlib.h>
#include <string.h>

void wp_tree_free(struct wp_tree *tree)
{
	if (!tree)
		return;
	free(tree->nodes);
	free(tree->streams);
	free((char *)tree->text);
	wp_arena_free(tree->arena);
}

/* Names of up to 255 units are what Windows has; a longer one is not looked up. */
#define LONGEST_NAME 1024u

uint32_t wp_tree_child(const struct wp_tree *tree, uint32_t folder, const char *name, size_t length)
{
	const struct wp_node *node = &tree->nodes[folder];
	uint32_t low = node->first_child, high = low + node->child_count;
	char wanted[LONGEST_NAME];

	if (length >= sizeof wanted)
		return WP_NO_NODE;
	memcpy(wanted, name, length);
	wanted[length] = '\0';
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		int order = wp_text_compare_nocase(wp_tree_name(tree, middle), wanted);

		if (!order)
			return middle;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return WP_NO_NODE;
}

uint32_t wp_tree_find(const struct wp_tree *tree, uint32_t from, const char *path)
{
	if (!tree->node_count)
		return WP_NO_NODE;
	while (*path && from != WP_NO_NODE) {
		size_t length = strcspn(path, "\\");

		if (length)
			from = wp_tree_child(tree, from, path, length);
		path += length;
		path += *path == '\\';
	}
	return from;
}

void wp_tree_path(const struct wp_tree *tree, uint32_t node, struct wp_buf *buf)
{
	size_t start = buf->length, length = 0, at;

	if (tree->nodes[node].parent == WP_NO_NODE) {
		wp_buf_putc(buf, '\\');
		return;
	}
	for (uint32_t i = node; tree->nodes[i].parent != WP_NO_NODE; i = tree->nodes[i].parent)
		length += 1 + strlen(wp_tree_name(tree, i));
	wp_buf_pad(buf, '\\', length);
	/* From the end: a path may have thousands of components. */
	at = start + length;
	for (uint32_t i = node; tree->nodes[i].parent != WP_NO_NODE; i = tree->nodes[i].parent) {
		const char *name = wp_tree_name(tree, i);
		size_t size = strlen(name);

		at -= size;
		memcpy(buf->data + at, name, size);
		at--;
	}
}

bool wp_sha1_is_zero(const uint8_t sha1[WP_SHA1_SIZE])
{
	static const uint8_t zero[WP_SHA1_SIZE];

	return !memcmp(sha1, zero, sizeof zero);
}

void wp_sha1_text(const uint8_t sha1[WP_SHA1_SIZE], char ret_text[WP_SHA1_TEXT])
{
	memcpy(ret_text, "sha1:", 5);
	wp_hex(sha1, WP_SHA1_SIZE, ret_text + 5);
}
