/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tree of an image as one of many in its file: what all of them together may take, and where its bytes come from. */
#include "resource.h"
#include "tree_read.h"

#include "wimplan/limits.h"

#include <stdlib.h>

/* What is left of what one file may take, and of what one tree may. */
static uint64_t rest(uint64_t of_file, uint64_t taken, uint64_t of_tree)
{
	uint64_t left = taken < of_file ? of_file - taken : 0;

	return left < of_tree ? left : of_tree;
}

/* Counts the bytes before they are read: what is damaged behind them has cost them as well. */
static int take_bytes(struct wp_tree *tree, struct wp_wim_index *index, uint64_t size)
{
	uint64_t file = index->wim->size;
	uint64_t most = file < WP_LIMIT_FILE_TREE_BYTES / WP_LIMIT_TREE_GROWTH ? file * WP_LIMIT_TREE_GROWTH
										: WP_LIMIT_FILE_TREE_BYTES;

	if (size > WP_LIMIT_TREE_BYTES)
		return wp_tree_fail(tree, "tree-limit", "its metadata has more than %u MiB", WP_LIMIT_TREE_BYTES >> 20);
	if (size > rest(most, index->taken.bytes, size))
		return wp_tree_fail(tree, "tree-limit",
				    "the metadata of the file's images together has more than %ju bytes, which is all "
				    "that is read of a file of its size",
				    (uintmax_t)most);
	index->taken.bytes += size;
	return 0;
}

static int read_tree(struct wp_tree *tree, struct wp_wim_index *index, const struct wp_metadata_resource *resource)
{
	struct wp_tree_limits limits = {
		.nodes = rest(WP_LIMIT_FILE_NODES, index->taken.nodes, WP_LIMIT_TREE_NODES),
		.text = rest(WP_LIMIT_FILE_TEXT, index->taken.text, WP_LIMIT_TREE_TEXT),
	};
	uint8_t *bytes = NULL;
	const char *why;
	int result;

	if (take_bytes(tree, index, resource->size))
		return WP_E_FAILED;
	why = wp_resource_read(index, resource, &bytes);
	if (why)
		return wp_tree_fail(tree, "tree-unreadable", "its metadata resource is damaged: %s", why);
	result = wp_tree_parse(tree, index, bytes, resource->size, limits);
	free(bytes);
	index->taken.nodes += (uint64_t)tree->node_count + tree->stream_count;
	index->taken.text += tree->text_length;
	return result;
}

/* What the nodes and names do not need. */
static void give_back(struct wp_tree *tree)
{
	tree->nodes = wp_must(reallocarray(tree->nodes, tree->node_count, sizeof *tree->nodes));
	tree->text = wp_must(realloc((char *)tree->text, tree->text_length));
}

struct wp_tree *wp_tree_read(struct wp_wim_index *index, uint32_t image)
{
	struct wp_arena *arena = wp_arena_new();
	struct wp_tree *tree = wp_arena_alloc(arena, sizeof *tree);
	struct wp_metadata_resource *resource;

	tree->arena = arena;
	tree->image = image;
	if (image < 1 || image > index->image_count) {
		wp_tree_fail(tree, "tree-missing", "the file holds no metadata of it");
		return tree;
	}
	resource = &index->images[image - 1];
	resource->tried = true;
	if (read_tree(tree, index, resource)) {
		tree->node_count = 0;
		return tree;
	}
	resource->missing = (struct wp_number){ true, tree->missing };
	give_back(tree);
	return tree;
}
