/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the entries of a plan come to: the maker writes it down, and a reader holds it against what is written. */
#ifndef WIMPLAN_PLAN_TALLY_H
#define WIMPLAN_PLAN_TALLY_H

#include "decode.h"

#include "wimplan/plan.h"

struct wp_tally {
	struct wp_summary summary;
	bool applyable; /* an entry has a call that may be made */
	bool unjudged;  /* a package is blocked by a gate that leaves the plan incomplete */
	bool foreign;   /* one is blocked by what this version does not know, so that nobody can say what it leaves */
	uint64_t *packages; /* the PackageIDs of all entries, as numbers; owned */
	size_t package_count, package_room;
};

/* The entry has a PackageID (wp_is_package_id()). */
void wp_tally_add(struct wp_tally *tally, const struct wp_entry *entry);

/*
 * Finds fault where @plan says of itself what its entries do not say, or has a package twice. @known_version: nothing
 * that this program does not know may leave it incomplete.
 */
void wp_tally_check(struct wp_tally *tally, const struct wp_plan *plan, bool known_version,
		    struct wp_decoder *decoder);

void wp_tally_free(struct wp_tally *tally);

#endif
