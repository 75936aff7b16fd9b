/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is new since an earlier plan: packages of which something else is asked, and notes that came or went. */
#include "plan_since.h"

#include "plan_notes.h"
#include "plan_words.h"
#include "words.h"

#include "wimplan/hash.h"

#include <string.h>

/* Rows of each table: what is new in more packages than that is not read one by one. */
#define MOST_ROWS ((size_t)200)

/* Of entries those that the plan does not have any more come last. */
enum { NOT_THERE = WP_SINCE_KINDS, KINDS };

static const struct {
	const char *entry, *note; /* "2 packages are new", "1 note is gone" */
	enum wp_tone tone;
} kinds[KINDS] = {
	[WP_SINCE_NEW] = { "new", "new", WP_TONE_CHANGE },
	[WP_SINCE_OTHER] = { "different", NULL, WP_TONE_INFO },
	[WP_SINCE_GONE] = { "settled", "gone", WP_TONE_GOOD },
	[NOT_THERE] = { "gone", NULL, WP_TONE_INFO },
};

static int kind_of(const struct wp_since_entry *entry)
{
	return entry->is ? (int)entry->kind : NOT_THERE;
}

const char *wp_words_since_kind(enum wp_since_kind kind)
{
	return kinds[kind].note;
}

static void add_count(struct wp_arena *arena, struct wp_buf *buf, size_t count, const char *what, const char *how)
{
	if (count)
		wp_buf_printf(buf, "%s%s %s %s", buf->length ? ", " : "", wp_words_counted(arena, count, what),
			      count == 1 ? "is" : "are", how);
}

const char *wp_words_since(struct wp_arena *arena, const struct wp_since *since)
{
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };
	const struct wp_plan *earlier = since->earlier;
	size_t entries[KINDS] = { 0 }, notes[WP_SINCE_KINDS] = { 0 };

	for (size_t i = 0; i < since->entry_count; i++)
		entries[kind_of(&since->entries[i])]++;
	for (size_t i = 0; i < since->note_count; i++)
		notes[since->notes[i].kind]++;
	for (size_t i = 0; i < KINDS; i++)
		add_count(arena, &buf, entries[i], "package", kinds[i].entry);
	for (size_t i = 0; i < WP_SINCE_KINDS; i++)
		add_count(arena, &buf, notes[i], "note", kinds[i].note);
	return wp_arena_printf(arena, "Since the plan %s of %s: %s.", wp_hash_short(arena, earlier->id),
			       wp_time_minutes(arena, earlier->created_at), buf.length ? wp_buf_text(&buf) : "nothing has changed");
}

/* What is asked for in an entry of one of the two plans. */
static const char *asked(struct wp_arena *arena, const struct wp_entry *entry)
{
	return entry ? wp_words_to_do(arena, entry) : "not in the plan";
}

const char *wp_words_since_package(struct wp_arena *arena, const struct wp_since_entry *entry)
{
	const char *is = asked(arena, entry->is), *was = asked(arena, entry->was);

	return wp_arena_printf(arena, "%s %s: %s; %s", kinds[kind_of(entry)].entry, (entry->is ? entry->is : entry->was)->package_id, is,
			       strcmp(is, was) ? wp_arena_printf(arena, "it was: %s", was) : "the source is another one");
}

const char *wp_words_since_note(struct wp_arena *arena, const struct wp_since_note *note)
{
	return wp_arena_printf(arena, "%s %s: %s", kinds[note->kind].note, note->note->code, wp_note_sentence(arena, note->note));
}

static void add_entries(struct wp_page *page, const struct wp_since *since)
{
	size_t shown = since->entry_count < MOST_ROWS ? since->entry_count : MOST_ROWS;

	if (!shown)
		return;
	WP_PAGE_TABLE(page, "Packages", WP_FOLDING_TEXTS, { "Since then", WP_COLUMN_SHORT }, { "Package", WP_COLUMN_TITLE },
		      { "Now", WP_COLUMN_WORDS }, { "Before", WP_COLUMN_WORDS });
	for (size_t i = 0; i < shown; i++) {
		const struct wp_since_entry *entry = &since->entries[i];
		const struct wp_entry *either = entry->is ? entry->is : entry->was;

		WP_PAGE_ROW(page, wp_cell_badge(kinds[kind_of(entry)].tone, kinds[kind_of(entry)].entry),
			    wp_cell(wp_arena_printf(page->arena, "%s %s", either->package_id, either->name ? either->name : "")),
			    wp_cell(asked(page->arena, entry->is)),
			    wp_cell(asked(page->arena, entry->was)));
	}
	wp_page_close(page);
	wp_page_cut(page, shown, since->entry_count, "package");
}

static void add_notes(struct wp_page *page, const struct wp_since *since)
{
	size_t shown = since->note_count < MOST_ROWS ? since->note_count : MOST_ROWS;

	if (!shown)
		return;
	WP_PAGE_TABLE(page, "Notes", WP_FOLDING_TEXTS, { "Since then", WP_COLUMN_SHORT }, { "Package", WP_COLUMN_SHORT },
		      { "Note", WP_COLUMN_SHORT }, { "What it says", WP_COLUMN_TEXT });
	for (size_t i = 0; i < shown; i++) {
		const struct wp_note *note = since->notes[i].note;
		enum wp_since_kind kind = since->notes[i].kind;

		WP_PAGE_ROW(page, wp_cell_badge(kinds[kind].tone, kinds[kind].note), wp_cell(note->package_id ? note->package_id : "all"),
			    wp_cell(note->code), wp_cell(note->summary));
	}
	wp_page_close(page);
	wp_page_cut(page, shown, since->note_count, "note");
}

void wp_plan_page_since(struct wp_page *page, const struct wp_since *since)
{
	if (!since)
		return;
	wp_page_heading(page, 2, "What is new");
	wp_page_line(page, WP_PART_PARAGRAPH, wp_words_since(page->arena, since));
	add_entries(page, since);
	add_notes(page, since);
}
