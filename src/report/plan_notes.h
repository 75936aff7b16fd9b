/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The notes of a plan by what they say: one code, all that have it, and what to do about them. */
#ifndef WIMPLAN_REPORT_PLAN_NOTES_H
#define WIMPLAN_REPORT_PLAN_NOTES_H

#include "wimplan/note.h"

/* Of many notes that are alike so many are shown one by one. */
#define WP_NOTES_SHOWN ((size_t)3)

struct wp_note_group {
	const char *code;
	enum wp_note_severity severity;
	const char *meaning; /* what they find, half a sentence; NULL for the code of a later version */
	const char *remedy; /* a sentence; NULL when the notes say it themselves */
	const struct wp_note **notes; /* in the plan's order */
	size_t count;
};

/* The gravest first, then by code, in @arena. Returns how many groups there are. */
size_t wp_note_groups(struct wp_arena *arena, const struct wp_plan *plan, struct wp_note_group **ret_groups);

/* "14 notes on P0100001, P0100002, P0100003 and 11 more": what a group is about. */
const char *wp_note_group_names(struct wp_arena *arena, const struct wp_note_group *group);

/* "P0100001: summary"; the summary alone where it is about the plan as a whole. */
const char *wp_note_sentence(struct wp_arena *arena, const struct wp_note *note);

#endif
