/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The diagnostics of a plan that its reasons have not said already. */
#ifndef WIMPLAN_REPORT_PLAN_REMARKS_H
#define WIMPLAN_REPORT_PLAN_REMARKS_H

#include "wimplan/plan.h"

/* In the plan's order. The items are in @arena, their texts the plan's. */
struct wp_diags wp_plan_remarks(struct wp_arena *arena, const struct wp_plan *plan);

#endif
