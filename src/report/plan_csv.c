/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A plan as CSV: one line for each reason, for spreadsheets and databases. */
#include "csv.h"

#include <inttypes.h>

static const char *const headings[] = { "package_id", "class",  "name",       "source_path", "status", "actions", "code",
					"action",     "confidence", "image", "field",       "recorded", "found" };
#define COLUMNS (sizeof headings / sizeof *headings)

static const char *actions_of(const struct wp_entry *entry)
{
	if (entry->reload && entry->refresh)
		return "ReloadImageProperties RefreshPkgSource";
	if (entry->reload)
		return "ReloadImageProperties";
	return entry->refresh ? "RefreshPkgSource" : "";
}

static void add_row(struct wp_buf *buf, const struct wp_report_options *options, const struct wp_entry *entry,
		    const struct wp_reason *reason)
{
	char image[16] = "";

	if (reason && reason->image)
		snprintf(image, sizeof image, "%" PRIu32, reason->image);
	wp_csv_row(buf, options,
		   (const char *const[COLUMNS]){
			   entry->package_id, wp_class_name(entry->class), entry->name, entry->source_path,
			   wp_entry_status_name(entry->status), actions_of(entry), reason ? reason->code : NULL,
			   reason ? wp_action_name(reason->action) : NULL,
			   reason ? wp_confidence_name(reason->confidence) : NULL, image, reason ? reason->field : NULL,
			   reason ? reason->recorded : NULL, reason ? reason->found : NULL },
		   COLUMNS);
}

void wp_report_plan_csv(const struct wp_plan *plan, const struct wp_report_options *options, struct wp_buf *buf)
{
	wp_csv_begin(buf, options, headings, COLUMNS);
	for (size_t i = 0; i < plan->entry_count; i++) {
		const struct wp_entry *entry = &plan->entries[i];

		if (entry->status == WP_ENTRY_UNCHANGED && !options->all)
			continue;
		for (size_t k = 0; k < entry->reason_count; k++)
			add_row(buf, options, entry, &entry->reasons[k]);
		if (!entry->reason_count)
			add_row(buf, options, entry, NULL);
	}
}
