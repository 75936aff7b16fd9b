/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A plan holds every finding for programs; a report for people says nothing twice. */
#include "remarks.h"

#include <stdlib.h>
#include <string.h>

static int compare_entries(const void *a, const void *b)
{
	return strcmp((*(const struct wp_entry *const *)a)->package_id,
		      (*(const struct wp_entry *const *)b)->package_id);
}

static int compare_subject(const void *subject, const void *entry)
{
	return strcmp(subject, (*(const struct wp_entry *const *)entry)->package_id);
}

/* Whether @reason tells what @diag tells, in the same words or in its own. */
static bool says(const struct wp_reason *reason, const struct wp_diag *diag)
{
	static const char *const same[][2] = {
		{ "record-incomplete", "image-property-invalid" },
		{ "content-unknown", "date-zone-unknown" },
	};

	for (size_t i = 0; i < sizeof same / sizeof *same; i++)
		if (!strcmp(reason->code, same[i][0]) && !strcmp(diag->code, same[i][1]))
			return true;
	return reason->found && !strcmp(reason->found, diag->summary);
}

static bool is_said(const struct wp_diag *diag, const struct wp_entry *const *sorted, size_t count)
{
	const struct wp_entry *const *found =
		diag->subject && count ? bsearch(diag->subject, sorted, count, sizeof *sorted, compare_subject) : NULL;

	/* The reasons of what is unchanged are not shown. */
	if (!found || (*found)->status == WP_ENTRY_UNCHANGED)
		return false;
	for (size_t i = 0; i < (*found)->reason_count; i++)
		if (says(&(*found)->reasons[i], diag))
			return true;
	return false;
}

size_t wp_remarks(struct wp_arena *arena, const struct wp_plan *plan, const struct wp_diag ***ret_items)
{
	const struct wp_entry **sorted = wp_arena_alloc(arena, plan->entry_count * sizeof *sorted);
	size_t count = 0;

	*ret_items = wp_arena_alloc(arena, plan->diags.count * sizeof **ret_items);
	for (size_t i = 0; i < plan->entry_count; i++)
		sorted[i] = &plan->entries[i];
	if (plan->entry_count)
		qsort(sorted, plan->entry_count, sizeof *sorted, compare_entries);
	for (size_t i = 0; i < plan->diags.count; i++)
		if (!is_said(&plan->diags.items[i], sorted, plan->entry_count))
			(*ret_items)[count++] = &plan->diags.items[i];
	return count;
}
