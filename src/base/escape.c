/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What nobody would see of a text, or what would do something to a terminal, written out. */
#include "wimplan/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * Control characters; lines and paragraphs of Unicode, which end a line in some terminals; what reorders text (UAX 9);
 * and what leaves no mark: Default_Ignorable_Code_Point (Unicode 15, DerivedCoreProperties.txt), annotations and the
 * Braille pattern without dots.
 */
static const struct {
	uint32_t first, last;
} hidden[] = {
	{ 0x0000, 0x001f }, { 0x007f, 0x009f }, { 0x00ad, 0x00ad }, { 0x034f, 0x034f }, { 0x061c, 0x061c },
	{ 0x115f, 0x1160 }, { 0x17b4, 0x17b5 }, { 0x180b, 0x180f }, { 0x200b, 0x200f }, { 0x2028, 0x202e },
	{ 0x2060, 0x206f }, { 0x2800, 0x2800 }, { 0x3164, 0x3164 }, { 0xfe00, 0xfe0f }, { 0xfeff, 0xfeff },
	{ 0xffa0, 0xffa0 }, { 0xfff0, 0xfffb }, { 0x1bca0, 0x1bca3 }, { 0x1d173, 0x1d17a }, { 0xe0000, 0xe0fff },
};

bool wp_text_is_hidden(uint32_t c)
{
	if (c >= 0x20 && c < 0x7f)
		return false;
	for (size_t i = 0; i < sizeof hidden / sizeof *hidden && c >= hidden[i].first; i++)
		if (c <= hidden[i].last)
			return true;
	return false;
}

void wp_text_escape_but(struct wp_buf *buf, const char *text, size_t length, size_t (*keep)(const char *text))
{
	const char *start = text, *end = text + length;

	while (text < end) {
		uint32_t c = (unsigned char)*text;
		size_t size = wp_utf8_decode(text, &c), kept = 0;

		if (size && wp_text_is_hidden(c) && keep)
			kept = keep(text);
		if (kept || (size && !wp_text_is_hidden(c))) {
			text += kept ? kept : size;
			continue;
		}
		wp_buf_add(buf, start, (size_t)(text - start));
		/* \xNN is a byte, <U+NNNN> a character: U+0085 and a stray byte 0x85 stay apart. */
		if (!size || c < 0x80)
			wp_buf_printf(buf, "\\x%02x", (unsigned)c);
		else
			wp_buf_printf(buf, "<U+%04X>", (unsigned)c);
		text += size ? size : 1;
		start = text;
	}
	wp_buf_add(buf, start, (size_t)(text - start));
}

void wp_text_escape(struct wp_buf *buf, const char *text)
{
	wp_text_escape_but(buf, text, strlen(text), NULL);
}

void wp_text_line(struct wp_buf *buf, const char *format, ...)
{
	va_list args;
	char *line;

	va_start(args, format);
	if (vasprintf(&line, format, args) < 0)
		wp_out_of_memory();
	va_end(args);
	wp_text_escape(buf, line);
	wp_buf_putc(buf, '\n');
	free(line);
}
