/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A metadata resource as any bytes: what is read of it is a tree that holds together and does not differ from itself.
 */
#include "../../src/diff/internal.h"
#include "../../src/wim/tree_read.h"
#include "fuzz.h"

#include "wimplan/limits.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

static void check_tree(const struct wp_tree *tree)
{
	for (uint32_t i = 1; i < tree->node_count; i++) {
		const struct wp_node *node = &tree->nodes[i];

		if (node->parent >= i || node->name >= tree->text_length ||
		    (node->child_count && node->first_child + node->child_count > tree->node_count) ||
		    node->first_stream + node->stream_count > tree->stream_count)
			abort();
	}
}

static void compare(struct wp_arena *arena, const struct wp_wim_index *index, const struct wp_tree *old,
		    const struct wp_tree *new, bool same)
{
	static const struct wp_diff_totals nothing;
	const struct wp_diff_options options = { .depth = 2, .path_limit = 100 };
	struct wp_diff_room room = { WP_LIMIT_DIFF_TEXT, WP_LIMIT_DIFF_TEXT };
	const struct wp_diff_files *files;

	if (!old->node_count || !new->node_count)
		return;
	files = wp_pair_files(arena, (struct wp_diff_tree){ index, old }, (struct wp_diff_tree){ index, new }, &options,
			      &room);
	if (same && (memcmp(&files->totals, &nothing, sizeof nothing) != 0 || files->path_count || files->folder_count))
		abort();
}

/* The second half of the input as a tree to compare with. */
static void compare_with_half(struct wp_arena *arena, const struct wp_wim_index *index, const struct wp_tree *tree,
			      const uint8_t *data, size_t size)
{
	struct wp_arena *own = wp_arena_new();
	struct wp_tree *other __attribute__((cleanup(wp_tree_freep))) = wp_arena_alloc(own, sizeof *other);
	size_t half = size - size / 2;
	uint8_t *bytes = wp_take(half + 1);
	int status;

	other->arena = own;
	other->image = 1;
	/* They are used up. */
	memcpy(bytes, data + size / 2, half);
	status = wp_tree_parse(other, index, bytes, half, (struct wp_tree_limits){ WP_LIMIT_TREE_NODES, WP_LIMIT_TREE_TEXT });
	free(bytes);
	if (status)
		return;
	compare(arena, index, tree, other, false);
	compare(arena, index, other, tree, false);
}

int fuzz_one(const uint8_t *data, size_t size)
{
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	char path[] = "/dev/shm/wimplan-fuzz-XXXXXX";

	fuzz_file(path, data, size);

	/* An index of one image that is the whole file, with the SHA-1 that belongs to it. */
	struct wp_wim *wim __attribute__((cleanup(wp_wim_freep))) = wp_wim_read(path);
	struct wp_metadata_resource resource = { .stored = size, .size = size };
	uint32_t buckets[65537] = { 0 };
	struct wp_wim_index index = {
		.arena = arena, .wim = wim, .buckets = buckets, .images = &resource, .image_count = 1
	};
	struct wp_servicing servicing;
	uint8_t hash[EVP_MAX_MD_SIZE];

	EVP_Digest(data, size, hash, NULL, EVP_sha1(), NULL);
	for (size_t i = 0; i < WP_SHA1_SIZE; i++)
		resource.sha1[i] = hash[i];

	struct wp_tree *tree __attribute__((cleanup(wp_tree_freep))) = wp_tree_read(&index, 1);

	check_tree(tree);
	wp_servicing_read(arena, tree, &servicing);
	compare(arena, &index, tree, tree, true);
	compare_with_half(arena, &index, tree, data, size);
	fuzz_remove(path);
	return 0;
}
