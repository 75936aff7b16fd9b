/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Puts a page together. */
#include "page.h"

#include "words.h"

#include <stdlib.h>

void wp_page_init(struct wp_page *page, struct wp_arena *arena, const char *kind, const char *title, const char *document)
{
	*page = (struct wp_page){ .arena = arena, .kind = kind, .title = title, .document = document, .root = { .kind = WP_PART_PAGE } };
	page->open[page->depth++] = &page->root;
}

static struct wp_part *add(struct wp_page *page, enum wp_part_kind kind, const char *text)
{
	struct wp_part *into = page->open[page->depth - 1], *part = wp_arena_alloc(page->arena, sizeof *part);

	*part = (struct wp_part){ .kind = kind, .text = text };
	if (into->last)
		into->last->next = part;
	else
		into->first = part;
	into->last = part;
	return part;
}

struct wp_part *wp_page_open(struct wp_page *page, enum wp_part_kind kind, const char *text)
{
	struct wp_part *part = add(page, kind, text);

	if (page->depth == sizeof page->open / sizeof *page->open)
		abort();
	page->open[page->depth++] = part;
	return part;
}

void wp_page_close(struct wp_page *page)
{
	if (page->depth < 2)
		abort();
	page->depth--;
}

void wp_page_add(struct wp_page *page, enum wp_part_kind kind, const char *text)
{
	if (text)
		add(page, kind, text);
}

void wp_page_heading(struct wp_page *page, unsigned int level, const char *text)
{
	wp_page_open(page, WP_PART_HEADING, NULL)->level = level;
	wp_page_add(page, WP_PART_TEXT, text);
	wp_page_close(page);
}

void wp_page_line(struct wp_page *page, enum wp_part_kind kind, const char *text)
{
	if (!text)
		return;
	wp_page_open(page, kind, NULL);
	wp_page_add(page, WP_PART_TEXT, text);
	wp_page_close(page);
}

void wp_page_point(struct wp_page *page, enum wp_part_kind kind, const char *strong, const char *text)
{
	if (!text)
		return;
	wp_page_open(page, kind, NULL);
	wp_page_add(page, WP_PART_STRONG, strong);
	wp_page_add(page, WP_PART_TEXT, wp_arena_printf(page->arena, " %s", text));
	wp_page_close(page);
}

void wp_page_cut(struct wp_page *page, size_t shown, size_t total, const char *what)
{
	if (total <= shown)
		return;
	wp_page_line(page, WP_PART_PARAGRAPH,
		     wp_arena_printf(page->arena, "And %s more %s%s, which %s not on this page: the %s has %s.",
				     wp_words_count(page->arena, total - shown), what, wp_plural(total - shown),
				     total - shown == 1 ? "is" : "are", page->document, total - shown == 1 ? "it" : "them"));
}

void wp_page_badge(struct wp_page *page, enum wp_tone tone, const char *text)
{
	add(page, WP_PART_BADGE, text)->tone = tone;
}

void wp_page_card(struct wp_page *page, enum wp_tone tone, const char *number, const char *what)
{
	wp_page_open(page, WP_PART_CARD, number)->tone = tone;
	wp_page_add(page, WP_PART_TEXT, what);
	wp_page_close(page);
}

void wp_page_link(struct wp_page *page, const char *target, const char *text)
{
	add(page, WP_PART_LINK, text)->target = target;
}

static void add_fact(struct wp_page *page, const char *term, enum wp_part_kind kind, const char *value)
{
	if (!value || !*value)
		return;
	wp_page_open(page, WP_PART_FACT, term);
	wp_page_add(page, kind, value);
	wp_page_close(page);
}

void wp_page_fact(struct wp_page *page, const char *term, const char *value)
{
	add_fact(page, term, WP_PART_TEXT, value);
}

void wp_page_path_fact(struct wp_page *page, const char *term, const char *path)
{
	add_fact(page, term, WP_PART_PATH, path);
}

void wp_page_banner(struct wp_page *page, const char *heading, const char *sentence)
{
	if (!sentence)
		return;
	wp_page_open(page, WP_PART_BANNER, heading);
	wp_page_line(page, WP_PART_PARAGRAPH, sentence);
	wp_page_close(page);
}

void wp_page_cell(struct wp_page *page, struct wp_page_cell cell)
{
	wp_page_open(page, WP_PART_CELL, NULL);
	if (cell.text) {
		struct wp_part *part = add(page, cell.kind, cell.text);

		part->tone = cell.tone;
		part->target = cell.target;
	}
	wp_page_close(page);
}

void wp_page_row(struct wp_page *page, const struct wp_page_cell *cells, size_t count)
{
	wp_page_open(page, WP_PART_ROW, NULL);
	for (size_t i = 0; i < count; i++)
		wp_page_cell(page, cells[i]);
	wp_page_close(page);
}

void wp_page_bar(struct wp_page *page, const struct wp_page_share *shares, size_t count, uint64_t whole)
{
	wp_page_open(page, WP_PART_BAR, NULL)->amount = whole;
	for (size_t i = 0; i < count; i++) {
		struct wp_part *share = add(page, WP_PART_SHARE, NULL);

		share->tone = shares[i].tone;
		share->amount = shares[i].amount;
	}
	wp_page_close(page);
}

void wp_page_tick(struct wp_page *page, uint64_t at, const char *text)
{
	add(page, WP_PART_TICK, text)->from = at;
}

void wp_page_span(struct wp_page *page, enum wp_tone tone, const char *what, uint64_t from, uint64_t length, const char *behind)
{
	struct wp_part *span = wp_page_open(page, WP_PART_SPAN, what);

	span->tone = tone;
	span->from = from;
	span->amount = length;
	wp_page_add(page, WP_PART_TEXT, behind);
	wp_page_close(page);
}

void wp_page_table(struct wp_page *page, const char *caption, enum wp_folding folding,
		   const struct wp_page_column *columns, size_t count)
{
	wp_page_open(page, WP_PART_TABLE, caption)->folding = folding;
	for (size_t i = 0; i < count; i++)
		add(page, WP_PART_COLUMN, columns[i].heading)->column = columns[i].column;
}

void wp_page_remarks(struct wp_page *page, unsigned int level, const struct wp_diags *remarks)
{
	static const enum wp_tone tones[] = {
		[WP_SEVERITY_INFO] = WP_TONE_INFO,
		[WP_SEVERITY_WARNING] = WP_TONE_CHANGE,
		[WP_SEVERITY_ERROR] = WP_TONE_BAD,
	};
	bool about = false;

	if (!remarks->count)
		return;
	for (size_t i = 0; i < remarks->count; i++)
		about = about || remarks->items[i].subject;
	wp_page_heading(page, level, "Remarks");
	if (about)
		WP_PAGE_TABLE(page, "Remarks", WP_FOLDING_TEXTS, { "Severity", WP_COLUMN_SHORT }, { "Code", WP_COLUMN_SHORT },
			      { "About", WP_COLUMN_VALUE }, { "Remark", WP_COLUMN_TEXT });
	else
		WP_PAGE_TABLE(page, "Remarks", WP_FOLDING_TEXTS, { "Severity", WP_COLUMN_SHORT }, { "Code", WP_COLUMN_SHORT },
			      { "Remark", WP_COLUMN_TEXT });
	for (size_t i = 0; i < remarks->count && i < WP_PAGE_ROWS; i++) {
		const struct wp_diag *remark = &remarks->items[i];

		wp_page_open(page, WP_PART_ROW, NULL);
		wp_page_cell(page, wp_cell_badge(tones[remark->severity], wp_severity_name(remark->severity)));
		wp_page_cell(page, wp_cell_as(WP_PART_CODE, remark->code));
		if (about)
			wp_page_cell(page, wp_cell(remark->subject));
		wp_page_cell(page, wp_cell(remark->summary));
		wp_page_close(page);
	}
	wp_page_close(page);
	wp_page_cut(page, WP_PAGE_ROWS, remarks->count, "remark");
}
