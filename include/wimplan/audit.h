/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a plan means for its site: notes on distribution, task sequences, schedules and risks, what the refreshes cost, and
 * whether they fit the window. Pure. It stands beside the plan's body and changes no call, but for what the policy
 * defers.
 */
#ifndef WIMPLAN_AUDIT_H
#define WIMPLAN_AUDIT_H

#include "wimplan/expect.h"
#include "wimplan/plan.h"

/* What an audit looks at. All borrowed. */
struct wp_audit_input {
	const struct wp_plan_input *plan; /* what the plan was made from */
	const struct wp_record_set *previous; /* the site's export before this one; NULL */
	const struct wp_window_settings *window; /* bandwidth and how many points at a time */
	struct wp_time opens, closes; /* the window; either end may be unknown */
	const struct wp_expect_settings *expect; /* NULL: nothing is expected */
	const struct wp_expect_found *found; /* in the source of each record of the set, in its order; NULL: in none */
	const struct wp_zone *zone; /* of schedules in the site's local time; NULL: UTC */
};

/* Adds notes and estimates to the plan, which was just made, and puts the notes in order. */
void wp_audit(const struct wp_audit_input *input, struct wp_plan *plan);

#endif
