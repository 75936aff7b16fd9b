/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files that are gone from one path and have come at another: the same data, the same name first. */
#include "files.h"

#include "wimplan/text.h"

#include <stdlib.h>
#include <string.h>

#define NONE UINT32_MAX
/* Chains are short unless somebody made up SHA-1s to make them long. */
#define MOST_TRIES 256u

/* Chains of removed files in the order of their paths, by a hash. */
struct chains {
	uint32_t *heads;
	uint32_t *next; /* of the change with that number */
	size_t mask;
};

static uint64_t hash_data(const struct wp_node *node)
{
	uint64_t hash;

	memcpy(&hash, node->sha1, sizeof hash);
	return hash;
}

static uint64_t hash_name(const char *name)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	/* Letters of ASCII alone are folded: others that differ in case meet in the second pass. */
	for (; *name; name++) {
		unsigned char c = (unsigned char)(*name >= 'A' && *name <= 'Z' ? *name + ('a' - 'A') : *name);

		hash = (hash ^ c) * UINT64_C(0x100000001b3);
	}
	return hash;
}

static uint64_t hash_of(const struct wp_tree *tree, const struct wp_node *node, bool with_name)
{
	return hash_data(node) ^ (with_name ? hash_name(tree->text + node->name) : 0);
}

/* Empty files are alike, and no data of theirs has moved. */
static bool is_candidate(const struct wp_change *change, const struct wp_node *node)
{
	return change->kind == WP_PATH_FILE && !change->gone && !wp_sha1_is_zero(node->sha1);
}

static void fill(struct chains *chains, const struct wp_comparison *comparison, bool with_name)
{
	memset(chains->heads, 0xff, (chains->mask + 1) * sizeof *chains->heads);
	for (size_t i = comparison->change_count; i-- > 0;) {
		const struct wp_change *change = &comparison->changes[i];
		const struct wp_node *node = wp_old_node(comparison, change);
		uint32_t *head;

		if (change->change != WP_FILE_REMOVED || !is_candidate(change, node))
			continue;
		head = &chains->heads[hash_of(comparison->old, node, with_name) & chains->mask];
		chains->next[i] = *head;
		*head = (uint32_t)i;
	}
}

static unsigned int what_differs(const struct wp_comparison *comparison, const struct wp_node *a,
				 const struct wp_node *b)
{
	const uint8_t *x = a->security == WP_NO_SECURITY ? NULL : comparison->old->security[a->security];
	const uint8_t *y = b->security == WP_NO_SECURITY ? NULL : comparison->new->security[b->security];

	return (a->attributes != b->attributes ? WP_WHAT_ATTRIBUTES : 0u) |
	       (a->created != b->created || a->written != b->written ? WP_WHAT_TIMES : 0u) |
	       ((x && y ? memcmp(x, y, WP_SHA1_SIZE) != 0 : x != y) ? WP_WHAT_SECURITY : 0u);
}

static void join(struct wp_comparison *comparison, struct wp_change *removed, struct wp_change *added)
{
	const struct wp_node *a = wp_old_node(comparison, removed), *b = wp_new_node(comparison, added);

	removed->gone = true;
	added->change = WP_FILE_RENAMED;
	added->old_node = removed->old_node;
	added->what = (uint8_t)what_differs(comparison, a, b);
	if (a->links != WP_NO_LINKS)
		comparison->old_kept[a->links] = true;
	if (b->links != WP_NO_LINKS)
		comparison->new_kept[b->links] = true;
}

/* Takes the first fitting file off its chain. Those with another hash in one chain are passed over. */
static void find_partner(struct wp_comparison *comparison, struct chains *chains, struct wp_change *added,
			 bool with_name)
{
	const struct wp_node *node = wp_new_node(comparison, added);
	uint32_t *at = &chains->heads[hash_of(comparison->new, node, with_name) & chains->mask];

	for (unsigned int tries = MOST_TRIES; *at != NONE && tries; at = &chains->next[*at], tries--) {
		struct wp_change *removed = &comparison->changes[*at];
		const struct wp_node *other = wp_old_node(comparison, removed);

		if (memcmp(other->sha1, node->sha1, WP_SHA1_SIZE) ||
		    (with_name && !wp_text_equal_nocase(comparison->old->text + other->name,
							comparison->new->text + node->name)))
			continue;
		*at = chains->next[*at];
		join(comparison, removed, added);
		return;
	}
}

void wp_files_join_renamed(struct wp_comparison *comparison)
{
	struct chains chains = { .mask = 63 };

	while (chains.mask < comparison->change_count)
		chains.mask = 2 * chains.mask + 1;
	chains.heads = reallocarray(NULL, chains.mask + 1, sizeof *chains.heads);
	chains.next = reallocarray(NULL, comparison->change_count + 1, sizeof *chains.next);
	if (!chains.heads || !chains.next)
		abort();
	for (int pass = 0; pass < 2; pass++) {
		bool with_name = pass == 0;

		fill(&chains, comparison, with_name);
		for (size_t i = 0; i < comparison->change_count; i++) {
			struct wp_change *change = &comparison->changes[i];

			if (change->change == WP_FILE_ADDED && is_candidate(change, wp_new_node(comparison, change)))
				find_partner(comparison, &chains, change, with_name);
		}
	}
	free(chains.heads);
	free(chains.next);
}
