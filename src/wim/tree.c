/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A tree that was read: names, paths, what stands at a path, and where symbolic links and junctions lead. */
#include "wimplan/tree.h"

#include "internal.h"

#include "wimplan/blob.h"
#include "wimplan/limits.h"
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

/* winnt.h, IO_REPARSE_TAG_…; a link of the Windows Subsystem for Linux holds its target as UTF-8. */
#define TAG_MOUNT_POINT 0xa0000003u
#define TAG_SYMLINK 0xa000000cu
#define TAG_LX_SYMLINK 0xa000001du

/*
 * REPARSE_DATA_BUFFER without its first 8 bytes, as a WIM stores it: offset and length of the name that Windows follows
 * and of the one that it shows, of a symbolic link four bytes of flags, then both names. The first one counts.
 */
static bool read_names(const uint8_t *bytes, size_t size, size_t names, struct wp_buf *ret)
{
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	size_t offset, length, at;
	char *text;

	if (size < names)
		return false;
	offset = wp_get16(bytes);
	length = wp_get16(bytes + 2);
	if (offset > size - names || length > size - names - offset ||
	    wp_utf16_to_utf8(arena, bytes + names + offset, length, WP_BYTE_ORDER_LITTLE, &text, &length, &at))
		return false;
	/* \??\ is how the kernel begins a path from a drive on. */
	wp_buf_puts(ret, strncmp(text, "\\??\\", 4) ? text : text + 4);
	return true;
}

static bool read_target(uint32_t tag, const uint8_t *bytes, size_t size, struct wp_buf *ret)
{
	switch (tag) {
	case TAG_MOUNT_POINT:
		return read_names(bytes, size, 8, ret);
	case TAG_SYMLINK:
		return read_names(bytes, size, 12, ret);
	case TAG_LX_SYMLINK:
		if (size < 4 || memchr(bytes + 4, 0, size - 4) ||
		    wp_utf8_valid((const char *)bytes + 4, size - 4) != size - 4)
			return false;
		wp_buf_add(ret, bytes + 4, size - 4);
		return true;
	}
	return false;
}

bool wp_node_is_link(const struct wp_node *node)
{
	return node->reparse_tag == TAG_MOUNT_POINT || node->reparse_tag == TAG_SYMLINK ||
	       node->reparse_tag == TAG_LX_SYMLINK;
}

const char *wp_node_elsewhere(const struct wp_node *node)
{
	return node->attributes & WP_ATTRIBUTE_REPARSE_POINT ? "it is a reparse point, whose data is somewhere else" : NULL;
}

bool wp_link_target(const struct wp_wim_index *index, const struct wp_node *node, struct wp_buf *ret)
{
	const struct wp_blob *blob = wp_node_is_link(node) ? wp_wim_index_find(index, node->sha1) : NULL;
	struct wp_blob_reader *reader __attribute__((cleanup(wp_blob_reader_freep))) = NULL;
	uint8_t *bytes;
	uint64_t size;
	bool read;

	/* For a link alone nobody waits until a chunk of 64 MiB is decompressed. */
	if (!blob || blob->solid)
		return false;
	reader = wp_blob_reader_new(index);
	if (wp_blob_read(reader, node->sha1, WP_LIMIT_REPARSE_BYTES, &bytes, &size))
		return false;
	read = read_target(node->reparse_tag, bytes, size, ret);
	free(bytes);
	return read;
}
