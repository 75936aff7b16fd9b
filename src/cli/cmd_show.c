/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wimplan show: a plan or a receipt in another form, from that file alone. */
#include "showing.h"

#include "wimplan/file.h"
#include "wimplan/json.h"
#include "wimplan/limits.h"
#include "wimplan/plan.h"
#include "wimplan/receipt.h"

#include <string.h>

struct arguments {
	struct wp_showing showing;
};

static const struct wp_option options[] = { WP_SHOWING_OPTIONS(struct arguments, showing), { 0 } };

static int show_receipt(struct wp_cli *cli, const struct wp_showing *showing, const struct wp_receipt *receipt, struct wp_buf *buf)
{
	struct wp_report_options report;
	int status = wp_showing_options(cli, showing, receipt->started_at, &report);

	if (status)
		return status;
	return wp_report_receipt(receipt, wp_showing_report(showing), &report, buf)
		       ? WP_OK
		       : wp_cli_usage(cli, "--format", "%s is a receipt, and a script is made of a plan alone", receipt->subject);
}

/* The plan file with what is new in it; all else as it stands there. */
static int show_since(struct wp_cli *cli, const struct wp_showing *showing, const struct wp_plan *plan, const char *text,
		      size_t length)
{
	json_t *document __attribute__((cleanup(wp_json_freep))) = NULL;
	int status = wp_json_parse(text, length, "plan", &document, &cli->err);

	if (!status)
		status = wp_showing_json(cli, showing, plan, document);
	return status ? status : wp_cli_emit_json(cli, json_incref(document));
}

static int run(struct wp_cli *cli, void *arguments)
{
	struct wp_plan *plan __attribute__((cleanup(wp_plan_freep))) = NULL;
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };
	const char *path = cli->operands[0], *subject = strcmp(path, "-") ? path : "standard input";
	struct wp_showing *showing __attribute__((cleanup(wp_showing_end))) = &((struct arguments *)arguments)->showing;
	struct wp_crew crew = wp_program_crew(cli);
	struct wp_receipt receipt;
	char *text;
	size_t length;
	bool is_receipt;
	int status = wp_showing_check(cli, showing);

	if (!status)
		status = wp_file_read_text(cli->arena, path, WP_LIMIT_DOCUMENT_BYTES, &text, &length, &cli->err);
	if (status)
		return status;
	status = wp_plan_parse(&crew, text, length, subject, &plan, &cli->err);
	is_receipt = status && !strcmp(cli->err.code, "not-a-plan") && strstr(text, "\"wimplan-receipt\"");
	if (is_receipt)
		status = wp_receipt_parse(cli->arena, text, length, subject, &receipt, &cli->err);
	if (status)
		return status;
	if (is_receipt && showing->since)
		return wp_cli_usage(cli, "--since", "%s is a receipt, and --since compares plans", subject);
	/* Keys of a later minor version, which the models do not know, must survive. */
	if (showing->format == WP_SHOWING_JSON && showing->since)
		return show_since(cli, showing, plan, text, length);
	if (showing->format == WP_SHOWING_JSON)
		wp_buf_add(&buf, text, length);
	else
		status = is_receipt ? show_receipt(cli, showing, &receipt, &buf) : wp_showing_plan(cli, showing, plan, &buf);
	if (status)
		return status;
	return wp_cli_emit_as(cli, showing->format == WP_SHOWING_TEXT ? WP_TEXT_PLAIN : WP_TEXT_DOCUMENT, &buf);
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
