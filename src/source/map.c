/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The map: which folder of this machine stands for which share or drive of the site. */
#include "wimplan/source.h"

#include "path.h"

#include <string.h>

/* NULL when it is no path of Windows. */
static const char *key_of(struct wp_arena *arena, const char *text)
{
	struct wp_windows_path path;

	return wp_windows_path_split(arena, text, &path) ? wp_windows_path_key(arena, &path) : NULL;
}

bool wp_map_same_prefix(const char *a, const char *b)
{
	struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	const char *x = key_of(scratch, a), *y = key_of(scratch, b);

	return x && y && !strcmp(x, y);
}

struct wp_map_entry *wp_map_get(const struct wp_map *map, const char *prefix)
{
	struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	const char *key = key_of(scratch, prefix);

	for (size_t i = 0; key && i < map->count; i++)
		if (!strcmp(map->entries[i].key, key))
			return &map->entries[i];
	return NULL;
}

const struct wp_map_entry *wp_map_find(const struct wp_map *map, const char *windows_path)
{
	struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	const char *key = key_of(scratch, windows_path);
	const struct wp_map_entry *best = NULL;
	size_t longest = 0;

	for (size_t i = 0; key && i < map->count; i++) {
		size_t length = strlen(map->entries[i].key);

		if (length <= longest || strncmp(key, map->entries[i].key, length) || (key[length] && key[length] != '\\'))
			continue;
		best = &map->entries[i];
		longest = length;
	}
	return best;
}

static int check_entry(struct wp_arena *arena, const struct wp_map *map, const char *prefix, const char *folder,
		       struct wp_error *err)
{
	const struct wp_map_entry *same;
	struct wp_windows_path path;

	if (!wp_windows_path_split(arena, prefix, &path) || wp_windows_path_has_dots(&path))
		return wp_fail(err, WP_E_USAGE, "bad-map", prefix,
			       "map prefix '%s' is neither \\\\SERVER\\SHARE nor a drive such as D:\\SRC; write it as "
			       "the site does in PkgSourcePath",
			       prefix);
	if (!*folder)
		return wp_fail(err, WP_E_USAGE, "bad-map", prefix,
			       "map prefix '%s' has no folder behind its '='; name the folder where it is mounted",
			       prefix);
	same = wp_map_get(map, prefix);
	if (same)
		return wp_fail(err, WP_E_USAGE, "bad-map", prefix,
			       "map prefix '%s' is given twice, for '%s' too; keep one of the two", prefix, same->folder);
	return WP_OK;
}

int wp_map_add(struct wp_arena *arena, struct wp_map *map, const char *prefix, const char *folder, struct wp_error *err)
{
	int status = check_entry(arena, map, prefix, folder, err);

	if (!status)
		*WP_PUSH(arena, map->entries, map->count) = (struct wp_map_entry){
			.prefix = wp_arena_strdup(arena, prefix),
			.folder = wp_arena_strdup(arena, folder),
			.key = key_of(arena, prefix),
		};
	return status;
}
