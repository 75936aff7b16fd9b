/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the refreshes of a plan send, how long it takes, and whether it fits: its estimates in words. */
#ifndef WIMPLAN_REPORT_PLAN_COST_H
#define WIMPLAN_REPORT_PLAN_COST_H

#include "plan_view.h"

/* "Cost: 7.63 MiB to 38.15 MiB to be sent …": one sentence; NULL when nothing is, or nobody has looked. */
char *wp_words_cost(const struct wp_plan_view *view);

/* Whether an estimate fits its window: "fits", "does not fit", "perhaps"; NULL where there is no window to fit. */
const char *wp_words_fits(const struct wp_plan_view *view, const json_t *estimate);

/* Whether the window had ended when the plan was made; what is said of it is said as if it were to come. */
bool wp_words_window_over(const struct wp_plan_view *view);

#endif
