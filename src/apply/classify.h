/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where a package stands against its plan. Pure: values in, a verdict out. */
#ifndef WIMPLAN_APPLY_CLASSIFY_H
#define WIMPLAN_APPLY_CLASSIFY_H

#include "step.h"

#include "wimplan/record.h"

enum wp_standing {
	WP_STANDING_PENDING,   /* as the plan found it */
	WP_STANDING_SATISFIED, /* as the plan wants it */
	WP_STANDING_CONFLICT,  /* neither */
};

struct wp_verdict {
	enum wp_standing standing;
	const char *why;  /* of a conflict: one sentence that names what differs; otherwise NULL */
	const char *note; /* a difference that does no harm; NULL when there is none */
	struct wp_number action_in_progress; /* as the record has it */
};

/*
 * Classifies a step by the record as it is now; NULL: the site has no such package any more. The texts of *@ret go into
 * @arena.
 */
void wp_classify(const struct wp_step *step, const struct wp_record *record, struct wp_arena *arena,
		 struct wp_verdict *ret);

/* What a call needs of the record that it goes to. */
struct wp_before {
	struct wp_number source_version, action_in_progress;
	char image_property_sha256[WP_HASH_TEXT]; /* "" when it has none */
};
void wp_before_take(const struct wp_record *record, struct wp_before *ret);

/*
 * Whether a pending step's record has the very SourceVersion and ImageProperty that the plan was made for: then
 * wp_before_recall() knows them without it.
 */
bool wp_classify_as_planned(const struct wp_step *step, const struct wp_record *record, const struct wp_verdict *verdict);
/* Of such a record, with the ActionInProgress that was found in it (found_action). */
void wp_before_recall(const struct wp_step *step, struct wp_before *ret);

/* Whether the effect of a call that began as @step says is there. A call without an answer needs a trace of its own. */
bool wp_classify_effect(const struct wp_step *step, const struct wp_record *record, char *ret_why, size_t size);

/*
 * Whether the reload of @step has stored something that is neither what was there before nor what the plan expects: then
 * it says in what they differ, and no waiting will change it. False also while that cannot be told.
 */
bool wp_classify_other(const struct wp_step *step, const struct wp_record *record, char *ret_why, size_t size);

/*
 * Whether the site is at work on the package (SMS_PackageBaseclass, ActionInProgress; 0 is none); then says so. That
 * may be a refresh that somebody called a moment ago: SourceVersion grows at its end.
 */
bool wp_classify_at_work(struct wp_number action_in_progress, char *ret_why, size_t size);

#endif
