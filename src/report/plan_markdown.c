/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A plan as a change report in Markdown (GFM), for a change board that reads and keeps it. */
#include "wimplan/report.h"

#include "markdown.h"
#include "remarks.h"
#include "words.h"

#include "wimplan/hash.h"

#include <inttypes.h>
#include <string.h>

struct markdown {
	struct wp_arena *arena;
	const struct wp_plan *plan;
	struct wp_buf *buf;
};

static void add_text(struct markdown *md, const char *data)
{
	wp_markdown_text(md->arena, md->buf, data);
}

static void add_row(struct markdown *md, const char *const *cells, size_t count)
{
	wp_markdown_row(md->arena, md->buf, cells, count);
}

static void add_heading_row(struct markdown *md, const char *const *headings, size_t count)
{
	wp_markdown_head(md->buf, headings, count);
}

static void add_fact(struct markdown *md, const char *name, const char *value)
{
	add_row(md, (const char *const[]){ name, value }, 2);
}

static void add_facts(struct markdown *md)
{
	const struct wp_plan *plan = md->plan;
	const struct wp_summary *sum = &plan->summary;

	add_heading_row(md, (const char *const[]){ "Fact", "Value" }, 2);
	add_fact(md, "Plan", plan->id);
	add_fact(md, "Site", plan->site_code);
	add_fact(md, "Made",
		 wp_arena_printf(md->arena, "%s by %s with wimplan %s", wp_time_minutes(md->arena, plan->created_at),
				 plan->created_by ? plan->created_by : "(unknown)",
				 plan->tool_version ? plan->tool_version : "(unknown version)"));
	add_fact(md, "Snapshot",
		 wp_arena_printf(md->arena, "%s of %s, %" PRIu64 " package%s",
				 wp_hash_short(md->arena, plan->snapshot_id),
				 wp_time_minutes(md->arena, plan->snapshot_taken_at), plan->snapshot_records,
				 plan->snapshot_records == 1 ? "" : "s"));
	add_fact(md, "Reload image properties", wp_words_count(md->arena, sum->reload));
	add_fact(md, "Refresh package source", wp_words_count(md->arena, sum->refresh));
	add_fact(md, "Blocked", wp_words_count(md->arena, sum->blocked));
	if (sum->report_only)
		add_fact(md, "Boot images, report only", wp_words_count(md->arena, sum->report_only));
	add_fact(md, "Unchanged", wp_words_count(md->arena, sum->unchanged));
	add_fact(md, "Complete", plan->complete ? "yes" : "no");
	wp_buf_putc(md->buf, '\n');
}

static void add_paragraph(struct markdown *md, const char *sentence)
{
	if (!sentence)
		return;
	add_text(md, sentence);
	wp_buf_puts(md->buf, "\n\n");
}

static const char *name_of(const struct wp_entry *entry)
{
	return entry->name && *entry->name ? entry->name : "(no name)";
}

static void add_title(struct markdown *md, const struct wp_entry *entry)
{
	wp_buf_puts(md->buf, "### ");
	add_text(md, entry->package_id);
	wp_buf_putc(md->buf, ' ');
	add_text(md, name_of(entry));
	wp_buf_puts(md->buf, "\n\n");
}

static void add_item(struct markdown *md, const char *label, const char *value)
{
	wp_buf_printf(md->buf, "- %s: ", label);
	add_text(md, value);
	wp_buf_putc(md->buf, '\n');
}

/* Reasons that name a recorded and a found value go into the table, the others are sentences. */
static void add_reasons(struct markdown *md, const struct wp_entry *entry)
{
	bool table = false;

	for (size_t i = 0; i < entry->reason_count; i++) {
		const struct wp_reason *reason = &entry->reasons[i];
		struct wp_reason_words words;

		wp_words_reason(md->arena, reason, &words);
		table = table || words.field;
		if (words.field)
			continue;
		wp_buf_puts(md->buf, "- ");
		add_text(md, words.about);
		wp_buf_puts(md->buf, ": ");
		add_text(md, words.note);
		wp_buf_printf(md->buf, " (%s)\n", wp_confidence_name(reason->confidence));
	}
	wp_buf_putc(md->buf, '\n');
	if (!table)
		return;
	add_heading_row(md, (const char *const[]){ "Image", "Field", "Before", "After", "Confidence" }, 5);
	for (size_t i = 0; i < entry->reason_count; i++) {
		const struct wp_reason *reason = &entry->reasons[i];
		struct wp_reason_words words;

		wp_words_reason(md->arena, reason, &words);
		if (words.field)
			add_row(md,
				(const char *const[]){
					reason->image ? wp_arena_printf(md->arena, "%" PRIu32, reason->image) : "all",
					words.field, *words.before ? words.before : "(empty)",
					*words.after ? words.after : "(empty)",
					wp_confidence_name(reason->confidence) },
				5);
	}
	wp_buf_putc(md->buf, '\n');
}

/* A change board approves calls, so they have ConfigMgr's own names here. */
static const char *calls_of(struct markdown *md, const struct wp_entry *entry)
{
	const char *reload = wp_action_name(WP_RELOAD), *refresh = wp_action_name(WP_REFRESH);

	if (entry->reload && entry->refresh)
		return wp_arena_printf(md->arena, "%s, then %s", reload, refresh);
	if (entry->reload)
		return reload;
	return entry->refresh ? refresh : NULL;
}

static void add_entry(struct markdown *md, const struct wp_entry *entry)
{
	const struct wp_preconditions *pre = &entry->preconditions;
	const char *calls = calls_of(md, entry);

	add_title(md, entry);
	if (calls)
		add_item(md, entry->status == WP_ENTRY_CHANGE ? "Do" : "Would need", calls);
	add_item(md, "Class", wp_class_name(entry->class));
	if (entry->source_path && *entry->source_path)
		add_item(md, "Source", entry->source_path);
	if (pre->source_version.known)
		add_item(md, "Source version now", wp_arena_printf(md->arena, "%" PRIu64, pre->source_version.value));
	if (entry->content)
		add_item(md, "Inside", wp_words_content(md->arena, entry->content));
	add_reasons(md, entry);
}

static bool any_with(const struct wp_plan *plan, enum wp_entry_status status)
{
	for (size_t i = 0; i < plan->entry_count; i++)
		if (plan->entries[i].status == status)
			return true;
	return false;
}

static void add_entries(struct markdown *md, enum wp_entry_status status, const char *title)
{
	if (!any_with(md->plan, status))
		return;
	wp_buf_printf(md->buf, "## %s\n\n", title);
	for (size_t i = 0; i < md->plan->entry_count; i++)
		if (md->plan->entries[i].status == status)
			add_entry(md, &md->plan->entries[i]);
}

static void add_blocked(struct markdown *md)
{
	if (!any_with(md->plan, WP_ENTRY_BLOCKED))
		return;
	wp_buf_puts(md->buf, "## Blocked\n\n");
	add_heading_row(md, (const char *const[]){ "Package", "Name", "Source", "Why", "Found", "What to do" }, 6);
	for (size_t i = 0; i < md->plan->entry_count; i++) {
		const struct wp_entry *entry = &md->plan->entries[i];

		for (size_t k = 0; entry->status == WP_ENTRY_BLOCKED && k < entry->reason_count; k++) {
			const struct wp_reason *reason = &entry->reasons[k];
			struct wp_gate_words gate = wp_words_gate(reason->code);
			struct wp_reason_words words;

			wp_words_reason(md->arena, reason, &words);
			add_row(md,
				(const char *const[]){ entry->package_id, name_of(entry), entry->source_path, reason->code,
						       words.note ? words.note : words.field, gate.remedy },
				6);
		}
	}
	wp_buf_putc(md->buf, '\n');
}

static const char *codes_of(struct markdown *md, const struct wp_entry *entry)
{
	struct wp_buf codes __attribute__((cleanup(wp_buf_free))) = { 0 };

	for (size_t i = 0; i < entry->reason_count; i++) {
		wp_buf_puts(&codes, i ? ", " : "");
		wp_buf_puts(&codes, entry->reasons[i].code);
	}
	return wp_arena_strdup(md->arena, wp_buf_text(&codes));
}

static void add_unchanged(struct markdown *md)
{
	/* GFM, "HTML blocks": the blank lines let Markdown be read inside the element. */
	wp_buf_printf(md->buf, "<details>\n<summary>Unchanged: %" PRIu64 "</summary>\n\n", md->plan->summary.unchanged);
	add_heading_row(md, (const char *const[]){ "Package", "Name", "Confidence", "Why" }, 4);
	for (size_t i = 0; i < md->plan->entry_count; i++) {
		const struct wp_entry *entry = &md->plan->entries[i];

		if (entry->status == WP_ENTRY_UNCHANGED)
			add_row(md,
				(const char *const[]){ entry->package_id, name_of(entry),
						       wp_confidence_name(wp_words_confidence(entry)),
						       codes_of(md, entry) },
				4);
	}
	wp_buf_puts(md->buf, "\n</details>\n\n");
}

static void add_diagnostics(struct markdown *md)
{
	const struct wp_diag **remarks;
	size_t count = wp_remarks(md->arena, md->plan, &remarks);

	if (!count)
		return;
	wp_buf_puts(md->buf, "## Remarks\n\n");
	add_heading_row(md, (const char *const[]){ "Severity", "Code", "Package", "Remark" }, 4);
	for (size_t i = 0; i < count; i++)
		add_row(md,
			(const char *const[]){ wp_severity_name(remarks[i]->severity), remarks[i]->code,
					       remarks[i]->subject, remarks[i]->summary },
			4);
	wp_buf_putc(md->buf, '\n');
}

void wp_report_plan_markdown(const struct wp_plan *plan, const struct wp_report_options *options, struct wp_buf *buf)
{
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct markdown md = { .arena = arena, .plan = plan, .buf = buf };

	wp_buf_puts(buf, "# Image package change report, site ");
	add_text(&md, plan->site_code ? plan->site_code : "(no site)");
	wp_buf_puts(buf, "\n\n");
	add_facts(&md);
	add_paragraph(&md, wp_words_no_changes(arena, plan));
	add_paragraph(&md, wp_words_skipped(arena, plan));
	add_paragraph(&md, wp_words_narrowed(arena, plan));
	add_paragraph(&md, wp_words_incomplete(arena, plan));
	add_entries(&md, WP_ENTRY_CHANGE, "Changes");
	add_entries(&md, WP_ENTRY_REPORT_ONLY, "Boot images, report only");
	add_blocked(&md);
	add_diagnostics(&md);
	if (options->all && any_with(plan, WP_ENTRY_UNCHANGED))
		add_unchanged(&md);
	add_text(&md, wp_words_totals(arena, plan));
	wp_buf_putc(buf, '\n');
}
