/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wimplan plan: scan the sources of a snapshot's records, judge every package, write the plan. */
#include "cli.h"
#include "fail_on.h"
#include "planning.h"
#include "settings.h"

#include "wimplan/json.h"
#include "wimplan/plan.h"
#include "wimplan/text.h"

#include <string.h>

struct arguments {
	struct wp_names records;
	bool all, print_config;
};

static const struct wp_option options[] = {
	WP_OPTION(struct arguments, records, "records", "FILE", LIST, "plan from an export, without keeping a snapshot",
	  .file = WP_FILE_USE_READ),
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
		status = wp_planning_emit(cli, plan, wp_plan_envelope_json(plan));
	cli->output = NULL;
	if (status || (to_file && cli->quiet && !as_json))
		return status;
	if (as_json)
		return wp_planning_emit(cli, plan, wp_plan_envelope_json(plan));
	report = wp_cli_report_options(cli);
	report.all = args->all;
	wp_report_plan_text(plan, &report, &text);
	return wp_cli_emit(cli, &text);
}

static int run(struct wp_cli *cli, void *arguments)
{
	struct wp_planning planning __attribute__((cleanup(wp_planning_free))) = { 0 };
	struct wp_plan *plan __attribute__((cleanup(wp_plan_freep))) = NULL;
	const struct arguments *args = arguments;
	struct wp_config config;

	if (check(cli, args) || wp_fail_on_check(cli, true) || wp_cli_load_config(cli, &config))
		return cli->err.status;
	if (args->print_config) {
		struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };

		wp_config_print(&config, &text);
		return wp_cli_emit_as(cli, WP_TEXT_DOCUMENT, &text);
	}
	planning.writes = cli->json || cli->output;
	if (wp_plan_inputs_open(cli, args->records.items, args->records.count, &planning.inputs) ||
	    wp_planning_make(cli, &config, &planning, &plan))
		return cli->err.status;
	return print(cli, args, plan);
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
	.takes = WP_TAKES_PROFILE | WP_TAKES_SITE | WP_TAKES_SNAPSHOT | WP_TAKES_DATE_ORDER | WP_TAKES_MAP | WP_TAKES_JOBS | WP_TAKES_ONLY |
		 WP_TAKES_EXCLUDE | WP_TAKES_EVENTS | WP_TAKES_DETAILED | WP_TAKES_FAIL_ON,
	.verbs = (const struct wp_verb[]){ { NULL, 0, 0, NULL, run } },
};
