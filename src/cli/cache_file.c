/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the cache is. The small program has to know it, which cannot open one. */
#include "cli.h"

const char *wp_cli_cache_path(struct wp_cli *cli)
{
	const char *path = cli->cache ? cli->cache : cli->env->get("WIMPLAN_CACHE");
	const char *xdg = cli->env->get("XDG_CACHE_HOME"), *home = cli->env->get("HOME");

	/* XDG Base Directory Specification: a relative path there is invalid and counts as unset. */
	if (!path && xdg && xdg[0] == '/')
		path = wp_arena_printf(cli->arena, "%s/wimplan/cache.db", xdg);
	else if (!path && home)
		path = wp_arena_printf(cli->arena, "%s/.cache/wimplan/cache.db", home);
	return path;
}

void wp_cli_files(struct wp_cli *cli, const void *arguments, struct wp_named_files *files)
{
	const char *path = cli->cache ? NULL : wp_cli_cache_path(cli);

	(void)arguments;
	if (path)
		*WP_PUSH(cli->arena, files->items, files->count) = (struct wp_named_file){ "the cache", path, WP_FILE_USE_DATABASE };
}
