/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a person can do about the blocked packages of a plan, once for all of them. */
#ifndef WIMPLAN_REPORT_REMEDIES_H
#define WIMPLAN_REPORT_REMEDIES_H

#include "wimplan/plan.h"

struct wp_remedy {
	const char *code; /* of the gate; one gate may have more than one remedy */
	const char *remedy;
	size_t packages; /* that it is for */
};

/* In the order in which the plan comes to them, in @arena. Returns how many there are. */
size_t wp_remedies(struct wp_arena *arena, const struct wp_plan *plan, struct wp_remedy **ret_items);

#endif
