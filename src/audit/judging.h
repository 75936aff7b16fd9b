/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Images of one file held against what is expected: those that share a finding, and the note on it. */
#ifndef WIMPLAN_AUDIT_JUDGING_H
#define WIMPLAN_AUDIT_JUDGING_H

#include "wimplan/expect.h"
#include "wimplan/json.h"

/* Images that a sentence names at most, and one. */
#define WP_JUDGED_NAMES 5

/* What is asked of the images of one file, and the notes that come of it. */
struct wp_expecting {
	struct wp_arena *arena;
	const struct wp_expect_settings *expect;
	const struct wp_expect_subject *subject;
	const struct wp_wim_image **images; /* those that are asked about */
	size_t image_count;
	struct wp_note *notes;
	size_t note_count;
};

/* Images that share a finding; each with the text that it has instead of what is expected. */
struct wp_judged {
	const struct wp_wim_image **images;
	const char **found;
	size_t count;
};

void wp_judged_add(struct wp_expecting *judge, struct wp_judged *group, const struct wp_wim_image *image, const char *found);
/* "image 1", "images 1 and 3", "images 1, 2, 3, 4, 5 and 2 more", "both images", "all 7 images". */
const char *wp_judged_words(const struct wp_expecting *judge, const struct wp_judged *group);
/* What they have instead, each once. */
const char *wp_judged_found(const struct wp_expecting *judge, const struct wp_judged *group);

json_t *wp_judged_names_json(const struct wp_names *names);
/* {"what":…,"expected":…,"images":[{"image":1,"name":…,"found":…}]}; takes @expected over. New reference. */
json_t *wp_judged_facts(const struct wp_judged *group, const char *what, json_t *expected);

/* Adds a note; @group is NULL where no image is meant. Takes @facts over; @summary is borrowed. */
void wp_expect_note(struct wp_expecting *judge, enum wp_note_kind kind, const struct wp_judged *group, json_t *facts,
		   const char *summary);
/* That images do not say what is expected of them is no finding against them. Takes @expected over. */
void wp_expect_unknown(struct wp_expecting *judge, const struct wp_judged *group, const char *what, json_t *expected, const char *words);

/* The programs that start the images. */
void wp_expect_judge_boot(struct wp_expecting *judge);

#endif
