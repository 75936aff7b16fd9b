/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A plan as CSV: one line for each reason, for spreadsheets and databases. */
#include "wimplan/report.h"

#include "wimplan/text.h"

#include <inttypes.h>
#include <string.h>

/*
 * Excel, LibreOffice and Google Sheets take a cell that begins with one of these for a formula, in quotes as well; so
 * do versions for East Asia with the full-width signs (OWASP, "CSV Injection").
 */
static bool is_formula(const char *value)
{
	static const char *const signs[] = { "=", "+", "-", "@", "＝", "＋", "－", "＠" };

	for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
		if (!strncmp(value, signs[i], strlen(signs[i])))
			return true;
	return false;
}

/* RFC 4180, with CRLF as it says. Control characters are escaped: people look at such files on a terminal, too. */
static void add_cell(struct wp_buf *buf, const char *text, bool last)
{
	struct wp_buf cell __attribute__((cleanup(wp_buf_free))) = { 0 };

	wp_text_escape(&cell, text ? text : "");
	wp_buf_putc(buf, '"');
	/* An apostrophe makes it text. */
	if (is_formula(wp_buf_text(&cell)))
		wp_buf_putc(buf, '\'');
	for (const char *at = wp_buf_text(&cell); *at; at++) {
		if (*at == '"')
			wp_buf_putc(buf, '"');
		wp_buf_putc(buf, *at);
	}
	wp_buf_puts(buf, last ? "\"\r\n" : "\",");
}

static const char *actions_of(const struct wp_entry *entry)
{
	if (entry->reload && entry->refresh)
		return "ReloadImageProperties RefreshPkgSource";
	if (entry->reload)
		return "ReloadImageProperties";
	return entry->refresh ? "RefreshPkgSource" : "";
}

static void add_row(struct wp_buf *buf, const struct wp_entry *entry, const struct wp_reason *reason)
{
	char image[16] = "";

	if (reason && reason->image)
		snprintf(image, sizeof image, "%" PRIu32, reason->image);
	add_cell(buf, entry->package_id, false);
	add_cell(buf, wp_class_name(entry->class), false);
	add_cell(buf, entry->name, false);
	add_cell(buf, entry->source_path, false);
	add_cell(buf, wp_entry_status_name(entry->status), false);
	add_cell(buf, actions_of(entry), false);
	add_cell(buf, reason ? reason->code : NULL, false);
	add_cell(buf, reason ? wp_action_name(reason->action) : NULL, false);
	add_cell(buf, reason ? wp_confidence_name(reason->confidence) : NULL, false);
	add_cell(buf, image, false);
	add_cell(buf, reason ? reason->field : NULL, false);
	add_cell(buf, reason ? reason->recorded : NULL, false);
	add_cell(buf, reason ? reason->found : NULL, true);
}

void wp_report_plan_csv(const struct wp_plan *plan, const struct wp_report_options *options, struct wp_buf *buf)
{
	wp_buf_puts(buf, "package_id,class,name,source_path,status,actions,"
			 "code,action,confidence,image,field,recorded,found\r\n");
	for (size_t i = 0; i < plan->entry_count; i++) {
		const struct wp_entry *entry = &plan->entries[i];

		if (entry->status == WP_ENTRY_UNCHANGED && !options->all)
			continue;
		for (size_t k = 0; k < entry->reason_count; k++)
			add_row(buf, entry, &entry->reasons[k]);
		if (!entry->reason_count)
			add_row(buf, entry, NULL);
	}
}
