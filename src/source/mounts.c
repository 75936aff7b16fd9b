/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the machine itself says of where shares and Windows drives are: its table of mounts. */
#include "wimplan/source.h"

#include <string.h>

/* proc_pid_mounts(5): a space, a tab, a line feed and a backslash stand as three octal digits. Works in place. */
static void unescape(char *text)
{
	char *to = text;

	for (const char *from = text; *from; from++) {
		if (from[0] == '\\' && from[1] >= '0' && from[1] <= '3' && from[2] >= '0' && from[2] <= '7' && from[3] >= '0' &&
		    from[3] <= '7') {
			*to++ = (char)((from[1] - '0') << 6 | (from[2] - '0') << 3 | (from[3] - '0'));
			from += 3;
		} else {
			*to++ = *from;
		}
	}
	*to = '\0';
}

/* The next field of a line, or NULL behind the last. Works in place. */
static char *next_field(char **at)
{
	char *field = *at + strspn(*at, " \t"), *end = field + strcspn(field, " \t");

	if (!*field)
		return NULL;
	*at = *end ? end + 1 : end;
	*end = '\0';
	return field;
}

/* The Windows path in the options that WSL 2 mounts with: "…,aname=drvfs;path=C:\\;uid=1000;…" (WSL, doc/docs, drvfs). */
static char *drvfs_path(struct wp_arena *arena, const char *options)
{
	const char *at = strstr(options, "aname=drvfs;"), *path = at ? strstr(at, ";path=") : NULL;

	if (!path)
		return NULL;
	path += strlen(";path=");
	/* "UNC\server\share" is how a share is spelled there. */
	if (!strncmp(path, "UNC\\", 4))
		return wp_arena_printf(arena, "\\\\%.*s", (int)strcspn(path + 4, ";,"), path + 4);
	return wp_arena_strndup(arena, path, strcspn(path, ";,"));
}

static void add(struct wp_arena *arena, struct wp_map *map, const char *prefix, const char *folder)
{
	struct wp_error err;

	/* What the user says comes first; of two mounts of one share the first is as good as the other. */
	if (prefix && *folder == '/' && wp_windows_root(arena, prefix) && !wp_map_get(map, prefix))
		wp_map_add(arena, map, prefix, folder, &err);
}

static void add_mount(struct wp_arena *arena, struct wp_map *map, char *source, char *folder, const char *type,
		      char *options)
{
	static const char mnt[] = "/mnt/";

	unescape(source);
	unescape(folder);
	unescape(options);
	if (!strcmp(type, "9p") && strstr(options, "aname=drvfs"))
		add(arena, map, wp_windows_root(arena, source) ? source : drvfs_path(arena, options), folder);
	else if (!strcmp(type, "drvfs") || !strcmp(type, "cifs") || !strcmp(type, "smb3"))
		add(arena, map, source, folder);
	/* WSL with virtiofs names no drive, and puts it where the others are. */
	else if (!strcmp(type, "virtiofs") && !strncmp(folder, mnt, sizeof mnt - 1) && strlen(folder) == sizeof mnt)
		add(arena, map, wp_arena_printf(arena, "%c:", folder[sizeof mnt - 1]), folder);
}

void wp_map_add_mounts(struct wp_arena *arena, struct wp_map *map, const char *mounts)
{
	struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();

	for (const char *at = mounts; *at; at += *at == '\n') {
		size_t length = strcspn(at, "\n");
		char *line = wp_arena_strndup(scratch, at, length);
		char *source = next_field(&line), *folder = source ? next_field(&line) : NULL;
		char *type = folder ? next_field(&line) : NULL, *options = type ? next_field(&line) : NULL;

		if (options)
			add_mount(arena, map, source, folder, type, options);
		at += length;
	}
}
