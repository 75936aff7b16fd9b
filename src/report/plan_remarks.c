/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A plan holds every finding for programs; a report for people says nothing twice. */
#include "plan_remarks.h"

#include <stdlib.h>
#include <string.h>

/* The code of the finding that a reason with @code tells. */
static const char *told_by(const char *code)
{
	static const char *const same[][2] = {
		{ "record-incomplete", "image-property-invalid" },
		{ "content-unknown", "date-zone-unknown" },
	};

	for (size_t i = 0; i < sizeof same / sizeof *same; i++)
		if (!strcmp(code, same[i][0]))
			return same[i][1];
	return NULL;
}

static int compare_entries(const void *a, const void *b)
{
	const struct wp_entry *const *x = a, *const *y = b;

	return strcmp((*x)->package_id, (*y)->package_id);
}

static int compare_subject(const void *subject, const void *entry)
{
	return strcmp(subject, (*(const struct wp_entry *const *)entry)->package_id);
}

/* Whether a reason of its package says it: as the sentence that it found, or in its own words. */
static bool is_said(const struct wp_diag *diag, const struct wp_entry *const *entries, size_t count)
{
	const struct wp_entry *const *found =
		diag->subject && count ? bsearch(diag->subject, entries, count, sizeof *entries, compare_subject) : NULL;

	for (size_t i = 0; found && i < (*found)->reason_count; i++) {
		const struct wp_reason *reason = &(*found)->reasons[i];
		const char *code = told_by(reason->code);

		if ((code && !strcmp(code, diag->code)) ||
		    (reason->found && (!strcmp(reason->found, diag->summary) || !strcmp(reason->found, diag->code))))
			return true;
	}
	return false;
}

struct wp_diags wp_plan_remarks(struct wp_arena *arena, const struct wp_plan *plan)
{
	struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct wp_diags remarks = { .items = wp_arena_alloc(arena, plan->diags.count * sizeof *remarks.items) };
	const struct wp_entry **entries = wp_arena_alloc(scratch, plan->entry_count * sizeof *entries);
	size_t count = 0;

	/* What the reasons of an unchanged package say is not shown. */
	for (size_t i = 0; plan->diags.count && i < plan->entry_count; i++)
		if (plan->entries[i].status != WP_ENTRY_UNCHANGED)
			entries[count++] = &plan->entries[i];
	WP_SORT(entries, count, compare_entries);
	for (size_t i = 0; i < plan->diags.count; i++)
		if (!is_said(&plan->diags.items[i], entries, count))
			remarks.items[remarks.count++] = plan->diags.items[i];
	return remarks;
}
