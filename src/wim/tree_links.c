/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which names of a tree are those of one file. */
#include "tree_read.h"

#include <stdlib.h>
#include <string.h>

/*
 * Ids of files with several names: the table is half empty, so that they lie next to each other in long rows only where
 * somebody chose them for that.
 */
#define MOST_TRIES 256u

static uint64_t mix(uint64_t id)
{
	id ^= id >> 31;
	id *= UINT64_C(0x9e3779b97f4a7c15);
	return id ^ id >> 29;
}

/* Where the first node with this id stands in the table, or has its place; SIZE_MAX: nowhere, it keeps one name. */
static size_t find_slot(const struct wp_tree_reader *reader, const uint32_t *table, size_t mask, uint64_t id)
{
	size_t slot = mix(id) & mask;

	for (unsigned int tries = MOST_TRIES; tries; tries--, slot = (slot + 1) & mask)
		if (table[slot] == WP_NO_NODE || reader->ids[table[slot]] == id)
			return slot;
	return SIZE_MAX;
}

static void link_node(struct wp_tree *tree, struct wp_node *first, struct wp_node *node)
{
	if (memcmp(first->sha1, node->sha1, WP_SHA1_SIZE) != 0)
		return;
	if (first->links == WP_NO_LINKS)
		first->links = tree->link_count++;
	node->links = first->links;
}

void wp_tree_number_links(struct wp_tree_reader *reader)
{
	struct wp_tree *tree = reader->tree;
	size_t slots = 64;
	uint32_t *table;

	while (slots < 2 * (size_t)tree->node_count)
		slots *= 2;
	table = wp_must(reallocarray(NULL, slots, sizeof *table));
	memset(table, 0xff, slots * sizeof *table);
	for (uint32_t i = 0; i < tree->node_count; i++) {
		size_t slot = reader->ids[i] ? find_slot(reader, table, slots - 1, reader->ids[i]) : SIZE_MAX;

		if (slot == SIZE_MAX)
			continue;
		if (table[slot] == WP_NO_NODE)
			table[slot] = i;
		else
			link_node(tree, &tree->nodes[table[slot]], &tree->nodes[i]);
	}
	free(table);
}
