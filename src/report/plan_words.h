/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words that every report of a plan uses, so that all say the same. */
#ifndef WIMPLAN_REPORT_PLAN_WORDS_H
#define WIMPLAN_REPORT_PLAN_WORDS_H

#include "wimplan/plan.h"
#include "wimplan/time.h"

/* "reload, refresh", "reload", "refresh", or "" when an entry has neither. */
const char *wp_words_actions(const struct wp_entry *entry);

/* What somebody has to do about an entry, in one or two words; and why, in about five. */
const char *wp_words_to_do(struct wp_arena *arena, const struct wp_entry *entry);
const char *wp_words_why(struct wp_arena *arena, const struct wp_entry *entry);

/* What the site does when the method is called: a sentence or two. */
const char *wp_words_call(enum wp_action action);

/* The weakest confidence among an entry's reasons: what the verdict as a whole rests on. */
enum wp_confidence wp_words_confidence(const struct wp_entry *entry);

/* "KB5034765 added, 12 drivers changed, 310.00 MiB of 5.10 GiB new": what came, went or was replaced, by group. */
char *wp_words_content(struct wp_arena *arena, const struct wp_content_change *change);

/* What goes behind anything that stands beside the body of a plan without a digest over it; "" where there is one. */
const char *wp_words_uncovered(const struct wp_plan *plan);

/* Sentences about a plan as a whole; NULL when there is nothing to say. */
char *wp_words_totals(struct wp_arena *arena, const struct wp_zone *zone, const struct wp_plan *plan);
char *wp_words_snapshot(struct wp_arena *arena, const struct wp_zone *zone, const struct wp_plan *plan);
char *wp_words_no_changes(struct wp_arena *arena, const struct wp_plan *plan);
char *wp_words_unproven(struct wp_arena *arena, const struct wp_plan *plan);
char *wp_words_skipped(struct wp_arena *arena, const struct wp_plan *plan);
char *wp_words_narrowed(struct wp_arena *arena, const struct wp_plan *plan);
char *wp_words_incomplete(struct wp_arena *arena, const struct wp_plan *plan);

#endif
