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
