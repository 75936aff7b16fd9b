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
	const struct wp_zone *zone; /* of schedules in the site's local time; NULL: UTC */
};

/* An audit in the making: the packages of a plan in the making, one after the other as they are judged. */
struct wp_audit;

/* Begins it. @input has to live until the end. wp_audit_free() has to follow. */
struct wp_audit *wp_audit_begin(const struct wp_audit_input *input, struct wp_plan *plan) __attribute__((returns_nonnull));
/*
 * Adds what there is to say of the package that was judged last, which is @record, by what was seen of its source and found in it;
 * NULL where nobody looked. Nothing of them is kept.
 */
void wp_audit_package(struct wp_audit *audit, const struct wp_record *record, const struct wp_observation *seen,
		      const struct wp_expect_found *found);
/* Adds what there is to say of all together, and the estimates, to the plan, which is made by now, and puts the notes in order. */
void wp_audit_end(struct wp_audit *audit);
void wp_audit_free(struct wp_audit *audit);

#endif
