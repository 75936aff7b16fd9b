/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Looks for the effects of calls, between other steps, until they are seen or the settle time has passed. */
#include "settle.h"
#include "classify.h"
#include "pace.h"

#include "wimplan/clock.h"

#include <stdio.h>

#define FIRST_INTERVAL_MS 100
#define LONGEST_INTERVAL_MS 10000
/* Calls of one step in one run: a call whose effect never shows is not repeated for ever. */
#define SENDS_PER_RUN 3u

static void poll_step(struct wp_run *run, struct wp_step *step);
static bool look(struct wp_run *run, struct wp_step *step);

static void wait_for(struct wp_run *run, struct wp_step *step)
{
	step->waiting = true;
	run->waiting++;
	run->in_flight += step->action == WP_ACTION_REFRESH;
}

/*
 * Where the run just goes on behind the look at @step, says which record is read then. Not behind a reload, which may have to be
 * written back, and whose record serves the refresh; and not where other looks are due, or something holds the steps back.
 */
static void expect_next(struct wp_run *run, const struct wp_step *step)
{
	if (step->action != WP_ACTION_REFRESH || run->waiting > 1 || run->apply->pause.value || wp_pace_bounds(run))
		return;
	for (size_t i = run->first_open; i < run->apply->steps.count; i++) {
		const struct wp_step *next = &run->apply->steps.items[i];

		if (!wp_run_is_open(next))
			continue;
		if (next->due_ms <= wp_clock_ms() && !next->reload)
			wp_session_expect(run->session, next->entry->class, next->entry->package_id);
		return;
	}
}

void wp_settle_add(struct wp_run *run, struct wp_step *step)
{
	/*
	 * The call may have begun in another run. By the machine's uptime where that goes back so far, because its
	 * clock may have been set since: set forward, it would let a call count as lost too soon, and be sent twice.
	 * Whole seconds are counted, so that one less has surely passed: rather late than sent twice.
	 */
	int64_t seconds = step->started_boot ? wp_clock_boot() - step->started_boot
					     : wp_clock_unix() - step->started_unix;
	int64_t passed = (seconds - 1) * 1000, settle = run->apply->settle_ms;

	passed = passed < 0 ? 0 : passed > settle ? settle : passed;
	wait_for(run, step);
	step->prolonged = false;
	step->due_ms = wp_clock_ms();
	step->interval_ms = FIRST_INTERVAL_MS;
	step->deadline_ms = step->last_look ? step->due_ms : step->due_ms + settle - passed;
	/* The first look is at once. Mostly it is the last one, and what follows goes to disk together. */
	if (!wp_signal_caught() && !run->stop) {
		expect_next(run, step);
		poll_step(run, step);
	}
	/* From here on an accepted refresh is never sent again. */
	if (step->waiting)
		wp_run_sync(run);
}

static void leave(struct wp_run *run, struct wp_step *step)
{
	run->waiting -= step->waiting;
	run->in_flight -= step->waiting && step->action == WP_ACTION_REFRESH;
	run->lingering -= step->lingers;
	step->waiting = step->lingers = false;
	if (step->position < run->first_open)
		run->first_open = step->position;
}

/* The effect is there: the step is done. */
static void end_as_seen(struct wp_run *run, struct wp_step *step, const struct wp_record *record)
{
	leave(run, step);
	step->looked_up |= step->state == WP_STATE_STARTED;
	step->version_after = record->source_version;
	/* Where the commit was asked for, it is said that there was none. */
	wp_run_end_step(run, step, WP_STATE_DONE,
			step->commit_failed && run->apply->commit == WP_COMMIT_ALWAYS ? step->error : NULL);
}

/* The reload has taken effect, and not the one that was planned: the site has read another file. */
static void end_as_other(struct wp_run *run, struct wp_step *step, const struct wp_record *record, const char *why)
{
	char text[WP_STEP_ERROR];

	leave(run, step);
	step->looked_up |= step->state == WP_STATE_STARTED;
	step->version_after = record->source_version;
	snprintf(text, sizeof text,
		 "the source was changed after the plan: %.300s; run wimplan verify to see what else has changed, then "
		 "plan again",
		 why);
	wp_run_end_step(run, step, WP_STATE_FAILED, text);
}

/* The settle time has passed, and the record was read and does not show the effect. */
static void give_up(struct wp_run *run, struct wp_step *step, const struct wp_record *record, const char *why)
{
	char text[WP_STEP_ERROR];

	leave(run, step);
	if (record)
		step->version_after = record->source_version;
	if (step->state == WP_STATE_ACCEPTED) {
		snprintf(text, sizeof text, "accepted, but not seen in time: %.250s%s%.300s", why,
			 step->commit_failed ? "; " : "", step->commit_failed ? step->error : "");
		wp_run_end_step(run, step, WP_STATE_UNVERIFIED, text);
	} else if (step->sends >= SENDS_PER_RUN) {
		snprintf(text, sizeof text, "sent %u times without an answer and without an effect: %.400s",
			 step->sends, why);
		wp_run_end_step(run, step, WP_STATE_FAILED, text);
	} else {
		/* It never arrived: a call that had would show by now. */
		step->state = WP_STATE_PENDING;
		step->due_ms = 0;
		wp_run_save(run, step, "not-arrived");
	}
}

/*
 * The settle time has passed, but the site says that it is at work on the package: the work may be that of a lost
 * refresh, and SourceVersion grows at its end. So it is not sent again meanwhile. Looks for another settle time, once;
 * then nobody knows what became of it in this run.
 */
static bool still_at_work(struct wp_run *run, struct wp_step *step, const struct wp_record *record, int64_t now)
{
	char text[WP_STEP_ERROR], why[100];

	if (step->action != WP_ACTION_REFRESH || step->state != WP_STATE_STARTED ||
	    !wp_classify_at_work(record->action_in_progress, why, sizeof why))
		return false;
	snprintf(text, sizeof text, "no answer, and %s", why);
	if (!step->prolonged) {
		step->prolonged = true;
		step->deadline_ms = now + run->apply->settle_ms;
		wp_step_error(step, "%s", text);
		return true;
	}
	leave(run, step);
	step->version_after = record->source_version;
	wp_run_end_step(run, step, WP_STATE_UNKNOWN, text);
	return true;
}

/* Whether @step, just looked at, has to be written back first. @there: its effect can be seen already. */
static bool commit_is_due(const struct wp_run *run, const struct wp_step *step, bool there)
{
	enum wp_commit commit = run->apply->commit;

	if (step->action != WP_ACTION_RELOAD || step->state != WP_STATE_ACCEPTED || step->committed ||
	    step->commits >= WP_TRIES)
		return false;
	return commit == WP_COMMIT_ALWAYS || (commit == WP_COMMIT_AUTO && !there);
}

/* Writes back what was read, step four of a reload's documentation; false when that failed. */
static bool write_back(struct wp_run *run, struct wp_step *step, const json_t *entity)
{
	struct wp_answer answer;

	step->commits++;
	wp_session_write(run->session, step->entry->class, step->entry->package_id, entity, &answer);
	step->committed = answer.said == WP_SAID_DONE;
	step->commit_failed = !step->committed;
	if (step->committed) {
		wp_run_save(run, step, "committed");
	} else {
		/* What may pass is tried again, after another look: it is what was read that is written back. */
		if (answer.said != WP_SAID_AGAIN && answer.said != WP_SAID_NOTHING)
			step->commits = WP_TRIES;
		wp_step_error(step, "the object could not be written back: %.500s", answer.why);
		wp_run_save(run, step, "commit-failed");
	}
	wp_answer_free(&answer);
	return step->committed;
}

/*
 * Writes the object back where that is due, and looks again at once when it was written. True when there was another
 * look; *@ret_read says how it went. What is committed late, in a later run than the call, gets the time to show too.
 */
static bool commit(struct wp_run *run, struct wp_step *step, const json_t *entity, bool there, bool *ret_read)
{
	if (!commit_is_due(run, step, there) || !write_back(run, step, entity))
		return false;
	if (step->last_look)
		step->deadline_ms = wp_clock_ms() + run->apply->settle_ms;
	*ret_read = look(run, step);
	return true;
}

/* What a look has found. */
static void judge(struct wp_run *run, struct wp_step *step, const struct wp_record *record, const char *why,
		  int64_t began)
{
	if (began < step->deadline_ms) {
		if (!step->commit_failed)
			wp_step_error(step, "%s", why);
		return;
	}
	if (!record || !still_at_work(run, step, record, began))
		give_up(run, step, record, why);
}

/*
 * A refresh that has its outcome stays in flight while the site is at work on the package, where others wait for its end: for
 * another settle time at most, because how long a site says so is not documented. @began: when the record was read.
 */
static void linger(struct wp_run *run, struct wp_step *step, const struct wp_record *record, int64_t began)
{
	bool at_work = record && wp_classify_at_work(record->action_in_progress, NULL, 0);

	if (step->lingers) {
		if (!at_work || began >= step->deadline_ms)
			leave(run, step);
		return;
	}
	if (!at_work || step->waiting || step->action != WP_ACTION_REFRESH || step->state < WP_STATE_DONE || !wp_pace_bounds(run))
		return;
	wait_for(run, step);
	step->lingers = true;
	run->lingering++;
	step->deadline_ms = began + run->apply->settle_ms;
	step->interval_ms = FIRST_INTERVAL_MS;
}

/* The refresh of the package, which mostly comes right behind its reload, need not read it again. */
static void keep_seen(struct wp_run *run, const struct wp_step *step, struct wp_record_set **set, int64_t began)
{
	wp_record_set_free(run->seen);
	run->seen = *set;
	*set = NULL;
	run->seen_entry = step->entry;
	run->seen_ms = began;
}

/* Looks once. Returns false when the record could not be read. */
static bool look(struct wp_run *run, struct wp_step *step)
{
	struct wp_record_set *set __attribute__((cleanup(wp_record_set_freep))) = NULL;
	struct wp_answer answer = { 0 };
	char why[400] = "the site does not show the package any more";
	struct wp_error err;
	bool there, again, read = true;
	/* Taken before the look: what is read earlier than the end of the settle time proves nothing about it. */
	int64_t began = wp_clock_ms();

	if (wp_session_read(run->session, step->entry->class, step->entry->package_id, false, &set, &answer, &err)) {
		if (run->session->denied || err.status == WP_E_REFUSED)
			wp_run_fail(run, &err);
		return false;
	}
	if (step->lingers) {
		linger(run, step, set ? &set->records[0] : NULL, began);
		wp_answer_free(&answer);
		return true;
	}
	/* Once, for whoever asks for its images: the refresh does, too. */
	if (set && step->action == WP_ACTION_RELOAD)
		wp_record_open(set->arena, &set->records[0]);
	there = set && wp_classify_effect(step, &set->records[0], why, sizeof why);
	if (set && !there && wp_classify_other(step, &set->records[0], why, sizeof why)) {
		end_as_other(run, step, &set->records[0], why);
		wp_answer_free(&answer);
		return true;
	}
	again = set && commit(run, step, answer.json, there, &read);
	wp_answer_free(&answer);
	if (again)
		return read;
	if (there) {
		end_as_seen(run, step, &set->records[0]);
		linger(run, step, &set->records[0], began);
		if (step->action == WP_ACTION_RELOAD)
			keep_seen(run, step, &set, began);
		return true;
	}
	judge(run, step, set ? &set->records[0] : NULL, why, began);
	linger(run, step, set ? &set->records[0] : NULL, began);
	return true;
}

/* When to look next: more and more rarely, and once exactly when the settle time is over. */
static void set_next(struct wp_step *step)
{
	int64_t now = wp_clock_ms();

	step->due_ms = now + step->interval_ms;
	if (now < step->deadline_ms && step->due_ms > step->deadline_ms)
		step->due_ms = step->deadline_ms;
	step->interval_ms = step->interval_ms * 2 < LONGEST_INTERVAL_MS ? step->interval_ms * 2 : LONGEST_INTERVAL_MS;
}

/* How long a step may stay unread after its settle time, while the provider is away. */
#define LEAST_GRACE_MS 5000
#define MOST_GRACE_MS 60000

static int64_t grace(const struct wp_run *run)
{
	int64_t settle = run->apply->settle_ms;

	return settle < LEAST_GRACE_MS ? LEAST_GRACE_MS : settle > MOST_GRACE_MS ? MOST_GRACE_MS : settle;
}

static void poll_step(struct wp_run *run, struct wp_step *step)
{
	if (look(run, step)) {
		if (step->waiting)
			set_next(step);
		return;
	}
	/* Unread is not unseen: it is never sent again on that. */
	if (wp_clock_ms() > step->deadline_ms + grace(run)) {
		bool ended = step->lingers;

		leave(run, step);
		if (ended)
			return;
		wp_run_end_step(run, step,
				step->state == WP_STATE_ACCEPTED ? WP_STATE_UNVERIFIED : WP_STATE_UNKNOWN,
				"the provider could not be asked what became of the call");
		return;
	}
	set_next(step);
}

void wp_settle_poll(struct wp_run *run)
{
	for (size_t i = 0; run->waiting && i < run->apply->steps.count; i++) {
		struct wp_step *step = &run->apply->steps.items[i];

		if (run->stop || wp_signal_caught())
			return;
		if (step->waiting && step->due_ms <= wp_clock_ms())
			poll_step(run, step);
	}
}

int64_t wp_settle_next(const struct wp_run *run)
{
	int64_t now = wp_clock_ms(), next = -1;

	for (size_t i = 0; run->waiting && i < run->apply->steps.count; i++) {
		const struct wp_step *step = &run->apply->steps.items[i];
		int64_t left = step->due_ms > now ? step->due_ms - now : 0;

		if (step->waiting && (next < 0 || left < next))
			next = left;
	}
	return next;
}

void wp_settle_finish(struct wp_run *run)
{
	for (size_t i = 0; run->waiting && i < run->apply->steps.count; i++) {
		struct wp_step *step = &run->apply->steps.items[i];

		if (!step->waiting)
			continue;
		/* With nobody there to ask, the journal keeps the step as it is. */
		if (!step->lingers && !run->session->denied && !run->session->unreachable && !run->error.status)
			look(run, step);
		if (step->waiting)
			leave(run, step);
	}
}
