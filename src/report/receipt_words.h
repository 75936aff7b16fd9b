/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words that every report of a receipt uses. */
#ifndef WIMPLAN_REPORT_RECEIPT_WORDS_H
#define WIMPLAN_REPORT_RECEIPT_WORDS_H

#include "wimplan/receipt.h"
#include "wimplan/time.h"

/* How many steps have each outcome. */
void wp_receipt_count(const struct wp_receipt *receipt, size_t counts[WP_OUTCOMES]);

/* "Plan e20f6b52, site P01, 3 steps: 2 done, 1 failed." */
char *wp_receipt_words_totals(struct wp_arena *arena, const struct wp_receipt *receipt);

/* "2026-02-21 22:00Z to 22:03Z (3 min 41 s)"; says what is not known. */
char *wp_receipt_words_when(struct wp_arena *arena, const struct wp_zone *zone, const struct wp_receipt *receipt);

/* Why the receipt may not be the last word: a run that did not end, steps that are left. NULL when all is done. */
char *wp_receipt_words_left(struct wp_arena *arena, const struct wp_receipt *receipt);

/* "12 → 13"; "" where neither is known. */
char *wp_receipt_words_version(struct wp_arena *arena, const struct wp_receipt_step *step);

/* What is to be said of a step besides: its error, a lost answer, further attempts, what the method returned; "". */
char *wp_receipt_words_remark(struct wp_arena *arena, const struct wp_receipt_step *step);

/* "3 of 5 points have it, 1 failed"; NULL where nobody has looked. */
char *wp_receipt_words_distribution(struct wp_arena *arena, const struct wp_receipt_step *step);

/* How many copies of packages on points had not arrived when somebody last looked; NULL when all had, or nobody has looked. */
char *wp_receipt_words_behind(struct wp_arena *arena, const struct wp_receipt *receipt);

/* "DP04.contoso.com (P01)" */
char *wp_receipt_words_point(struct wp_arena *arena, const struct wp_receipt_point *point);

#endif
