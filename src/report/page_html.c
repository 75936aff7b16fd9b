/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A page in HTML that needs nothing but itself: no script, no font, no picture, nothing from the network. */
#include "page.h"

#include "html_style.h"
#include "words.h"

#include <stdarg.h>

struct html {
	struct wp_arena *arena;
	struct wp_buf *buf;
	size_t folds; /* so far, to name them */
};

static void add_parts(struct html *html, const struct wp_part *part);
static void add_line(struct html *html, const struct wp_part *holder);

/* Markup of our own, as it is. */
static void add_raw(struct html *html, const char *markup)
{
	wp_buf_puts(html->buf, markup);
}

__attribute__((format(printf, 2, 3))) static void add_rawf(struct html *html, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	wp_buf_puts(html->buf, wp_arena_vprintf(html->arena, format, args));
	va_end(args);
}

/* Between tags and in quoted attributes these five are all that the syntax knows (WHATWG, 13.1.2.3). */
static void add_character(struct html *html, char c)
{
	static const struct {
		char c;
		const char *reference;
	} references[] = { { '<', "&lt;" }, { '>', "&gt;" }, { '&', "&amp;" }, { '"', "&quot;" }, { '\'', "&#39;" } };

	for (size_t i = 0; i < sizeof references / sizeof *references; i++)
		if (references[i].c == c) {
			add_raw(html, references[i].reference);
			return;
		}
	wp_buf_putc(html->buf, c);
}

/* Data as text: control characters made visible, and everything escaped that HTML would take for more than a letter. */
static void add_text(struct html *html, const char *data)
{
	for (const char *text = wp_words_plain(html->arena, data); *text; text++)
		add_character(html, *text);
}

/* The same for a path or a name of a component, which may be broken behind a backslash or _. */
static void add_path(struct html *html, const char *path)
{
	const char *text = wp_words_plain(html->arena, path);

	for (const char *at = text; *at; at++) {
		add_character(html, *at);
		if ((*at == '\\' || *at == '_') && at != text && at[1])
			wp_buf_puts(html->buf, "<wbr>");
	}
}

/* @text between two tags. */
static void add_element(struct html *html, const char *open, const char *text, const char *close)
{
	add_raw(html, open);
	add_text(html, text);
	add_raw(html, close);
}

static const char *tone_class(enum wp_tone tone)
{
	static const char *const classes[] = {
		[WP_TONE_PLAIN] = "same", [WP_TONE_GOOD] = "added", [WP_TONE_CHANGE] = "changed",
		[WP_TONE_BAD] = "removed", [WP_TONE_INFO] = "info",
	};

	return classes[tone];
}

static const char *column_class(enum wp_column column)
{
	static const char *const classes[] = {
		[WP_COLUMN_WORDS] = "words", [WP_COLUMN_NUMBER] = "number", [WP_COLUMN_SHORT] = "short",
		[WP_COLUMN_NAME] = "name",   [WP_COLUMN_VALUE] = "value",   [WP_COLUMN_TEXT] = "text",
		[WP_COLUMN_PATH] = "path",   [WP_COLUMN_BAR] = "bars",
		[WP_COLUMN_TITLE] = "title", [WP_COLUMN_TIME] = "time",
	};

	return classes[column];
}

/* @part of @whole, which it is not above, for a style. */
static const char *percent(struct html *html, uint64_t part, uint64_t whole)
{
	double share = whole ? (double)part / (double)whole : 0;
	unsigned int hundredths = (unsigned int)((share < 1 ? share : 1) * 10000 + 0.5);

	return wp_arena_printf(html->arena, "%u.%02u%%", hundredths / 100, hundredths % 100);
}

/* What is there is seen, however little it is: the style gives each share a least width. */
static void add_bar(struct html *html, const struct wp_part *bar)
{
	add_raw(html, "<div class=\"bar\" aria-hidden=\"true\">");
	for (const struct wp_part *share = bar->first; share; share = share->next) {
		if (share->amount)
			add_rawf(html, "<i class=\"%s\" style=\"width:%s\"></i>", tone_class(share->tone),
				 percent(html, share->amount, bar->amount));
	}
	add_raw(html, "</div>");
}

/* A lane for each span. The window is the ground of each, so that it is one field from the first to the last. */
static void add_timeline(struct html *html, const struct wp_part *timeline)
{
	const struct wp_part *part = timeline->first;
	uint64_t whole = timeline->amount;

	add_rawf(html, "<div class=\"timeline\" aria-hidden=\"true\" style=\"--window:%s\">\n<div class=\"ticks\"><span></span><div>",
		 percent(html, timeline->from, whole));
	for (; part && part->kind == WP_PART_TICK; part = part->next) {
		add_rawf(html, "<i%s style=\"left:%s\">", part->from > whole / 2 ? " class=\"left\"" : "",
			 percent(html, part->from, whole));
		add_text(html, part->text);
		add_raw(html, "</i>");
	}
	add_raw(html, "</div><span></span></div>\n");
	for (; part; part = part->next) {
		uint64_t room = part->from < whole ? whole - part->from : 0;

		add_element(html, "<div><span>", part->text, "</span>");
		add_rawf(html, "<div class=\"lane\"><i class=\"%s\" style=\"left:%s;width:%s\"></i></div><span>", tone_class(part->tone),
			 percent(html, part->from, whole), percent(html, part->amount < room ? part->amount : room, whole));
		add_line(html, part);
		add_raw(html, "</span></div>\n");
	}
	add_raw(html, "</div>\n");
}

static void add_badge(struct html *html, const struct wp_part *badge)
{
	add_rawf(html, "<span class=\"badge %s\">", tone_class(badge->tone));
	add_text(html, badge->text);
	add_raw(html, "</span>");
}

static void add_key(struct html *html, const struct wp_part *key)
{
	add_raw(html, "<ul class=\"key\">");
	for (const struct wp_part *part = key->first; part; part = part->next) {
		add_rawf(html, "<li><i class=\"%s\"></i>", tone_class(part->tone));
		add_text(html, part->text);
		add_raw(html, "</li>");
	}
	add_raw(html, "</ul>\n");
}

static void add_link(struct html *html, const struct wp_part *link)
{
	add_raw(html, "<a href=\"#");
	add_text(html, link->target);
	add_raw(html, "\">");
	add_text(html, link->text);
	add_raw(html, "</a>");
}

/* What stands in a line. */
static void add_line(struct html *html, const struct wp_part *holder)
{
	for (const struct wp_part *part = holder->first; part; part = part->next) {
		switch (part->kind) {
		case WP_PART_STRONG:
			add_element(html, "<b>", part->text, "</b>");
			break;
		case WP_PART_SOFT:
			add_element(html, "<span class=\"soft\">", part->text, "</span>");
			break;
		case WP_PART_CODE:
			add_element(html, "<code>", part->text, "</code>");
			break;
		case WP_PART_PATH:
			add_path(html, part->text);
			break;
		case WP_PART_BADGE:
			add_badge(html, part);
			break;
		case WP_PART_LINK:
			add_link(html, part);
			break;
		case WP_PART_BREAK:
			add_raw(html, "<br>");
			break;
		case WP_PART_BAR:
			add_bar(html, part);
			break;
		case WP_PART_BLANK:
			add_raw(html, "<span class=\"blank\"></span>");
			break;
		default:
			add_text(html, part->text);
		}
	}
}

/* An element around a line. */
static void add_holder(struct html *html, const char *open, const struct wp_part *holder, const char *close)
{
	add_raw(html, open);
	add_line(html, holder);
	add_raw(html, close);
}

/* On a phone such a table has no headings, and a date or a number alone says nothing. */
static bool needs_label(const struct wp_part *table, const struct wp_part *column, const struct wp_part *cell)
{
	return table->folding == WP_FOLDING_TEXTS && (column != table->first || column->column == WP_COLUMN_NUMBER) &&
	       (column->column == WP_COLUMN_SHORT || column->column == WP_COLUMN_NUMBER || column->column == WP_COLUMN_WORDS ||
		column->column == WP_COLUMN_TIME || column->column == WP_COLUMN_VALUE) &&
	       cell->first && (cell->first->kind == WP_PART_TEXT || cell->first->kind == WP_PART_LINK) && *cell->first->text;
}

static void add_row(struct html *html, const struct wp_part *table, const struct wp_part *row)
{
	const struct wp_part *column = table->first;

	add_raw(html, row->tone == WP_TONE_BAD ? "<tr class=\"lost\">" : "<tr>");
	for (const struct wp_part *cell = row->first; cell; cell = cell->next, column = column->next) {
		add_rawf(html, "<td class=\"%s\"", column_class(column->column));
		if (needs_label(table, column, cell)) {
			add_raw(html, " data-label=\"");
			add_text(html, column->text);
			add_raw(html, "\"");
		}
		add_holder(html, ">", cell, "</td>");
	}
	add_raw(html, "</tr>\n");
}

static void add_group(struct html *html, const char *text, size_t columns)
{
	add_rawf(html, "<tr class=\"group\"><th colspan=\"%zu\" scope=\"rowgroup\">", columns);
	add_text(html, text);
	add_raw(html, "</th></tr>\n");
}

static void add_table(struct html *html, const struct wp_part *table)
{
	static const char *const kinds[] = {
		[WP_FOLDING_NONE] = "", [WP_FOLDING_PAIRS] = " class=\"pairs\"", [WP_FOLDING_TEXTS] = " class=\"texts\"",
	};
	const struct wp_part *part;
	size_t columns = 0;

	/* A container that scrolls must take the focus, or the keyboard cannot scroll it. */
	add_raw(html, "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"");
	add_text(html, table->text);
	add_rawf(html, "\"><table%s>\n<thead><tr>", kinds[table->folding]);
	for (part = table->first; part && part->kind == WP_PART_COLUMN; part = part->next, columns++)
		add_element(html,
			    part->column == WP_COLUMN_NUMBER ? "<th scope=\"col\" class=\"number\">" : "<th scope=\"col\">",
			    part->text, "</th>");
	add_raw(html, "</tr></thead>\n<tbody>\n");
	for (; part; part = part->next) {
		if (part->kind == WP_PART_GROUP)
			add_group(html, part->text, columns);
		else
			add_row(html, table, part);
	}
	add_raw(html, "</tbody></table></div>\n");
}

/* It scrolls like a table, for lines that are broken are no lines. */
static void add_listing(struct html *html, const char *hunks)
{
	const char *line;

	add_raw(html, "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"Lines that differ\"><pre>");
	while ((line = wp_words_line(html->arena, &hunks))) {
		const char *kind = *line == '+' ? "added" : *line == '-' ? "removed" : *line == '@' ? "info" : NULL;

		if (kind)
			add_rawf(html, "<span class=\"%s\">", kind);
		add_text(html, line);
		add_raw(html, kind ? "</span>\n" : "\n");
	}
	add_raw(html, "</pre></div>\n");
}

static void add_fold(struct html *html, const struct wp_part *fold)
{
	size_t number = ++html->folds;

	/* No <details>: what is closed there is not printed, and no style of the page can change that everywhere. */
	add_rawf(html, "<div class=\"fold\"><input type=\"checkbox\" id=\"fold-%zu\"%s><label for=\"fold-%zu\">",
		     number, fold->open ? " checked" : "", number);
	add_text(html, fold->text);
	add_raw(html, "</label>\n<div class=\"folded\">\n");
	add_parts(html, fold->first);
	add_raw(html, "</div></div>\n");
}

static void add_section(struct html *html, const struct wp_part *section)
{
	add_raw(html, "<section");
	if (section->kind == WP_PART_ENTRY)
		add_rawf(html, " class=\"entry %s\"", tone_class(section->tone));
	if (section->target) {
		add_raw(html, " id=\"");
		add_text(html, section->target);
		add_raw(html, "\"");
	}
	add_raw(html, ">\n");
	add_parts(html, section->first);
	add_raw(html, "</section>\n");
}

static void add_blocks(struct html *html, const char *open, const struct wp_part *part, const char *close)
{
	add_raw(html, open);
	add_parts(html, part->first);
	add_raw(html, close);
}

static void add_part(struct html *html, const struct wp_part *part)
{
	switch (part->kind) {
	case WP_PART_HEADING:
		add_holder(html, wp_arena_printf(html->arena, "<h%u>", part->level), part,
			   wp_arena_printf(html->arena, "</h%u>\n", part->level));
		break;
	case WP_PART_PARAGRAPH:
		add_holder(html, "<p>", part, "</p>\n");
		break;
	case WP_PART_LEAD:
		add_holder(html, "<p class=\"lead\">", part, "</p>\n");
		break;
	case WP_PART_BANNER:
		add_raw(html, "<div class=\"alert\" role=\"note\">\n");
		add_element(html, "<h2>", part->text, "</h2>\n");
		add_blocks(html, "", part, "</div>\n");
		break;
	case WP_PART_CARDS:
		add_blocks(html, "<div class=\"cards\">\n", part, "</div>\n");
		break;
	case WP_PART_CARD:
		add_rawf(html, "<div class=\"card %s\"><b>", tone_class(part->tone));
		add_text(html, part->text);
		add_holder(html, "</b> <span>", part, "</span></div>\n");
		break;
	case WP_PART_FACTS:
		add_blocks(html, "<dl class=\"facts\">\n", part, "</dl>\n");
		break;
	case WP_PART_FACT:
		add_element(html, "<div><dt>", part->text, "</dt>");
		add_holder(html, "<dd>", part, "</dd></div>\n");
		break;
	case WP_PART_LIST:
		add_blocks(html, "<ul>\n", part, "</ul>\n");
		break;
	case WP_PART_ITEM:
		add_holder(html, "<li>", part, "</li>\n");
		break;
	case WP_PART_SECTION:
	case WP_PART_ENTRY:
		add_section(html, part);
		break;
	case WP_PART_FOLD:
		add_fold(html, part);
		break;
	case WP_PART_TABLE:
		add_table(html, part);
		break;
	case WP_PART_LISTING:
		add_listing(html, part->text);
		break;
	case WP_PART_KEY:
		add_key(html, part);
		break;
	case WP_PART_TIMELINE:
		add_timeline(html, part);
		break;
	case WP_PART_BAR:
		add_raw(html, "<div class=\"big\">");
		add_bar(html, part);
		add_raw(html, "</div>\n");
		break;
	default:
		add_line(html, part);
	}
}

static void add_parts(struct html *html, const struct wp_part *part)
{
	for (; part; part = part->next)
		add_part(html, part);
}

static void begin(struct html *html, const struct wp_page *page)
{
	add_raw(html, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		      /* Whatever a name in an image may hold: nothing on this page runs or is fetched. */
		      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
		      "style-src 'unsafe-inline'\">\n"
		      "<meta name=\"color-scheme\" content=\"light dark\">\n");
	add_element(html, "<title>", page->title, "</title>\n<style>\n");
	add_raw(html, wp_html_style());
	add_raw(html, "</style>\n</head>\n<body>\n<main>\n<header>\n");
	add_element(html, "<p class=\"kind\">", page->kind, "</p>\n");
	add_element(html, "<h1>", page->title, "</h1>\n</header>\n");
}

void wp_page_html(const struct wp_page *page, struct wp_buf *buf)
{
	struct html html = { .arena = page->arena, .buf = buf };

	begin(&html, page);
	add_parts(&html, page->root.first);
	add_raw(&html, "</main>\n</body>\n</html>\n");
}
