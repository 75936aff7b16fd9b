/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the verdict on each package rests on. */
#include "plan_page.h"

#include "remedies.h"
#include "words.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

const char *wp_plan_page_anchor(struct wp_arena *arena, size_t number)
{
	return wp_arena_printf(arena, "package-%zu", number + 1);
}

/* A change board approves calls, so they have ConfigMgr's own names here. */
static const char *calls_of(struct wp_arena *arena, const struct wp_entry *entry)
{
	const char *reload = wp_action_name(WP_RELOAD), *refresh = wp_action_name(WP_REFRESH);

	if (entry->reload && entry->refresh)
		return wp_arena_printf(arena, "%s, then %s", reload, refresh);
	if (entry->reload)
		return reload;
	return entry->refresh ? refresh : NULL;
}

/* A reason about a field, in words, and where it stood. */
struct field {
	struct wp_reason_words words;
	const struct wp_reason *reason;
	size_t at;
};

static int compare_values(const struct field *a, const struct field *b)
{
	int order = strcmp(a->words.field, b->words.field);

	if (!order)
		order = strcmp(a->words.before, b->words.before);
	if (!order)
		order = strcmp(a->words.after, b->words.after);
	return order ? order : (int)a->reason->confidence - (int)b->reason->confidence;
}

static int compare_fields(const void *a, const void *b)
{
	const struct field *x = a, *y = b;
	int order = compare_values(x, y);

	if (order)
		return order;
	return x->at < y->at ? -1 : x->at > y->at;
}

/* What is the same for several images, in one row of the table. */
struct row {
	const struct field *first;
	size_t count;
};

static int compare_rows(const void *a, const void *b)
{
	size_t x = ((const struct row *)a)->first->at, y = ((const struct row *)b)->first->at;

	return x < y ? -1 : x > y;
}

/* "1", "1–4, 7": the images of @row, which stand in ascending order; "all" where a reason names none. */
static const char *images_of(struct wp_arena *arena, const struct row *row)
{
	struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };

	for (size_t i = 0; i < row->count;) {
		uint32_t first = row->first[i].reason->image, last = first;

		if (!first)
			return "all";
		for (i++; i < row->count && row->first[i].reason->image == last + 1; i++)
			last++;
		wp_buf_printf(&text, "%s%" PRIu32, text.length ? ", " : "", first);
		if (last > first)
			wp_buf_printf(&text, "–%" PRIu32, last);
	}
	return wp_arena_strdup(arena, wp_buf_text(&text));
}

static void add_field(struct wp_page *page, const struct row *row)
{
	const struct wp_reason_words *words = &row->first->words;

	wp_page_open(page, WP_PART_ROW, NULL);
	wp_page_line(page, WP_PART_CELL, images_of(page->arena, row));
	wp_page_code_cell(page, words->field);
	wp_page_line(page, WP_PART_CELL, *words->before ? words->before : "(empty)");
	wp_page_line(page, WP_PART_CELL, *words->after ? words->after : "(empty)");
	wp_page_line(page, WP_PART_CELL, wp_confidence_name(row->first->reason->confidence));
	wp_page_close(page);
}

static void add_fields(struct wp_page *page, const struct wp_entry *entry, struct field *fields, size_t count)
{
	static const struct wp_page_column columns[] = {
		{ "Image", WP_COLUMN_NUMBER },
		{ "Field", WP_COLUMN_SHORT },
		{ "Site has", WP_COLUMN_VALUE },
		{ "Source has", WP_COLUMN_VALUE },
		{ "Confidence", WP_COLUMN_SHORT },
	};
	struct row *rows = NULL;
	size_t row_count = 0;

	if (!count)
		return;
	qsort(fields, count, sizeof *fields, compare_fields);
	for (size_t i = 0; i < count; i++) {
		if (!i || compare_values(&fields[i - 1], &fields[i]))
			*WP_PUSH(page->arena, rows, row_count) = (struct row){ .first = &fields[i] };
		rows[row_count - 1].count++;
	}
	qsort(rows, row_count, sizeof *rows, compare_rows);
	wp_page_table(page, wp_arena_printf(page->arena, "Image metadata of %s", entry->package_id), WP_FOLDING_PAIRS,
		      columns, sizeof columns / sizeof *columns);
	for (size_t i = 0; i < row_count; i++)
		add_field(page, &rows[i]);
	wp_page_close(page);
}

static void add_sentence(struct wp_page *page, const struct wp_reason *reason, const struct wp_reason_words *words)
{
	wp_page_open(page, WP_PART_ITEM, NULL);
	if (reason->action == WP_NO_ACTION)
		wp_page_add(page, WP_PART_CODE, words->about);
	else
		wp_page_add(page, WP_PART_TEXT, words->about);
	wp_page_add(page, WP_PART_TEXT,
		    reason->action == WP_NO_ACTION ? wp_arena_printf(page->arena, ": %s", words->note)
						   : wp_arena_printf(page->arena, ": %s (%s)", words->note,
								     wp_confidence_name(reason->confidence)));
	wp_page_close(page);
}

/* Reasons that name a recorded and a found value go into the table, the others are sentences. */
static void add_reasons(struct wp_page *page, const struct wp_entry *entry)
{
	struct field *fields = wp_arena_alloc(page->arena, entry->reason_count * sizeof *fields);
	size_t count = 0;

	wp_page_open(page, WP_PART_LIST, NULL);
	for (size_t i = 0; i < entry->reason_count; i++) {
		struct field *field = &fields[count];

		wp_words_reason(page->arena, &entry->reasons[i], &field->words);
		field->reason = &entry->reasons[i];
		field->at = i;
		if (field->words.field)
			count++;
		else
			add_sentence(page, field->reason, &field->words);
	}
	wp_page_close(page);
	add_fields(page, entry, fields, count);
}

static void add_title(struct wp_page *page, const struct wp_entry *entry)
{
	wp_page_open(page, WP_PART_HEADING, NULL)->level = 3;
	wp_page_add(page, WP_PART_TEXT, entry->package_id);
	wp_page_add(page, WP_PART_TEXT, " ");
	wp_page_add(page, WP_PART_TEXT, entry->name && *entry->name ? entry->name : "(no name)");
	wp_page_add(page, WP_PART_TEXT, " ");
	wp_page_badge(page, wp_plan_page_tone(entry), wp_words_to_do(page->arena, entry));
	wp_page_close(page);
}

static void add_entry(struct wp_page *page, const struct wp_plan *plan, const struct wp_entry *entry, size_t number)
{
	const struct wp_number *version = &entry->preconditions.source_version;
	struct wp_part *section = wp_page_open(page, WP_PART_ENTRY, NULL);

	section->tone = wp_plan_page_tone(entry);
	section->target = wp_plan_page_anchor(page->arena, number);
	add_title(page, entry);
	wp_page_open(page, WP_PART_FACTS, NULL);
	wp_page_fact(page, entry->status == WP_ENTRY_CHANGE ? "Do" : "Would need", calls_of(page->arena, entry));
	wp_page_fact(page, "Class", wp_class_name(entry->class));
	wp_page_path_fact(page, "Source", entry->source_path);
	if (version->known)
		wp_page_fact(page, "Source version now", wp_arena_printf(page->arena, "%" PRIu64, version->value));
	if (entry->content)
		wp_page_fact(page, "Inside",
			     wp_arena_printf(page->arena, "%s%s", wp_words_content(page->arena, entry->content),
					     wp_words_uncovered(plan)));
	wp_page_close(page);
	add_reasons(page, entry);
	wp_page_close(page);
}

void wp_plan_page_evidence(struct wp_page *page, const struct wp_plan *plan)
{
	for (size_t i = 0; i < plan->entry_count; i++)
		if (plan->entries[i].status != WP_ENTRY_UNCHANGED)
			add_entry(page, plan, &plan->entries[i], i);
}

void wp_plan_page_remedies(struct wp_page *page, const struct wp_plan *plan)
{
	static const struct wp_page_column columns[] = {
		{ "Why", WP_COLUMN_SHORT },
		{ "Packages", WP_COLUMN_NUMBER },
		{ "What to do", WP_COLUMN_TEXT },
	};
	struct wp_remedy *remedies;
	size_t count = wp_remedies(page->arena, plan, &remedies);

	if (!count)
		return;
	wp_page_heading(page, 2, "What to do about what is blocked");
	wp_page_table(page, "What to do about what is blocked", WP_FOLDING_NONE, columns, sizeof columns / sizeof *columns);
	for (size_t i = 0; i < count; i++) {
		wp_page_open(page, WP_PART_ROW, NULL);
		wp_page_code_cell(page, remedies[i].code);
		wp_page_line(page, WP_PART_CELL, wp_words_count(page->arena, remedies[i].packages));
		wp_page_line(page, WP_PART_CELL, remedies[i].remedy);
		wp_page_close(page);
	}
	wp_page_close(page);
}
