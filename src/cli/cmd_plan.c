/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wimplan plan: scan the sources of a snapshot's records, judge every package, write the plan. */
#include "cli.h"
#include "plan_inputs.h"
#include "settings.h"

#include "wimplan/file.h"
#include "wimplan/json.h"
#include "wimplan/limits.h"
#include "wimplan/plan.h"
#include "wimplan/text.h"
#include "wimplan/version.h"

#include <errno.h>
#include <string.h>

struct arguments {
	struct wp_names records, exclude;
	bool all, print_config;
};

static const struct wp_option options[] = {
	WP_OPTION(struct arguments, records, "records", "FILE", LIST, "plan from an export, without keeping a snapshot"),
	WP_OPTION(struct arguments, exclude, "exclude", "PACKAGEID", LIST, "leave this package out; repeatable"),
	WP_OPTION(struct arguments, all, "all", NULL, FLAG, "show unchanged packages too"),
	WP_OPTION(struct arguments, print_config, "print-config", NULL, FLAG, "print what is in force and where it comes from"),
	{ 0 },
};

/* Whoever wants a report by -o would find JSON in it. */
static int check_output(struct wp_cli *cli)
{
	static const struct {
		const char *suffix, *format;
	} reports[] = {
		{ ".html", "html" },	 { ".htm", "html" }, { ".md", "markdown" },
		{ ".markdown", "markdown" }, { ".csv", "csv" },  { ".ps1", "powershell" },
	};
	const char *suffix = cli->output ? strrchr(cli->output, '.') : NULL;

	for (size_t i = 0; suffix && i < sizeof reports / sizeof *reports; i++)
		if (wp_text_equal_nocase(suffix, reports[i].suffix))
			return wp_cli_usage(cli, "--output",
					    "-o writes the plan itself, which is JSON, not a report; write it to PLAN.json, "
					    "then: wimplan show --format %s -o %s PLAN.json",
					    reports[i].format, cli->output);
	return WP_OK;
}

static int check(struct wp_cli *cli, const struct arguments *args)
{
	if (args->print_config && cli->json)
		return wp_cli_usage(cli, "--print-config", "--print-config gives no JSON; leave --json out");
	if (cli->date_order && !args->records.count)
		return wp_cli_usage(cli, "--date-order", "--date-order is for the export of --records; a snapshot has "
				    "its dates from `wimplan import --date-order`");
	if (args->records.count && cli->snapshot)
		return wp_cli_usage(cli, "--records", "--records and --snapshot exclude each other");
	return args->print_config ? WP_OK : check_output(cli);
}

/* What a plan is made from, and who owns it. */
struct inputs {
	struct wp_plan_inputs records;
	struct wp_scan *scan;
	struct wp_progress progress;
};

static void release(struct inputs *in)
{
	wp_scan_free(in->scan);
	wp_plan_inputs_free(&in->records);
	wp_progress_free(&in->progress);
}

/* Whether a boot image has an original beside the file that the site made of it. */
static bool has_original(const struct wp_record *record)
{
	return record->class == WP_CLASS_BOOT && record->image_path && *record->image_path &&
	       !(record->source_path && wp_map_same_prefix(record->source_path, record->image_path));
}

/*
 * Scans what will be judged, and the originals of boot images: a package left out by --only or --exclude gets no
 * observation, so that one package out of ten thousand costs one scan. In the lists of @input there is one entry per
 * record, NULL where nothing was scanned.
 */
static void scan(struct wp_cli *cli, const struct wp_config *config, const bool *chosen, struct inputs *in, struct wp_plan_input *input)
{
	const struct wp_record_set *set = in->records.set;
	struct wp_record *wanted = wp_arena_alloc(cli->arena, 2 * set->count * sizeof *wanted);
	const struct wp_observation ***place = wp_arena_alloc(cli->arena, 2 * set->count * sizeof *place);
	const struct wp_observation **observations = wp_arena_alloc(cli->arena, set->count * sizeof *observations);
	const struct wp_observation **originals = wp_arena_alloc(cli->arena, set->count * sizeof *originals);
	const struct wp_expect_contents **found = wp_arena_alloc(cli->arena, 2 * set->count * sizeof *found);
	/* One more, of which nobody asks: that of originals. */
	const struct wp_expect_contents **contents = wp_arena_alloc(cli->arena, (set->count + 1) * sizeof *contents);
	size_t *record_of = wp_arena_alloc(cli->arena, 2 * set->count * sizeof *record_of);
	size_t count = 0;

	for (size_t i = 0; i < set->count; i++) {
		if (!chosen[i])
			continue;
		place[count] = &observations[i];
		record_of[count] = i;
		wanted[count++] = set->records[i];
		if (!has_original(&set->records[i]))
			continue;
		place[count] = &originals[i];
		record_of[count] = set->count;
		wanted[count++] = (struct wp_record){ .class = WP_CLASS_BOOT, .source_path = set->records[i].image_path };
	}
	in->scan = wp_cli_scan(cli, wanted, count, config, (struct wp_cli_scan){
		.cache = in->records.cache,
		.progress = &in->progress,
		.contents = found,
	});
	for (size_t i = 0; i < count; i++) {
		*place[i] = wp_scan_observation(in->scan, i);
		contents[record_of[i]] = found[i];
	}
	in->records.contents = contents;
	input->observations = observations;
	input->originals = originals;
}

static int make_plan(struct wp_cli *cli, const struct arguments *args, const struct wp_config *config,
		     struct inputs *in, struct wp_plan **ret_plan)
{
	struct wp_selection selection;
	struct wp_plan_input input = {
		.set = in->records.set,
		.snapshot_id = in->records.snapshot_id,
		.policy = &config->policy,
		.selection = &selection,
		.now = cli->env->now,
		.created_by = wp_arena_printf(cli->arena, "%s@%s", cli->env->user, cli->env->host),
		.tool_version = WIMPLAN_VERSION,
	};
	struct wp_learned learned;
	int status;

	/* A wrong name is said before an hour of scanning. */
	status = wp_plan_select(cli->arena, input.set, cli->only, args->exclude, &selection, &cli->err);
	if (!status)
		status = wp_plan_inputs_remembered(cli, &in->records, &input);
	if (status)
		return status;
	scan(cli, config, selection.chosen, in, &input);
	wp_plan_inputs_note_old(cli, &in->records, &input);
	wp_plan_inputs_summaries(cli, &in->records, in->scan, &input);
	wp_plan_inputs_manifests(cli, &in->records, &input);
	*ret_plan = wp_plan_make(&input, &learned);
	wp_plan_inputs_audit(cli, &in->records, &input, config, *ret_plan);
	wp_plan_inputs_keep(cli, &in->records, *ret_plan, in->scan, input.observations, &learned);
	return WP_OK;
}

/*
 * The plan file goes to -o; standard output gets the plan with --json and with "-o -", else the report (with -o not
 * when --quiet).
 */
static int print(struct wp_cli *cli, const struct arguments *args, const struct wp_plan *plan)
{
	struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };
	bool to_file = cli->output && strcmp(cli->output, "-"), as_json = cli->json || (cli->output && !to_file);
	struct wp_report_options report;
	int status = 0;

	if (to_file)
		status = wp_cli_emit_json(cli, wp_plan_json(plan));
	cli->output = NULL;
	if (status || (to_file && cli->quiet && !as_json))
		return status;
	if (as_json)
		return wp_cli_emit_json(cli, wp_plan_json(plan));
	report = wp_cli_report_options(cli);
	report.all = args->all;
	wp_report_plan_text(plan, &report, &text);
	return wp_cli_emit(cli, &text);
}

static int finish(struct wp_cli *cli, const struct arguments *args, struct inputs *in, const struct wp_plan *plan)
{
	wp_progress_event(&in->progress,
			  json_pack("{s:s, s:s, s:b, s:b}", "type", "plan", "plan_id", plan->id, "complete",
				    plan->complete, "changes", wp_plan_has_changes(plan)));
	if (wp_progress_close(&in->progress, &cli->err))
		return cli->err.status;
	if (!plan->complete)
		cli->status = WP_EXIT_INCOMPLETE;
	else if (cli->detailed && wp_plan_has_changes(plan))
		cli->status = WP_EXIT_CHANGES;
	return print(cli, args, plan);
}

static int run(struct wp_cli *cli, void *arguments)
{
	struct inputs in __attribute__((cleanup(release))) = { 0 };
	struct wp_plan *plan __attribute__((cleanup(wp_plan_freep))) = NULL;
	const struct arguments *args = arguments;
	struct wp_config config;

	if (check(cli, args) || wp_cli_load_config(cli, &config))
		return cli->err.status;
	if (args->print_config) {
		struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };

		wp_config_print(&config, &text);
		return wp_cli_emit_as(cli, WP_TEXT_DOCUMENT, &text);
	}
	if (wp_plan_inputs_open(cli, args->records.items, args->records.count, &in.records) ||
	    wp_progress_open(cli, &in.progress) || make_plan(cli, args, &config, &in, &plan))
		return cli->err.status;
	return finish(cli, args, &in, plan);
}

const struct wp_command wp_cmd_plan = {
	.name = "plan",
	.summary = "compare the snapshot with the sources and say what to do",
	.help = "Usage: wimplan plan [OPTION…]\n"
		"Compares the records of a snapshot with the .wim files they were made from and\n"
		"says which packages need ReloadImageProperties or RefreshPkgSource, and why.\n"
		"Changes nothing, neither on the site nor in the sources. -o keeps the plan.\n",
	.options = options,
	.size = sizeof(struct arguments),
	.takes = WP_TAKES_SITE | WP_TAKES_SNAPSHOT | WP_TAKES_DATE_ORDER | WP_TAKES_MAP | WP_TAKES_JOBS | WP_TAKES_ONLY |
		 WP_TAKES_EVENTS | WP_TAKES_DETAILED,
	.verbs = (const struct wp_verb[]){ { NULL, 0, 0, NULL, run } },
};
