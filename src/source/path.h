/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A Windows path taken apart, for the map and the lookup. */
#ifndef WIMPLAN_SOURCE_PATH_H
#define WIMPLAN_SOURCE_PATH_H

#include "wimplan/arena.h"

#include <stdbool.h>
#include <stddef.h>

/* The first name is "\\server" of a UNC path or "D:" of one with a drive letter. */
struct wp_windows_path {
	char **names; /* as they are written */
	char **folds; /* for comparing without regard to case */
	size_t count; /* at least 1 */
};

/*
 * Takes @text apart into @arena: '\' and '/' separate, several count as one, at the end they count for nothing; "\\?\"
 * and "\\?\UNC\" in front are taken off. False when it is neither a UNC path nor one with a drive letter.
 */
bool wp_windows_path_split(struct wp_arena *arena, const char *text, struct wp_windows_path *ret);

/* True when a name is "." or "..". */
bool wp_windows_path_has_dots(const struct wp_windows_path *path);

/* True when @path begins with all the names of @prefix. */
bool wp_windows_path_starts_with(const struct wp_windows_path *path, const struct wp_windows_path *prefix);

/* The first @count names, as they are written, with '\' between them. */
char *wp_windows_path_text(struct wp_arena *arena, const struct wp_windows_path *path, size_t count);

/* Of how many names the share or the drive is that it begins with: "\\\\server" and the share's, or "D:". */
size_t wp_windows_path_root(const struct wp_windows_path *path);

/* One text for all the spellings of a path: its folded names with '\' between them. */
char *wp_windows_path_key(struct wp_arena *arena, const struct wp_windows_path *path);

#endif
