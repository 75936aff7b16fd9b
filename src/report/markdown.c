/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Escapes and tables of Markdown. */
#include "markdown.h"

#include "layout.h"

#include <string.h>

/*
 * Control characters made visible, then everything escaped that CommonMark, GFM tables, HTML or GitHub's
 * $-formulas would take for more than a letter. CommonMark 0.31, "Backslash escapes": any ASCII punctuation may be
 * escaped.
 */
void wp_markdown_text(struct wp_arena *arena, struct wp_buf *buf, const char *data)
{
	for (const char *text = wp_layout_escape(arena, data); *text; text++) {
		if (*text == '<')
			wp_buf_puts(buf, "&lt;");
		else if (*text == '>')
			wp_buf_puts(buf, "&gt;");
		else if (*text == '&')
			wp_buf_puts(buf, "&amp;");
		else if (strchr("\\`*_[]|~$#", *text))
			wp_buf_printf(buf, "\\%c", *text);
		else
			wp_buf_putc(buf, *text);
	}
}

void wp_markdown_row(struct wp_arena *arena, struct wp_buf *buf, const char *const *cells, size_t count)
{
	wp_buf_putc(buf, '|');
	for (size_t i = 0; i < count; i++) {
		wp_buf_putc(buf, ' ');
		wp_markdown_text(arena, buf, cells[i]);
		wp_buf_puts(buf, " |");
	}
	wp_buf_putc(buf, '\n');
}

void wp_markdown_head(struct wp_buf *buf, const char *const *headings, size_t count)
{
	wp_buf_putc(buf, '|');
	for (size_t i = 0; i < count; i++)
		wp_buf_printf(buf, " %s |", headings[i]);
	wp_buf_puts(buf, "\n|");
	for (size_t i = 0; i < count; i++)
		wp_buf_puts(buf, " --- |");
	wp_buf_putc(buf, '\n');
}
