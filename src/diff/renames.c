/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files that are gone from one path and have come at another: the same data, the same name first. */
#include "comparison.h"

#include "wimplan/text.h"

#include <stdlib.h>
#include <string.h>

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
	if (count)
		qsort(candidates, count, sizeof *candidates, compare_candidates);
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

static size_t count_changes(const struct wp_comparison *comparison, enum wp_file_change change)
{
	size_t count = 0;

	for (size_t i = 0; i < comparison->change_count; i++)
		count += comparison->changes[i].change == change;
	return count;
}

static struct candidate *make_room(size_t count)
{
	struct candidate *candidates = wp_must(reallocarray(NULL, count ? count : 1, sizeof *candidates));

	return candidates;
}

/* Of several files with one key the first in the order of paths is the first one's new place, and so on. */
void wp_files_join_renamed(struct wp_comparison *comparison)
{
	struct candidate *old = make_room(count_changes(comparison, WP_FILE_CHANGE_REMOVED));
	struct candidate *new = make_room(count_changes(comparison, WP_FILE_CHANGE_ADDED));

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
