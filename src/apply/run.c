/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The loop: due looks first, then the next step that may begin, and a rest when there is neither. One step: look at the
 * record, say in the journal that it begins, call, and take the answer for what it is.
 */
#include "ledger.h"
#include "classify.h"
#include "pace.h"
#include "say.h"
#include "settle.h"
#include "waves.h"

#include "wimplan/clock.h"

#include <stdio.h>
#include <string.h>

/* Not now: no effect, and another attempt later, as long as there are attempts left. */
static void put_off(struct wp_run *run, struct wp_step *step, struct wp_answer *answer)
{
	int64_t pause = wp_session_pause(step->tries, step->put_off_ms, answer);
	const char *why = answer->why;
	char text[WP_STEP_ERROR];

	if (++step->tries >= WP_TRIES || pause < 0) {
		snprintf(text, sizeof text, "given up after %u attempt%s: %.500s", step->tries, wp_plural(step->tries), why);
		wp_run_end_step(run, step, WP_STATE_FAILED, text);
		return;
	}
	step->state = WP_STATE_PENDING;
	step->put_off_ms += pause;
	step->due_ms = wp_clock_ms() + pause;
	wp_step_error(step, "%.590s", why);
	wp_run_save(run, step, "put-off");
	wp_event(run->apply, "retry", step, why, (double)pause / 1000);
	if (pause >= WP_WAIT_SAID_MS)
		wp_apply_note(run->apply, "%s of %s is put off for %lld s: %s", wp_action_name(step->action), step->entry->package_id,
			      (long long)(pause / 1000), why);
}

static void take_answer(struct wp_run *run, struct wp_step *step, struct wp_answer *answer)
{
	struct wp_error err;

	step->has_return_value = answer->has_return_value;
	step->return_value = answer->return_value;
	switch (answer->said) {
	case WP_SAID_DONE:
		step->state = WP_STATE_ACCEPTED;
		wp_step_clear_error(step);
		wp_run_save(run, step, "accepted");
		/* Before anything else is read: a run that is killed now leaves no doubt that the call arrived. */
		wp_run_write(run);
		wp_settle_add(run, step);
		break;
	case WP_SAID_NOTHING:
		step->lost = true;
		wp_step_error(step, "no answer: %.580s", answer->why);
		wp_run_save(run, step, "no-answer");
		wp_settle_add(run, step);
		break;
	case WP_SAID_AGAIN:
		put_off(run, step, answer);
		break;
	case WP_SAID_DENIED:
		run->session->denied = true;
		wp_run_end_step(run, step, WP_STATE_FAILED, answer->why);
		wp_fail(&err, WP_E_FAILED, "denied", step->entry->package_id,
			"%s does not let you call %s for %s: %s; %s, then run the plan again",
			run->apply->connection.url, wp_action_name(step->action), step->entry->package_id, answer->why,
			wp_session_advice(run->session, answer));
		wp_run_fail(run, &err);
		break;
	case WP_SAID_NO:
	case WP_SAID_MISSING:
		wp_run_end_step(run, step, WP_STATE_FAILED, answer->why);
		break;
	}
}

static void send_call(struct wp_run *run, struct wp_step *step, const struct wp_before *before)
{
	struct wp_answer answer;

	wp_run_intend(run, step);
	step->state = WP_STATE_STARTED;
	step->attempts++;
	step->sends++;
	step->looked_up = step->lost = step->committed = step->commit_failed = false;
	step->commits = 0;
	step->started_at = wp_apply_now(run->apply);
	step->finished_at = (struct wp_time){ 0 };
	step->started_unix = wp_clock_unix();
	step->started_boot = wp_clock_boot();
	step->version_before = before->source_version;
	step->version_after = (struct wp_number){ 0 };
	wp_step_clear_error(step);
	strcpy(step->property_before, before->image_property_sha256);
	wp_run_save(run, step, "started");
	/* A killed run leaves this behind; that the machine may crash is what the intention is for. */
	wp_run_write(run);
	wp_apply_progress(run->apply, "calling %s of %s", wp_action_name(step->action), step->entry->package_id);
	/* Not written: then it is not sent. */
	if (!run->stop) {
		wp_pace_called(run);
		wp_session_call(run->session, step->entry->class, step->entry->package_id,
				wp_action_name(step->action), &answer);
		take_answer(run, step, &answer);
		wp_answer_free(&answer);
	}
}

/* The record is as planned: it is time for the call, unless something is in its way. */
static void begin(struct wp_run *run, struct wp_step *step, const struct wp_before *before)
{
	struct wp_answer busy = { .retry_after = -1 };

	/* The work may be the very refresh that is planned. */
	if (step->action == WP_ACTION_REFRESH && wp_classify_at_work(before->action_in_progress, busy.why, sizeof busy.why))
		put_off(run, step, &busy);
	/* To read the record may have taken minutes, and the window has ended meanwhile: then it is left over. */
	else if (wp_run_may_begin(run))
		send_call(run, step, before);
}

#define GREW_WITH_RELOAD "SourceVersion grew while this plan reloaded the package; if nobody has refreshed it, do that"

/*
 * Whether the growth of SourceVersion, which speaks for somebody's refresh, came about between this plan's reload and
 * the look behind it. That a reload itself leaves SourceVersion alone is not documented: so it is said.
 */
static bool grew_with_reload(struct wp_run *run, const struct wp_step *step)
{
	const struct wp_step *reload = step->reload;
	bool grew = reload && reload->state == WP_STATE_DONE && reload->version_before.known &&
		    reload->version_after.known && reload->version_after.value > reload->version_before.value;

	if (grew)
		wp_apply_note(run->apply, "%s: %s", step->entry->package_id, GREW_WITH_RELOAD);
	return grew;
}

/*
 * What the last look has read of the package serves for its call as well, while it is young: nothing else was sent since. *@ret_same:
 * the record is as the survey has found it, byte for byte, and that was as planned.
 */
static int read_record(struct wp_run *run, const struct wp_step *step, bool *ret_same, struct wp_record_set **ret_set,
		       struct wp_error *err)
{
	char digest[WP_HASH_TEXT];

	*ret_same = false;
	if (!run->seen || run->seen_entry != step->entry || wp_clock_ms() - run->seen_ms >= WP_FRESH_MS) {
		strcpy(digest, step->found);
		return wp_session_read_known(run->session, step->entry->class, step->entry->package_id, digest, ret_same, ret_set, err);
	}
	*ret_set = run->seen;
	run->seen = NULL;
	return WP_OK;
}

static void call(struct wp_run *run, struct wp_step *step)
{
	struct wp_record_set *set __attribute__((cleanup(wp_record_set_freep))) = NULL;
	struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct wp_before before;
	struct wp_verdict verdict;
	struct wp_error err;
	bool same;

	if (read_record(run, step, &same, &set, &err)) {
		/* What a signal interrupted is left over. */
		if (wp_signal_caught())
			return;
		if (run->session->denied || run->session->unreachable || err.status == WP_E_REFUSED)
			wp_run_fail(run, &err);
		else
			wp_run_end_step(run, step, WP_STATE_FAILED, err.message);
		return;
	}
	if (wp_signal_caught())
		return;
	if (same) {
		wp_before_recall(step, &before);
		begin(run, step, &before);
		return;
	}
	wp_classify(step, set ? &set->records[0] : NULL, scratch, &verdict);
	/* Without a record it is a conflict. */
	if (set && verdict.standing == WP_STANDING_PENDING) {
		wp_before_take(&set->records[0], &before);
		begin(run, step, &before);
		return;
	}
	if (set)
		step->version_after = set->records[0].source_version;
	if (verdict.standing == WP_STANDING_CONFLICT) {
		wp_run_end_step(run, step, WP_STATE_CONFLICT, verdict.why);
	} else if (step->lost) {
		/* It showed after the settle time, and just before the call would have been sent again. */
		step->looked_up = true;
		wp_run_end_step(run, step, WP_STATE_DONE, NULL);
	} else {
		wp_run_end_step(run, step, WP_STATE_SATISFIED, grew_with_reload(run, step) ? GREW_WITH_RELOAD : NULL);
	}
}

/* The first step that may be called now; *@ret_pause gets how long until another one may, -1 for none. */
static struct wp_step *next_step(struct wp_run *run, int64_t *ret_pause)
{
	int64_t now = wp_clock_ms();
	bool first = true, held = false;

	wp_waves_turn(run);
	*ret_pause = -1;
	for (size_t i = run->first_open; i < run->apply->steps.count; i++) {
		struct wp_step *step = &run->apply->steps.items[i];

		if (!wp_run_is_open(step)) {
			if (first && !step->waiting)
				run->first_open = i + 1;
			else
				first = false;
			continue;
		}
		first = false;
		if (step->reload && step->reload->selected && !wp_state_is_good(step->reload->state)) {
			if (step->reload->waiting || wp_run_is_open(step->reload))
				continue;
			wp_run_end_step(run, step, WP_STATE_SKIPPED, "the planned reload of this package is not done");
			/* Others may have waited for it. */
			*ret_pause = 0;
			continue;
		}
		if (wp_pace_is_held(run, step)) {
			held = true;
			continue;
		}
		if (step->due_ms <= now)
			return step;
		if (*ret_pause < 0 || step->due_ms - now < *ret_pause)
			*ret_pause = step->due_ms - now;
	}
	if (held && !run->held)
		wp_event(run->apply, "hold", NULL, NULL, -1);
	run->held = held;
	return NULL;
}

/* Steps that earlier runs began, and that have no outcome yet. */
static void take_up(struct wp_run *run)
{
	for WP_EACH_STEP(step, &run->apply->steps) {
		if (!step->selected || (step->state != WP_STATE_STARTED && step->state != WP_STATE_ACCEPTED))
			continue;
		step->lost = step->state == WP_STATE_STARTED;
		wp_settle_add(run, step);
	}
}

/* Says what is waited for, and waits. */
static void wait(struct wp_run *run, int64_t milliseconds)
{
	const struct wp_steps *steps = &run->apply->steps;
	const struct wp_step *first = NULL;
	size_t ended = 0;

	for WP_EACH_STEP(step, steps) {
		if (step->waiting ? !first || !first->waiting : !first && wp_run_is_open(step) && step->tries)
			first = step;
		ended += step->selected && (!step->waiting || step->lingers) && step->state != WP_STATE_PENDING;
	}
	if (first)
		wp_apply_progress(run->apply, "%zu of %zu steps have ended; %s %s %s%s%s", ended, steps->count,
				  first->waiting ? "waiting for" : "about to try again", first->entry->package_id,
				  wp_action_name(first->action), first->error ? ": " : "",
				  first->error ? first->error : "");
	else if (wp_pace_left(run))
		wp_apply_progress(run->apply, "%zu of %zu steps have ended; the next call is sent in %lld s", ended,
				  steps->count, (long long)(wp_pace_left(run) + 999) / 1000);
	/* On a terminal the seconds are counted down. */
	if (!first && run->apply->cli->env->stderr_terminal && milliseconds > 1000)
		milliseconds = 1000;
	wp_clock_wait(milliseconds, wp_apply_tick, run->apply);
}

/* The next step as above, but for the pause between two calls. */
static struct wp_step *paced_step(struct wp_run *run, int64_t *ret_pause)
{
	struct wp_step *step = next_step(run, ret_pause);
	int64_t left = wp_pace_left(run);

	if (!left || (!step && *ret_pause < 0))
		return step;
	if (!run->rests)
		wp_event(run->apply, "pause", NULL, NULL, (double)left / 1000);
	run->rests = true;
	*ret_pause = step || left > *ret_pause ? left : *ret_pause;
	return NULL;
}

void wp_run_steps(struct wp_run *run)
{
	take_up(run);
	for (;;) {
		int64_t pause, look;
		struct wp_step *step;

		wp_settle_poll(run);
		step = paced_step(run, &pause);
		look = wp_settle_next(run);
		/* What has its outcome is looked at only for those that wait for it. */
		if (!step && pause < 0 && !run->held && run->waiting == run->lingering)
			break;
		if ((step || pause >= 0 || run->held) && !wp_run_may_begin(run)) {
			/* Nothing more begins, but what was accepted is still verified, unless a signal came. */
			if (run->stop || wp_signal_caught() || run->waiting == run->lingering)
				break;
			step = NULL;
			pause = -1;
		}
		if (step) {
			call(run, step);
			continue;
		}
		if (run->stop || wp_signal_caught())
			break;
		if (pause < 0 || (look >= 0 && look < pause))
			pause = look;
		wp_run_sync(run);
		if (pause > 0)
			wait(run, pause);
	}
	wp_settle_finish(run);
	wp_record_set_free(run->seen);
	run->seen = NULL;
	wp_run_withdraw(run);
	wp_run_sync(run);
	wp_apply_progress(run->apply, "%s", "");
}
