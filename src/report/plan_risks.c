/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What to do: about each gate that blocks packages, and about each kind of note on what the plan means for its site. */
#include "plan_page.h"

#include "plan_words.h"
#include "words.h"

void wp_plan_page_remedies(struct wp_page *page, const struct wp_plan_view *view)
{
	struct wp_remedy *remedies;
	size_t count = wp_remedies(page->arena, view->plan, &remedies);

	if (!count)
		return;
	wp_page_heading(page, 2, "What to do about what is blocked");
	WP_PAGE_TABLE(page, "What to do about what is blocked", WP_FOLDING_TEXTS, { "Why", WP_COLUMN_SHORT },
		      { "Packages", WP_COLUMN_NUMBER }, { "What to do", WP_COLUMN_TEXT });
	for (size_t i = 0; i < count && i < WP_PAGE_ROWS; i++)
		WP_PAGE_ROW(page, wp_cell_as(WP_PART_CODE, remedies[i].code),
			    wp_cell(wp_words_count(page->arena, remedies[i].packages)), wp_cell(remedies[i].remedy));
	wp_page_close(page);
	wp_page_cut(page, WP_PAGE_ROWS, count, "row");
}

static void add_sentences(struct wp_page *page, const struct wp_note_group *group)
{
	wp_page_open(page, WP_PART_CELL, NULL);
	for (size_t i = 0; i < group->count && i < WP_NOTES_SHOWN; i++) {
		if (i)
			wp_page_add(page, WP_PART_BREAK, "");
		wp_page_add(page, WP_PART_TEXT, wp_note_sentence(page->arena, group->notes[i]));
	}
	if (group->count > WP_NOTES_SHOWN) {
		wp_page_add(page, WP_PART_BREAK, "");
		wp_page_add(page, WP_PART_SOFT, wp_arena_printf(page->arena, "and %s more",
								wp_words_count(page->arena, group->count - WP_NOTES_SHOWN)));
	}
	wp_page_close(page);
}

void wp_plan_page_notes(struct wp_page *page, const struct wp_plan_view *view)
{
	if (!view->group_count)
		return;
	wp_page_open(page, WP_PART_SECTION, NULL)->target = "notes";
	wp_page_heading(page, 2, wp_arena_printf(page->arena, "What it means for the site%s", wp_words_uncovered(view->plan)));
	WP_PAGE_TABLE(page, "Notes by what they say", WP_FOLDING_TEXTS, { "Severity", WP_COLUMN_SHORT }, { "Code", WP_COLUMN_SHORT },
		      { "Notes", WP_COLUMN_NUMBER }, { "What was found", WP_COLUMN_NAME }, { "What to do", WP_COLUMN_TEXT });
	for (size_t i = 0; i < view->group_count && i < WP_PAGE_ROWS; i++) {
		const struct wp_note_group *group = &view->groups[i];

		wp_page_open(page, WP_PART_ROW, NULL);
		wp_page_cell(page, wp_cell_badge(wp_plan_note_tone(group->severity), wp_note_severity_name(group->severity)));
		wp_page_cell(page, wp_cell_as(WP_PART_CODE, group->code));
		wp_page_cell(page, wp_cell(wp_words_count(page->arena, group->count)));
		add_sentences(page, group);
		wp_page_cell(page, wp_cell(group->remedy));
		wp_page_close(page);
	}
	wp_page_close(page);
	wp_page_cut(page, WP_PAGE_ROWS, view->group_count, "kind of note");
	wp_page_close(page);
}
