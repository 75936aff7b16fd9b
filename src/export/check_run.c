/* SPDX-License-Identifier: GPL-3.0-or-later */
/* --site-check as a call: who asks, where the profile and the report go, and with which status it ends. */
#include "check.h"
#include "telling.h"

#include "wimplan/clock.h"
#include "wimplan/json.h"

#include <string.h>

/*
 * The profile goes to -o; standard output gets it with --json and with "-o -", else the report (with -o not when --quiet), as of
 * a plan.
 */
static int print_check(struct wp_cli *cli, const struct wp_check *check)
{
	struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };
	json_t *findings __attribute__((cleanup(wp_json_freep))) = wp_check_findings(check);
	bool to_file = cli->output && strcmp(cli->output, "-"), as_json = cli->json || (cli->output && !to_file);
	int status = to_file ? wp_cli_emit_json(cli, wp_check_document(check)) : WP_OK;

	cli->output = NULL;
	if (status || (to_file && cli->quiet && !as_json))
		return status;
	if (as_json)
		return wp_cli_emit_json(cli, wp_check_document(check));
	wp_check_report(cli, findings, &text);
	return wp_cli_emit(cli, &text);
}

int wp_check_run(struct wp_export *export, struct wp_error *err)
{
	struct wp_cli *cli = export->cli;
	struct wp_check check __attribute__((cleanup(wp_check_free))) = { .export = export, .session = &export->sessions[0] };
	int status = wp_check_site(&check, export->account ? export->account : export->connection.user, err), number = wp_signal_caught();

	if (number) {
		wp_export_note(export, "stopped (SIG%s); nothing was written", wp_signal_name(number));
		cli->status = WP_BY_SIGNAL + number;
		return WP_OK;
	}
	if (status)
		return status;
	if (export->progress.bar)
		wp_tell_over(NULL);
	if (check.unanswered)
		cli->status = WP_EXIT_INCOMPLETE;
	return print_check(cli, &check);
}
