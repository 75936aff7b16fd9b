/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A plan as one page for a change board: the calls, what is blocked with what to do, and the rest folded up. */
#include "wimplan/report.h"

#include "html.h"
#include "words.h"

#include "wimplan/hash.h"

#include <inttypes.h>
#include <string.h>

static void add_cell(struct wp_html *html, const char *class, const char *text)
{
	wp_html_rawf(html, "<td class=\"%s\">", class);
	wp_html_text(html, text);
	wp_html_raw(html, "</td>");
}

static void add_cards(struct wp_html *html, const struct wp_plan *plan)
{
	const struct wp_summary *sum = &plan->summary;

	wp_html_raw(html, "<div class=\"cards\">\n");
	wp_html_card(html, "changed", wp_words_count(html->arena, sum->reload), "to reload");
	wp_html_card(html, "changed", wp_words_count(html->arena, sum->refresh), "to refresh");
	wp_html_card(html, sum->blocked ? "removed" : "same", wp_words_count(html->arena, sum->blocked), "blocked");
	if (sum->report_only)
		wp_html_card(html, "same", wp_words_count(html->arena, sum->report_only), "only reported");
	wp_html_card(html, "same", wp_words_count(html->arena, sum->unchanged), "unchanged");
	wp_html_raw(html, "</div>\n");
}

static void add_facts(struct wp_html *html, const struct wp_plan *plan)
{
	wp_html_raw(html, "<dl class=\"facts\">\n");
	wp_html_fact(html, "Plan", plan->id);
	wp_html_fact(html, "Made",
		     wp_arena_printf(html->arena, "%s by %s with wimplan %s",
				     wp_time_minutes(html->arena, plan->created_at),
				     plan->created_by ? plan->created_by : "(unknown)",
				     plan->tool_version ? plan->tool_version : "(unknown version)"));
	wp_html_fact(html, "Snapshot",
		     wp_arena_printf(html->arena, "%s of %s, %s packages",
				     wp_hash_short(html->arena, plan->snapshot_id),
				     wp_time_minutes(html->arena, plan->snapshot_taken_at),
				     wp_words_count(html->arena, plan->snapshot_records)));
	wp_html_fact(html, "Complete", plan->complete ? "yes" : "no");
	wp_html_raw(html, "</dl>\n");
}

/* A change board approves calls, so they have ConfigMgr's own names here. */
static const char *calls_of(struct wp_html *html, const struct wp_entry *entry)
{
	const char *reload = wp_action_name(WP_RELOAD), *refresh = wp_action_name(WP_REFRESH);

	if (entry->reload && entry->refresh)
		return wp_arena_printf(html->arena, "%s, then %s", reload, refresh);
	if (entry->reload)
		return reload;
	return entry->refresh ? refresh : NULL;
}

static const char *name_of(const struct wp_entry *entry)
{
	return entry->name && *entry->name ? entry->name : "(no name)";
}

static void add_field_row(struct wp_html *html, const struct wp_reason *reason, const struct wp_reason_words *words)
{
	wp_html_raw(html, "<tr>");
	add_cell(html, "number", reason->image ? wp_arena_printf(html->arena, "%" PRIu32, reason->image) : "all");
	add_cell(html, "short", words->field);
	add_cell(html, "value", *words->before ? words->before : "(empty)");
	add_cell(html, "value", *words->after ? words->after : "(empty)");
	add_cell(html, "short", wp_confidence_name(reason->confidence));
	wp_html_raw(html, "</tr>\n");
}

/* Reasons that name a recorded and a found value go into the table, the others are sentences. */
static void add_reasons(struct wp_html *html, const struct wp_entry *entry)
{
	static const char *const headings[] = { "#Image", "Field", "Site has", "Source has", "Confidence" };
	bool table = false;

	wp_html_raw(html, "<ul>\n");
	for (size_t i = 0; i < entry->reason_count; i++) {
		struct wp_reason_words words;

		wp_words_reason(html->arena, &entry->reasons[i], &words);
		table = table || words.field;
		if (!words.field)
			wp_html_element(html, "li", NULL,
					wp_arena_printf(html->arena, "%s: %s (%s)", words.about, words.note,
							wp_confidence_name(entry->reasons[i].confidence)));
	}
	wp_html_raw(html, "</ul>\n");
	if (!table)
		return;
	wp_html_folding_table(html, "pairs", wp_arena_printf(html->arena, "Image metadata of %s", entry->package_id),
			      headings, 5);
	for (size_t i = 0; i < entry->reason_count; i++) {
		struct wp_reason_words words;

		wp_words_reason(html->arena, &entry->reasons[i], &words);
		if (words.field)
			add_field_row(html, &entry->reasons[i], &words);
	}
	wp_html_table_end(html);
}

static void add_entry(struct wp_html *html, const struct wp_entry *entry)
{
	const struct wp_number *version = &entry->preconditions.source_version;
	bool change = entry->status == WP_ENTRY_CHANGE;

	wp_html_rawf(html, "<section class=\"entry%s\">\n<h3>", change ? "" : " report");
	wp_html_text(html, entry->package_id);
	wp_html_raw(html, " ");
	wp_html_text(html, name_of(entry));
	wp_html_raw(html, "</h3>\n<dl class=\"facts\">\n");
	wp_html_fact(html, change ? "Do" : "Would need", calls_of(html, entry));
	wp_html_fact(html, "Class", wp_class_name(entry->class));
	wp_html_fact(html, "Source", entry->source_path);
	if (version->known)
		wp_html_fact(html, "Source version", wp_arena_printf(html->arena, "%" PRIu64, version->value));
	if (entry->content)
		wp_html_fact(html, "Inside", wp_words_content(html->arena, entry->content));
	wp_html_raw(html, "</dl>\n");
	add_reasons(html, entry);
	wp_html_raw(html, "</section>\n");
}

static size_t count_with(const struct wp_plan *plan, enum wp_entry_status status)
{
	size_t count = 0;

	for (size_t i = 0; i < plan->entry_count; i++)
		count += plan->entries[i].status == status;
	return count;
}

static void add_entries(struct wp_html *html, const struct wp_plan *plan, enum wp_entry_status status,
			const char *title)
{
	if (!count_with(plan, status))
		return;
	wp_html_element(html, "h2", NULL, title);
	for (size_t i = 0; i < plan->entry_count; i++)
		if (plan->entries[i].status == status)
			add_entry(html, &plan->entries[i]);
}

static void add_blocked_row(struct wp_html *html, const struct wp_entry *entry, const struct wp_reason *reason)
{
	struct wp_gate_words gate = wp_words_gate(reason->code);
	struct wp_reason_words words;

	wp_words_reason(html->arena, reason, &words);
	wp_html_raw(html, "<tr>");
	add_cell(html, "short", entry->package_id);
	wp_html_raw(html, "<td class=\"text\">");
	wp_html_text(html, name_of(entry));
	wp_html_raw(html, "<br><span class=\"soft\">");
	wp_html_text(html, entry->source_path);
	wp_html_raw(html, "</span></td><td class=\"text\">");
	wp_html_badge(html, "blocked", reason->code);
	wp_html_raw(html, "<br>");
	wp_html_text(html, words.note ? words.note : words.field);
	wp_html_raw(html, "</td>");
	add_cell(html, "text", gate.remedy);
	wp_html_raw(html, "</tr>\n");
}

static void add_blocked(struct wp_html *html, const struct wp_plan *plan)
{
	static const char *const headings[] = { "Package", "Name and source", "Why", "What to do" };

	if (!count_with(plan, WP_ENTRY_BLOCKED))
		return;
	wp_html_element(html, "h2", NULL, "Blocked");
	wp_html_folding_table(html, "texts", "Blocked packages", headings, 4);
	for (size_t i = 0; i < plan->entry_count; i++) {
		const struct wp_entry *entry = &plan->entries[i];

		for (size_t k = 0; entry->status == WP_ENTRY_BLOCKED && k < entry->reason_count; k++)
			add_blocked_row(html, entry, &entry->reasons[k]);
	}
	wp_html_table_end(html);
}

static const char *codes_of(struct wp_html *html, const struct wp_entry *entry)
{
	struct wp_buf codes __attribute__((cleanup(wp_buf_free))) = { 0 };

	for (size_t i = 0; i < entry->reason_count; i++)
		wp_buf_printf(&codes, "%s%s", i ? ", " : "", entry->reasons[i].code);
	return wp_arena_strdup(html->arena, wp_buf_text(&codes));
}

static void add_unchanged(struct wp_html *html, const struct wp_plan *plan, bool open)
{
	static const char *const headings[] = { "Package", "Name", "Confidence", "Why" };
	size_t count = count_with(plan, WP_ENTRY_UNCHANGED);

	if (!count)
		return;
	wp_html_rawf(html, "<details%s>\n<summary>Unchanged: %zu</summary>\n", open ? " open" : "", count);
	wp_html_table(html, "Unchanged packages", headings, 4);
	for (size_t i = 0; i < plan->entry_count; i++) {
		const struct wp_entry *entry = &plan->entries[i];

		if (entry->status != WP_ENTRY_UNCHANGED)
			continue;
		wp_html_raw(html, "<tr>");
		add_cell(html, "short", entry->package_id);
		add_cell(html, "name", entry->name);
		add_cell(html, "short", wp_confidence_name(wp_words_confidence(entry)));
		add_cell(html, "note", codes_of(html, entry));
		wp_html_raw(html, "</tr>\n");
	}
	wp_html_table_end(html);
	wp_html_raw(html, "</details>\n");
}

void wp_report_plan_html(const struct wp_plan *plan, const struct wp_report_options *options, struct wp_buf *buf)
{
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct wp_html html = { .arena = arena, .buf = buf };

	wp_html_begin(&html, "wimplan plan",
		      wp_arena_printf(arena, "Image package change report, site %s",
				      plan->site_code ? plan->site_code : "(no site)"));
	wp_html_paragraph(&html, "lead", wp_words_no_changes(arena, plan));
	wp_html_paragraph(&html, "lead", wp_words_incomplete(arena, plan));
	wp_html_paragraph(&html, NULL, wp_words_narrowed(arena, plan));
	add_cards(&html, plan);
	add_facts(&html, plan);
	add_entries(&html, plan, WP_ENTRY_CHANGE, "Changes");
	add_blocked(&html, plan);
	add_entries(&html, plan, WP_ENTRY_REPORT_ONLY, "Boot images, report only");
	wp_html_remarks(&html, &plan->diags);
	add_unchanged(&html, plan, options->all);
	wp_html_paragraph(&html, "soft", wp_words_totals(arena, plan));
	wp_html_end(&html);
}
