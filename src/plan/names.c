/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words of a plan: methods and statuses. */
#include "wimplan/plan.h"

const char *wp_action_name(enum wp_action action)
{
	static const char *const names[] = {
		[WP_NO_ACTION] = NULL,
		[WP_RELOAD] = "ReloadImageProperties",
		[WP_REFRESH] = "RefreshPkgSource",
	};

	return names[action];
}

const char *wp_entry_status_name(enum wp_entry_status status)
{
	static const char *const names[] = {
		[WP_ENTRY_UNCHANGED] = "unchanged",
		[WP_ENTRY_CHANGE] = "change",
		[WP_ENTRY_BLOCKED] = "blocked",
		[WP_ENTRY_REPORT_ONLY] = "report_only",
		[WP_ENTRY_UNPROVEN] = "unproven",
	};

	return names[status];
}

const char *wp_note_severity_name(enum wp_note_severity severity)
{
	static const char *const names[] = {
		[WP_NOTE_GRAVE] = "grave",
		[WP_NOTE_WARNING] = "warning",
		[WP_NOTE_INFO] = "info",
	};

	return names[severity];
}
