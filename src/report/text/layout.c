/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Escapes, colours and wraps for the reports in text. */
#include "layout.h"

#include "../words.h"

#include "wimplan/text.h"

#include <string.h>

struct wp_layout wp_layout_begin(struct wp_arena *arena, const struct wp_report_options *options, struct wp_buf *buf)
{
	return (struct wp_layout){
		.arena = arena,
		.buf = buf,
		.columns = options->columns < 40 ? 40 : options->columns,
		.color = options->color,
	};
}

const char *wp_layout_escape(const struct wp_layout *layout, const char *text)
{
	return wp_words_plain(layout->arena, text);
}

void wp_layout_tint(const struct wp_layout *layout, enum wp_tint tint, const char *text)
{
	/* ECMA-48 SGR: 1 bold, 31 red, 32 green, 33 yellow, 36 cyan. */
	static const char *const codes[] = { "", "32", "33", "31", "36", "1" };

	if (layout->color && tint != WP_TINT_NONE)
		wp_buf_printf(layout->buf, "\033[%sm%s\033[0m", codes[tint], text);
	else
		wp_buf_puts(layout->buf, text);
}

void wp_layout_wrap(const struct wp_layout *layout, const char *text, size_t used, size_t indent)
{
	struct wp_buf word __attribute__((cleanup(wp_buf_free))) = { 0 };
	struct wp_buf shown __attribute__((cleanup(wp_buf_free))) = { 0 };
	struct wp_buf *buf = layout->buf;
	size_t column = used, gap;
	bool first = true;

	wp_text_escape(&shown, text);
	text = wp_buf_text(&shown);
	gap = strspn(text, " ");
	/* Blanks are kept as they are except where a line ends: two of them in a name are not one. */
	for (const char *at = text + gap; *at; gap = strspn(at, " "), at += gap) {
		size_t length = strcspn(at, " ");
		size_t width;

		wp_buf_clear(&word);
		wp_buf_add(&word, at, length);
		width = wp_text_width(wp_buf_text(&word));
		if (!first && column + gap + width > layout->columns) {
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

void wp_layout_line(const struct wp_layout *layout, size_t indent, size_t below, const char *text)
{
	if (!text)
		return;
	wp_buf_pad(layout->buf, ' ', indent);
	wp_layout_wrap(layout, text, indent, below);
}

void wp_layout_label(const struct wp_layout *layout, size_t indent, const char *label, size_t width, const char *text)
{
	wp_buf_pad(layout->buf, ' ', indent);
	wp_text_pad(layout->buf, label, width);
	wp_layout_wrap(layout, text, indent + width, indent + width);
}

static void add_side(const struct wp_layout *layout, size_t indent, enum wp_tint tint, const char *symbol, const char *text)
{
	if (!text)
		return;
	wp_buf_pad(layout->buf, ' ', indent);
	wp_layout_tint(layout, tint, symbol);
	wp_buf_putc(layout->buf, ' ');
	wp_layout_wrap(layout, text, indent + 2, indent + 2);
}

void wp_layout_change(const struct wp_layout *layout, size_t indent, const char *old, const char *new)
{
	add_side(layout, indent, WP_TINT_RED, "-", old);
	add_side(layout, indent, WP_TINT_GREEN, "+", new);
}

void wp_layout_finding(const struct wp_layout *layout, enum wp_severity severity, const char *text)
{
	static const enum wp_tint tints[] = {
		[WP_SEVERITY_INFO] = WP_TINT_NONE,
		[WP_SEVERITY_WARNING] = WP_TINT_YELLOW,
		[WP_SEVERITY_ERROR] = WP_TINT_RED,
	};
	const char *name = wp_severity_name(severity);

	wp_layout_tint(layout, tints[severity], name);
	wp_buf_putc(layout->buf, ' ');
	wp_layout_wrap(layout, text, strlen(name) + 1, 2);
}
