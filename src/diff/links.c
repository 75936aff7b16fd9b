/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hard links: whether two names that were one file still are, and the reverse. */
#include "files.h"

static bool is_one_file(const struct wp_tree *tree, uint32_t a, uint32_t b)
{
	return tree->nodes[a].links != WP_NO_LINKS && tree->nodes[a].links == tree->nodes[b].links;
}

/* Every further name is held against the first one, so that each link that is lost is told of once. */
unsigned int wp_files_compare_links(struct wp_comparison *comparison, uint32_t old, uint32_t new)
{
	const uint32_t old_links = comparison->old->nodes[old].links, new_links = comparison->new->nodes[new].links;
	const struct wp_name_pair pair = { old, new };
	struct wp_name_pair *first;
	unsigned int what = 0;

	if (old_links != WP_NO_LINKS) {
		first = &comparison->old_first[old_links];
		if (first->old == WP_NO_NODE)
			*first = pair;
		else if (!is_one_file(comparison->new, first->new, new))
			what |= WP_WHAT_LINK_LOST;
	}
	if (new_links != WP_NO_LINKS) {
		first = &comparison->new_first[new_links];
		if (first->old == WP_NO_NODE)
			*first = pair;
		else if (!is_one_file(comparison->old, first->old, old))
			what |= WP_WHAT_LINK_MADE;
	}
	return what;
}
