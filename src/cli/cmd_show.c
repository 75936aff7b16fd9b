/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wimplan show: a plan in another form, from the plan file alone. */
#include "cli.h"

#include "wimplan/file.h"
#include "wimplan/limits.h"
#include "wimplan/plan.h"

#include <string.h>

enum { OPT_FORMAT = 256, OPT_ALL };

static const struct option options[] = {
	{ "format", required_argument, NULL, OPT_FORMAT },
	{ "all", no_argument, NULL, OPT_ALL },
	{ 0 },
};

typedef void (*report_writer)(const struct wp_plan *, const struct wp_report_options *, struct wp_buf *);

/* json has no writer: the file is handed on as it is. */
static const struct format {
	const char *name;
	report_writer write;
	enum wp_text_kind kind;
} formats[] = {
	{ "text", wp_report_plan_text, WP_TEXT_PLAIN },
	{ "markdown", wp_report_plan_markdown, WP_TEXT_DOCUMENT },
	{ "html", wp_report_plan_html, WP_TEXT_DOCUMENT },
	{ "csv", wp_report_plan_csv, WP_TEXT_DOCUMENT },
	{ "json", NULL, WP_TEXT_DOCUMENT },
	{ "powershell", wp_report_plan_powershell, WP_TEXT_DOCUMENT },
};

#define FORMAT_COUNT (sizeof formats / sizeof *formats)

static const struct format *find_format(const char *name)
{
	for (size_t i = 0; i < FORMAT_COUNT; i++)
		if (!strcmp(formats[i].name, name))
			return &formats[i];
	return NULL;
}

/* Returns -1 when the call goes on, otherwise the exit status. */
static int parse(struct wp_cli *cli, int argc, char **argv, const struct format **ret_format, bool *ret_all)
{
	const char *name = NULL;
	int option;

	while ((option = wp_cli_option(cli, argc, argv, "", options)) >= 0) {
		if (option == OPT_FORMAT)
			name = optarg;
		else
			*ret_all = true;
	}
	if (option == WP_CLI_STOP)
		return cli->status;
	*ret_format = find_format(name ? name : cli->json ? "json" : "text");
	if (!*ret_format)
		return wp_cli_usage(cli, "--format", "--format is text, markdown, html, csv, json or powershell, not '%s'", name);
	if (cli->json && (*ret_format)->write)
		return wp_cli_usage(cli, "--format", "--json and --format %s exclude each other", name);
	if (argc - optind != 1)
		return wp_cli_usage(cli, argc > optind ? argv[optind + 1] : NULL,
				    "show takes one plan file, but there are %d", argc - optind);
	return -1;
}

static int run(struct wp_cli *cli, int argc, char **argv)
{
	struct wp_plan *plan __attribute__((cleanup(wp_plan_freep))) = NULL;
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };
	struct wp_report_options report;
	const struct format *format = NULL;
	struct wp_error err;
	char *text;
	size_t length;
	bool all = false;
	int status = parse(cli, argc, argv, &format, &all);

	if (status >= 0)
		return status;
	if (wp_file_read(cli->arena, argv[optind], WP_LIMIT_DOCUMENT_BYTES, &text, &length, &err) ||
	    wp_plan_parse(text, length, strcmp(argv[optind], "-") ? argv[optind] : "standard input", &plan, &err))
		return wp_cli_error(cli, &err);
	report = wp_cli_report_options(cli);
	report.all = all;
	/* Keys of a later minor version, which the model does not know, must survive. */
	if (format->write)
		format->write(plan, &report, &buf);
	else
		wp_buf_add(&buf, text, length);
	return wp_cli_emit_as(cli, format->kind, &buf);
}

const struct wp_command wp_cmd_show = {
	.name = "show",
	.summary = "show a plan file as text, Markdown, HTML, CSV, JSON or script",
	.help = "Usage: wimplan show [OPTION…] PLAN\n"
		"Shows a plan that wimplan plan wrote, from the plan file alone. PLAN - is\n"
		"standard input. A plan whose digest does not fit is refused.\n\n"
		"      --format FORMAT   text (default), markdown, html, csv, json, or\n"
		"                        powershell: a script that carries the plan out\n"
		"      --all             unchanged packages too\n",
	.run = run,
};
