/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wimplan-apply run: refusals first, then the question, then the run, and the receipt whatever came of it. */
#include "ledger.h"
#include "open.h"
#include "result.h"
#include "say.h"
#include "watch.h"
#include "waves.h"

#include "wimplan/clock.h"
#include "wimplan/file.h"
#include "wimplan/text.h"

#include <stdio.h>
#include <string.h>

static void reopen(struct wp_steps *steps)
{
	for WP_EACH_STEP(step, steps) {
		if (!step->selected)
			continue;
		step->last_look = step->state == WP_STATE_UNVERIFIED;
		step->state = wp_state_reopened(step->state);
		if (step->state == WP_STATE_PENDING)
			wp_step_clear_error(step);
	}
}

/*
 * Reads what earlier runs did and how many there were. A plan that is all done is refused, its receipt beside it, unless there
 * is something to watch.
 */
static int look_back(struct wp_apply *apply, uint64_t *ret_runs, struct wp_error *err)
{
	struct wp_journal *journal __attribute__((cleanup(wp_journal_closep))) = NULL;
	struct wp_journal_runs runs;
	int status = wp_apply_look_back(apply, &journal, &runs, err);

	*ret_runs = runs.count;
	if (status)
		return status == WP_E_NOT_FOUND ? WP_OK : status;
	if (wp_steps_all_good(&apply->steps) && apply->watch) {
		apply->then_watch = true;
		return WP_OK;
	}
	if (wp_steps_all_good(&apply->steps)) {
		status = wp_result_write_receipt(apply, journal, err);
		return status ? status
			      : wp_fail(err, WP_E_REFUSED, "already-applied", apply->plan_path,
					"%s was applied already; %s says how", apply->plan_path, apply->receipt_path);
	}
	reopen(&apply->steps);
	return WP_OK;
}

/* Refuses when there are conflicts; with --skip-conflicts they are the outcome of their steps. */
static int refuse_conflicts(struct wp_apply *apply, const struct wp_verdict *verdicts)
{
	struct wp_diags *found = &apply->cli->more;

	for WP_EACH_STEP(step, &apply->steps) {
		const struct wp_verdict *verdict = &verdicts[step->position];

		if (verdict->note)
			wp_apply_note(apply, "%s", verdict->note);
		if (verdict->standing != WP_STANDING_CONFLICT)
			continue;
		/* Both steps of a package mostly have the same conflict. */
		if (step->reload && verdict[-1].why && !strcmp(verdict->why, verdict[-1].why))
			continue;
		wp_diag_add(apply->cli->arena, found, WP_SEVERITY_ERROR, "conflict", step->entry->package_id, "%s",
			    verdict->why);
	}
	if (apply->skip_conflicts)
		found->count = 0;
	if (!found->count)
		return WP_OK;
	return wp_fail(&apply->cli->err, WP_E_REFUSED, "conflict", apply->plan_path,
		       "%s no longer fits the site; nothing was changed. Plan again, or leave these packages out with "
		       "--skip-conflicts",
		       apply->plan_path);
}

static void take_conflicts(struct wp_run *run, const struct wp_verdict *verdicts)
{
	for (size_t i = 0; i < run->apply->steps.count; i++)
		if (verdicts[i].standing == WP_STANDING_CONFLICT)
			wp_run_end_step(run, &run->apply->steps.items[i], WP_STATE_CONFLICT, verdicts[i].why);
}

static size_t count_sends(const struct wp_steps *steps)
{
	size_t sends = 0;

	for (size_t i = 0; i < steps->count; i++)
		sends += steps->items[i].sends;
	return sends;
}

static int exit_status(const struct wp_run *run)
{
	if (wp_signal_caught())
		return 128 + wp_signal_caught();
	if (run->session->denied || (run->error.status && !count_sends(&run->apply->steps)))
		return run->error.status == WP_E_REFUSED ? WP_EXIT_REFUSED : WP_EXIT_FAILED;
	for (size_t i = 0; i < run->apply->steps.count; i++)
		if (run->apply->steps.items[i].selected && !wp_state_is_good(run->apply->steps.items[i].state))
			return WP_EXIT_LEFT;
	return run->error.status ? WP_EXIT_FAILED : WP_EXIT_DONE;
}

static const char *why_left(const struct wp_run *run, struct wp_time now)
{
	struct wp_apply *apply = run->apply;

	if (wp_signal_caught())
		return "left over: the run was asked to stop";
	if (run->error.status || wp_window_is_open(&apply->window, now))
		return "left over: the run had to stop";
	return wp_arena_printf(apply->cli->arena, "left over: %s", wp_window_closed(apply->cli->arena, &apply->window, now));
}

/* Steps that were not begun say so in the receipt, but stay open in the journal. Returns how many there are. */
static size_t mark_left(struct wp_run *run)
{
	const char *why = why_left(run, wp_clock_time());
	size_t left = 0;

	for WP_EACH_STEP(step, &run->apply->steps) {
		if (step->state != WP_STATE_PENDING || !step->selected)
			continue;
		left++;
		if (!step->error)
			wp_step_error(step, "%s", why);
	}
	return left;
}

/* What is left when a run ends early, and how to go on. */
static void say_how_to_go_on(const struct wp_run *run, size_t left)
{
	struct wp_apply *apply = run->apply;
	struct wp_time now = wp_clock_time();
	size_t open = 0;

	for (size_t i = 0; i < apply->steps.count; i++)
		open += apply->steps.items[i].selected && !wp_state_is_good(apply->steps.items[i].state);
	if (wp_signal_caught())
		wp_apply_note(apply, "stopped by SIG%s, with %zu of %zu steps not done; to go on: %s",
			      wp_signal_name(wp_signal_caught()), open, apply->steps.count, wp_apply_same_command(apply));
	else if (left && !run->error.status && !wp_window_is_open(&apply->window, now))
		wp_apply_note(apply, "%s, with %zu of %zu steps not begun; to go on%s: %s",
			      wp_window_closed(apply->cli->arena, &apply->window, now), left, apply->steps.count,
			      wp_window_is_over(&apply->window, now) ? ", with another --window" : " then",
			      wp_apply_same_command(apply));
}

static int carry_out(struct wp_apply *apply, struct wp_session *session, struct wp_journal *journal,
		     const struct wp_verdict *verdicts)
{
	struct wp_run run = { .apply = apply, .session = session, .journal = journal };
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };
	struct wp_journal_runs runs;
	struct wp_error *err = &apply->cli->err;
	int result;
	size_t left;

	take_conflicts(&run, verdicts);
	wp_run_steps(&run);
	left = mark_left(&run);
	result = exit_status(&run);
	if (run.error.status)
		wp_apply_note(apply, "%s", run.error.message);
	say_how_to_go_on(&run, left);
	if (wp_journal_finish(journal, result, wp_apply_now(apply), err) ||
	    wp_result_write_receipt(apply, journal, err) || wp_journal_runs(journal, &runs, err)) {
		/* It ends with the status of what has stopped it, which may be why this fails as well. */
		if (run.error.status)
			err->status = run.error.status;
		return err->status;
	}
	wp_event(apply, "end", NULL, run.error.status ? run.error.message : NULL, -1);
	apply->cli->status = result;
	/* Then the receipt is named, and printed as JSON, when that has come to its end. */
	apply->then_watch = apply->watch && !run.error.status && !wp_signal_caught();
	wp_result_text(apply, true, apply->then_watch ? &apply->result : &buf);
	if (apply->then_watch)
		return WP_OK;
	if (!apply->cli->quiet)
		wp_text_line(&buf, "Receipt: %s", apply->receipt_path);
	return apply->cli->json ? wp_result_show(apply, WP_RECEIPT_FORMAT, &runs)
				: wp_cli_emit(apply->cli, &buf);
}

/* Before any call of this run. */
static int stopped_early(struct wp_apply *apply)
{
	wp_apply_note(apply, "stopped by SIG%s before this run called anything; to go on: %s",
		      wp_signal_name(wp_signal_caught()), wp_apply_same_command(apply));
	apply->cli->status = 128 + wp_signal_caught();
	return WP_OK;
}

/* Reads all records, and refuses where they no longer fit. */
static int look_over(struct wp_apply *apply, struct wp_session *session, struct wp_verdict *verdicts)
{
	int status = wp_apply_classify(apply, session, verdicts, &apply->cli->err);

	return status || wp_signal_caught() ? status : refuse_conflicts(apply, verdicts);
}

/* From the open session on. */
static int decide(struct wp_apply *apply, struct wp_session *session, uint64_t runs_seen)
{
	struct wp_journal *journal __attribute__((cleanup(wp_journal_closep))) = NULL;
	struct wp_verdict *verdicts = wp_arena_alloc(apply->cli->arena, apply->steps.count * sizeof *verdicts);
	struct wp_error *err = &apply->cli->err;
	const char *who;
	int status = look_over(apply, session, verdicts);

	if (wp_signal_caught())
		return stopped_early(apply);
	if (status)
		return status;
	if (!apply->wait || wp_window_is_over(&apply->window, wp_clock_time()))
		wp_apply_say_window(apply);
	wp_waves_say(apply);
	/* In a window that is over nothing is going to be called. */
	if (!apply->yes && !wp_window_is_over(&apply->window, wp_clock_time()) && !wp_apply_confirm(apply, verdicts)) {
		if (wp_signal_caught())
			return stopped_early(apply);
		return wp_fail(err, WP_E_REFUSED, "not-confirmed", NULL, "not confirmed; nothing was changed");
	}
	/* What was read hours ago says little of what the site has now. */
	if (wp_window_wait(apply) && !wp_signal_caught())
		status = look_over(apply, session, verdicts);
	if (wp_signal_caught())
		return stopped_early(apply);
	if (!status)
		status = wp_result_probe(apply, err);
	if (!status)
		status = wp_apply_open_journal(apply, runs_seen, &journal, err);
	who = apply->cli->env->who(apply->cli->arena);
	if (!status)
		status = wp_journal_begin(journal, apply->connection.url, who, wp_apply_now(apply), err);
	if (status)
		return status;
	wp_event(apply, "begin", NULL, apply->connection.url, -1);
	return carry_out(apply, session, journal, verdicts);
}

static int run_locked(struct wp_apply *apply)
{
	struct wp_error *err = &apply->cli->err;
	struct wp_session session;
	uint64_t runs_seen;
	int status = look_back(apply, &runs_seen, err);

	if (!status && apply->then_watch)
		return WP_OK;
	if (!status)
		status = wp_events_open(apply);
	if (!status)
		status = wp_apply_connect(apply, &session, err);
	if (wp_signal_caught()) {
		if (!status)
			wp_session_close(&session);
		return stopped_early(apply);
	}
	if (status)
		return status;
	status = decide(apply, &session, runs_seen);
	wp_session_close(&session);
	return status;
}

static int run_plan(struct wp_apply *apply, struct wp_cli *cli)
{
	int lock __attribute__((cleanup(wp_closep))) = -1;
	int status = wp_apply_begin(apply, cli);

	if (!status && !apply->yes && !cli->env->stdin_terminal)
		status = wp_cli_usage(cli, "--yes", "run changes the site; without a terminal to ask on it needs --yes");
	if (!status && apply->for_given && !apply->watch)
		status = wp_cli_usage(cli, "--for", "--for says how long to watch; give --watch with it");
	if (!status)
		status = wp_apply_prepare(apply);
	if (status)
		return status;
	status = wp_lock_site(apply->connection.url, apply->plan->site_code, &lock, &cli->err);
	if (!status)
		status = run_locked(apply);
	if (status || !apply->then_watch)
		return status;
	/* It calls nothing, so that other plans may be carried out meanwhile. */
	wp_closep(&lock);
	lock = -1;
	return wp_watch_plan(apply);
}

static int run(struct wp_cli *cli, void *arguments)
{
	struct wp_apply *apply __attribute__((cleanup(wp_apply_end))) = arguments;

	return wp_events_end(apply, run_plan(apply, cli));
}

const struct wp_command wp_apply_run = {
	.name = "run",
	.summary = "carry a plan out, or resume it",
	.help = "Usage: wimplan-apply run [OPTION…] PLAN\n"
		"Carries the plan out: each call once, in the plan's order, with a journal that\n"
		"lets the same command resume it whatever happened in between.\n",
	.options = wp_apply_options,
	.size = sizeof(struct wp_apply),
	.verbs = (const struct wp_verb[]){ { NULL, 1, 1, "one plan file", run } },
};
