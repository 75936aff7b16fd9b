/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What changed packages bring, as the plan file says it beside its body. */
#ifndef WIMPLAN_PLAN_CONTENTS_JSON_H
#define WIMPLAN_PLAN_CONTENTS_JSON_H

#include "decode.h"

#include "wimplan/plan.h"

/* An entry for each package of which it is known, in execution order. New reference. */
json_t *wp_plan_contents_json(const struct wp_plan *plan);

/* Gives the entries of @plan what @contents says of them; packages and groups that it does not know are passed over. */
void wp_plan_decode_contents(struct wp_decoder *decoder, const json_t *contents, struct wp_plan *plan);

#endif
