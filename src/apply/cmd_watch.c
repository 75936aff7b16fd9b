/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wimplan-apply watch: how far the content of a plan's refreshes has come. It reads, and calls nothing. */
#include "open.h"
#include "result.h"
#include "say.h"
#include "watch.h"

#include "wimplan/clock.h"

/* What was called, from the journal, or from a receipt where there is none. */
static int look_back(struct wp_apply *apply, struct wp_journal **ret_journal, struct wp_journal_runs *ret_runs)
{
	struct wp_journal *reader = NULL;
	struct wp_error *err = &apply->cli->err;
	int status = wp_apply_look_back(apply, &reader, ret_runs, err);

	wp_journal_close(reader);
	if (!status && ret_runs->count)
		return wp_apply_open_journal(apply, ret_runs->count, ret_journal, err);
	if (!status || status == WP_E_NOT_FOUND)
		status = wp_apply_take_receipt(apply, ret_runs, err);
	if (status != WP_E_NOT_FOUND)
		return status;
	return wp_fail(err, WP_E_REFUSED, "not-begun", apply->plan_path,
		       "%s was not carried out yet, so that there is nothing to watch: there is neither its journal %s nor its "
		       "receipt %s; give them with --journal or --receipt where they stand elsewhere",
		       apply->plan_path, apply->journal_path, apply->receipt_path);
}

static int show(struct wp_watch *watch)
{
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };
	struct wp_apply *apply = watch->apply;
	int status = wp_watch_status(watch);

	if (wp_signal_caught())
		wp_apply_note(apply, "stopped by SIG%s; to watch on: %s", wp_signal_name(wp_signal_caught()),
			      wp_apply_watch_command(apply));
	/* What the calls came to counts, too. */
	if (status)
		apply->cli->status = status;
	if (apply->cli->json)
		return wp_result_show(apply, WP_RECEIPT_FORMAT, watch->runs);
	wp_buf_add(&buf, wp_buf_text(&apply->result), apply->result.length);
	wp_watch_text(watch, &buf);
	if (!apply->cli->quiet)
		wp_text_line(&buf, "Receipt: %s", apply->receipt_path);
	return wp_cli_emit(apply->cli, &buf);
}

static int watch_on(struct wp_apply *apply, struct wp_session *session, struct wp_journal *journal, struct wp_journal_runs *runs)
{
	struct wp_watch watch __attribute__((cleanup(wp_watch_end))) = wp_watch_begin(apply, session, journal, runs);
	struct wp_error *err = &apply->cli->err, unwritten;
	int status;

	wp_event(apply, "watch", NULL, apply->connection.url, -1);
	status = wp_watch_run(&watch, err);
	/* What was seen is kept, whatever ended it. */
	if (wp_result_write(apply, runs, status ? &unwritten : err) && !status)
		status = err->status;
	wp_event(apply, "end", NULL, status ? err->message : NULL, -1);
	return status ? status : show(&watch);
}

int wp_watch_plan(struct wp_apply *apply)
{
	struct wp_journal *journal __attribute__((cleanup(wp_journal_closep))) = NULL;
	struct wp_journal_runs runs;
	struct wp_session session;
	struct wp_error *err = &apply->cli->err;
	int status = look_back(apply, &journal, &runs);

	if (!status)
		status = wp_result_probe(apply, err);
	if (!status)
		status = wp_events_open(apply);
	if (!status)
		status = wp_apply_open_session(apply, &session, err);
	if (status)
		return status;
	status = watch_on(apply, &session, journal, &runs);
	wp_session_close(&session);
	return status;
}

static int run(struct wp_cli *cli, void *arguments)
{
	struct wp_apply *apply __attribute__((cleanup(wp_apply_end))) = arguments;
	int status = wp_apply_begin(apply, cli);

	if (!status)
		status = wp_apply_prepare(apply);
	return wp_events_end(apply, status ? status : wp_watch_plan(apply));
}

const struct wp_command wp_apply_watch = {
	.name = "watch",
	.summary = "watch a plan's refreshes arrive on the distribution points",
	.help = "Usage: wimplan-apply watch [OPTION…] PLAN\n"
		"Looks where the content of the plan's refreshes is, until every distribution\n"
		"point has the new version or failed, or the time of --for is over. What it saw\n"
		"goes into the receipt. It calls nothing and changes nothing at the site.\n",
	.options = wp_apply_options,
	.size = sizeof(struct wp_apply),
	.verbs = (const struct wp_verb[]){ { NULL, 1, 1, "one plan file", run } },
};
