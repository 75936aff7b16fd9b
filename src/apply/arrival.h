/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How far the content of a refresh has come. Pure: what the site's rows say in, counts, words and differences out. */
#ifndef WIMPLAN_APPLY_ARRIVAL_H
#define WIMPLAN_APPLY_ARRIVAL_H

#include "step.h"

#include "wimplan/distribution.h"

/* A refresh whose content is looked for. */
struct wp_arrival {
	struct wp_step *step;     /* what was seen last is its distribution */
	struct wp_arena *arena;   /* of that; owned; NULL: it is of an earlier call */
	struct wp_number version; /* SourceVersion of the package at the last look; not known: before that, or it is gone */
	bool looked; /* in this call */
	bool unseen; /* no point is named, and nobody says that there is none */
	bool told;   /* that the package has another version */
	bool gone;   /* the site does not show the package any more */
};

/*
 * The refreshes of @steps that are selected and led to a SourceVersion, in their order. *@ret_others: how many more are
 * selected, of which nobody knows what they came to.
 */
struct wp_arrival *wp_arrivals_make(struct wp_arena *arena, struct wp_steps *steps, size_t *ret_count, size_t *ret_others);

/* Every point has the version. Never before a look, in this call or an earlier one. */
bool wp_arrival_is_there(const struct wp_arrival *arrival);
/* Nothing more is to be expected: each point has it or failed. */
bool wp_arrival_is_over(const struct wp_arrival *arrival);

/*
 * Takes in what the rows say at @at of the version that the refresh led to. What was seen before, where that is something else
 * now, is in an arena that the caller frees; NULL: none.
 */
struct wp_arena *wp_arrival_take(struct wp_arrival *arrival, const struct wp_distribution *found, struct wp_time at);

/* Puts the points in the order of their names, which the next function needs: what a file holds may have another one. */
void wp_arrival_sort(const struct wp_receipt_distribution *seen);

/* A point that is not as it was. */
struct wp_arrival_change {
	const struct wp_receipt_point *before; /* NULL: it is new */
	const struct wp_receipt_point *after;  /* NULL: it is no point of the package any more */
	bool found; /* it may have been there before: nobody had looked, or not all points are known of that look */
};
/*
 * What differs between two looks, by name; @before NULL: there was none. Against a look of which not all points are known,
 * as it stands in a receipt, nobody can tell which came or went: then failures alone are found.
 */
struct wp_arrival_change *wp_arrival_changes(struct wp_arena *arena, const struct wp_receipt_distribution *before,
					     const struct wp_receipt_distribution *after, size_t *ret_count);

/* All of them together. A copy is a package on a point: of these the points are the sums, and @points.at is the last look. */
struct wp_arrival_sum {
	size_t there;
	struct wp_receipt_distribution points;
};
struct wp_arrival_sum wp_arrival_sum_up(const struct wp_arrival *arrivals, size_t count);
/* "7 of 8 copies are there, 1 failed" */
const char *wp_arrival_copies(struct wp_arena *arena, const struct wp_receipt_distribution *points);

/* "3 of 5 points have it, 1 failed" */
const char *wp_arrival_counts(struct wp_arena *arena, const struct wp_receipt_distribution *seen);
/* "DP04.contoso.com (P01)" */
const char *wp_arrival_point(struct wp_arena *arena, const struct wp_receipt_point *point);

#endif
