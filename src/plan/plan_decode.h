/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From the JSON of a plan's body to the model. */
#ifndef WIMPLAN_PLAN_DECODE_H
#define WIMPLAN_PLAN_DECODE_H

#include "wimplan/plan.h"

/*
 * Fills the body's part of @plan. Unknown keys are passed over. Returns NULL, or what is wrong, in the plan's arena;
 * then @plan is still to be freed.
 */
const char *wp_plan_decode_body(struct wp_plan *plan, const json_t *body);

#endif
