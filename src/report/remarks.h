/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The diagnostics of a plan that its reasons have not said already. */
#ifndef WIMPLAN_REPORT_REMARKS_H
#define WIMPLAN_REPORT_REMARKS_H

#include "wimplan/plan.h"

/* In the plan's order, in @arena. Returns how many there are. */
size_t wp_remarks(struct wp_arena *arena, const struct wp_plan *plan, const struct wp_diag ***ret_items);

#endif
