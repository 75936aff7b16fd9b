/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wimplan baseline: what is believed to be on the distribution points, listed, stated and forgotten. */
#include "cli.h"
#include "events.h"
#include "learned.h"
#include "objects.h"
#include "settings.h"

#include "wimplan/ascii.h"
#include "wimplan/json.h"
#include "wimplan/text.h"

#include <inttypes.h>
#include <string.h>

struct arguments {
	bool all;
};

static const struct wp_option options[] = {
	WP_OPTION(struct arguments, all, "all", NULL, FLAG, "adopt: all packages of the snapshot"),
	{ 0 },
};

/* Refuses what only adopt takes. */
static int check(struct wp_cli *cli, const char *verb, const struct arguments *args)
{
	if (cli->snapshot || cli->maps.count || cli->jobs.known)
		return wp_cli_usage(cli, verb, "--snapshot, --map and --jobs belong to baseline adopt only");
	return args->all ? wp_cli_usage(cli, verb, "--all belongs to baseline adopt only") : WP_OK;
}

static int run_list(struct wp_cli *cli, void *arguments)
{
	static const char *const headings[] = { "SITE",   "PACKAGE",  "VERSION", "CONFIDENCE",
						"ORIGIN", "RECORDED", "CONTENT" };
	struct wp_cache *cache __attribute__((cleanup(wp_cache_closep))) = NULL;
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };
	struct wp_baseline *items;
	struct wp_table *table;
	size_t count;
	int status = check(cli, "list", arguments);

	if (!status)
		status = wp_cli_open_cache(cli, WP_CACHE_READ, &cache);
	if (!status)
		status = wp_cache_list_baselines(cache, cli->arena, cli->site, &items, &count, &cli->err);
	if (status)
		return status;
	if (cli->json)
		return wp_cli_emit_document(cli, "wimplan-baselines", "1.0", "baselines",
					    wp_cli_baselines_json(cli->arena, items, count), NULL);
	if (!count) {
		wp_buf_printf(&buf, "No baselines%s. Planning, record and baseline adopt make them.\n", wp_cli_of_site(cli));
		return wp_cli_emit(cli, &buf);
	}
	table = wp_table_new(cli, headings, sizeof headings / sizeof *headings);
	for (size_t i = 0; i < count; i++)
		wp_table_row(table,
			     (const char *const[]){ items[i].site_code, items[i].package_id,
						    wp_arena_printf(cli->arena, "%" PRIu64, items[i].source_version),
						    wp_confidence_name(items[i].confidence), items[i].origin,
						    wp_time_minutes(cli->arena, items[i].recorded_at),
						    items[i].content_id && strlen(items[i].content_id) > 19
							    ? wp_arena_strndup(cli->arena, items[i].content_id + 7, 12)
							    : NULL });
	wp_table_finish(table, &buf);
	return wp_cli_emit(cli, &buf);
}

/* What adopt works on, and who owns it. */
struct adoption {
	struct wp_snapshot snapshot;
	struct wp_record_set *set;
	struct wp_scan *scan;
	struct wp_cache *cache;
	struct wp_record *records; /* those that were named */
	size_t count;
	struct wp_baseline *adopted;
	size_t adopted_count;
	json_t *failed; /* [{"package_id","code","detail"}] */
};

static void release(struct adoption *adoption)
{
	wp_scan_free(adoption->scan);
	wp_record_set_free(adoption->set);
	wp_cache_close(adoption->cache);
	json_decref(adoption->failed);
}

static int select_records(struct wp_cli *cli, bool all, struct adoption *adoption)
{
	struct wp_record_set *set = adoption->set;

	if (all) {
		adoption->records = set->records;
		adoption->count = set->count;
		return WP_OK;
	}
	for (size_t i = 0; i < cli->operand_count; i++) {
		const char *id = cli->operands[i];
		const struct wp_record *record = wp_record_set_find(set, id);
		bool twice = false;

		if (!record)
			return wp_fail(&cli->err, WP_E_FAILED, "no-such-package", id,
				       "snapshot %s has no package %s; wimplan snapshot show lists what it has",
				       wp_cli_snapshot_name(cli->arena, &adoption->snapshot), id);
		for (size_t j = 0; j < i && !twice; j++)
			twice = wp_ascii_same(cli->operands[j], id);
		if (!twice)
			*WP_PUSH(cli->arena, adoption->records, adoption->count) = *record;
	}
	return WP_OK;
}

static void add_failure(struct adoption *adoption, const struct wp_record *record, const char *code, const char *detail)
{
	wp_json_push(adoption->failed,
		     json_pack("{s:o, s:s, s:o}", "package_id", wp_json_text(record->package_id), "code", code,
			       "detail", wp_json_text(detail)));
}

static void adopt_one(struct wp_cli *cli, struct adoption *adoption, const struct wp_record *record,
		      const struct wp_observation *seen)
{
	if (seen->gate_count) {
		add_failure(adoption, record, wp_gate_info(seen->gates[0].gate)->code, seen->gates[0].detail);
	} else if (!seen->content_id[0]) {
		add_failure(adoption, record, "source-damaged", "the source has no content that could be told apart");
	} else if (!record->source_version.known) {
		add_failure(adoption, record, "record-incomplete", "the export has no SourceVersion");
	} else {
		*WP_PUSH(cli->arena, adoption->adopted, adoption->adopted_count) = (struct wp_baseline){
			.site_code = adoption->set->site_code,
			.package_id = record->package_id,
			.source_version = record->source_version.value,
			.file_id = seen->file_id,
			.content_id = seen->content_id,
			.confidence = WP_CONFIDENCE_PROVEN,
			.origin = "adopted",
			.recorded_at = cli->env->now,
		};
	}
}

static int print_adoption(struct wp_cli *cli, const struct adoption *adoption)
{
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };
	size_t failed = json_array_size(adoption->failed), i;
	const json_t *failure;

	if (cli->json)
		return wp_cli_emit_document(
			cli, "wimplan-baseline-adopt", "1.1", "snapshot",
			wp_cli_snapshot_json(cli->arena, &adoption->snapshot), "adopted",
			wp_cli_baselines_json(cli->arena, adoption->adopted, adoption->adopted_count), "failed",
			json_incref(adoption->failed), NULL);
	json_array_foreach(adoption->failed, i, failure) {
		const char *detail = wp_json_get_text(failure, "detail");

		wp_cli_note(cli, "%s: %s%s%s", wp_json_get_text(failure, "package_id"),
			    wp_json_get_text(failure, "code"), detail ? ": " : "", detail ? detail : "");
	}
	wp_text_line(&buf, "Adopted what stands there now for %zu package%s of site %s%s.", adoption->adopted_count,
		     wp_plural(adoption->adopted_count), adoption->set->site_code,
		     failed ? wp_arena_printf(cli->arena, "; %zu could not be adopted", failed) : "");
	return wp_cli_emit(cli, &buf);
}

static int keep(struct wp_cli *cli, const struct adoption *adoption, const struct wp_observation *const *seen)
{
	struct wp_learned_files learned __attribute__((cleanup(wp_learned_files_free))) = { .arena = wp_arena_new() };
	struct wp_cache *cache = adoption->cache;
	struct wp_error *err = &cli->err;
	bool failed;

	wp_learned_files_add(&learned, adoption->scan);
	for (size_t i = 0; i < adoption->count; i++)
		wp_learned_files_add_folder(&learned, seen[i]);
	if (wp_cache_begin(cache, err))
		return err->status;
	failed = wp_learned_files_keep(&learned, cache, err) ||
		 wp_cache_put_baselines(cache, adoption->adopted, adoption->adopted_count, err) ||
		 wp_cli_log_baselines(cli, cache, "adopted", adoption->adopted, adoption->adopted_count);
	return wp_cache_end(cache, failed ? err->status : WP_OK, err);
}

static int run_adopt(struct wp_cli *cli, void *arguments)
{
	struct adoption adoption __attribute__((cleanup(release))) = { .failed = json_array() };
	const struct arguments *args = arguments;
	const struct wp_observation **seen;
	struct wp_config config;

	if (args->all == (cli->operand_count > 0))
		return wp_cli_usage(cli, "adopt", "baseline adopt takes package IDs or --all");
	if (wp_cli_load_config(cli, &config) || wp_cli_open_cache(cli, WP_CACHE_WRITE, &adoption.cache) ||
	    wp_cache_find_snapshot(adoption.cache, cli->arena, cli->snapshot, cli->site, &adoption.snapshot, &cli->err) ||
	    wp_cache_load_snapshot(adoption.cache, &adoption.snapshot, &adoption.set, &cli->err) ||
	    select_records(cli, args->all, &adoption))
		return cli->err.status;
	adoption.scan = wp_cli_scan(cli, adoption.records, adoption.count, &config,
				    (struct wp_cli_scan){ .cache = adoption.cache });
	seen = wp_arena_alloc(cli->arena, adoption.count * sizeof *seen);
	for (size_t i = 0; i < adoption.count; i++) {
		seen[i] = wp_scan_observation(adoption.scan, i);
		adopt_one(cli, &adoption, &adoption.records[i], seen[i]);
	}
	if (keep(cli, &adoption, seen))
		return cli->err.status;
	if (json_array_size(adoption.failed))
		cli->status = adoption.adopted_count ? WP_EXIT_INCOMPLETE : WP_EXIT_FAILED;
	return print_adoption(cli, &adoption);
}

/* The site whose baselines of the package are meant: the one that has any, unless --site says it. */
static int find_site(struct wp_cli *cli, struct wp_cache *cache, const char *id, const struct wp_baseline **ret)
{
	struct wp_baseline *items;
	size_t count;
	int status = wp_cache_list_baselines(cache, cli->arena, cli->site, &items, &count, &cli->err);

	*ret = NULL;
	for (size_t i = 0; !status && i < count; i++) {
		if (!wp_ascii_same(items[i].package_id, id))
			continue;
		if (*ret && strcmp((*ret)->site_code, items[i].site_code))
			return wp_fail(&cli->err, WP_E_USAGE, "usage", id,
				       "%s has baselines of site %s and of site %s; say --site CODE", id,
				       (*ret)->site_code, items[i].site_code);
		*ret = &items[i];
	}
	if (!status && !*ret)
		return wp_fail(&cli->err, WP_E_FAILED, "no-such-baseline", id,
			       "there is no baseline for %s; wimplan baseline list shows what there is", id);
	return status;
}

static int print_forgotten(struct wp_cli *cli, const struct wp_baseline *items, size_t count)
{
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };
	json_t *forgotten = NULL;
	uint64_t total = 0;

	for (size_t i = 0; i < count; i++)
		total += items[i].source_version;
	if (!cli->json) {
		wp_buf_printf(&buf, "Forgot %" PRIu64 " baseline%s of %zu package%s.\n", total, wp_plural(total), count,
			      wp_plural(count));
		return wp_cli_emit(cli, &buf);
	}
	forgotten = wp_json_must(json_array());
	for (size_t i = 0; i < count; i++)
		wp_json_push(forgotten, wp_json_object("site_code", wp_json_text(items[i].site_code), "package_id",
						       wp_json_text(items[i].package_id), "count",
						       wp_json_u64(items[i].source_version), NULL));
	return wp_cli_emit_document(cli, "wimplan-baseline-forget", "1.0", "forgotten", forgotten, NULL);
}

/* Forgets the baselines of all packages in @found or of none; those that had some go to @ret_forgotten. */
static int forget(struct wp_cli *cli, struct wp_cache *cache, const struct wp_baseline *const *found,
		  struct wp_baseline **ret_forgotten, size_t *ret_count)
{
	int status = wp_cache_begin(cache, &cli->err);

	if (status)
		return status;
	for (size_t i = 0; !status && i < cli->operand_count; i++) {
		size_t count;

		status = wp_cache_forget_baselines(cache, found[i]->site_code, found[i]->package_id, &count, &cli->err);
		if (!status && count)
			*WP_PUSH(cli->arena, *ret_forgotten, *ret_count) = (struct wp_baseline){
				.site_code = found[i]->site_code,
				.package_id = found[i]->package_id,
				.source_version = count,
			};
	}
	if (!status)
		status = wp_cli_log_forgotten(cli, cache, *ret_forgotten, *ret_count);
	return wp_cache_end(cache, status, &cli->err);
}

static int run_forget(struct wp_cli *cli, void *arguments)
{
	struct wp_cache *cache __attribute__((cleanup(wp_cache_closep))) = NULL;
	const struct wp_baseline **found = wp_arena_alloc(cli->arena, cli->operand_count * sizeof *found);
	struct wp_baseline *items = NULL;
	size_t count = 0;
	int status = check(cli, "forget", arguments);

	/* Looked up for reading first, and all of them: nothing is forgotten when one of the names is wrong. */
	if (!status)
		status = wp_cli_open_cache(cli, WP_CACHE_READ, &cache);
	for (size_t i = 0; !status && i < cli->operand_count; i++)
		status = find_site(cli, cache, cli->operands[i], &found[i]);
	if (status)
		return status;
	wp_cache_close(cache);
	cache = NULL;
	if (wp_cli_open_cache(cli, WP_CACHE_WRITE, &cache) || forget(cli, cache, found, &items, &count))
		return cli->err.status;
	return print_forgotten(cli, items, count);
}

const struct wp_command wp_cmd_baseline = {
	.name = "baseline",
	.summary = "list, state and forget what was distributed",
	.help = "Usage: wimplan baseline [OPTION…] list\n"
		"       wimplan baseline [OPTION…] adopt PACKAGEID… | --all\n"
		"       wimplan baseline [OPTION…] forget PACKAGEID…\n"
		"What wimplan believes that the site has distributed, for a package at one\n"
		"SourceVersion. adopt states that it is what stands at the source now, by the\n"
		"records of a snapshot, and alone takes --snapshot, --map and --jobs; forget\n"
		"takes a package's baselines away.\n",
	.options = options,
	.size = sizeof(struct arguments),
	.takes = WP_TAKES_SITE | WP_TAKES_SNAPSHOT | WP_TAKES_MAP | WP_TAKES_JOBS,
	.operands = WP_KNOWN_PACKAGES,
	.verbs = (const struct wp_verb[]){
		{ "list", 0, 0, "no package IDs", run_list },
		{ "adopt", 0, SIZE_MAX, NULL, run_adopt },
		{ "forget", 1, SIZE_MAX, "package IDs", run_forget },
		{ 0 },
	},
};
