/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A plan holds every finding for programs; a report for people says nothing twice. */
#include "plan_remarks.h"

#include <stdlib.h>
#include <string.h>

/* What a reason says of a package: the sentence that it found, or the code of a finding that it tells in its own words. */
struct saying {
	const char *package_id;
	const char *words;
};

static int compare_sayings(const void *a, const void *b)
{
	const struct saying *x = a, *y = b;
	int order = strcmp(x->package_id, y->package_id);

	return order ? order : strcmp(x->words, y->words);
}

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

/* All that the reasons say, sorted. Those of what is unchanged are not shown. */
static struct saying *sayings_of(struct wp_arena *arena, const struct wp_plan *plan, size_t *ret_count)
{
	struct saying *sayings = NULL;

	*ret_count = 0;
	for (size_t i = 0; i < plan->entry_count; i++) {
		const struct wp_entry *entry = &plan->entries[i];

		for (size_t k = 0; entry->status != WP_ENTRY_UNCHANGED && k < entry->reason_count; k++) {
			const char *code = told_by(entry->reasons[k].code), *found = entry->reasons[k].found;

			if (code)
				*WP_PUSH(arena, sayings, *ret_count) = (struct saying){ entry->package_id, code };
			if (found)
				*WP_PUSH(arena, sayings, *ret_count) = (struct saying){ entry->package_id, found };
		}
	}
	if (*ret_count)
		qsort(sayings, *ret_count, sizeof *sayings, compare_sayings);
	return sayings;
}

static bool is_said(const struct wp_diag *diag, const struct saying *sayings, size_t count)
{
	const struct saying code = { diag->subject, diag->code }, summary = { diag->subject, diag->summary };

	return diag->subject && count &&
	       (bsearch(&code, sayings, count, sizeof *sayings, compare_sayings) ||
		bsearch(&summary, sayings, count, sizeof *sayings, compare_sayings));
}

struct wp_diags wp_plan_remarks(struct wp_arena *arena, const struct wp_plan *plan)
{
	struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct wp_diags remarks = { .items = wp_arena_alloc(arena, plan->diags.count * sizeof *remarks.items) };
	size_t said = 0;
	const struct saying *sayings = plan->diags.count ? sayings_of(scratch, plan, &said) : NULL;

	for (size_t i = 0; i < plan->diags.count; i++)
		if (!is_said(&plan->diags.items[i], sayings, said))
			remarks.items[remarks.count++] = plan->diags.items[i];
	return remarks;
}
