/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wimplan show: a plan or a receipt in another form, from that file alone. */
#include "cli.h"

#include "wimplan/file.h"
#include "wimplan/limits.h"
#include "wimplan/plan.h"
#include "wimplan/receipt.h"

#include <string.h>

enum { OPT_FORMAT = 256, OPT_ALL, OPT_BOM, OPT_DELIMITER };

static const struct option options[] = {
	{ "format", required_argument, NULL, OPT_FORMAT },
	{ "all", no_argument, NULL, OPT_ALL },
	{ "bom", no_argument, NULL, OPT_BOM },
	{ "delimiter", required_argument, NULL, OPT_DELIMITER },
	{ 0 },
};

typedef void (*plan_writer)(const struct wp_plan *, const struct wp_report_options *, struct wp_buf *);
typedef void (*receipt_writer)(const struct wp_receipt *, const struct wp_report_options *, struct wp_buf *);

/* json has no writers: the file is handed on as it is. */
static const struct format {
	const char *name;
	plan_writer plan;
	receipt_writer receipt;
	enum wp_text_kind kind;
} formats[] = {
	{ "text", wp_report_plan_text, wp_report_receipt_text, WP_TEXT_PLAIN },
	{ "markdown", wp_report_plan_markdown, wp_report_receipt_markdown, WP_TEXT_DOCUMENT },
	{ "html", wp_report_plan_html, wp_report_receipt_html, WP_TEXT_DOCUMENT },
	{ "csv", wp_report_plan_csv, wp_report_receipt_csv, WP_TEXT_DOCUMENT },
	{ "json", NULL, NULL, WP_TEXT_DOCUMENT },
	{ "powershell", wp_report_plan_powershell, NULL, WP_TEXT_DOCUMENT },
};

#define FORMAT_COUNT (sizeof formats / sizeof *formats)

static const struct format *find_format(const char *name)
{
	for (size_t i = 0; i < FORMAT_COUNT; i++)
		if (!strcmp(formats[i].name, name))
			return &formats[i];
	return NULL;
}

struct arguments {
	const struct format *format;
	const char *delimiter; /* NULL: not given */
	bool all, bom;
};

/* What separates the cells of CSV; 0 for what would not be read again. */
static char delimiter_of(const char *given)
{
	if (!strcmp(given, "tab"))
		return '\t';
	return *given && strchr(",;|\t", *given) && !given[1] ? *given : '\0';
}

/* Returns -1 when the call goes on, otherwise the exit status. */
static int check(struct wp_cli *cli, const char *format, const struct arguments *args, int operands)
{
	bool is_csv = args->format && !strcmp(args->format->name, "csv");

	if (!args->format)
		return wp_cli_usage(cli, "--format", "--format is text, markdown, html, csv, json or powershell, not '%s'",
				    format);
	if (cli->json && args->format->plan)
		return wp_cli_usage(cli, "--format", "--json and --format %s exclude each other", format);
	if (args->delimiter && !delimiter_of(args->delimiter))
		return wp_cli_usage(cli, "--delimiter",
				    "--delimiter is a comma, a semicolon, a bar or the word tab, not '%s'", args->delimiter);
	if ((args->bom || args->delimiter) && !is_csv)
		return wp_cli_usage(cli, args->bom ? "--bom" : "--delimiter", "%s belongs to --format csv",
				    args->bom ? "--bom" : "--delimiter");
	if (operands != 1)
		return wp_cli_usage(cli, NULL, "show takes one plan or receipt, but there are %d", operands);
	return -1;
}

static int parse(struct wp_cli *cli, int argc, char **argv, struct arguments *args)
{
	const char *format = NULL;
	int option;

	while ((option = wp_cli_option(cli, argc, argv, "", options)) >= 0) {
		switch (option) {
		case OPT_FORMAT:
			format = optarg;
			break;
		case OPT_BOM:
			args->bom = true;
			break;
		case OPT_DELIMITER:
			args->delimiter = optarg;
			break;
		default:
			args->all = true;
		}
	}
	if (option == WP_CLI_STOP)
		return cli->status;
	args->format = find_format(format ? format : cli->json ? "json" : "text");
	return check(cli, format, args, argc - optind);
}

static int show_receipt(struct wp_cli *cli, const struct arguments *args, const struct wp_receipt *receipt,
			const struct wp_report_options *report, struct wp_buf *buf)
{
	if (!args->format->receipt)
		return wp_cli_usage(cli, "--format", "%s is a receipt, and a script is made of a plan alone", receipt->subject);
	args->format->receipt(receipt, report, buf);
	return wp_cli_emit_as(cli, args->format->kind, buf);
}

static int run(struct wp_cli *cli, int argc, char **argv)
{
	struct wp_plan *plan __attribute__((cleanup(wp_plan_freep))) = NULL;
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };
	struct arguments args = { 0 };
	struct wp_report_options report;
	struct wp_receipt receipt;
	struct wp_error err;
	const char *subject;
	char *text;
	size_t length;
	bool is_receipt;
	int status = parse(cli, argc, argv, &args);

	if (status >= 0)
		return status;
	subject = strcmp(argv[optind], "-") ? argv[optind] : "standard input";
	status = wp_file_read_text(cli->arena, argv[optind], WP_LIMIT_DOCUMENT_BYTES, &text, &length, &err);
	if (status)
		return wp_cli_error(cli, &err);
	status = wp_plan_parse(text, length, subject, &plan, &err);
	is_receipt = status && !strcmp(err.code, "not-a-plan") && strstr(text, "\"wimplan-receipt\"");
	if (is_receipt)
		status = wp_receipt_parse(cli->arena, text, length, subject, &receipt, &err);
	if (status)
		return wp_cli_error(cli, &err);
	report = wp_cli_report_options(cli);
	report.all = args.all;
	report.bom = args.bom;
	report.delimiter = args.delimiter ? delimiter_of(args.delimiter) : ',';
	/* Keys of a later minor version, which the models do not know, must survive. */
	if (!args.format->plan)
		wp_buf_add(&buf, text, length);
	else if (is_receipt)
		return show_receipt(cli, &args, &receipt, &report, &buf);
	else
		args.format->plan(plan, &report, &buf);
	return wp_cli_emit_as(cli, args.format->kind, &buf);
}

const struct wp_command wp_cmd_show = {
	.name = "show",
	.summary = "show a plan or a receipt as text, Markdown, HTML, CSV or JSON",
	.help = "Usage: wimplan show [OPTION…] PLAN|RECEIPT\n"
		"Shows a plan that wimplan plan wrote, or a receipt of its run, from that file\n"
		"alone. A - in its place is standard input. A plan whose digest does not fit\n"
		"is refused.\n\n"
		"      --format FORMAT   text (default), markdown, html, csv, json, or\n"
		"                        powershell: a script that carries a plan out\n"
		"      --all             unchanged packages too\n"
		"      --bom             csv: a byte order mark in front, for Excel\n"
		"      --delimiter C     csv: what separates the cells: a comma (default),\n"
		"                        a semicolon, a bar, or the word tab\n",
	.run = run,
};
