/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a person can do about the blocked packages of a plan, once for all of them. */
#ifndef WIMPLAN_REPORT_REMEDIES_H
#define WIMPLAN_REPORT_REMEDIES_H

#include "wimplan/plan.h"

/* Packages whose sources no map leads to, of one share or drive: one option mends all of them. */
struct wp_unmapped {
	const char *prefix; /* the share or drive */
	size_t count;       /* of packages */
	size_t alone;       /* of those that are blocked for nothing else */
	const struct wp_entry **waiting; /* these, in execution order */
};

struct wp_unmapped_list {
	const struct wp_unmapped *groups; /* in the order of their first packages */
	size_t count;
	const size_t *group_of; /* of each entry of the plan the number of its group, from 1; 0 for what is in none */
};

/* In @arena. A path with neither share nor drive, to which no map leads, is in no group. */
struct wp_unmapped_list wp_unmapped(struct wp_arena *arena, const struct wp_plan *plan);

/*
 * The group that stands for an entry of @plan in a report, where it is one of many that lack nothing but one option; NULL
 * for an entry that is shown alone.
 */
const struct wp_unmapped *wp_unmapped_for(const struct wp_unmapped_list *list, const struct wp_plan *plan,
					  const struct wp_entry *entry);

/* "P0100001, P0100002, P0100003 and 17 more", in @arena. */
const char *wp_unmapped_names(struct wp_arena *arena, const struct wp_unmapped *group);

struct wp_remedy {
	const char *code; /* of the gate; one gate may have more than one remedy */
	const char *remedy;
	size_t packages; /* that it is for */
};

/* In the order in which the plan comes to them, in @arena. Returns how many there are. */
size_t wp_remedies(struct wp_arena *arena, const struct wp_plan *plan, struct wp_remedy **ret_items);

#endif
