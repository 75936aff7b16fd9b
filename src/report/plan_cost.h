/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the refreshes of a plan send, how long it takes, and whether it fits: its estimates in words. */
#ifndef WIMPLAN_REPORT_PLAN_COST_H
#define WIMPLAN_REPORT_PLAN_COST_H

#include "page.h"

#include "wimplan/plan.h"

/* "To be sent: 7.63 MiB to 38.15 MiB …": one sentence; NULL when nothing is, or nobody has looked. */
char *wp_words_cost(struct wp_arena *arena, const struct wp_plan *plan);

/* A section with a row for each refresh, and what the figures rest on; nothing where there is none. */
void wp_plan_page_cost(struct wp_page *page, const struct wp_plan *plan);

#endif
