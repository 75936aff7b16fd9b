/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A plan as a page for a change board: what is asked for, in one table, then what it rests on, then what the words mean. */
#include "plan_page.h"

#include "remarks.h"
#include "plan_words.h"
#include "words.h"

#include "wimplan/hash.h"
#include "wimplan/report.h"

#include <inttypes.h>
#include <string.h>

enum wp_tone wp_plan_page_tone(const struct wp_entry *entry)
{
	switch (entry->status) {
	case WP_ENTRY_CHANGE:
		return WP_TONE_CHANGE;
	case WP_ENTRY_BLOCKED:
		return WP_TONE_BAD;
	case WP_ENTRY_UNCHANGED:
		return WP_TONE_PLAIN;
	default:
		return WP_TONE_INFO;
	}
}

static void add_cards(struct wp_page *page, const struct wp_plan *plan)
{
	const struct wp_summary *sum = &plan->summary;
	const struct {
		uint64_t count;
		enum wp_tone tone;
		const char *what;
		bool always;
	} cards[] = {
		{ sum->reload, WP_TONE_CHANGE, "to reload", true },
		{ sum->refresh, WP_TONE_CHANGE, "to refresh", true },
		{ sum->blocked, WP_TONE_BAD, "blocked", true },
		{ sum->unproven, WP_TONE_INFO, "unproven", false },
		{ sum->report_only, WP_TONE_INFO, "only reported", false },
		{ sum->unchanged, WP_TONE_PLAIN, "unchanged", true },
	};

	wp_page_open(page, WP_PART_CARDS, NULL);
	for (size_t i = 0; i < sizeof cards / sizeof *cards; i++)
		if (cards[i].count || cards[i].always)
			wp_page_card(page, cards[i].count ? cards[i].tone : WP_TONE_PLAIN,
				     wp_words_count(page->arena, cards[i].count), cards[i].what);
	wp_page_close(page);
}

static void add_facts(struct wp_page *page, const struct wp_plan *plan)
{
	const char *uncovered = wp_words_uncovered(plan);

	wp_page_open(page, WP_PART_FACTS, NULL);
	wp_page_fact(page, "Plan", plan->id);
	wp_page_fact(page, "Site", plan->site_code);
	wp_page_fact(page, "Made",
		     wp_arena_printf(page->arena, "%s by %s with wimplan %s%s",
				     wp_time_minutes(page->arena, plan->created_at),
				     plan->created_by ? plan->created_by : "(unknown)",
				     plan->tool_version ? plan->tool_version : "(unknown version)", uncovered));
	wp_page_fact(page, "Snapshot",
		     wp_arena_printf(page->arena, "%s of %s%s, %s", wp_hash_short(page->arena, plan->snapshot_id),
				     wp_time_minutes(page->arena, plan->snapshot_taken_at), uncovered,
				     wp_words_counted(page->arena, plan->snapshot_records, "package")));
	wp_page_fact(page, "Complete", plan->complete ? "yes" : "no");
	wp_page_close(page);
}

static void add_package_row(struct wp_page *page, const struct wp_entry *entry, size_t number)
{
	bool has_evidence = entry->status != WP_ENTRY_UNCHANGED;

	wp_page_open(page, WP_PART_ROW, NULL);
	wp_page_open(page, WP_PART_CELL, NULL);
	if (has_evidence)
		wp_page_link(page, wp_plan_page_anchor(page->arena, number), entry->package_id);
	else
		wp_page_add(page, WP_PART_TEXT, entry->package_id);
	wp_page_close(page);
	wp_page_line(page, WP_PART_CELL, wp_words_name(entry->name));
	if (!has_evidence)
		wp_page_line(page, WP_PART_CELL, wp_confidence_name(wp_words_confidence(entry)));
	else
		wp_page_badge_cell(page, wp_plan_page_tone(entry), wp_words_to_do(page->arena, entry));
	wp_page_line(page, WP_PART_CELL, wp_words_why(page->arena, entry));
	wp_page_close(page);
}

/* Many packages behind one missing map are one row, where the first of them stands. */
static void add_group_row(struct wp_page *page, const struct wp_plan *plan, const struct wp_unmapped_list *unmapped,
			  const struct wp_unmapped *group)
{
	const struct wp_entry *first = group->first_alone;

	wp_page_open(page, WP_PART_ROW, NULL);
	wp_page_open(page, WP_PART_CELL, NULL);
	wp_page_link(page, wp_plan_page_anchor(page->arena, (size_t)(first - plan->entries)),
		     wp_words_counted(page->arena, group->alone, "package"));
	wp_page_close(page);
	wp_page_line(page, WP_PART_CELL, wp_unmapped_names(page->arena, unmapped, plan, group));
	wp_page_badge_cell(page, wp_plan_page_tone(first), wp_words_to_do(page->arena, first));
	wp_page_line(page, WP_PART_CELL,
		     wp_arena_printf(page->arena, "%s%s%s", wp_words_why(page->arena, first), group->prefix ? ": " : "",
				     group->prefix ? group->prefix : ""));
	wp_page_close(page);
}

/* One row for each package that is @unchanged, or that is not, in execution order. */
static void add_packages(struct wp_page *page, const struct wp_plan *plan, const struct wp_unmapped_list *unmapped,
			 const char *caption, bool unchanged)
{
	const struct wp_page_column columns[] = {
		{ "Package", WP_COLUMN_SHORT },
		{ "Name", WP_COLUMN_NAME },
		{ unchanged ? "Confidence" : "What to do", WP_COLUMN_SHORT },
		{ "Why", WP_COLUMN_TEXT },
	};

	wp_page_table(page, caption, WP_FOLDING_TEXTS, columns, sizeof columns / sizeof *columns);
	for (size_t i = 0; i < plan->entry_count; i++) {
		const struct wp_entry *entry = &plan->entries[i];
		const struct wp_unmapped *group = wp_unmapped_for(unmapped, plan, entry);

		if (!group && (entry->status == WP_ENTRY_UNCHANGED) == unchanged)
			add_package_row(page, entry, i);
		else if (group && group->first_alone == entry && !unchanged)
			add_group_row(page, plan, unmapped, group);
	}
	wp_page_close(page);
}

static void add_notes(struct wp_page *page, const struct wp_plan *plan)
{
	static const enum wp_tone tones[] = {
		[WP_NOTE_GRAVE] = WP_TONE_BAD,
		[WP_NOTE_WARNING] = WP_TONE_CHANGE,
		[WP_NOTE_INFO] = WP_TONE_INFO,
	};
	static const struct wp_page_column columns[] = {
		{ "Severity", WP_COLUMN_SHORT },
		{ "Code", WP_COLUMN_SHORT },
		{ "Package", WP_COLUMN_SHORT },
		{ "Note", WP_COLUMN_TEXT },
	};

	if (!plan->note_count)
		return;
	wp_page_heading(page, 2, wp_arena_printf(page->arena, "What it means for the site%s", wp_words_uncovered(plan)));
	wp_page_table(page, "Notes", WP_FOLDING_TEXTS, columns, sizeof columns / sizeof *columns);
	for (size_t i = 0; i < plan->note_count; i++) {
		const struct wp_note *note = &plan->notes[i];

		wp_page_open(page, WP_PART_ROW, NULL);
		wp_page_badge_cell(page, tones[note->severity], wp_note_severity_name(note->severity));
		wp_page_code_cell(page, note->code);
		wp_page_line(page, WP_PART_CELL, note->package_id);
		wp_page_line(page, WP_PART_CELL, note->summary);
		wp_page_close(page);
	}
	wp_page_close(page);
}

static void add_unchanged(struct wp_page *page, const struct wp_plan *plan, const struct wp_unmapped_list *unmapped,
			  bool open)
{
	uint64_t count = plan->summary.unchanged;

	if (!count)
		return;
	wp_page_open(page, WP_PART_FOLD,
		     wp_arena_printf(page->arena, "Unchanged packages: %s", wp_words_count(page->arena, count)))
		->open = open;
	add_packages(page, plan, unmapped, "Unchanged packages", true);
	wp_page_close(page);
}

static void add_incomplete(struct wp_page *page, const struct wp_plan *plan)
{
	const char *sentence = wp_words_incomplete(page->arena, plan);

	if (!sentence)
		return;
	wp_page_open(page, WP_PART_BANNER, "This plan does not cover every package");
	wp_page_line(page, WP_PART_PARAGRAPH, sentence);
	wp_page_close(page);
}

static void build(struct wp_page *page, const struct wp_plan *plan, const struct wp_report_options *options)
{
	const struct wp_unmapped_list unmapped = wp_unmapped(page->arena, plan);
	const struct wp_diag **remarks;
	size_t remark_count = wp_remarks(page->arena, plan, &remarks);
	bool any = plan->summary.unchanged < plan->entry_count;

	add_incomplete(page, plan);
	wp_page_line(page, WP_PART_LEAD, wp_words_no_changes(page->arena, plan));
	wp_page_line(page, WP_PART_PARAGRAPH, wp_words_unproven(page->arena, plan));
	wp_page_line(page, WP_PART_PARAGRAPH, wp_words_skipped(page->arena, plan));
	wp_page_line(page, WP_PART_PARAGRAPH, wp_words_narrowed(page->arena, plan));
	add_cards(page, plan);
	add_facts(page, plan);
	if (any) {
		wp_page_heading(page, 2, "Packages");
		add_packages(page, plan, &unmapped, "Packages, what to do and why", false);
	}
	add_unchanged(page, plan, &unmapped, options->all);
	add_notes(page, plan);
	if (any) {
		wp_page_heading(page, 2, "What it rests on");
		wp_plan_page_evidence(page, plan, &unmapped);
	}
	wp_plan_page_remedies(page, plan);
	wp_page_remarks(page, remarks, remark_count);
	wp_plan_page_terms(page, plan);
	wp_page_line(page, WP_PART_PARAGRAPH, wp_words_totals(page->arena, plan));
}

static void render(const struct wp_plan *plan, const struct wp_report_options *options, struct wp_buf *buf,
		   void (*rendering)(const struct wp_page *, struct wp_buf *))
{
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct wp_page page;

	wp_page_init(&page, arena, "wimplan plan",
		     wp_arena_printf(arena, "Image package change report, site %s",
				     plan->site_code ? plan->site_code : "(no site)"));
	build(&page, plan, options);
	rendering(&page, buf);
}

void wp_report_plan_markdown(const struct wp_plan *plan, const struct wp_report_options *options, struct wp_buf *buf)
{
	render(plan, options, buf, wp_page_markdown);
}

void wp_report_plan_html(const struct wp_plan *plan, const struct wp_report_options *options, struct wp_buf *buf)
{
	render(plan, options, buf, wp_page_html);
}
