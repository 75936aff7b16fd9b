/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reasons that say the same of several images: one line for all of them. */
#ifndef WIMPLAN_REPORT_REASON_GROUPS_H
#define WIMPLAN_REPORT_REASON_GROUPS_H

#include "words.h"

#include "wimplan/plan.h"

struct wp_reason_group {
	const struct wp_reason *reason; /* the first of them */
	const char *images; /* "1", "1–4, 7": those that it speaks of; NULL when it is about no image */
	size_t count;       /* of images; 0 then */
};

/* The reasons of an entry in the order in which they are first said, in @arena. Returns how many groups there are. */
size_t wp_reason_groups(struct wp_arena *arena, const struct wp_entry *entry, struct wp_reason_group **ret_groups);

/* What a group is about: "image 1", "images 1–4", or what @words of its reason say. Not escaped, in @arena. */
const char *wp_reason_about(struct wp_arena *arena, const struct wp_reason_group *group,
			    const struct wp_reason_words *words);

#endif
