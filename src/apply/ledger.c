/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a run writes down. Intentions first: one sync for many calls, and still no call whose beginning a crash can hide.
 *
 * No call may be forgotten, or the next run would make it again. With a sync of the disk before every call that is easy
 * and slow. Instead one sync puts on disk that the next steps (wp_pace_batch()) are intended; "started" is then written before each
 * call without a sync. This is safe because
 *
 * - a run that is killed loses nothing that it has written. In WAL mode a commit is appended to the log with write(2);
 *   it is in the kernel's page cache then, which does not end with the process. SQLite promises as much:
 *   "synchronous=NORMAL" keeps the database consistent, and commits are "durable across application crashes"
 *   (https://www.sqlite.org/pragma.html#pragma_synchronous, https://www.sqlite.org/wal.html). So as long as the machine
 *   runs, intended and not started means never called.
 * - when the machine crashes, the log keeps what was synced and any part of what came later, cut between two commits:
 *   each frame's checksum goes on from that of the frame before (https://www.sqlite.org/fileformat2.html#walformat).
 *   The intention was synced before the first of its calls. With it the kernel's boot id is kept; when that is another
 *   one now, or was never known, each step that is still intended counts as started, and is looked up until the settle
 *   time has passed (journal.c, suspect()).
 * - the settle time has to count from when the call can have begun at the latest. So an intention is good for
 *   WP_INTENTION_SECONDS only, by the clock that the next run compares with, and is renewed after that.
 * - a journal that goes to another machine finds another boot id there.
 *
 * Writing "intended" replaces the row of the step. So a state other than that is always newer than the intention, and
 * what an earlier run had found (failed, skipped) cannot hide a call of this one.
 */
#include "ledger.h"
#include "pace.h"
#include "say.h"

#include "wimplan/clock.h"

void wp_run_fail(struct wp_run *run, const struct wp_error *err)
{
	if (!run->error.status)
		run->error = *err;
	run->stop = true;
}

void wp_run_save(struct wp_run *run, struct wp_step *step, const char *event)
{
	struct wp_error err;

	if (wp_journal_save(run->journal, step, event, wp_apply_now(run->apply), &err))
		wp_run_fail(run, &err);
	wp_event(run->apply, "step", step, step->error, -1);
	wp_apply_progress(run->apply, "[%zu/%zu] %s %s: %s", step->position + 1, run->apply->steps.count,
			  step->entry->package_id, wp_action_name(step->action), wp_state_name(step->state));
}

void wp_run_write(struct wp_run *run)
{
	struct wp_error err;

	if (wp_journal_write(run->journal, &err))
		wp_run_fail(run, &err);
}

void wp_run_sync(struct wp_run *run)
{
	struct wp_error err;

	if (wp_journal_sync(run->journal, &err))
		wp_run_fail(run, &err);
}

void wp_run_end_step(struct wp_run *run, struct wp_step *step, enum wp_state state, const char *error)
{
	step->state = state;
	step->finished_at = wp_apply_now(run->apply);
	if (error != step->error)
		wp_step_error(step, "%s", error ? error : "");
	wp_run_save(run, step, wp_state_name(state));
	/* The summary at the end lists what is not good; who wants to see it coming has --verbose or --events. */
	if (run->apply->cli->verbose)
		wp_apply_note(run->apply, "%s %s: %s%s%s", step->entry->package_id, wp_action_name(step->action),
			      wp_state_name(state), step->error ? ": " : "", step->error ? step->error : "");
}

bool wp_run_may_begin(struct wp_run *run)
{
	return !run->stop && !wp_signal_caught() && wp_window_is_open(&run->apply->window, wp_clock_time());
}

bool wp_run_is_open(const struct wp_step *step)
{
	return step->selected && !step->waiting && step->state == WP_STATE_PENDING;
}

static bool is_young(const struct wp_step *step)
{
	int64_t age = wp_clock_unix() - step->intended_unix;

	return step->intended && age >= 0 && age < WP_INTENTION_SECONDS;
}

static void keep(struct wp_run *run, struct wp_step *step, bool intended)
{
	struct wp_error err;

	step->intended = intended;
	if (intended) {
		step->intended_at = wp_apply_now(run->apply);
		step->intended_unix = wp_clock_unix();
	}
	if (wp_journal_intend(run->journal, step, &err))
		wp_run_fail(run, &err);
}

void wp_run_intend(struct wp_run *run, struct wp_step *step)
{
	unsigned int count = 0, batch = wp_pace_batch(run);

	if (is_young(step))
		return;
	/* Steps that have to wait are among them: mostly refreshes, whose reloads stand right before them. */
	for (size_t i = step->position; i < run->apply->steps.count && count < batch && !run->stop; i++) {
		struct wp_step *next = &run->apply->steps.items[i];

		if (!wp_run_is_open(next) || (next != step && wp_pace_is_held(run, next)))
			continue;
		keep(run, next, true);
		count++;
	}
	wp_run_sync(run);
}

void wp_run_withdraw(struct wp_run *run)
{
	for (size_t i = 0; i < run->apply->steps.count && !run->error.status; i++)
		if (run->apply->steps.items[i].intended && run->apply->steps.items[i].state == WP_STATE_PENDING)
			keep(run, &run->apply->steps.items[i], false);
}
