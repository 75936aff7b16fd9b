/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From the JSON of a plan's body to the model. */
#ifndef WIMPLAN_PLAN_DECODE_H
#define WIMPLAN_PLAN_DECODE_H

#include "wimplan/plan.h"

struct wp_plan_decoder {
	struct wp_arena *arena;   /* where texts go */
	struct wp_arena *lasting; /* where the damage goes, because it outlasts what is damaged */
	const char *damage;       /* the first that was found; NULL while all is well */
};

/* Fills what the body has besides its entries. Unknown keys are passed over. */
void wp_plan_decode_body(struct wp_plan_decoder *decoder, const json_t *body, struct wp_plan *plan);

/* Fills @entry, which is all zeros, from an item of "changes" or of "unchanged". */
void wp_plan_decode_entry(struct wp_plan_decoder *decoder, const json_t *object, bool unchanged,
			  struct wp_entry *entry);

#endif
