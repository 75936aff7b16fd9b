/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the values of a diff are called in JSON and, where they are words, in reports. */
#include "wimplan/diff.h"

const char *wp_match_name(enum wp_match match)
{
	static const char *const names[] = {
		[WP_MATCH_NONE] = NULL,         [WP_MATCH_OPTION] = "option", [WP_MATCH_TREE] = "tree",
		[WP_MATCH_EDITION] = "edition", [WP_MATCH_NAME] = "name",     [WP_MATCH_INDEX] = "index",
	};

	return names[match];
}

const char *wp_diff_status_name(enum wp_diff_status status)
{
	static const char *const names[] = {
		[WP_DIFF_SAME] = "same",
		[WP_DIFF_CHANGED] = "changed",
		[WP_DIFF_ADDED] = "added",
		[WP_DIFF_REMOVED] = "removed",
	};

	return names[status];
}

const char *wp_file_change_name(enum wp_file_change change)
{
	static const char *const names[WP_FILE_CHANGES] = {
		[WP_FILE_ADDED] = "added",     [WP_FILE_REMOVED] = "removed",       [WP_FILE_CHANGED] = "changed",
		[WP_FILE_RENAMED] = "renamed", [WP_FILE_ATTRIBUTES] = "attributes",
	};

	return names[change];
}

const char *wp_path_kind_name(enum wp_path_kind kind)
{
	static const char *const names[] = {
		[WP_PATH_FILE] = "file",
		[WP_PATH_FOLDER] = "folder",
		[WP_PATH_STREAM] = "stream",
	};

	return names[kind];
}

const char *wp_tree_state_name(enum wp_tree_state state)
{
	return state == WP_TREE_SAME ? "same" : state == WP_TREE_CHANGED ? "changed" : NULL;
}
