/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From the JSON of a plan's body to the model. */
#ifndef WIMPLAN_PLAN_DECODE_H
#define WIMPLAN_PLAN_DECODE_H

#include "decode.h"

#include "wimplan/plan.h"

/* Fills what the body has besides its entries. Unknown keys are passed over. */
void wp_plan_decode_body(struct wp_decoder *decoder, const json_t *body, struct wp_plan *plan);

/* Fills @entry, which is all zeros, from an item of "changes" or of "unchanged". */
void wp_plan_decode_entry(struct wp_decoder *decoder, const json_t *object, bool unchanged,
			  struct wp_entry *entry);

#endif
