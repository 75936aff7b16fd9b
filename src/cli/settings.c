/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the configuration comes from, and the scan with its progress. */
#include "settings.h"

#include "wimplan/file.h"
#include "wimplan/limits.h"
#include "wimplan/text.h"

#include <string.h>

int wp_cli_load_config(struct wp_cli *cli, struct wp_config *ret, struct wp_error *err)
{
	int status = wp_program_config(cli->env, cli->arena, cli->config, ret, err);

	if (status)
		return status;
	for (size_t i = 0; i < cli->map_count; i++) {
		const char *text = cli->maps[i], *equals = strchr(text, '=');

		if (!equals)
			return wp_fail(err, WP_E_USAGE, "usage", "--map",
				       "--map '%s' has no '='; write --map 'PREFIX=FOLDER', such as "
				       "'\\\\server\\share=/mnt/share'", text);
		status = wp_config_set(cli->arena, ret, "map",
				       wp_arena_strndup(cli->arena, text, (size_t)(equals - text)), equals + 1, "--map",
				       err);
		if (status)
			return status;
	}
	return WP_OK;
}

static void show_scan(void *context, size_t done, size_t total)
{
	struct wp_progress *progress = context;
	char words[64];

	snprintf(words, sizeof words, "%zu/%zu sources", done, total);
	wp_progress_draw(progress, done, total, words);
	wp_progress_event(progress, json_pack("{s:s, s:I, s:I}", "type", "scan", "done", (json_int_t)done, "total",
					      (json_int_t)total));
}

/* Which entries of the map a source is looked for in. */
static bool *used_entries(const struct wp_cli *cli, const struct wp_record *records, size_t count,
			  const struct wp_map *map)
{
	bool *used = wp_arena_alloc(cli->arena, map->count * sizeof *used);

	for (size_t i = 0; i < count; i++) {
		const char *path = records[i].source_path;
		const struct wp_map_entry *entry = path ? wp_map_find(map, path) : NULL;

		if (entry)
			used[entry - map->entries] = true;
	}
	return used;
}

/*
 * Names the folders of the map that are not there and that a source is looked for in. The verdicts cannot: nothing in a
 * plan depends on where a share is mounted.
 */
static void note_missing_folders(const struct wp_cli *cli, const struct wp_record *records, size_t count,
				 const struct wp_map *map)
{
	const bool *used = used_entries(cli, records, count, map);

	for (size_t i = 0; i < map->count; i++) {
		const struct wp_map_entry *entry = &map->entries[i];
		if (used[i] && !wp_file_is_folder(entry->folder))
			wp_cli_note(cli, "warning: the map has '%s' for %s, which is no folder here; is the share mounted?",
				    entry->folder, entry->prefix);
	}
}

struct wp_scan *wp_cli_scan(struct wp_cli *cli, const struct wp_record *records, size_t count,
			    const struct wp_config *config, struct wp_cli_scan scan)
{
	struct wp_progress none = { .bar = cli->env->stderr_terminal && !cli->quiet, .columns = cli->env->columns };
	struct wp_progress *progress = scan.progress ? scan.progress : &none;
	struct wp_file_content *files;
	struct wp_scan *result;
	size_t file_count;

	note_missing_folders(cli, records, count, &config->map);
	result = wp_scan_begin(records, count,
			       &(struct wp_scan_options){
				       .map = &config->map,
				       .jobs = cli->jobs ? cli->jobs : cli->env->processors,
				       .identify = scan.identify,
				       .follow_links = config->policy.links == WP_LINKS_FOLLOW,
				       .summarize = scan.cache,
				       .progress = wp_progress_wanted(progress) ? show_scan : NULL,
				       .progress_context = progress,
			       });
	files = wp_scan_files(result, &file_count);
	if (scan.cache)
		wp_cache_find_contents(scan.cache, files, file_count);
	wp_scan_finish(result);
	return result;
}

int wp_cli_keep_scan(struct wp_cache *cache, const struct wp_scan *scan, struct wp_error *err)
{
	size_t count;
	const struct wp_file_content *files = wp_scan_files(scan, &count);

	return wp_cache_put_contents(cache, files, count, err);
}
