/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words for reasons and gates, and reasons that say the same of several images in one. */
#ifndef WIMPLAN_REPORT_REASON_WORDS_H
#define WIMPLAN_REPORT_REASON_WORDS_H

#include "wimplan/plan.h"

/* What follows the note of a reason. */
enum { WP_REASON_SHOWS_RECORDED = 1, WP_REASON_SHOWS_FOUND = 2 };

/* What a reason with a code of the planner's own, which is no gate's, says. */
struct wp_reason_kind {
	const char *code;
	const char *meaning; /* a sentence for those who read the code; NULL for one that calls for nothing */
	const char *why;     /* of a refresh, in a few words; NULL */
	const char *note;    /* of a reason that is not about a field, half a sentence; NULL for what has words of its own */
	unsigned int shows;  /* WP_REASON_SHOWS_…: the values behind the note */
};

/* All of them, in the order in which they are explained. */
const struct wp_reason_kind *wp_reason_kinds(size_t *ret_count);
/* The one with this code; NULL for none. */
const struct wp_reason_kind *wp_reason_kind(const char *code);

/*
 * What the gate of a reason means and what a person can do about it; one that is not known has its name as the meaning
 * and no remedy.
 */
struct wp_gate_words {
	const char *code;
	const char *meaning;
	const char *remedy;
};
struct wp_gate_words wp_words_gate(const struct wp_reason *reason);

/* A reason for people. Texts are not escaped. */
struct wp_reason_words {
	const char *about;  /* "image 1", "images", "content", or a gate's code */
	const char *field;  /* NULL when it is not about one */
	const char *before; /* with @field: what the site has */
	const char *after;  /* with @field: what the source has */
	const char *note;   /* without @field: the sentence */
};
void wp_words_reason(struct wp_arena *arena, const struct wp_reason *reason, struct wp_reason_words *ret);

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
