/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What two files at one path, or at two, do not have in common, and the totals in which it counts. */
#include "comparison.h"

#include "wimplan/number.h"

#include <string.h>

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
			what |= WP_FILE_WHAT_LINK_LOST;
	}
	if (new_links != WP_NO_LINKS) {
		first = &comparison->new_first[new_links];
		if (first->old == WP_NO_NODE)
			*first = pair;
		else if (!is_one_file(comparison->old, first->old, old))
			what |= WP_FILE_WHAT_LINK_MADE;
	}
	return what;
}

unsigned int wp_files_what_differs(const struct wp_comparison *comparison, const struct wp_node *a,
				   const struct wp_node *b)
{
	const uint8_t *x = a->security == WP_NO_SECURITY ? NULL : comparison->old->security[a->security];
	const uint8_t *y = b->security == WP_NO_SECURITY ? NULL : comparison->new->security[b->security];
	unsigned int what = 0;

	if (a->attributes != b->attributes)
		what |= WP_FILE_WHAT_ATTRIBUTES;
	if (a->created != b->created || a->written != b->written)
		what |= WP_FILE_WHAT_TIMES;
	if (x && y ? memcmp(x, y, WP_SHA1_SIZE) != 0 : x != y)
		what |= WP_FILE_WHAT_SECURITY;
	if (a->reparse_tag != b->reparse_tag)
		what |= WP_FILE_WHAT_REPARSE_TAG;
	if (wp_node_is_folder(a) != wp_node_is_folder(b))
		what |= WP_FILE_WHAT_TYPE;
	return what;
}

void wp_files_count(struct wp_diff_totals *totals, const struct wp_change *change, uint64_t old_bytes,
		    uint64_t new_bytes)
{
	if (change->kind == WP_PATH_FOLDER)
		totals->folders[change->change]++;
	else
		totals->files[change->change]++;
	totals->bytes_removed = wp_sum(totals->bytes_removed, old_bytes);
	totals->bytes_added = wp_sum(totals->bytes_added, new_bytes);
	if (change->change == WP_FILE_CHANGE_CHANGED)
		totals->bytes_changed = wp_sum(totals->bytes_changed, new_bytes);
}

void wp_totals_add(struct wp_diff_totals *totals, const struct wp_diff_totals *more)
{
	for (int i = 0; i < WP_FILE_CHANGES; i++) {
		totals->files[i] += more->files[i];
		totals->folders[i] += more->folders[i];
	}
	totals->bytes_removed = wp_sum(totals->bytes_removed, more->bytes_removed);
	totals->bytes_added = wp_sum(totals->bytes_added, more->bytes_added);
	totals->bytes_changed = wp_sum(totals->bytes_changed, more->bytes_changed);
}

bool wp_totals_empty(const struct wp_diff_totals *totals)
{
	static const struct wp_diff_totals nothing;

	return !memcmp(totals, &nothing, sizeof nothing);
}
