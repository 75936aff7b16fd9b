/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One page that needs nothing but itself: no script, no font, no picture, nothing from the network. */
#include "html.h"

#include "layout.h"

#include <stdarg.h>
#include <string.h>

void wp_html_raw(struct wp_html *html, const char *markup)
{
	wp_buf_puts(html->buf, markup);
}

void wp_html_rawf(struct wp_html *html, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	wp_buf_puts(html->buf, wp_arena_vprintf(html->arena, format, args));
	va_end(args);
}

/*
 * Adds a character; between tags and in quoted attributes these five are all that the
 * syntax knows (WHATWG, 13.1.2.3).
 */
static void add_character(struct wp_html *html, char c)
{
	switch (c) {
	case '<':
		wp_buf_puts(html->buf, "&lt;");
		break;
	case '>':
		wp_buf_puts(html->buf, "&gt;");
		break;
	case '&':
		wp_buf_puts(html->buf, "&amp;");
		break;
	case '"':
		wp_buf_puts(html->buf, "&quot;");
		break;
	case '\'':
		wp_buf_puts(html->buf, "&#39;");
		break;
	default:
		wp_buf_putc(html->buf, c);
	}
}

void wp_html_text(struct wp_html *html, const char *data)
{
	for (const char *text = wp_layout_escape(html->arena, data); *text; text++)
		add_character(html, *text);
}

void wp_html_path(struct wp_html *html, const char *path)
{
	const char *text = wp_layout_escape(html->arena, path);

	for (const char *at = text; *at; at++) {
		add_character(html, *at);
		if ((*at == '\\' || *at == '_') && at != text && at[1])
			wp_buf_puts(html->buf, "<wbr>");
	}
}

static void open_tag(struct wp_html *html, const char *tag, const char *class)
{
	wp_buf_printf(html->buf, "<%s", tag);
	if (class)
		wp_buf_printf(html->buf, " class=\"%s\"", class);
	wp_buf_putc(html->buf, '>');
}

void wp_html_element(struct wp_html *html, const char *tag, const char *class, const char *data)
{
	open_tag(html, tag, class);
	wp_html_text(html, data);
	wp_buf_printf(html->buf, "</%s>\n", tag);
}

void wp_html_begin(struct wp_html *html, const char *kind, const char *title)
{
	wp_html_raw(html, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
			  "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
			  /* Whatever a name in an image may hold: nothing on this page runs or is fetched. */
			  "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
			  "style-src 'unsafe-inline'\">\n"
			  "<meta name=\"color-scheme\" content=\"light dark\">\n");
	wp_html_element(html, "title", NULL, title);
	wp_html_raw(html, "<style>\n");
	wp_html_raw(html, wp_html_style());
	wp_html_raw(html, "</style>\n</head>\n<body>\n<main>\n<header>\n");
	wp_html_element(html, "p", "kind", kind);
	wp_html_element(html, "h1", NULL, title);
	wp_html_raw(html, "</header>\n");
}

void wp_html_end(struct wp_html *html)
{
	wp_html_raw(html, "</main>\n</body>\n</html>\n");
}

void wp_html_table(struct wp_html *html, const char *caption, const char *const *headings, size_t count)
{
	wp_html_folding_table(html, NULL, caption, headings, count);
}

void wp_html_folding_table(struct wp_html *html, const char *kind, const char *caption, const char *const *headings,
			   size_t count)
{
	/* A container that scrolls must take the focus, or the keyboard cannot scroll it. */
	wp_html_raw(html, "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"");
	wp_html_text(html, caption);
	wp_html_rawf(html, "\"><table%s%s%s>\n<thead><tr>", kind ? " class=\"" : "", kind ? kind : "", kind ? "\"" : "");
	for (size_t i = 0; i < count; i++)
		if (*headings[i] == '#')
			wp_html_rawf(html, "<th scope=\"col\" class=\"number\">%s</th>", headings[i] + 1);
		else
			wp_html_rawf(html, "<th scope=\"col\">%s</th>", headings[i]);
	wp_html_raw(html, "</tr></thead>\n<tbody>\n");
}

void wp_html_table_end(struct wp_html *html)
{
	wp_html_raw(html, "</tbody></table></div>\n");
}

void wp_html_row_heading(struct wp_html *html, const char *text, size_t columns)
{
	wp_html_rawf(html, "<tr class=\"group\"><th colspan=\"%zu\" scope=\"rowgroup\">", columns);
	wp_html_text(html, text);
	wp_html_raw(html, "</th></tr>\n");
}

void wp_html_card(struct wp_html *html, const char *class, const char *number, const char *what)
{
	wp_html_rawf(html, "<div class=\"card %s\"><b>", class);
	wp_html_text(html, number);
	wp_html_raw(html, "</b> <span>");
	wp_html_text(html, what);
	wp_html_raw(html, "</span></div>\n");
}

void wp_html_badge(struct wp_html *html, const char *class, const char *text)
{
	wp_html_rawf(html, "<span class=\"badge %s\">", class);
	wp_html_text(html, text);
	wp_html_raw(html, "</span>");
}

void wp_html_fact(struct wp_html *html, const char *term, const char *value)
{
	if (!value || !*value)
		return;
	wp_html_raw(html, "<div>");
	wp_html_element(html, "dt", NULL, term);
	wp_html_element(html, "dd", NULL, value);
	wp_html_raw(html, "</div>\n");
}

void wp_html_bar(struct wp_html *html, const struct wp_html_part *parts, size_t count, uint64_t whole)
{
	wp_html_raw(html, "<div class=\"bar\" aria-hidden=\"true\">");
	for (size_t i = 0; i < count; i++) {
		unsigned int share = whole ? (unsigned int)((double)parts[i].amount / (double)whole * 10000 + 0.5) : 0;

		/* What is there is seen, however little it is: the style gives each part a least width. */
		if (parts[i].amount)
			wp_html_rawf(html, "<i class=\"%s\" style=\"width:%u.%02u%%\"></i>", parts[i].class,
				     share / 100, share % 100);
	}
	wp_html_raw(html, "</div>");
}

void wp_html_paragraph(struct wp_html *html, const char *class, const char *sentence)
{
	if (sentence)
		wp_html_element(html, "p", class, sentence);
}

static void add_remark(struct wp_html *html, const struct wp_diag *diag)
{
	const char *severity = wp_severity_name(diag->severity);

	wp_html_raw(html, "<li>");
	wp_html_badge(html, severity, severity);
	wp_html_raw(html, " <code>");
	wp_html_text(html, diag->code);
	wp_html_raw(html, "</code> ");
	if (diag->subject) {
		wp_html_raw(html, "<b>");
		wp_html_text(html, diag->subject);
		wp_html_raw(html, "</b>: ");
	}
	wp_html_text(html, diag->summary);
	wp_html_raw(html, "</li>\n");
}

void wp_html_remarks(struct wp_html *html, const struct wp_diags *diags)
{
	if (!diags->count)
		return;
	wp_html_element(html, "h2", NULL, "Remarks");
	wp_html_raw(html, "<ul class=\"remarks\">\n");
	for (size_t i = 0; i < diags->count; i++)
		add_remark(html, &diags->items[i]);
	wp_html_raw(html, "</ul>\n");
}
