/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A page in HTML. */
#include "page.h"

#include "html.h"

#include <inttypes.h>
#include <string.h>

struct rendering {
	struct wp_html html;
	size_t folds; /* so far, to name them */
};

static void add_parts(struct rendering *to, const struct wp_part *part);

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
	};

	return classes[column];
}

/* What is there is seen, however little it is: the style gives each share a least width. */
static void add_bar(struct wp_html *html, const struct wp_part *bar)
{
	wp_html_raw(html, "<div class=\"bar\" aria-hidden=\"true\">");
	for (const struct wp_part *share = bar->first; share; share = share->next) {
		unsigned int width =
			bar->amount ? (unsigned int)((double)share->amount / (double)bar->amount * 10000 + 0.5) : 0;

		if (share->amount)
			wp_html_rawf(html, "<i class=\"%s\" style=\"width:%u.%02u%%\"></i>", tone_class(share->tone),
				     width / 100, width % 100);
	}
	wp_html_raw(html, "</div>");
}

static void add_badge(struct wp_html *html, const struct wp_part *badge)
{
	wp_html_rawf(html, "<span class=\"badge %s\">", tone_class(badge->tone));
	wp_html_text(html, badge->text);
	wp_html_raw(html, "</span>");
}

static void add_key(struct wp_html *html, const struct wp_part *key)
{
	wp_html_raw(html, "<ul class=\"key\">");
	for (const struct wp_part *part = key->first; part; part = part->next) {
		wp_html_rawf(html, "<li><i class=\"%s\"></i>", tone_class(part->tone));
		wp_html_text(html, part->text);
		wp_html_raw(html, "</li>");
	}
	wp_html_raw(html, "</ul>\n");
}

static void add_link(struct wp_html *html, const struct wp_part *link)
{
	wp_html_raw(html, "<a href=\"#");
	wp_html_text(html, link->target);
	wp_html_raw(html, "\">");
	wp_html_text(html, link->text);
	wp_html_raw(html, "</a>");
}

static void add_element(struct wp_html *html, const char *open, const char *text, const char *close)
{
	wp_html_raw(html, open);
	wp_html_text(html, text);
	wp_html_raw(html, close);
}

/* What stands in a line. */
static void add_line(struct rendering *to, const struct wp_part *holder)
{
	struct wp_html *html = &to->html;

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
			wp_html_path(html, part->text);
			break;
		case WP_PART_BADGE:
			add_badge(html, part);
			break;
		case WP_PART_LINK:
			add_link(html, part);
			break;
		case WP_PART_BREAK:
			wp_html_raw(html, "<br>");
			break;
		case WP_PART_BAR:
			add_bar(html, part);
			break;
		default:
			wp_html_text(html, part->text);
		}
	}
}

/* An element around a line. */
static void add_holder(struct rendering *to, const char *open, const struct wp_part *holder, const char *close)
{
	wp_html_raw(&to->html, open);
	add_line(to, holder);
	wp_html_raw(&to->html, close);
}

/* On a phone such a table has no headings, and a date or a number alone says nothing. */
static bool needs_label(const struct wp_part *table, const struct wp_part *column, const struct wp_part *cell)
{
	return table->folding == WP_FOLDING_TEXTS && column != table->first &&
	       (column->column == WP_COLUMN_SHORT || column->column == WP_COLUMN_NUMBER) &&
	       cell->first && cell->first->kind == WP_PART_TEXT && *cell->first->text;
}

static void add_row(struct rendering *to, const struct wp_part *table, const struct wp_part *row)
{
	const struct wp_part *column = table->first;

	wp_html_raw(&to->html, row->tone == WP_TONE_BAD ? "<tr class=\"lost\">" : "<tr>");
	for (const struct wp_part *cell = row->first; cell; cell = cell->next, column = column->next) {
		wp_html_rawf(&to->html, "<td class=\"%s\"", column_class(column->column));
		if (needs_label(table, column, cell)) {
			wp_html_raw(&to->html, " data-label=\"");
			wp_html_text(&to->html, column->text);
			wp_html_raw(&to->html, "\"");
		}
		add_holder(to, ">", cell, "</td>");
	}
	wp_html_raw(&to->html, "</tr>\n");
}

static void add_group(struct wp_html *html, const char *text, size_t columns)
{
	wp_html_rawf(html, "<tr class=\"group\"><th colspan=\"%zu\" scope=\"rowgroup\">", columns);
	wp_html_text(html, text);
	wp_html_raw(html, "</th></tr>\n");
}

static void add_table(struct rendering *to, const struct wp_part *table)
{
	static const char *const kinds[] = {
		[WP_FOLDING_NONE] = "", [WP_FOLDING_PAIRS] = " class=\"pairs\"", [WP_FOLDING_TEXTS] = " class=\"texts\"",
	};
	const struct wp_part *part;
	size_t columns = 0;

	/* A container that scrolls must take the focus, or the keyboard cannot scroll it. */
	wp_html_raw(&to->html, "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"");
	wp_html_text(&to->html, table->text);
	wp_html_rawf(&to->html, "\"><table%s>\n<thead><tr>", kinds[table->folding]);
	for (part = table->first; part && part->kind == WP_PART_COLUMN; part = part->next, columns++)
		add_element(&to->html,
			    part->column == WP_COLUMN_NUMBER ? "<th scope=\"col\" class=\"number\">" : "<th scope=\"col\">",
			    part->text, "</th>");
	wp_html_raw(&to->html, "</tr></thead>\n<tbody>\n");
	for (; part; part = part->next) {
		if (part->kind == WP_PART_GROUP)
			add_group(&to->html, part->text, columns);
		else
			add_row(to, table, part);
	}
	wp_html_raw(&to->html, "</tbody></table></div>\n");
}

static void add_fold(struct rendering *to, const struct wp_part *fold)
{
	size_t number = ++to->folds;

	/* No <details>: what is closed there is not printed, and no style of the page can change that everywhere. */
	wp_html_rawf(&to->html, "<div class=\"fold\"><input type=\"checkbox\" id=\"fold-%zu\"%s><label for=\"fold-%zu\">",
		     number, fold->open ? " checked" : "", number);
	wp_html_text(&to->html, fold->text);
	wp_html_raw(&to->html, "</label>\n<div class=\"folded\">\n");
	add_parts(to, fold->first);
	wp_html_raw(&to->html, "</div></div>\n");
}

static void add_section(struct rendering *to, const struct wp_part *section)
{
	wp_html_raw(&to->html, "<section");
	if (section->kind == WP_PART_ENTRY)
		wp_html_rawf(&to->html, " class=\"entry %s\"", tone_class(section->tone));
	if (section->target) {
		wp_html_raw(&to->html, " id=\"");
		wp_html_text(&to->html, section->target);
		wp_html_raw(&to->html, "\"");
	}
	wp_html_raw(&to->html, ">\n");
	add_parts(to, section->first);
	wp_html_raw(&to->html, "</section>\n");
}

static void add_blocks(struct rendering *to, const char *open, const struct wp_part *part, const char *close)
{
	wp_html_raw(&to->html, open);
	add_parts(to, part->first);
	wp_html_raw(&to->html, close);
}

static void add_part(struct rendering *to, const struct wp_part *part)
{
	struct wp_html *html = &to->html;

	switch (part->kind) {
	case WP_PART_HEADING:
		add_holder(to, wp_arena_printf(html->arena, "<h%u>", part->level), part,
			   wp_arena_printf(html->arena, "</h%u>\n", part->level));
		break;
	case WP_PART_PARAGRAPH:
		add_holder(to, "<p>", part, "</p>\n");
		break;
	case WP_PART_LEAD:
		add_holder(to, "<p class=\"lead\">", part, "</p>\n");
		break;
	case WP_PART_BANNER:
		wp_html_raw(html, "<div class=\"alert\" role=\"note\">\n");
		wp_html_element(html, "h2", NULL, part->text);
		add_blocks(to, "", part, "</div>\n");
		break;
	case WP_PART_CARDS:
		add_blocks(to, "<div class=\"cards\">\n", part, "</div>\n");
		break;
	case WP_PART_CARD:
		wp_html_rawf(html, "<div class=\"card %s\"><b>", tone_class(part->tone));
		wp_html_text(html, part->text);
		add_holder(to, "</b> <span>", part, "</span></div>\n");
		break;
	case WP_PART_FACTS:
		add_blocks(to, "<dl class=\"facts\">\n", part, "</dl>\n");
		break;
	case WP_PART_FACT:
		add_element(html, "<div><dt>", part->text, "</dt>");
		add_holder(to, "<dd>", part, "</dd></div>\n");
		break;
	case WP_PART_LIST:
		add_blocks(to, "<ul>\n", part, "</ul>\n");
		break;
	case WP_PART_ITEM:
		add_holder(to, "<li>", part, "</li>\n");
		break;
	case WP_PART_SECTION:
	case WP_PART_ENTRY:
		add_section(to, part);
		break;
	case WP_PART_FOLD:
		add_fold(to, part);
		break;
	case WP_PART_TABLE:
		add_table(to, part);
		break;
	case WP_PART_KEY:
		add_key(html, part);
		break;
	case WP_PART_BAR:
		wp_html_raw(html, "<div class=\"big\">");
		add_bar(html, part);
		wp_html_raw(html, "</div>\n");
		break;
	default:
		add_line(to, part);
	}
}

static void add_parts(struct rendering *to, const struct wp_part *part)
{
	for (; part; part = part->next)
		add_part(to, part);
}

void wp_page_html(const struct wp_page *page, struct wp_buf *buf)
{
	struct rendering to = { .html = { .arena = page->arena, .buf = buf } };

	wp_html_begin(&to.html, page->kind, page->title);
	add_parts(&to, page->root.first);
	wp_html_end(&to.html);
}
