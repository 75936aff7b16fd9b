/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wimplan snapshot: the exports that the cache keeps. */
#include "cli.h"
#include "events.h"
#include "objects.h"

#include "wimplan/ascii.h"
#include "wimplan/diff.h"
#include "wimplan/json.h"
#include "wimplan/text.h"

#include <inttypes.h>
#include <string.h>

static int emit_snapshots(struct wp_cli *cli, const struct wp_snapshot *items, size_t count)
{
	json_t *array = wp_json_must(json_array());

	for (size_t i = 0; i < count; i++)
		wp_json_push(array, wp_cli_snapshot_json(cli->arena, &items[i]));
	return wp_cli_emit_document(cli, "wimplan-snapshots", "1.1", "snapshots", array, NULL);
}

static int run_list(struct wp_cli *cli, void *arguments)
{
	static const char *const headings[] = { "ID", "SITE", "PACKAGES", "TAKEN", "IMPORTED" };
	struct wp_cache *cache __attribute__((cleanup(wp_cache_closep))) = NULL;
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };
	struct wp_snapshot *all;
	struct wp_table *table;
	size_t count, kept = 0;

	(void)arguments;
	if (wp_cli_open_cache(cli, WP_CACHE_READ, &cache) ||
	    wp_cache_list_snapshots(cache, cli->arena, &all, &count, &cli->err))
		return cli->err.status;
	for (size_t i = 0; i < count; i++)
		if (!cli->site || wp_ascii_same(all[i].site_code, cli->site))
			all[kept++] = all[i];
	if (cli->json)
		return emit_snapshots(cli, all, kept);
	if (!kept) {
		wp_buf_printf(&buf, "No snapshots%s. wimplan import FILE makes one.\n", wp_cli_of_site(cli));
		return wp_cli_emit(cli, &buf);
	}
	table = wp_table_new(cli, headings, sizeof headings / sizeof *headings);
	for (size_t i = 0; i < kept; i++)
		wp_table_row(table, (const char *const[]){ wp_cli_snapshot_name(cli->arena, &all[i]), all[i].site_code,
							   wp_arena_printf(cli->arena, "%" PRIu64 "%s", all[i].records,
									   all[i].partial ? ", not all" : ""),
							   wp_time_minutes(cli->arena, all[i].taken_at),
							   wp_time_minutes(cli->arena, all[i].imported_at) });
	wp_table_finish(table, &buf);
	return wp_cli_emit(cli, &buf);
}

/* Opens the cache for reading and loads one snapshot. @id NULL takes the newest. */
static int load(struct wp_cli *cli, const char *id, struct wp_snapshot *ret_snapshot,
		struct wp_record_set **ret_set)
{
	struct wp_cache *cache __attribute__((cleanup(wp_cache_closep))) = NULL;
	int status = wp_cli_open_cache(cli, WP_CACHE_READ, &cache);

	if (!status)
		status = wp_cache_find_snapshot(cache, cli->arena, id, cli->site, ret_snapshot, &cli->err);
	return status ? status : wp_cache_load_snapshot(cache, ret_snapshot, ret_set, &cli->err);
}

static const char *class_word(enum wp_class class)
{
	switch (class) {
	case WP_CLASS_INSTALL:
		return "upgrade";
	case WP_CLASS_BOOT:
		return "boot";
	default:
		return "image";
	}
}

/* The images' versions, each once while they repeat; "not fetched" where the export says nothing of them. */
static const char *versions(struct wp_cli *cli, const struct wp_record *record)
{
	struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };
	const char *last = NULL;

	if (record->images.origin == WP_IMAGE_ORIGIN_NOTHING)
		return record->image_property_state == WP_FETCHED_NOT ? "not fetched" : NULL;
	for (size_t i = 0; i < record->images.count; i++) {
		const char *version = record->images.items[i].os_version;

		if (!version || (last && !strcmp(version, last)))
			continue;
		wp_buf_puts(&text, text.length ? ", " : "");
		wp_buf_puts(&text, version);
		last = version;
	}
	return text.length ? wp_arena_strdup(cli->arena, text.data) : NULL;
}

static void add_records(struct wp_cli *cli, const struct wp_record_set *set, struct wp_buf *buf)
{
	static const char *const headings[] = {
		"PACKAGE", "CLASS", "NAME", "IMAGES", "OS VERSION", "SENT", "SOURCE"
	};
	struct wp_table *table = wp_table_new(cli, headings, sizeof headings / sizeof *headings);

	for (size_t i = 0; i < set->count; i++) {
		const struct wp_record *record = &set->records[i];
		struct wp_number sent = record->source_version;

		wp_table_row(table, (const char *const[]){
					    record->package_id, class_word(record->class), record->name,
					    record->images.origin == WP_IMAGE_ORIGIN_NOTHING
						    ? NULL
						    : wp_arena_printf(cli->arena, "%zu", record->images.count),
					    versions(cli, record),
					    sent.known ? wp_arena_printf(cli->arena, "v%" PRIu64, sent.value) : NULL,
					    record->source_path });
	}
	wp_table_finish(table, buf);
}

static int run_show(struct wp_cli *cli, void *arguments)
{
	struct wp_record_set *set __attribute__((cleanup(wp_record_set_freep))) = NULL;
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };
	struct wp_snapshot snapshot;

	(void)arguments;
	if (load(cli, cli->operand_count ? cli->operands[0] : NULL, &snapshot, &set))
		return cli->err.status;
	if (cli->json) {
		json_t *document = wp_json_document("wimplan-snapshot", "1.2");

		wp_json_set(document, "snapshot", wp_cli_snapshot_json(cli->arena, &snapshot));
		json_object_set(document, "records", set->documents);
		json_object_set(document, "site", set->site);
		return wp_cli_emit_json(cli, document);
	}
	if (set->count)
		add_records(cli, set, &buf);
	wp_buf_puts(&buf, set->count ? "\n" : "");
	wp_text_line(&buf, "Snapshot %s.", wp_cli_snapshot_words(cli->arena, &snapshot));
	return wp_cli_emit(cli, &buf);
}

static int run_diff(struct wp_cli *cli, void *arguments)
{
	struct wp_record_set *old __attribute__((cleanup(wp_record_set_freep))) = NULL;
	struct wp_record_set *new __attribute__((cleanup(wp_record_set_freep))) = NULL;
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };
	struct wp_report_options report = wp_cli_report_options(cli);
	json_t *packages __attribute__((cleanup(wp_json_freep))) = NULL;
	struct wp_snapshot snapshots[2];
	size_t same;

	(void)arguments;
	if (load(cli, cli->operands[0], &snapshots[0], &old) ||
	    load(cli, cli->operands[1], &snapshots[1], &new))
		return cli->err.status;
	if (strcmp(snapshots[0].site_code, snapshots[1].site_code))
		return wp_fail(&cli->err, WP_E_FAILED, "other-site", cli->operands[1],
			"snapshot %s is of site %s and %s of site %s: only exports of one site can be compared",
			cli->operands[0], snapshots[0].site_code, cli->operands[1], snapshots[1].site_code);
	packages = wp_diff_snapshots(old, new, &same);
	if (cli->json)
		return wp_cli_emit_document(cli, "wimplan-snapshot-diff", "1.1", "old",
					    wp_cli_snapshot_json(cli->arena, &snapshots[0]), "new",
					    wp_cli_snapshot_json(cli->arena, &snapshots[1]), "packages",
					    json_incref(packages), NULL);
	wp_text_line(&buf, "Snapshot %s", wp_cli_snapshot_words(cli->arena, &snapshots[0]));
	wp_text_line(&buf, "      to %s", wp_cli_snapshot_words(cli->arena, &snapshots[1]));
	wp_buf_putc(&buf, '\n');
	wp_report_snapshot_diff_text(packages, same, &report, &buf);
	return wp_cli_emit(cli, &buf);
}

static int remove_snapshot(struct wp_cli *cli, struct wp_cache *cache, const struct wp_snapshot *snapshot)
{
	struct wp_error *err = &cli->err;
	bool failed;

	if (wp_cache_begin(cache, err))
		return err->status;
	failed = wp_cache_remove_snapshot(cache, snapshot, err) || wp_cli_log_removed(cli, cache, snapshot);
	return wp_cache_end(cache, failed ? err->status : WP_OK, err);
}

static int run_remove(struct wp_cli *cli, void *arguments)
{
	struct wp_cache *cache __attribute__((cleanup(wp_cache_closep))) = NULL;
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };
	struct wp_snapshot snapshot;

	(void)arguments;
	/* Looked up for reading first: a cache is not made by removing from it. */
	if (wp_cli_open_cache(cli, WP_CACHE_READ, &cache) ||
	    wp_cache_find_snapshot(cache, cli->arena, cli->operands[0], cli->site, &snapshot, &cli->err))
		return cli->err.status;
	wp_cache_close(cache);
	cache = NULL;
	if (wp_cli_open_cache(cli, WP_CACHE_WRITE, &cache) || remove_snapshot(cli, cache, &snapshot))
		return cli->err.status;
	if (cli->json)
		return wp_cli_emit_document(cli, "wimplan-snapshot-remove", "1.1", "removed",
					    wp_cli_snapshot_json(cli->arena, &snapshot), NULL);
	wp_text_line(&buf, "Removed snapshot %s. Baselines stay.", wp_cli_snapshot_words(cli->arena, &snapshot));
	return wp_cli_emit(cli, &buf);
}

const struct wp_command wp_cmd_snapshot = {
	.name = "snapshot",
	.summary = "list, show, compare and remove the cached exports",
	.help = "Usage: wimplan snapshot [OPTION…] list\n"
		"       wimplan snapshot [OPTION…] show [ID]\n"
		"       wimplan snapshot [OPTION…] diff OLD NEW\n"
		"       wimplan snapshot [OPTION…] remove ID\n"
		"The exports that import has put into the cache. diff shows what the site changed\n"
		"between two of them. An ID may be cut as long as it names one snapshot; without\n"
		"one, show takes the newest, and needs --site where the cache has several sites.\n",
	.takes = WP_TAKES_SITE,
	.operands = WP_KNOWN_SNAPSHOTS,
	.verbs = (const struct wp_verb[]){
		{ "list", 0, 0, "no ID", run_list },
		{ "show", 0, 1, "at most one ID", run_show },
		{ "diff", 2, 2, "two IDs, OLD and NEW", run_diff },
		{ "remove", 1, 1, "one ID", run_remove },
		{ 0 },
	},
};
