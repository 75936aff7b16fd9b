/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Waves: the packages of one group of distribution points after those of another, as the plan knows the groups. */
#ifndef WIMPLAN_APPLY_WAVES_H
#define WIMPLAN_APPLY_WAVES_H

#include "ledger.h"

/*
 * Gives each step of a package that is to be refreshed its wave. A package goes with the last of its groups, because a refresh
 * sends it to all of them; those of no group come behind all waves. WP_E_REFUSED when the plan knows no group of them.
 */
int wp_waves_make(struct wp_apply *apply, struct wp_error *err);

/* Says which waves there are to be, and which packages are in none. */
void wp_waves_say(struct wp_apply *apply);

/* Sees which wave it is now: the first that has a step which is not over. Says so when it is another one. */
void wp_waves_turn(struct wp_run *run);

#endif
