/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wimplan baseline: what is believed to be on the distribution points, listed, stated and forgotten. */
#include "cli.h"
#include "events.h"
#include "objects.h"
#include "plan_inputs.h"
#include "settings.h"

#include "wimplan/ascii.h"
#include "wimplan/json.h"
#include "wimplan/text.h"

#include <inttypes.h>
#include <string.h>

enum { OPT_ALL = 256 };

static const struct option options[] = {
	WP_CLI_SITE_OPTION,
	WP_CLI_SNAPSHOT_OPTION,
	WP_CLI_MAP_OPTION,
	WP_CLI_JOBS_OPTION,
	{ "all", no_argument, NULL, OPT_ALL },
	{ 0 },
};

struct arguments {
	bool all;
	char **ids; /* package IDs */
	size_t count;
};

static int run_list(struct wp_cli *cli)
{
	static const char *const headings[] = { "SITE",   "PACKAGE",  "VERSION", "CONFIDENCE",
						"ORIGIN", "RECORDED", "CONTENT" };
	struct wp_cache *cache __attribute__((cleanup(wp_cache_closep))) = NULL;
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };
	struct wp_baseline *items;
	struct wp_table *table;
	struct wp_error err;
	size_t count;

	if (wp_cli_open_cache(cli, WP_CACHE_READ, &cache, &err) ||
	    wp_cache_list_baselines(cache, cli->arena, cli->site, &items, &count, &err))
		return wp_cli_error(cli, &err);
	if (cli->json) {
		json_t *document = wp_json_document("wimplan-baselines", "1.0");

		wp_json_set(document, "baselines", wp_cli_baselines_json(cli->arena, items, count));
		return wp_cli_emit_json(cli, document);
	}
	if (!count) {
		wp_buf_puts(&buf, "No baselines. Planning, record and baseline adopt make them.\n");
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

static int select_records(struct wp_cli *cli, const struct arguments *args, struct adoption *adoption,
			  struct wp_error *err)
{
	struct wp_record_set *set = adoption->set;

	if (args->all) {
		adoption->records = set->records;
		adoption->count = set->count;
		return WP_OK;
	}
	for (size_t i = 0; i < args->count; i++) {
		const struct wp_record *record = wp_record_set_find(set, args->ids[i]);
		bool twice = false;

		if (!record)
			return wp_fail(err, WP_E_FAILED, "no-such-package", args->ids[i],
				       "snapshot %s has no package %s; wimplan snapshot show lists what it has",
				       wp_cli_snapshot_name(cli->arena, &adoption->snapshot), args->ids[i]);
		for (size_t j = 0; j < i && !twice; j++)
			twice = wp_ascii_same(args->ids[j], args->ids[i]);
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

static void adopt_one(struct wp_cli *cli, struct adoption *adoption, size_t i)
{
	const struct wp_record *record = &adoption->records[i];
	const struct wp_observation *seen = wp_scan_observation(adoption->scan, i);

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

	if (cli->json) {
		json_t *document = wp_json_document("wimplan-baseline-adopt", "1.1");

		wp_json_set(document, "snapshot", wp_cli_snapshot_json(cli->arena, &adoption->snapshot));
		wp_json_set(document, "adopted",
			    wp_cli_baselines_json(cli->arena, adoption->adopted, adoption->adopted_count));
		json_object_set(document, "failed", adoption->failed);
		return wp_cli_emit_json(cli, document);
	}
	json_array_foreach(adoption->failed, i, failure) {
		const char *detail = wp_json_get_text(failure, "detail");

		wp_cli_note(cli, "%s: %s%s%s", wp_json_get_text(failure, "package_id"),
			    wp_json_get_text(failure, "code"), detail ? ": " : "", detail ? detail : "");
	}
	wp_text_line(&buf, "Adopted what stands there now for %zu package%s of site %s%s.", adoption->adopted_count,
		     wp_cli_plural(adoption->adopted_count), adoption->set->site_code,
		     failed ? wp_arena_printf(cli->arena, "; %zu could not be read", failed) : "");
	return wp_cli_emit(cli, &buf);
}

static int keep(struct wp_cli *cli, const struct adoption *adoption, struct wp_error *err)
{
	const struct wp_observation **seen = wp_arena_alloc(cli->arena, adoption->count * sizeof *seen);
	int status = wp_cache_begin(adoption->cache, err);

	if (status)
		return status;
	for (size_t i = 0; i < adoption->count; i++)
		seen[i] = wp_scan_observation(adoption->scan, i);
	status = wp_cli_keep_scan(adoption->cache, adoption->scan, err);
	if (!status)
		status = wp_cli_keep_manifests(cli, adoption->cache, seen, adoption->count, err);
	if (!status)
		status = wp_cache_put_baselines(adoption->cache, adoption->adopted, adoption->adopted_count, err);
	if (!status)
		status = wp_cli_log_baselines(cli, adoption->cache, "adopted", adoption->adopted, adoption->adopted_count, err);
	return wp_cache_end(adoption->cache, status, err);
}

static int run_adopt(struct wp_cli *cli, const struct arguments *args)
{
	struct adoption adoption __attribute__((cleanup(release))) = { .failed = json_array() };
	struct wp_config config;
	struct wp_error err;
	int status;

	if (args->all == (args->count > 0))
		return wp_cli_usage(cli, "adopt", "baseline adopt takes package IDs or --all");
	if (wp_cli_load_config(cli, &config, &err) ||
	    wp_cli_open_cache(cli, WP_CACHE_WRITE, &adoption.cache, &err) ||
	    wp_cache_find_snapshot(adoption.cache, cli->arena, cli->snapshot, cli->site, &adoption.snapshot, &err) ||
	    wp_cache_load_snapshot(adoption.cache, &adoption.snapshot, &adoption.set, &err) ||
	    select_records(cli, args, &adoption, &err))
		return wp_cli_error(cli, &err);
	adoption.scan = wp_cli_scan(cli, adoption.records, adoption.count, &config,
				    (struct wp_cli_scan){ .cache = adoption.cache });
	for (size_t i = 0; i < adoption.count; i++)
		adopt_one(cli, &adoption, i);
	if (keep(cli, &adoption, &err))
		return wp_cli_error(cli, &err);
	status = print_adoption(cli, &adoption);
	if (status || !json_array_size(adoption.failed))
		return status;
	return adoption.adopted_count ? WP_EXIT_INCOMPLETE : WP_EXIT_FAILED;
}

/* The site whose baselines of the package are meant: the one that has any, unless --site says it. */
static int find_site(struct wp_cli *cli, struct wp_cache *cache, const char *id, const struct wp_baseline **ret, struct wp_error *err)
{
	struct wp_baseline *items;
	size_t count;
	int status = wp_cache_list_baselines(cache, cli->arena, cli->site, &items, &count, err);

	*ret = NULL;
	for (size_t i = 0; !status && i < count; i++) {
		if (!wp_ascii_same(items[i].package_id, id))
			continue;
		if (*ret && strcmp((*ret)->site_code, items[i].site_code))
			return wp_fail(err, WP_E_USAGE, "usage", id,
				       "%s has baselines of site %s and of site %s; say --site CODE", id,
				       (*ret)->site_code, items[i].site_code);
		*ret = &items[i];
	}
	if (!status && !*ret)
		return wp_fail(err, WP_E_FAILED, "no-such-baseline", id,
			       "there is no baseline for %s; wimplan baseline list shows what there is", id);
	return status;
}

static int print_forgotten(struct wp_cli *cli, json_t *forgotten, size_t count)
{
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };

	if (cli->json) {
		json_t *document = wp_json_document("wimplan-baseline-forget", "1.0");

		json_object_set(document, "forgotten", forgotten);
		return wp_cli_emit_json(cli, document);
	}
	wp_buf_printf(&buf, "Forgot %zu baseline%s of %zu package%s.\n", count, wp_cli_plural(count),
		      json_array_size(forgotten), wp_cli_plural(json_array_size(forgotten)));
	return wp_cli_emit(cli, &buf);
}

/* Forgets the baselines of all packages in @found or of none; those that had some go to @forgotten. */
static int forget(struct wp_cli *cli, struct wp_cache *cache, const struct wp_baseline *const *found, size_t found_count,
		  struct wp_baseline **ret_forgotten, size_t *ret_count, struct wp_error *err)
{
	int status = wp_cache_begin(cache, err);

	if (status)
		return status;
	for (size_t i = 0; !status && i < found_count; i++) {
		size_t count;

		status = wp_cache_forget_baselines(cache, found[i]->site_code, found[i]->package_id, &count, err);
		if (!status && count)
			*WP_PUSH(cli->arena, *ret_forgotten, *ret_count) = (struct wp_baseline){
				.site_code = found[i]->site_code,
				.package_id = found[i]->package_id,
				.source_version = count,
			};
	}
	if (!status)
		status = wp_cli_log_forgotten(cli, cache, *ret_forgotten, *ret_count, err);
	return wp_cache_end(cache, status, err);
}

static int run_forget(struct wp_cli *cli, const struct arguments *args)
{
	struct wp_cache *cache __attribute__((cleanup(wp_cache_closep))) = NULL;
	json_t *forgotten __attribute__((cleanup(wp_json_freep))) = json_array();
	const struct wp_baseline **found = wp_arena_alloc(cli->arena, args->count * sizeof *found);
	struct wp_baseline *items = NULL;
	struct wp_error err;
	size_t total = 0, count = 0;

	if (!args->count || args->all)
		return wp_cli_usage(cli, "forget", "baseline forget takes package IDs");
	/* Looked up for reading first, and all of them: nothing is forgotten when one of the names is wrong. */
	if (wp_cli_open_cache(cli, WP_CACHE_READ, &cache, &err))
		return wp_cli_error(cli, &err);
	for (size_t i = 0; i < args->count; i++)
		if (find_site(cli, cache, args->ids[i], &found[i], &err))
			return wp_cli_error(cli, &err);
	wp_cache_close(cache);
	cache = NULL;
	if (wp_cli_open_cache(cli, WP_CACHE_WRITE, &cache, &err))
		return wp_cli_error(cli, &err);
	if (forget(cli, cache, found, args->count, &items, &count, &err))
		return wp_cli_error(cli, &err);
	for (size_t i = 0; i < count; i++) {
		total += items[i].source_version;
		wp_json_push(forgotten,
			     json_pack("{s:o, s:o, s:o}", "site_code", wp_json_text(items[i].site_code), "package_id",
				       wp_json_text(items[i].package_id), "count", wp_json_u64(items[i].source_version)));
	}
	return print_forgotten(cli, forgotten, total);
}

/* Returns -1 when the call goes on, otherwise the exit status. */
static int parse(struct wp_cli *cli, int argc, char **argv, struct arguments *args)
{
	int option;

	while ((option = wp_cli_option(cli, argc, argv, "", options)) >= 0)
		args->all = true;
	if (option == WP_CLI_STOP)
		return cli->status;
	if (optind == argc)
		return wp_cli_usage(cli, NULL, "baseline needs one of list, adopt and forget");
	args->ids = argv + optind + 1;
	args->count = (size_t)(argc - optind - 1);
	return -1;
}

static int run(struct wp_cli *cli, int argc, char **argv)
{
	struct arguments args = { 0 };
	int status = parse(cli, argc, argv, &args);
	const char *verb;

	if (status >= 0)
		return status;
	verb = argv[optind];
	if (!strcmp(verb, "adopt"))
		return run_adopt(cli, &args);
	if (cli->snapshot || cli->map_count || cli->jobs)
		return wp_cli_usage(cli, verb, "--snapshot, --map and --jobs belong to baseline adopt only");
	if (!strcmp(verb, "forget"))
		return run_forget(cli, &args);
	if (strcmp(verb, "list"))
		return wp_cli_usage(cli, verb, "baseline has list, adopt and forget, but not '%s'", verb);
	if (args.count || args.all)
		return wp_cli_usage(cli, verb, "baseline list takes no package IDs and no --all");
	return run_list(cli);
}

const struct wp_command wp_cmd_baseline = {
	.name = "baseline",
	.summary = "list, state and forget what was distributed",
	.help = "Usage: wimplan baseline [OPTION…] list\n"
		"       wimplan baseline [OPTION…] adopt PACKAGEID… | --all\n"
		"       wimplan baseline [OPTION…] forget PACKAGEID…\n"
		"What wimplan believes that the site has distributed, for a package at one\n"
		"SourceVersion. adopt states that it is what stands at the source now, by the\n"
		"records of a snapshot; forget takes a package's baselines away.\n\n"
		"      --site CODE       of this site only\n"
		"      --all             adopt: all packages of the snapshot\n"
		"      --snapshot ID     adopt: the snapshot (default: the newest)\n"
		"      --map PREFIX=DIR  adopt: where a share or drive is; repeatable\n"
		"      --jobs N          adopt: threads that scan (default: one per processor)\n",
	.run = run,
};
