/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What two files at one path do not have in common, which files have moved to another one, and the totals in which it counts. */
#include "comparison.h"

#include "wimplan/number.h"
#include "wimplan/text.h"

#include <stdlib.h>
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

/* A file that is gone from its path, or has come at it. */
struct candidate {
	const uint8_t *sha1;
	const char *name; /* "" where names do not count */
	size_t at;        /* which change */
};

/* Empty files are alike, and no data of theirs has moved. */
static bool is_candidate(const struct wp_change *change, const struct wp_node *node)
{
	return change->kind == WP_PATH_FILE && !change->gone && !wp_sha1_is_zero(node->sha1);
}

static int compare_keys(const struct candidate *x, const struct candidate *y)
{
	int order = memcmp(x->sha1, y->sha1, WP_SHA1_SIZE);

	return order ? order : wp_text_compare_nocase(x->name, y->name);
}

/* Those with one key in the order of their paths. */
static int compare_candidates(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;
	int order = compare_keys(x, y);

	return order ? order : (x->at > y->at) - (x->at < y->at);
}

/* The files that are still removed or added, by their data; @candidates has room for all changes. */
static size_t take_candidates(const struct wp_comparison *comparison, enum wp_file_change change, bool with_name,
			      struct candidate *candidates)
{
	bool removed = change == WP_FILE_CHANGE_REMOVED;
	const struct wp_tree *tree = removed ? comparison->old : comparison->new;
	size_t count = 0;

	for (size_t i = 0; i < comparison->change_count; i++) {
		const struct wp_change *item = &comparison->changes[i];
		const struct wp_node *node =
			removed ? wp_old_node(comparison, item) : wp_new_node(comparison, item);

		if (item->change == change && is_candidate(item, node))
			candidates[count++] =
				(struct candidate){ node->sha1, with_name ? tree->text + node->name : "", i };
	}
	WP_SORT(candidates, count, compare_candidates);
	return count;
}

static void join(struct wp_comparison *comparison, struct wp_change *removed, struct wp_change *added)
{
	const struct wp_node *a = wp_old_node(comparison, removed), *b = wp_new_node(comparison, added);

	removed->gone = true;
	added->change = WP_FILE_CHANGE_RENAMED;
	added->old_node = removed->old_node;
	added->wanted = added->wanted || removed->wanted;
	added->what = (uint8_t)(wp_files_what_differs(comparison, a, b) |
				wp_files_compare_links(comparison, added->old_node, added->new_node));
	if (a->links != WP_NO_LINKS)
		comparison->old_kept[a->links] = true;
	if (b->links != WP_NO_LINKS)
		comparison->new_kept[b->links] = true;
}

/* For all changes of this kind. */
static struct candidate *make_room(const struct wp_comparison *comparison, enum wp_file_change change)
{
	size_t count = 1;

	for (size_t i = 0; i < comparison->change_count; i++)
		count += comparison->changes[i].change == change;
	return wp_must(reallocarray(NULL, count, sizeof(struct candidate)));
}

/* Of several files with one key the first in the order of paths is the first one's new place, and so on. */
void wp_files_join_renamed(struct wp_comparison *comparison)
{
	struct candidate *old = make_room(comparison, WP_FILE_CHANGE_REMOVED);
	struct candidate *new = make_room(comparison, WP_FILE_CHANGE_ADDED);

	for (int pass = 0; pass < 2; pass++) {
		bool with_name = pass == 0;
		size_t old_count = take_candidates(comparison, WP_FILE_CHANGE_REMOVED, with_name, old);
		size_t new_count = take_candidates(comparison, WP_FILE_CHANGE_ADDED, with_name, new);

		for (size_t o = 0, n = 0; o < old_count && n < new_count;) {
			int order = compare_keys(&old[o], &new[n]);

			if (!order)
				join(comparison, &comparison->changes[old[o].at], &comparison->changes[new[n].at]);
			o += order <= 0;
			n += order >= 0;
		}
	}
	free(old);
	free(new);
}
