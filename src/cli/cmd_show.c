/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wimplan show: a plan or a receipt in another form, from that file alone. */
#include "cli.h"

#include "wimplan/file.h"
#include "wimplan/limits.h"
#include "wimplan/plan.h"
#include "wimplan/receipt.h"

#include <string.h>

typedef void (*plan_writer)(const struct wp_plan *, const struct wp_report_options *, struct wp_buf *);
typedef void (*receipt_writer)(const struct wp_receipt *, const struct wp_report_options *, struct wp_buf *);

enum { FORMAT_DEFAULT, FORMAT_TEXT, FORMAT_MARKDOWN, FORMAT_HTML, FORMAT_CSV, FORMAT_JSON, FORMAT_POWERSHELL };
static const char *const format_words[] = { "text", "markdown", "html", "csv", "json", "powershell", NULL };

/* json has no writers: the file is handed on as it is. */
static const struct {
	plan_writer plan;
	receipt_writer receipt;
} writers[] = {
	[FORMAT_TEXT] = { wp_report_plan_text, wp_report_receipt_text },
	[FORMAT_MARKDOWN] = { wp_report_plan_markdown, wp_report_receipt_markdown },
	[FORMAT_HTML] = { wp_report_plan_html, wp_report_receipt_html },
	[FORMAT_CSV] = { wp_report_plan_csv, wp_report_receipt_csv },
	[FORMAT_JSON] = { NULL, NULL },
	[FORMAT_POWERSHELL] = { wp_report_plan_powershell, NULL },
};

struct arguments {
	unsigned int format;
	const char *delimiter; /* NULL: not given */
	bool all, bom;
};

static const struct wp_option options[] = {
	WP_OPTION(struct arguments, format, "format", "FORMAT", CHOICE,
	  "text (default), markdown, html, csv, json, or powershell: a script that carries a plan out",
	  .least = FORMAT_TEXT, .words = format_words),
	WP_OPTION(struct arguments, all, "all", NULL, FLAG, "unchanged packages too"),
	WP_OPTION(struct arguments, bom, "bom", NULL, FLAG, "csv: a byte order mark in front, for Excel"),
	WP_OPTION(struct arguments, delimiter, "delimiter", "C", TEXT,
	  "csv: what separates the cells: a comma (default), a semicolon, a bar, or the word tab"),
	{ 0 },
};

/* What separates the cells of CSV; 0 for what would not be read again. */
static char delimiter_of(const char *given)
{
	if (!strcmp(given, "tab"))
		return '\t';
	return *given && strchr(",;|\t", *given) && !given[1] ? *given : '\0';
}

static int check(struct wp_cli *cli, struct arguments *args)
{
	if (cli->json && args->format && args->format != FORMAT_JSON)
		return wp_cli_usage(cli, "--format", "--json and --format %s exclude each other",
				    format_words[args->format - FORMAT_TEXT]);
	if (!args->format)
		args->format = cli->json ? FORMAT_JSON : FORMAT_TEXT;
	if (args->delimiter && !delimiter_of(args->delimiter))
		return wp_cli_usage(cli, "--delimiter",
				    "--delimiter is a comma, a semicolon, a bar or the word tab, not '%s'", args->delimiter);
	if ((args->bom || args->delimiter) && args->format != FORMAT_CSV)
		return wp_cli_usage(cli, args->bom ? "--bom" : "--delimiter", "%s belongs to --format csv",
				    args->bom ? "--bom" : "--delimiter");
	return WP_OK;
}

static int run(struct wp_cli *cli, void *arguments)
{
	struct wp_plan *plan __attribute__((cleanup(wp_plan_freep))) = NULL;
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };
	const char *path = cli->operands[0], *subject = strcmp(path, "-") ? path : "standard input";
	struct arguments *args = arguments;
	struct wp_report_options report;
	struct wp_receipt receipt;
	char *text;
	size_t length;
	bool is_receipt;
	int status = check(cli, args);

	if (!status)
		status = wp_file_read_text(cli->arena, path, WP_LIMIT_DOCUMENT_BYTES, &text, &length, &cli->err);
	if (status)
		return status;
	status = wp_plan_parse(text, length, subject, &plan, &cli->err);
	is_receipt = status && !strcmp(cli->err.code, "not-a-plan") && strstr(text, "\"wimplan-receipt\"");
	if (is_receipt)
		status = wp_receipt_parse(cli->arena, text, length, subject, &receipt, &cli->err);
	if (status)
		return status;
	report = wp_cli_report_options(cli);
	report.all = args->all;
	report.bom = args->bom;
	report.delimiter = args->delimiter ? delimiter_of(args->delimiter) : ',';
	/* Keys of a later minor version, which the models do not know, must survive. */
	if (args->format == FORMAT_JSON)
		wp_buf_add(&buf, text, length);
	else if (!is_receipt)
		writers[args->format].plan(plan, &report, &buf);
	else if (writers[args->format].receipt)
		writers[args->format].receipt(&receipt, &report, &buf);
	else
		return wp_cli_usage(cli, "--format", "%s is a receipt, and a script is made of a plan alone", subject);
	return wp_cli_emit_as(cli, args->format == FORMAT_TEXT ? WP_TEXT_PLAIN : WP_TEXT_DOCUMENT, &buf);
}

const struct wp_command wp_cmd_show = {
	.name = "show",
	.summary = "show a plan or a receipt as text, Markdown, HTML, CSV or JSON",
	.help = "Usage: wimplan show [OPTION…] PLAN|RECEIPT\n"
		"Shows a plan that wimplan plan wrote, or a receipt of its run, from that file\n"
		"alone. A - in its place is standard input. A plan whose digest does not fit\n"
		"is refused.\n",
	.options = options,
	.size = sizeof(struct arguments),
	.verbs = (const struct wp_verb[]){ { NULL, 1, 1, "one plan or receipt", run } },
};
