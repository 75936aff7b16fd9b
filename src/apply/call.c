/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One step: look at the record, say in the journal that it begins, call, and take the answer for what it is. */
#include "call.h"
#include "classify.h"
#include "say.h"
#include "settle.h"

#include "wimplan/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Not now: no effect, and another attempt later, as long as there are attempts left. */
static void put_off(struct wp_run *run, struct wp_step *step, const char *why, long retry_after)
{
	int64_t pause = wp_session_pause(step->tries, retry_after);
	char text[WP_STEP_ERROR];

	if (++step->tries >= WP_TRIES) {
		snprintf(text, sizeof text, "given up after %u attempts: %.500s", step->tries, why);
		wp_run_end_step(run, step, WP_STATE_FAILED, text);
		return;
	}
	step->state = WP_STATE_PENDING;
	step->due_ms = wp_clock_ms() + pause;
	wp_step_error(step, "%.590s", why);
	wp_run_save(run, step, "put-off");
	wp_event(run->apply, "retry", step, why, (double)pause / 1000);
}

static void take_answer(struct wp_run *run, struct wp_step *step, const struct wp_answer *answer)
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
		put_off(run, step, answer->why, answer->retry_after);
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

static void send_call(struct wp_run *run, struct wp_step *step, const struct wp_record *record)
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
	step->version_before = record->source_version;
	step->version_after = (struct wp_number){ 0 };
	wp_step_clear_error(step);
	wp_classify_digest(record, step->property_before);
	wp_run_save(run, step, "started");
	/* A killed run leaves this behind; that the machine may crash is what the intention is for. */
	wp_run_write(run);
	wp_apply_progress(run->apply, "calling %s of %s", wp_action_name(step->action), step->entry->package_id);
	/* Not written: then it is not sent. */
	if (!run->stop) {
		wp_session_call(run->session, step->entry->class, step->entry->package_id,
				wp_action_name(step->action), &answer);
		take_answer(run, step, &answer);
		wp_answer_free(&answer);
	}
}

/* The record is as planned: it is time for the call, unless something is in its way. */
static void begin(struct wp_run *run, struct wp_step *step, const struct wp_record *record)
{
	char why[100];

	/* The work may be the very refresh that is planned. */
	if (step->action == WP_ACTION_REFRESH && wp_classify_at_work(record->action_in_progress, why, sizeof why))
		put_off(run, step, why, -1);
	/* To read the record may have taken minutes, and the window has ended meanwhile: then it is left over. */
	else if (wp_run_may_begin(run))
		send_call(run, step, record);
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

void wp_run_call(struct wp_run *run, struct wp_step *step)
{
	struct wp_record_set *set __attribute__((cleanup(wp_record_set_freep))) = NULL;
	struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct wp_verdict verdict;
	struct wp_error err;

	if (wp_session_read(run->session, step->entry->class, step->entry->package_id, true, &set, NULL, &err)) {
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
	wp_classify(step, set ? &set->records[0] : NULL, scratch, &verdict);
	if (verdict.standing == WP_STANDING_PENDING) {
		begin(run, step, &set->records[0]);
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
