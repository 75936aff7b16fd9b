/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Paths as people on Windows type them, on this machine. */
#include "settings.h"

#include "wimplan/file.h"

#include <string.h>

/* What a table of mounts takes at most; one of a machine with a thousand containers has less. */
#define MOUNTS_MOST ((size_t)1 << 20)

/* "C:\…" or "\\server\share\…". Two slashes in front are a path of Linux. */
static bool is_windows_path(const char *path)
{
	bool has_letter = (path[0] >= 'A' && path[0] <= 'Z') || (path[0] >= 'a' && path[0] <= 'z');

	return (path[0] == '\\' && path[1] == '\\') || (has_letter && path[1] == ':' && (path[2] == '\\' || path[2] == '/'));
}

static void add_mounts(struct wp_cli *cli, struct wp_map *map)
{
	struct wp_error err;
	size_t length;
	char *text;

	/* A machine that does not tell has its maps alone. */
	if (!wp_file_read(cli->arena, "/proc/self/mounts", MOUNTS_MOST, &text, &length, &err))
		wp_map_add_mounts(cli->arena, map, text);
}

static char *find(struct wp_cli *cli, struct wp_lookup *lookup, char *path, const char **ret_why)
{
	struct wp_located located;
	const char *inside;

	if (wp_lookup_find(lookup, cli->arena, path, &located) == WP_FOUND) {
		wp_located_close(&located);
		return located.path;
	}
	/* A file in an .iso: behind the letter of a drive Windows has no colon. */
	inside = strrchr(path, ':');
	if (inside && inside > path + 1) {
		char *media = wp_arena_strndup(cli->arena, path, (size_t)(inside - path));

		if (wp_lookup_find(lookup, cli->arena, media, &located) == WP_FOUND) {
			wp_located_close(&located);
			return wp_arena_printf(cli->arena, "%s%s", located.path, inside);
		}
	}
	*ret_why = wp_arena_printf(cli->arena, "it is not found on this machine%s%s", located.detail ? ": " : "",
				   located.detail ? located.detail : "");
	return path;
}

int wp_cli_find_operands(struct wp_cli *cli, const char **why)
{
	struct wp_lookup *lookup = NULL;
	struct wp_file_status seen;
	struct wp_config config;
	int status = WP_OK;

	for (size_t i = 0; i < cli->operand_count && !status; i++) {
		/* A file of this very name is meant where there is one. */
		if (!is_windows_path(cli->operands[i]) || !wp_file_look(cli->operands[i], &seen))
			continue;
		if (!lookup) {
			status = wp_cli_load_config(cli, &config);
			if (status)
				break;
			add_mounts(cli, &config.map);
			lookup = wp_lookup_new(&config.map, config.policy.links == WP_LINKS_FOLLOW);
		}
		cli->operands[i] = find(cli, lookup, cli->operands[i], &why[i]);
	}
	if (lookup)
		wp_lookup_free(lookup);
	return status;
}
