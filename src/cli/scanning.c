/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The scan with its progress, and what the cache knows of it. */
#include "settings.h"

#include "wimplan/file.h"
#include "wimplan/limits.h"
#include "wimplan/text.h"
#include "wimplan/thread.h"

#include <stdio.h>

static void show_scan(void *context, size_t total)
{
	struct wp_scan_series *series = context;
	char words[64];

	wp_mutex_lock(series->lock);
	if (!series->total)
		series->total = total + series->later;
	series->done++;
	snprintf(words, sizeof words, "%zu/%zu sources", series->done, series->total);
	wp_progress_draw(series->progress, series->done, series->total, words);
	wp_progress_event(series->progress, json_pack("{s:s, s:I, s:I}", "type", "scan", "done", (json_int_t)series->done,
						      "total", (json_int_t)series->total));
	wp_mutex_unlock(series->lock);
}

void wp_scan_series_end(struct wp_scan_series *series)
{
	wp_lookup_free(series->lookup);
	wp_mutex_free(series->lock);
	series->lookup = NULL;
	series->lock = NULL;
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
				 const struct wp_map *map, bool *noted)
{
	const bool *used;
	size_t left = 0;

	for (size_t i = 0; i < map->count; i++)
		left += !noted[i];
	if (!left)
		return;
	used = used_entries(cli, records, count, map);
	for (size_t i = 0; i < map->count; i++) {
		const struct wp_map_entry *entry = &map->entries[i];

		if (used[i] && !noted[i] && !wp_file_is_folder(entry->folder))
			wp_cli_note(cli, "warning: the map has '%s' for %s, which is no folder here; is the share mounted?",
				    entry->folder, entry->prefix);
		noted[i] = noted[i] || used[i];
	}
}

void wp_cli_note_lost(const struct wp_cli *cli, const struct wp_error *err)
{
	wp_cli_note(cli, "warning: %s; what it remembers of files is left out", err->message);
}

/* What is known to be inside of each file. One of which that is not known has to be read, as far as one scan looks inside. */
static void look_up(struct wp_cli *cli, struct wp_arena *arena, const struct wp_expect_settings *expect, struct wp_cache *cache,
		    size_t most, struct wp_file_content *files, size_t count, const struct wp_expect_contents **contents)
{
	size_t again = 0;

	for (size_t i = 0; cache && i < count; i++) {
		struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
		struct wp_content_summary summary;
		struct wp_error err;
		bool known = false;
		int found;

		if (files[i].state != WP_CONTENT_KNOWN)
			continue;
		found = wp_cache_find_summary(cache, scratch, files[i].file_id, &summary, &err);
		if (found < 0)
			wp_cli_note_lost(cli, &err);
		if (found > 0) {
			contents[i] = wp_expect_look_up(arena, expect, &summary);
			known = contents[i] || wp_content_summary_is_none(&summary);
		}
		if (!known && again++ < most)
			files[i].state = WP_CONTENT_UNKNOWN;
	}
}

/* What is known to start the images of each file, in @starts. Where that is asked for and not known, the file is read. */
static void look_up_boot(struct wp_cli *cli, struct wp_arena *arena, bool asked, struct wp_cache *cache,
			 struct wp_file_content *files, size_t count, struct wp_boot_starts *starts)
{
	struct wp_error err;

	if (cache && wp_cache_find_boot(cache, arena, files, count, &err))
		wp_cli_note_lost(cli, &err);
	for (size_t i = 0; i < count; i++) {
		/* What another version has kept may not be understood. */
		if ((files[i].boot.text && wp_boot_facts_open(arena, &files[i].boot, &starts[i])) || !asked)
			continue;
		files[i].look_at_boot = true;
		files[i].state = WP_CONTENT_UNKNOWN;
	}
}

/* Gives each record what starts the images of its source, with what the scan has read. */
static void hand_out_boot(struct wp_arena *arena, const struct wp_scan *scan, size_t count, struct wp_boot_starts *of_files,
			  struct wp_expect_found *found)
{
	size_t file_count;
	const struct wp_file_content *files = wp_scan_files(scan, &file_count);

	for (size_t i = 0; i < file_count; i++)
		if (files[i].look_at_boot && files[i].boot.text)
			wp_boot_facts_open(arena, &files[i].boot, &of_files[i]);
	for (size_t i = 0; i < count; i++) {
		const struct wp_observation *seen = wp_scan_observation(scan, i);
		const struct wp_file_content *file = wp_scan_file(scan, seen->file_id);
		const struct wp_wim_metadata *metadata = seen->wim ? seen->wim->metadata : NULL;
		const struct wp_boot_starts *images = file ? &of_files[file - files] : NULL;

		found[i].starts = images && metadata && images->count == metadata->image_count ? images->items : NULL;
	}
}

/* Gives each record what is inside of its source, with what the scan has read. */
static void hand_out(struct wp_arena *arena, const struct wp_expect_settings *expect, const struct wp_scan *scan, size_t count,
		     const struct wp_expect_contents **of_files, struct wp_expect_found *found)
{
	size_t file_count;
	const struct wp_file_content *files = wp_scan_files(scan, &file_count);

	for (size_t i = 0; i < file_count; i++)
		if (!of_files[i] && files[i].state == WP_CONTENT_LEARNED && files[i].summary.bytes)
			of_files[i] = wp_expect_look_up(arena, expect, &files[i].summary);
	for (size_t i = 0; i < count; i++) {
		const struct wp_file_content *file = wp_scan_file(scan, wp_scan_observation(scan, i)->file_id);

		found[i].contents = file ? of_files[file - files] : NULL;
	}
}

/* Threads that wait for file servers unless --jobs says otherwise, on however few processors. */
#define FINDERS 32u

static size_t left_of(size_t limit, size_t taken)
{
	return taken < limit ? limit - taken : 0;
}

struct wp_scan *wp_cli_scan_begin(struct wp_cli *cli, struct wp_scan_series *series, const struct wp_record *records, size_t count,
				  const struct wp_config *config, const struct wp_cli_scan *how)
{
	unsigned int jobs = cli->jobs.known ? (unsigned int)cli->jobs.value : cli->env->processors;
	bool shown = wp_progress_wanted(series->progress);

	if (!series->lookup) {
		series->lookup = wp_lookup_new(&config->map, config->policy.links == WP_LINKS_FOLLOW);
		series->noted = wp_arena_alloc(cli->arena, config->map.count * sizeof *series->noted);
		series->lock = wp_mutex_new();
	}
	note_missing_folders(cli, records, count, &config->map, series->noted);
	return wp_scan_begin(records, count,
			     &(struct wp_scan_options){
				     .lookup = series->lookup,
				     .jobs = jobs,
				     .finders = cli->jobs.known || jobs > FINDERS ? jobs : FINDERS,
				     .identify = how->identify,
				     .manifests = left_of(WP_LIMIT_SCAN_MANIFESTS, series->manifests),
				     .progress = shown ? show_scan : NULL,
				     .progress_context = series,
			     });
}

void wp_cli_scan_wait(struct wp_scan_series *series, struct wp_scan *scan)
{
	series->manifests += wp_scan_wait(scan);
}

void wp_cli_scan_end(struct wp_cli *cli, struct wp_scan_series *series, struct wp_scan *scan, size_t count,
		     const struct wp_config *config, const struct wp_cli_scan *how)
{
	size_t summaries = left_of(WP_LIMIT_SCAN_SUMMARIES, series->summaries), file_count;
	struct wp_file_content *files = wp_scan_files(scan, &file_count);
	struct wp_arena *arena = how->arena ? how->arena : cli->arena;
	bool inside = how->found && wp_expect_things(&config->expect);
	const struct wp_expect_contents **contents = wp_arena_alloc(arena, file_count * sizeof *contents);
	struct wp_boot_starts *starts = wp_arena_alloc(arena, file_count * sizeof *starts);
	struct wp_error err;

	if (how->cache && wp_cache_find_contents(how->cache, files, file_count, &err))
		wp_cli_note_lost(cli, &err);
	if (inside)
		look_up(cli, arena, &config->expect, how->cache, summaries, files, file_count, contents);
	if (how->found)
		look_up_boot(cli, arena, wp_expect_boots(&config->expect), how->cache, files, file_count, starts);
	series->summaries += wp_scan_finish(scan, how->cache || inside ? summaries : 0);
	if (inside)
		hand_out(arena, &config->expect, scan, count, contents, how->found);
	if (how->found)
		hand_out_boot(arena, scan, count, starts, how->found);
}

struct wp_scan *wp_cli_scan(struct wp_cli *cli, const struct wp_record *records, size_t count,
			    const struct wp_config *config, struct wp_cli_scan how)
{
	struct wp_progress bar = { .bar = cli->env->stderr_terminal && !cli->quiet, .columns = cli->env->columns };
	struct wp_scan_series alone __attribute__((cleanup(wp_scan_series_end))) = { .progress = how.progress ? how.progress : &bar };
	struct wp_scan *scan = wp_cli_scan_begin(cli, &alone, records, count, config, &how);

	wp_cli_scan_wait(&alone, scan);
	wp_cli_scan_end(cli, &alone, scan, count, config, &how);
	return scan;
}

int wp_cli_keep_scan(struct wp_cli *cli, struct wp_cache *cache, const struct wp_scan *scan)
{
	size_t count;
	const struct wp_file_content *files = wp_scan_files(scan, &count);
	int status = wp_cache_put_contents(cache, files, count, &cli->err);

	return status ? status : wp_cache_put_boot(cache, files, count, &cli->err);
}

struct wp_scan *wp_cli_recheck(struct wp_cli *cli, const struct wp_planned_source *sources, size_t count,
			       const struct wp_config *config, struct wp_cli_scan scan, struct wp_recheck *ret)
{
	struct wp_record *records = wp_arena_alloc(cli->arena, count * sizeof *records);
	struct wp_scan *result;

	for (size_t i = 0; i < count; i++)
		records[i] = (struct wp_record){
			.class = sources[i].class,
			.package_id = sources[i].package_id,
			.source_path = sources[i].source_path,
		};
	scan.identify = true;
	result = wp_cli_scan(cli, records, count, config, scan);
	for (size_t i = 0; i < count; i++) {
		struct wp_manifest before;
		struct wp_error err;
		int known = 0;

		if (scan.cache)
			known = wp_cache_find_manifest(scan.cache, cli->arena, sources[i].content_id, &before, &err);
		if (known < 0)
			wp_cli_note_lost(cli, &err);
		ret[i] = (struct wp_recheck){ .source = &sources[i], .seen = wp_scan_observation(result, i) };
		wp_source_recheck(cli->arena, known > 0 ? &before : NULL, &ret[i]);
	}
	return result;
}
