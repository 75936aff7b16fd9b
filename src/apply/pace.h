/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How closely the calls of a run follow each other: --parallel, --wave and --pause. */
#ifndef WIMPLAN_APPLY_PACE_H
#define WIMPLAN_APPLY_PACE_H

#include "ledger.h"

/* Whether somebody has asked that refreshes wait for others to end: then it matters how long the site is at work on each. */
bool wp_pace_bounds(const struct wp_run *run);
/*
 * Whether @step has to wait until others have ended: refreshes that are in flight, or those of an earlier wave. Its reload waits with a refresh: no package is left for
 * hours with new metadata and old content.
 */
bool wp_pace_is_held(const struct wp_run *run, const struct wp_step *step);

/* A call has just been sent. */
void wp_pace_called(struct wp_run *run);
/* Milliseconds until the next call may be sent; 0: now. */
int64_t wp_pace_left(const struct wp_run *run);
/* How many of the next steps are intended with one sync: no more than can be called while an intention is good. Begins a new batch. */
unsigned int wp_pace_batch(struct wp_run *run);

#endif
