/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A plan with what stands beside its body put to the packages that it is about: what its pages and tables are made from. */
#ifndef WIMPLAN_REPORT_PLAN_VIEW_H
#define WIMPLAN_REPORT_PLAN_VIEW_H

#include "page.h"
#include "plan_notes.h"
#include "remedies.h"

#include "wimplan/report.h"

/* What a plan says of one entry outside of it. */
struct wp_entry_view {
	const json_t *estimate; /* of its refresh; NULL: there is none, or nobody looked */
	const json_t *points;   /* its item of "site"; NULL */
	bool deferred, ordered; /* left for another window; in the order of the refreshes */
	size_t sequences;       /* task sequences with a step that uses it */
	size_t note_counts[WP_NOTE_SEVERITY_INFO + 1]; /* by severity */
	const struct wp_note **notes; /* in the plan's order */
	size_t note_count;
	bool section; /* a page has a section with its evidence */
};

/* Sections with evidence that a page has at most. */
#define WP_PAGE_SECTIONS ((size_t)250)
/* Distribution points that a page lists, and those that one note names on it. */
#define WP_PAGE_POINTS ((size_t)200)
#define WP_PAGE_NOTE_POINTS ((size_t)10)

/* A refresh, where the plan's estimates have it in their order. */
struct wp_refresh_view {
	const char *package_id;
	const json_t *estimate;
	bool deferred;
};

/* All borrowed, or in @arena. */
struct wp_plan_view {
	struct wp_arena *arena;
	const struct wp_plan *plan;
	const struct wp_report_options *options;
	struct wp_entry_view *entries; /* of each entry of the plan */
	struct wp_refresh_view *refreshes;
	size_t refresh_count;
	size_t deferred_count;
	struct wp_note_group *groups; /* of notes */
	size_t group_count;
	struct wp_unmapped_list unmapped;
	size_t section_count; /* of entries that would have a section, if there were no bound */
};

/* The colours of an entry's status and of a note. */
enum wp_tone wp_plan_entry_tone(const struct wp_entry *entry);
enum wp_tone wp_plan_note_tone(enum wp_note_severity severity);

/* The name of the section with the evidence of the entry with this place in the plan. */
const char *wp_plan_anchor(struct wp_arena *arena, size_t number);

void wp_plan_view(struct wp_arena *arena, const struct wp_plan *plan, const struct wp_report_options *options,
		  struct wp_plan_view *ret);

#endif
