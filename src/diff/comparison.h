/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two trees side by side: the list of what differs, and what is made of it. */
#ifndef WIMPLAN_DIFF_COMPARISON_H
#define WIMPLAN_DIFF_COMPARISON_H

#include "internal.h"

#define WP_NO_STREAM UINT32_MAX
#define WP_NOT_STORED UINT32_MAX

/* One difference, small because there may be as many as files. */
struct wp_change {
	uint32_t old_node, new_node;     /* WP_NO_NODE on the side that lacks it */
	uint32_t old_stream, new_stream; /* WP_NO_STREAM unless it is about a stream */
	uint32_t folder;                 /* in whose totals it counts */
	uint32_t stored;                 /* the same of a folder in WinSxS; WP_NOT_STORED */
	uint8_t change;                  /* enum wp_file_change */
	uint8_t kind;                    /* enum wp_path_kind */
	uint8_t what;                    /* enum wp_file_what */
	bool wanted;                     /* its path, or the old one of a rename, is one that was asked for */
	bool gone;                       /* the old half of a rename, which is told with the new one */
};

/* A folder that has totals of its own: the node of one of the trees. */
struct wp_total_folder {
	uint32_t old_node, new_node;
	uint32_t above; /* the folder in which it counts when it is not shown; the root's own for the root */
	uint32_t path;  /* bytes of its path */
	bool shown;
	struct wp_diff_totals totals;
};

/* Two names at one path, or the old and the new name of a file. */
struct wp_name_pair {
	uint32_t old, new; /* nodes */
};

struct wp_comparison {
	struct wp_arena *arena; /* the diff's */
	struct wp_arena *scratch; /* for the time of the comparison */
	const struct wp_tree *old, *new;
	const struct wp_wim_index *old_index, *new_index;
	const struct wp_diff_options *options;
	struct wp_diff_room *room;
	struct wp_change *changes;
	size_t change_count, change_capacity;
	struct wp_total_folder *folders;
	uint32_t folder_count;
	size_t folder_capacity;
	struct wp_total_folder *stored; /* the folders in Windows\WinSxS: each belongs to a component */
	uint32_t stored_count;
	size_t stored_capacity;
	uint32_t old_store, new_store; /* Windows\WinSxS; WP_NO_NODE */
	/* For each file with several names, whether one of them has kept its data; then whether it was counted. */
	bool *old_kept, *new_kept;
	/* For each such file the first of its names that is on both sides with the same data; old is WP_NO_NODE for none. */
	struct wp_name_pair *old_first, *new_first;
	uint64_t unchanged;
};

/* Goes through both trees and fills changes, folders and stored ones. */
void wp_files_merge(struct wp_comparison *comparison);

/* In what two files or folders differ besides their data: enum wp_file_what, without hard links. */
unsigned int wp_files_what_differs(const struct wp_comparison *comparison, const struct wp_node *old,
				   const struct wp_node *new);

/*
 * Whether the hard links of two names with the same data differ: WP_FILE_WHAT_LINK_LOST and WP_FILE_WHAT_LINK_MADE. Names that came
 * or went, and those whose data changed, are told of as such. To be called once for each pair.
 */
unsigned int wp_files_compare_links(struct wp_comparison *comparison, uint32_t old, uint32_t new);

/* Joins what is gone from one path and has come at another. */
void wp_files_join_renamed(struct wp_comparison *comparison);

/* Makes components of the totals of the stored folders. */
void wp_files_components(const struct wp_comparison *comparison, struct wp_diff_files *files);

void wp_totals_add(struct wp_diff_totals *totals, const struct wp_diff_totals *more);
bool wp_totals_empty(const struct wp_diff_totals *totals);

/* Adds one change to totals, and of its data what counts. */
void wp_files_count(struct wp_diff_totals *totals, const struct wp_change *change, uint64_t old_bytes,
		    uint64_t new_bytes);

static inline const struct wp_node *wp_old_node(const struct wp_comparison *comparison, const struct wp_change *change)
{
	return change->old_node == WP_NO_NODE ? NULL : &comparison->old->nodes[change->old_node];
}

static inline const struct wp_node *wp_new_node(const struct wp_comparison *comparison, const struct wp_change *change)
{
	return change->new_node == WP_NO_NODE ? NULL : &comparison->new->nodes[change->new_node];
}

#endif
