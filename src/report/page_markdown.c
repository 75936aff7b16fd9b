/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A page in Markdown (GFM). */
#include "page.h"

#include "words.h"

#include <stdbool.h>
#include <string.h>

struct markdown {
	struct wp_arena *arena;
	struct wp_buf *buf;
};

static void add_parts(struct markdown *md, const struct wp_part *part);

/*
 * What a renderer takes for a link or a mention although nothing marks it: GFM's extended autolinks (GFM 0.29, 6.9) and
 * the @names and #numbers of forges, which look for them behind the rendering, where no backslash is left.
 */
static bool is_taken_for_link(const char *word, size_t length)
{
	static const char *const marks[] = { "://", "www.", "mailto:", "xmpp:" };

	for (size_t at = 0; at < length; at++) {
		if (word[at] == '@')
			return true;
		if (word[at] == '#' && at + 1 < length && word[at + 1] >= '0' && word[at + 1] <= '9')
			return true;
		for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
			size_t same = 0;

			/* The bit is that of small letters; '.', '/' and ':' have it, too. */
			while (marks[i][same] && at + same < length && (word[at + same] | 0x20) == marks[i][same])
				same++;
			if (!marks[i][same])
				return true;
		}
	}
	return false;
}

/*
 * Everything that CommonMark, GFM tables, HTML or GitHub's $-formulas would take for more than a letter. CommonMark 0.31,
 * "Backslash escapes": any ASCII punctuation may be escaped.
 */
static void add_character(struct wp_buf *buf, char c)
{
	if (c == '<')
		wp_buf_puts(buf, "&lt;");
	else if (c == '>')
		wp_buf_puts(buf, "&gt;");
	else if (c == '&')
		wp_buf_puts(buf, "&amp;");
	else if (strchr("\\`*_[]|~$#", c))
		wp_buf_printf(buf, "\\%c", c);
	else
		wp_buf_putc(buf, c);
}

/* Data as text: nothing in it is taken for markup. */
static void add_data(struct markdown *md, const char *data)
{
	const char *text = wp_words_plain(md->arena, data);

	while (*text) {
		/* A cell ends at a '|' even in code (GFM 0.29, 4.10), and code at a '`'. */
		size_t length = strcspn(text, " `|");

		if (is_taken_for_link(text, length)) {
			/* Nothing in code is looked for. */
			wp_buf_printf(md->buf, "`%.*s`", (int)length, text);
			text += length;
			continue;
		}
		for (const char *end = text + length + !length; text < end; text++)
			add_character(md->buf, *text);
	}
}

/* Whether a line that begins like this would be a list, or underline the one before it. */
static bool begins_block(const char *text)
{
	size_t digits = strspn(text, "0123456789");

	return (*text && strchr("-+=", *text)) || (digits && text[digits] && strchr(".)", text[digits]));
}

/* @first: nothing stands before it on the line. */
static void add_text(struct markdown *md, const char *text, bool first)
{
	size_t digits = strspn(text, "0123456789");

	if (first && begins_block(text)) {
		wp_buf_add(md->buf, text, digits);
		wp_buf_putc(md->buf, '\\');
		wp_buf_putc(md->buf, text[digits]);
		text += digits + 1;
	}
	add_data(md, text);
}

/* In code nothing can be escaped, so what would end it is written as text. */
static void add_code(struct markdown *md, const char *text)
{
	if (strpbrk(text, "`|") || !text[strspn(text, " ")])
		add_data(md, text);
	else
		wp_buf_printf(md->buf, "`%s`", wp_words_plain(md->arena, text));
}

static void add_between(struct markdown *md, const char *before, const char *text, const char *behind)
{
	wp_buf_puts(md->buf, before);
	add_data(md, text);
	wp_buf_puts(md->buf, behind);
}

/* Whether nothing of ours stands in front of the text. */
static bool begins_line(const struct wp_part *holder)
{
	return holder->kind == WP_PART_PARAGRAPH || holder->kind == WP_PART_LEAD || holder->kind == WP_PART_ITEM;
}

/* The text of @holder on one line. */
static void add_line(struct markdown *md, const struct wp_part *holder)
{
	for (const struct wp_part *part = holder->first; part; part = part->next) {
		switch (part->kind) {
		case WP_PART_STRONG:
			add_between(md, *part->text ? "**" : "", part->text, *part->text ? "**" : "");
			break;
		case WP_PART_BADGE:
			/* In a heading it stands behind what it is about. */
			add_between(md, holder->kind == WP_PART_HEADING ? "(" : "", part->text,
				    holder->kind == WP_PART_HEADING ? ")" : "");
			break;
		case WP_PART_CODE:
			add_code(md, part->text);
			break;
		case WP_PART_BREAK:
			wp_buf_puts(md->buf, "<br>");
			break;
		case WP_PART_BAR:
			break;
		case WP_PART_BLANK:
			wp_buf_puts(md->buf, "\\_\\_\\_\\_\\_\\_\\_\\_\\_\\_\\_\\_");
			break;
		default:
			add_text(md, part->text, part == holder->first && begins_line(holder));
		}
	}
}

static void add_row(struct markdown *md, const struct wp_part *table, const struct wp_part *row, size_t columns)
{
	const struct wp_part *column = table->first;

	wp_buf_putc(md->buf, '|');
	for (const struct wp_part *cell = row->first; cell; cell = cell->next, column = column->next) {
		if (column->column == WP_COLUMN_BAR)
			continue;
		wp_buf_putc(md->buf, ' ');
		add_line(md, cell);
		wp_buf_puts(md->buf, " |");
	}
	/* GFM has no cell over several columns. */
	if (row->kind == WP_PART_GROUP) {
		wp_buf_putc(md->buf, ' ');
		add_between(md, "**", row->text, "**");
		wp_buf_puts(md->buf, " |");
		for (size_t i = 1; i < columns; i++)
			wp_buf_puts(md->buf, " |");
	}
	wp_buf_putc(md->buf, '\n');
}

static void add_table(struct markdown *md, const struct wp_part *table)
{
	const struct wp_part *part, *rows;
	size_t columns = 0;

	wp_buf_putc(md->buf, '|');
	for (part = table->first; part && part->kind == WP_PART_COLUMN; part = part->next) {
		if (part->column == WP_COLUMN_BAR)
			continue;
		columns++;
		wp_buf_putc(md->buf, ' ');
		add_data(md, part->text);
		wp_buf_puts(md->buf, " |");
	}
	rows = part;
	wp_buf_puts(md->buf, "\n|");
	for (part = table->first; part != rows; part = part->next)
		if (part->column != WP_COLUMN_BAR)
			wp_buf_puts(md->buf, part->column == WP_COLUMN_NUMBER ? " ---: |" : " --- |");
	wp_buf_putc(md->buf, '\n');
	for (part = rows; part; part = part->next)
		add_row(md, table, part, columns);
	wp_buf_putc(md->buf, '\n');
}

static void add_cards(struct markdown *md, const struct wp_part *cards)
{
	const struct wp_part *card;

	wp_buf_putc(md->buf, '|');
	for (card = cards->first; card; card = card->next) {
		wp_buf_putc(md->buf, ' ');
		add_line(md, card);
		wp_buf_puts(md->buf, " |");
	}
	wp_buf_puts(md->buf, "\n|");
	for (card = cards->first; card; card = card->next)
		wp_buf_puts(md->buf, " ---: |");
	wp_buf_puts(md->buf, "\n|");
	for (card = cards->first; card; card = card->next) {
		wp_buf_putc(md->buf, ' ');
		add_data(md, card->text);
		wp_buf_puts(md->buf, " |");
	}
	wp_buf_puts(md->buf, "\n\n");
}

/* A block quote: GFM knows nothing that stands out more. */
static void add_banner(struct markdown *md, const struct wp_part *banner)
{
	struct wp_buf inside __attribute__((cleanup(wp_buf_free))) = { 0 };
	struct markdown part = { .arena = md->arena, .buf = &inside };
	const char *end;

	add_between(&part, "**", banner->text, "**");
	wp_buf_puts(&inside, "\n\n");
	add_parts(&part, banner->first);
	for (const char *line = wp_buf_text(&inside); (end = strchr(line, '\n')); line = end + 1) {
		/* The empty line at the end is not part of it. */
		if (end == line && !end[1])
			break;
		wp_buf_puts(md->buf, end == line ? ">" : "> ");
		wp_buf_add(md->buf, line, (size_t)(end - line) + 1);
	}
	wp_buf_putc(md->buf, '\n');
}

/* CommonMark 0.31, 4.5: a fence ends at a line of as many backticks, so ours are more than the text has in a row. */
static void add_listing(struct markdown *md, const char *hunks)
{
	size_t longest = 2;
	const char *line;

	for (const char *at = strchr(hunks, '`'); at; at = strchr(at, '`')) {
		size_t length = strspn(at, "`");

		longest = length > longest ? length : longest;
		at += length;
	}
	wp_buf_pad(md->buf, '`', longest + 1);
	wp_buf_puts(md->buf, "diff\n");
	while ((line = wp_words_line(md->arena, &hunks)))
		wp_buf_printf(md->buf, "%s\n", line);
	wp_buf_pad(md->buf, '`', longest + 1);
	wp_buf_puts(md->buf, "\n\n");
}

static void add_part(struct markdown *md, const struct wp_part *part)
{
	switch (part->kind) {
	case WP_PART_HEADING:
		wp_buf_printf(md->buf, "%.*s ", (int)part->level, "######");
		add_line(md, part);
		wp_buf_puts(md->buf, "\n\n");
		break;
	case WP_PART_FACT:
		wp_buf_puts(md->buf, "- ");
		add_data(md, part->text);
		wp_buf_puts(md->buf, ": ");
		add_line(md, part);
		wp_buf_putc(md->buf, '\n');
		break;
	case WP_PART_ITEM:
		wp_buf_puts(md->buf, "- ");
		add_line(md, part);
		wp_buf_putc(md->buf, '\n');
		break;
	case WP_PART_FACTS:
	case WP_PART_LIST:
		add_parts(md, part->first);
		/* What follows at once without an empty line is one list with it. */
		if (part->first && !(part->next && part->next->kind == WP_PART_LIST && part->next->first))
			wp_buf_putc(md->buf, '\n');
		break;
	case WP_PART_TABLE:
		add_table(md, part);
		break;
	case WP_PART_LISTING:
		add_listing(md, part->text);
		break;
	case WP_PART_CARDS:
		add_cards(md, part);
		break;
	case WP_PART_BANNER:
		add_banner(md, part);
		break;
	case WP_PART_FOLD:
		/* GFM 0.29, 4.6 "HTML blocks": the blank lines let Markdown be read inside the element. */
		wp_buf_puts(md->buf, part->open ? "<details open>\n<summary>" : "<details>\n<summary>");
		add_data(md, part->text);
		wp_buf_puts(md->buf, "</summary>\n\n");
		add_parts(md, part->first);
		wp_buf_puts(md->buf, "</details>\n\n");
		break;
	case WP_PART_SECTION:
	case WP_PART_ENTRY:
		add_parts(md, part->first);
		break;
	case WP_PART_KEY:
	case WP_PART_BAR:
	case WP_PART_TIMELINE:
		break;
	default:
		add_line(md, part);
		wp_buf_puts(md->buf, "\n\n");
	}
}

static void add_parts(struct markdown *md, const struct wp_part *part)
{
	for (; part; part = part->next)
		add_part(md, part);
}

void wp_page_markdown(const struct wp_page *page, struct wp_buf *buf)
{
	struct wp_buf whole __attribute__((cleanup(wp_buf_free))) = { 0 };
	struct markdown md = { .arena = page->arena, .buf = &whole };

	wp_buf_puts(&whole, "# ");
	add_data(&md, page->title);
	wp_buf_puts(&whole, "\n\n");
	add_parts(&md, page->root.first);
	/* Each block ends with an empty line, which the last one does not need. */
	wp_buf_add(buf, whole.data, whole.length - 1);
}
