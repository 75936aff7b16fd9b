/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A plan as a whole: its two lists of entries brought into one order, and what stands beside the body. */
#include "plan_read.h"

#include "wimplan/limits.h"

#include <string.h>

/* The entries of both lists, each in order of execution. */
struct lists {
	struct wp_arena *arena;
	struct wp_entry *items[2];
	size_t counts[2];
};

static void keep_entry(void *context, const struct wp_entry *entry, const struct wp_plan_place *place)
{
	struct lists *lists = context;
	int list = entry->status == WP_ENTRY_UNCHANGED;

	(void)place;
	*WP_PUSH(lists->arena, lists->items[list], lists->counts[list]) = *entry;
}

/* Whether @a comes before @b in the order of execution. */
static bool comes_first(const struct wp_entry *a, const struct wp_entry *b)
{
	if (a->priority != b->priority)
		return a->priority < b->priority;
	return strcmp(a->package_id, b->package_id) < 0;
}

/* Together both lists give the order that the plan was made in. */
static void merge(const struct lists *lists, struct wp_plan *plan)
{
	size_t at[2] = { 0, 0 };

	plan->entry_count = lists->counts[0] + lists->counts[1];
	plan->entries = wp_arena_alloc(plan->arena, plan->entry_count * sizeof *plan->entries);
	for (size_t i = 0; i < plan->entry_count; i++) {
		int list = at[0] == lists->counts[0] ||
			   (at[1] < lists->counts[1] && comes_first(&lists->items[1][at[1]], &lists->items[0][at[0]]));

		plan->entries[i] = lists->items[list][at[list]++];
	}
}

int wp_plan_parse(const char *text, size_t length, const char *subject, struct wp_plan **ret_plan,
		  struct wp_error *err)
{
	struct wp_json_doc *doc __attribute__((cleanup(wp_json_doc_freep))) =
		wp_json_doc_memory(text, length, subject);
	struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct wp_plan_contents contents = { 0 };
	struct lists lists = { .arena = scratch };
	int status;

	if (length > WP_LIMIT_DOCUMENT_BYTES)
		return wp_fail(err, WP_E_REFUSED, "not-a-plan", subject, "%s is larger than any plan: %zu bytes",
			       subject, length);
	status = wp_plan_read_document(doc, &contents, keep_entry, &lists, ret_plan, err);
	if (status)
		return status;
	merge(&lists, *ret_plan);
	wp_plan_give_contents(*ret_plan, &contents);
	return WP_OK;
}
