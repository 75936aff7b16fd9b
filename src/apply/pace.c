/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pace: no more refreshes in flight than asked for, none of a later wave, and a pause between two calls. */
#include "pace.h"

#include "wimplan/clock.h"

/*
 * Steps that one sync of the journal lets begin. A sync takes some milliseconds, which counts only where calls are fast: a batch
 * that was called within a second is followed by a larger one. A small one is what a crash leaves to be looked up elsewhere.
 */
#define FIRST_BATCH 32u
#define LARGEST_BATCH 256u
#define FAST_MS 1000

bool wp_pace_bounds(const struct wp_run *run)
{
	return run->apply->parallel.value || run->apply->wave_count;
}

/* The refresh of @step's package that is still to be called, itself or the one behind it; NULL when there is none. */
static const struct wp_step *refresh_of(const struct wp_run *run, const struct wp_step *step)
{
	const struct wp_step *refresh = step;

	if (step->action != WP_ACTION_REFRESH)
		/* Both steps of a package stand side by side. */
		refresh = step->position + 1 < run->apply->steps.count && step[1].reload == step ? step + 1 : NULL;
	return refresh && refresh->selected && refresh->state == WP_STATE_PENDING ? refresh : NULL;
}

bool wp_pace_is_held(const struct wp_run *run, const struct wp_step *step)
{
	uint64_t bound = run->apply->parallel.value;

	if (step->wave <= run->wave && (!bound || run->in_flight < bound))
		return false;
	return refresh_of(run, step);
}

void wp_pace_called(struct wp_run *run)
{
	run->rests = false;
	run->next_call_ms = wp_clock_ms() + (int64_t)run->apply->pause.value * 1000;
	run->called++;
}

int64_t wp_pace_left(const struct wp_run *run)
{
	int64_t left = run->next_call_ms - wp_clock_ms();

	return left > 0 ? left : 0;
}

unsigned int wp_pace_batch(struct wp_run *run)
{
	uint64_t pause = run->apply->pause.value;
	int64_t now = wp_clock_ms();

	if (!run->batch || run->called < run->batch || now - run->batch_ms >= FAST_MS)
		run->batch = FIRST_BATCH;
	else if (run->batch < LARGEST_BATCH)
		run->batch *= 2;
	if (pause && run->batch > WP_INTENTION_SECONDS / pause + 1)
		run->batch = (unsigned int)(WP_INTENTION_SECONDS / pause) + 1;
	run->called = 0;
	run->batch_ms = now;
	return run->batch;
}
