/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Looking for the effects of calls. */
#ifndef WIMPLAN_APPLY_SETTLE_H
#define WIMPLAN_APPLY_SETTLE_H

#include "ledger.h"

/* Looks for the effect of @step from now on, until the settle time since its start has passed. */
void wp_settle_add(struct wp_run *run, struct wp_step *step);
/* Looks at every step whose time has come. */
void wp_settle_poll(struct wp_run *run);
/* Looks at each waiting step once more, and ends the waits. */
void wp_settle_finish(struct wp_run *run);
/* Milliseconds until the next look; -1 when nothing is waited for. */
int64_t wp_settle_next(const struct wp_run *run);

#endif
