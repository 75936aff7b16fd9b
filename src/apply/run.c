/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The loop: due looks first, then the next step that may begin, and a rest when there is neither. */
#include "run.h"
#include "call.h"
#include "say.h"
#include "settle.h"

#include "wimplan/clock.h"

/* The first step that may be called now; *@ret_pause gets how long until another one may, -1 for none. */
static struct wp_step *next_step(struct wp_run *run, int64_t *ret_pause)
{
	int64_t now = wp_clock_ms();
	bool first = true;

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
			continue;
		}
		if (step->due_ms <= now)
			return step;
		if (*ret_pause < 0 || step->due_ms - now < *ret_pause)
			*ret_pause = step->due_ms - now;
	}
	return NULL;
}

/* Steps that earlier runs began, and that have no outcome yet. */
static void take_up(struct wp_run *run)
{
	for (size_t i = 0; i < run->apply->steps.count; i++) {
		struct wp_step *step = &run->apply->steps.items[i];

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

	for (size_t i = 0; i < steps->count; i++) {
		const struct wp_step *step = &steps->items[i];

		if (step->waiting ? !first || !first->waiting : !first && wp_run_is_open(step) && step->tries)
			first = step;
		ended += step->selected && !step->waiting && step->state != WP_STATE_PENDING;
	}
	if (first)
		wp_apply_progress(run->apply, "%zu of %zu steps have ended; %s %s %s%s%s", ended, steps->count,
				  first->waiting ? "waiting for" : "about to try again", first->entry->package_id,
				  wp_action_name(first->action), first->error ? ": " : "",
				  first->error ? first->error : "");
	wp_clock_wait(milliseconds, wp_apply_tick, run->apply);
}

void wp_run_steps(struct wp_run *run)
{
	take_up(run);
	for (;;) {
		int64_t pause, look;
		struct wp_step *step;

		wp_settle_poll(run);
		step = next_step(run, &pause);
		look = wp_settle_next(run);
		if (!step && pause < 0 && look < 0)
			break;
		if ((step || pause >= 0) && !wp_run_may_begin(run)) {
			/* Nothing more begins, but what was accepted is still verified, unless a signal came. */
			if (run->stop || wp_signal_caught() || look < 0)
				break;
			step = NULL;
			pause = -1;
		}
		if (step) {
			wp_run_call(run, step);
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
	wp_run_withdraw(run);
	wp_run_sync(run);
	wp_apply_progress(run->apply, "%s", "");
}
