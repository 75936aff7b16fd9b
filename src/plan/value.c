/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A plan as a value and its words, for those who read plans and make none: the executor links this without the judge. */
#include "wimplan/plan.h"
#include "wimplan/text.h"

#include <string.h>

void wp_plan_free(struct wp_plan *plan)
{
	if (!plan)
		return;
	json_decref(plan->policy);
	json_decref(plan->estimates);
	json_decref(plan->site);
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

WP_NAMES(wp_action_name, enum wp_action,
	[WP_ACTION_NONE] = NULL,
	[WP_ACTION_RELOAD] = "ReloadImageProperties",
	[WP_ACTION_REFRESH] = "RefreshPkgSource")

WP_NAMES(wp_entry_status_name, enum wp_entry_status,
	[WP_ENTRY_UNCHANGED] = "unchanged",
	[WP_ENTRY_CHANGE] = "change",
	[WP_ENTRY_BLOCKED] = "blocked",
	[WP_ENTRY_REPORT_ONLY] = "report_only",
	[WP_ENTRY_UNPROVEN] = "unproven")

WP_NAMES(wp_note_severity_name, enum wp_note_severity,
	[WP_NOTE_SEVERITY_GRAVE] = "grave",
	[WP_NOTE_SEVERITY_WARNING] = "warning",
	[WP_NOTE_SEVERITY_INFO] = "info")
