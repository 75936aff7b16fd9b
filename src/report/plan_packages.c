/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table that a change board approves. */
#include "plan_page.h"

#include "plan_words.h"
#include "words.h"

#include "wimplan/json.h"

static const char *count_notes(struct wp_arena *arena, const struct wp_entry_view *entry, enum wp_note_severity severity)
{
	static const char *const words[] = { "grave", "warning", "remark" };
	size_t count = entry->note_counts[severity];

	return count ? wp_arena_printf(arena, "%s %s%s", wp_words_count(arena, count), words[severity],
				       severity == WP_NOTE_SEVERITY_GRAVE ? "" : wp_plural(count))
		     : NULL;
}

/* "2 grave" and below it "1 warning": the notes on a package. */
static void add_risk(struct wp_page *page, const struct wp_entry_view *entry)
{
	bool first = true;

	wp_page_open(page, WP_PART_CELL, NULL);
	for (enum wp_note_severity severity = WP_NOTE_SEVERITY_GRAVE; severity <= WP_NOTE_SEVERITY_INFO; severity++) {
		const char *words = count_notes(page->arena, entry, severity);

		if (!words)
			continue;
		if (!first)
			wp_page_add(page, WP_PART_BREAK, "");
		if (first)
			wp_page_badge(page, wp_plan_note_tone(severity), words);
		else
			wp_page_add(page, WP_PART_SOFT, words);
		first = false;
	}
	wp_page_close(page);
}

/* How many points the package goes to: those that it is sent to, or else those that have it. */
static const char *points_of(struct wp_arena *arena, const struct wp_entry_view *entry)
{
	uint64_t count;

	if (wp_json_get_u64(entry->estimate, "points", &count) || wp_json_get_u64(entry->points, "points", &count))
		return wp_words_count(arena, count);
	return entry->estimate ? "not known" : NULL;
}

static const char *ends_of(const struct wp_plan_view *view, const struct wp_entry_view *entry)
{
	const char *ends = wp_words_time_of(view->arena, view->options->zone, entry->estimate, "ends_at");

	if (entry->deferred)
		return "another window";
	if (ends && json_is_false(json_object_get(entry->estimate, "fits")))
		return wp_arena_printf(view->arena, "%s, too late", ends);
	return ends;
}

/* Columns that a table has where there is something to put into them. */
enum { COLUMN_BYTES, COLUMN_POINTS, COLUMN_ENDS, COLUMN_SEQUENCES, COLUMN_RISK, COLUMNS };

static bool has_column(const struct wp_plan_view *view, int column)
{
	const bool has[COLUMNS] = {
		[COLUMN_BYTES] = view->refresh_count,
		[COLUMN_POINTS] = view->refresh_count || json_array_size(json_object_get(view->plan->site, "packages")),
		[COLUMN_ENDS] = json_is_object(json_object_get(view->plan->estimates, "window")),
		[COLUMN_SEQUENCES] = json_array_size(json_object_get(view->plan->site, "task_sequences")),
		[COLUMN_RISK] = view->plan->note_count,
	};

	return has[column];
}

static void open_table(struct wp_page *page, const struct wp_plan_view *view, const char *caption, bool unchanged)
{
	static const struct wp_page_column further[COLUMNS] = {
		[COLUMN_BYTES] = { "To be sent", WP_COLUMN_WORDS },        [COLUMN_POINTS] = { "Points", WP_COLUMN_NUMBER },
		[COLUMN_ENDS] = { "Ends at", WP_COLUMN_TIME },            [COLUMN_SEQUENCES] = { "Sequences", WP_COLUMN_NUMBER },
		[COLUMN_RISK] = { "Risk", WP_COLUMN_SHORT },
	};
	struct wp_page_column columns[3 + COLUMNS] = {
		{ "Package", WP_COLUMN_TITLE },
		{ unchanged ? "Confidence" : "What to do", WP_COLUMN_SHORT },
		{ "Why", WP_COLUMN_TEXT },
	};
	size_t count = 3;

	for (int column = 0; column < COLUMNS; column++)
		if (has_column(view, column))
			columns[count++] = further[column];
	wp_page_table(page, caption, WP_FOLDING_TEXTS, columns, count);
}

/* The cells behind the name: @what and @why are the verdict. */
static void add_rest(struct wp_page *page, const struct wp_plan_view *view, size_t number, struct wp_page_cell what,
		     const char *why)
{
	const struct wp_entry_view *entry = &view->entries[number];
	const char *bytes = wp_words_range(page->arena, entry->estimate, "bytes_min", "bytes_max", wp_words_amount);

	wp_page_cell(page, what);
	wp_page_cell(page, wp_cell(why));
	if (has_column(view, COLUMN_BYTES))
		wp_page_cell(page, wp_cell(bytes ? bytes : entry->estimate ? "not known" : NULL));
	if (has_column(view, COLUMN_POINTS))
		wp_page_cell(page, wp_cell(points_of(page->arena, entry)));
	if (has_column(view, COLUMN_ENDS))
		wp_page_cell(page, wp_cell(ends_of(view, entry)));
	if (has_column(view, COLUMN_SEQUENCES))
		wp_page_cell(page, entry->sequences
					   ? wp_cell_link("task-sequences", wp_words_count(page->arena, entry->sequences))
					   : wp_cell(NULL));
	if (has_column(view, COLUMN_RISK))
		add_risk(page, entry);
}

/* A package by its id, which leads to its evidence where there is a section, and its name. */
static void add_name(struct wp_page *page, const struct wp_plan_view *view, size_t number, const char *id, const char *name)
{
	wp_page_open(page, WP_PART_CELL, NULL);
	if (view->entries[number].section)
		wp_page_link(page, wp_plan_anchor(page->arena, number), id);
	else
		wp_page_add(page, WP_PART_TEXT, id);
	wp_page_add(page, WP_PART_BREAK, "");
	wp_page_add(page, WP_PART_SOFT, name);
	wp_page_close(page);
}

static void add_row(struct wp_page *page, const struct wp_plan_view *view, size_t number)
{
	const struct wp_entry *entry = &view->plan->entries[number];
	bool unchanged = entry->status == WP_ENTRY_UNCHANGED;

	wp_page_open(page, WP_PART_ROW, NULL);
	add_name(page, view, number, entry->package_id, wp_words_name(entry->name));
	add_rest(page, view, number,
		 unchanged ? wp_cell(wp_confidence_name(wp_words_confidence(entry)))
			   : wp_cell_badge(wp_plan_entry_tone(entry), wp_words_to_do(page->arena, entry)),
		 wp_words_why(page->arena, entry));
	wp_page_close(page);
}

/* Many packages behind one missing map are one row, where the first of them stands. */
static void add_group(struct wp_page *page, const struct wp_plan_view *view, const struct wp_unmapped *group)
{
	const struct wp_entry *first = group->waiting[0];
	size_t number = (size_t)(first - view->plan->entries);

	wp_page_open(page, WP_PART_ROW, NULL);
	add_name(page, view, number, wp_words_counted(page->arena, group->alone, "package"),
		 wp_unmapped_names(page->arena, group));
	add_rest(page, view, number, wp_cell_badge(wp_plan_entry_tone(first), wp_words_to_do(page->arena, first)),
		 wp_arena_printf(page->arena, "%s: %s", wp_words_why(page->arena, first), group->prefix));
	wp_page_close(page);
}

/* One row for each package that is @unchanged, or that is not, in execution order. */
static void add_table(struct wp_page *page, const struct wp_plan_view *view, const char *caption, bool unchanged)
{
	const struct wp_plan *plan = view->plan;
	size_t rows = 0;

	open_table(page, view, caption, unchanged);
	for (size_t i = 0; i < plan->entry_count; i++) {
		const struct wp_entry *entry = &plan->entries[i];
		const struct wp_unmapped *group = wp_unmapped_for(&view->unmapped, plan, entry);

		if (group ? unchanged || group->waiting[0] != entry : (entry->status == WP_ENTRY_UNCHANGED) != unchanged)
			continue;
		if (rows++ >= WP_PAGE_ROWS)
			continue;
		if (group)
			add_group(page, view, group);
		else
			add_row(page, view, i);
	}
	wp_page_close(page);
	wp_page_cut(page, WP_PAGE_ROWS, rows, "package");
}

void wp_plan_page_packages(struct wp_page *page, const struct wp_plan_view *view)
{
	const struct wp_plan *plan = view->plan;
	uint64_t unchanged = plan->summary.unchanged;

	if (unchanged < plan->entry_count) {
		wp_page_heading(page, 2, "Packages");
		add_table(page, view, "Packages, what to do and why", false);
	}
	if (!unchanged)
		return;
	wp_page_open(page, WP_PART_FOLD,
		     wp_arena_printf(page->arena, "Unchanged packages: %s", wp_words_count(page->arena, unchanged)))
		->open = view->options->all;
	add_table(page, view, "Unchanged packages", true);
	wp_page_close(page);
}
