/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Escapes, colours and wraps for the text reports. */
#include "layout.h"

#include "wimplan/text.h"

#include <string.h>

const char *wp_layout_escape(struct wp_arena *arena, const char *text)
{
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };

	if (!text)
		return "";
	wp_text_escape(&buf, text);
	return wp_arena_strdup(arena, wp_buf_text(&buf));
}

void wp_layout_tint(struct wp_buf *buf, bool color, enum wp_tint tint, const char *text)
{
	/* ECMA-48 SGR: 1 bold, 31 red, 32 green, 33 yellow, 36 cyan. */
	static const char *const codes[] = { "", "32", "33", "31", "36", "1" };

	if (color && tint != WP_TINT_NONE)
		wp_buf_printf(buf, "\033[%sm%s\033[0m", codes[tint], text);
	else
		wp_buf_puts(buf, text);
}

void wp_layout_wrap(struct wp_buf *buf, const char *text, size_t used, size_t indent, size_t columns)
{
	struct wp_buf word __attribute__((cleanup(wp_buf_free))) = { 0 };
	size_t column = used, gap = strspn(text, " ");
	bool first = true;

	/* Blanks are kept as they are except where a line ends: two of them in a name are not one. */
	for (const char *at = text + gap; *at; gap = strspn(at, " "), at += gap) {
		size_t length = strcspn(at, " ");
		size_t width;

		word.length = 0;
		wp_buf_add(&word, at, length);
		width = wp_text_width(wp_buf_text(&word));
		if (!first && column + gap + width > columns) {
			wp_buf_putc(buf, '\n');
			wp_buf_pad(buf, ' ', indent);
			column = indent;
		} else {
			wp_buf_pad(buf, ' ', gap);
			column += gap;
		}
		wp_buf_add(buf, word.data, length);
		column += width;
		at += length;
		first = false;
	}
	wp_buf_putc(buf, '\n');
}
