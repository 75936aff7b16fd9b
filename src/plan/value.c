/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A plan as a value, for those who read plans and make none: the executor links this without the judge. */
#include "wimplan/plan.h"

#include <string.h>

void wp_plan_free(struct wp_plan *plan)
{
	if (!plan)
		return;
	json_decref(plan->policy);
	for (size_t i = 0; i < plan->note_count; i++)
		json_decref((json_t *)plan->notes[i].facts);
	wp_arena_free(plan->arena);
}

bool wp_plan_has_changes(const struct wp_plan *plan)
{
	return plan->applyable;
}

bool wp_entry_has_reason(const struct wp_entry *entry, const char *code)
{
	for (size_t i = 0; i < entry->reason_count; i++)
		if (!strcmp(entry->reasons[i].code, code))
			return true;
	return false;
}

bool wp_entry_never_loaded(const struct wp_entry *entry)
{
	return wp_entry_has_reason(entry, "never-loaded");
}
