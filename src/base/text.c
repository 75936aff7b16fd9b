/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text towards people and keys: case folding, columns of a terminal, numbers. */
#include "wimplan/text.h"

#include "wimplan/ascii.h"
#include "wimplan/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>

static uint32_t fold(uint32_t c)
{
	uint32_t lower;

	/* By rule and not by locale: in Turkish ones towlower() turns I into a dotless i. */
	if (c < 0x80)
		return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
	lower = (uint32_t)towlower((wint_t)c);
	/*
	 * U+0130 and the Kelvin sign U+212A have an ASCII letter as their lower case. They are letters of their own to
	 * Windows: NTFS's table does not map them (ntfs-3g libntfs-3g/unistr.c, ntfs_upcase_table_build()).
	 */
	return lower < 0x80 ? c : lower;
}

char *wp_text_lower(struct wp_arena *arena, const char *text, size_t length)
{
	char *lower = wp_arena_strndup(arena, text, length);

	for (char *at = lower; *at; at++)
		*at = (char)wp_ascii_lower(*at);
	return lower;
}

bool wp_text_equal(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

bool wp_text_equal_nocase(const char *a, const char *b)
{
	if (!a || !b)
		return a == b;
	for (;;) {
		size_t size_a, size_b;
		uint32_t x, y;

		if (!*a || !*b)
			return *a == *b;
		size_a = wp_utf8_decode(a, &x);
		size_b = wp_utf8_decode(b, &y);
		/* Bytes that are no text are equal only to themselves. */
		if (!size_a || !size_b) {
			if (*a != *b)
				return false;
			a++;
			b++;
			continue;
		}
		if (x != y && fold(x) != fold(y))
			return false;
		a += size_a;
		b += size_b;
	}
}

int wp_text_compare_nocase(const char *a, const char *b)
{
	for (;;) {
		/* Nearly all names are ASCII, and large folders ask this for every pair of neighbours. */
		while (*a == *b && *a && !(*a & 0x80)) {
			a++;
			b++;
		}

		uint32_t x = (uint32_t)wp_ascii_upper(*a), y = (uint32_t)wp_ascii_upper(*b), c = x, d = y;
		size_t size_a = x < 0x80 ? 1 : wp_utf8_decode(a, &c), size_b = y < 0x80 ? 1 : wp_utf8_decode(b, &d);
		bool valid = size_a && size_b; /* otherwise both are taken by their bytes */

		c = !valid ? x : c < 0x80 ? c : fold(c);
		d = !valid ? y : d < 0x80 ? d : fold(d);
		if (c != d || !c)
			return (c > d) - (c < d);
		a += valid ? size_a : 1;
		b += valid ? size_b : 1;
	}
}

char *wp_text_fold(struct wp_arena *arena, const char *text)
{
	/* A lower-case letter may take more bytes than its capital (U+023A takes two, U+2C65 three). */
	char *folded = wp_arena_alloc(arena, 4 * strlen(text) + 1);
	char *to = folded;

	while (*text) {
		uint32_t c;
		size_t size = wp_utf8_decode(text, &c);

		if (size) {
			to += wp_utf8_encode(fold(c), to);
			text += size;
		} else {
			*to++ = *text++;
		}
	}
	return folded;
}

void wp_text_wrap(struct wp_buf *buf, const char *text, size_t margin, size_t width)
{
	struct wp_buf word __attribute__((cleanup(wp_buf_free))) = { 0 };
	size_t column = margin;

	while (*text) {
		size_t length = strcspn(text, " "), columns;

		wp_buf_clear(&word);
		wp_buf_add(&word, text, length);
		columns = wp_text_width(wp_buf_text(&word));
		if (column > margin && column + 1 + columns > width) {
			wp_buf_putc(buf, '\n');
			wp_buf_pad(buf, ' ', margin);
			column = margin;
		} else if (column > margin) {
			wp_buf_putc(buf, ' ');
			column++;
		}
		wp_buf_add(buf, text, length);
		column += columns;
		text += length + strspn(text + length, " ");
	}
	wp_buf_putc(buf, '\n');
}

size_t wp_text_width(const char *text)
{
	size_t width = 0;

	while (*text) {
		uint32_t c;
		size_t size;
		int columns;

		if (*text >= 0x20 && *text < 0x7f) {
			text++;
			width++;
			continue;
		}
		size = wp_utf8_decode(text, &c);
		columns = size ? wcwidth((wchar_t)c) : 0;

		if (columns > 0)
			width += (size_t)columns;
		text += size ? size : 1;
	}
	return width;
}

const char *wp_text_cut(struct wp_arena *arena, const char *text, size_t width)
{
	const char *at = text, *fits = text;
	size_t used = 0;

	if (wp_text_width(text) <= width)
		return text;
	/* Whole characters as long as they leave a column for the sign of the cut; combining ones are kept. */
	while (*at) {
		const char *start = at;

		wp_utf8_next(&at);
		used += wp_text_width(wp_arena_strndup(arena, start, (size_t)(at - start)));
		if (used + 1 > width)
			break;
		fits = at;
	}
	return wp_arena_printf(arena, "%.*s…", (int)(fits - text), text);
}

size_t wp_text_pad(struct wp_buf *buf, const char *text, size_t width)
{
	size_t start = buf->length;
	size_t columns;

	wp_text_escape(buf, text);
	columns = wp_text_width(wp_buf_text(buf) + start);
	if (columns < width) {
		wp_buf_pad(buf, ' ', width - columns);
		columns = width;
	}
	return columns;
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

char *wp_text_trimmed(struct wp_arena *arena, const char *text, size_t length)
{
	return wp_text_trim(wp_arena_strndup(arena, text, length));
}

size_t wp_text_u64(uint64_t value, char ret_digits[WP_DIGITS])
{
	char digits[WP_DIGITS];
	size_t at = WP_DIGITS;

	do
		digits[--at] = (char)('0' + value % 10);
	while (value /= 10);
	memcpy(ret_digits, digits + at, WP_DIGITS - at);
	return WP_DIGITS - at;
}

bool wp_parse_u64(const char *text, bool hex, uint64_t *ret_value)
{
	unsigned base = 10;
	uint64_t value = 0;
	bool any = false;

	if (!text)
		return false;
	while (is_space(*text))
		text++;
	if (hex && text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
		base = 16;
		text += 2;
	}
	for (;; text++) {
		int digit = wp_ascii_hex(*text);

		if (digit < 0 || (unsigned)digit >= base)
			break;
		if (__builtin_mul_overflow(value, base, &value) ||
		    __builtin_add_overflow(value, (unsigned)digit, &value))
			return false;
		any = true;
	}
	while (is_space(*text))
		text++;
	if (!any || *text)
		return false;
	*ret_value = value;
	return true;
}

char *wp_text_trim(char *text)
{
	static const char space[] = " \t\r\n\v\f";
	size_t length;

	text += strspn(text, space);
	for (length = strlen(text); length && strchr(space, text[length - 1]); length--)
		;
	text[length] = '\0';
	return text;
}

int wp_text_compare_items(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

bool wp_names_have(struct wp_names names, const char *text)
{
	for (size_t i = 0; i < names.count; i++)
		if (wp_text_equal_nocase(names.items[i], text))
			return true;
	return false;
}

char *wp_text_join(struct wp_arena *arena, const char *const *items, size_t count)
{
	struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };

	for (size_t i = 0; i < count; i++) {
		wp_buf_puts(&text, i ? ", " : "");
		wp_buf_puts(&text, items[i]);
	}
	return wp_arena_strdup(arena, wp_buf_text(&text));
}

const char *wp_text_names(struct wp_arena *arena, const char *const *names, size_t count, size_t most)
{
	struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };
	size_t shown = count <= most + 1 ? count : most;

	for (size_t i = 0; i < shown; i++)
		wp_buf_printf(&text, "%s%s", !i ? "" : i + 1 == count ? " and " : ", ", names[i]);
	if (shown < count)
		wp_buf_printf(&text, " and %zu more", count - shown);
	return wp_arena_strdup(arena, wp_buf_text(&text));
}

/*
 * Control characters; lines and paragraphs of Unicode, which end a line in some terminals; what reorders text (UAX 9);
 * and what leaves no mark: Default_Ignorable_Code_Point (Unicode 15, DerivedCoreProperties.txt), annotations and the
 * Braille pattern without dots. In each plane the last two are no characters (Unicode 15, 23.7): pages and XML may not have them.
 */
static const struct {
	uint32_t first, last;
} hidden[] = {
	{ 0x0000, 0x001f }, { 0x007f, 0x009f }, { 0x00ad, 0x00ad }, { 0x034f, 0x034f }, { 0x061c, 0x061c },
	{ 0x115f, 0x1160 }, { 0x17b4, 0x17b5 }, { 0x180b, 0x180f }, { 0x200b, 0x200f }, { 0x2028, 0x202e },
	{ 0x2060, 0x206f }, { 0x2800, 0x2800 }, { 0x3164, 0x3164 }, { 0xfdd0, 0xfdef }, { 0xfe00, 0xfe0f }, { 0xfeff, 0xfeff },
	{ 0xffa0, 0xffa0 }, { 0xfff0, 0xfffb }, { 0x1bca0, 0x1bca3 }, { 0x1d173, 0x1d17a }, { 0xe0000, 0xe0fff },
};

bool wp_text_is_hidden(uint32_t c)
{
	if (c >= 0x20 && c < 0x7f)
		return false;
	if ((c & 0xfffe) == 0xfffe)
		return true;
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
		size_t size, kept = 0;

		/* Nearly all of what is shown is this, and stays as it is. */
		if (c >= 0x20 && c < 0x7f) {
			text++;
			continue;
		}
		size = wp_utf8_decode(text, &c);

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

bool wp_choice_find(const char *const *words, const char *word, unsigned int *ret)
{
	unsigned int i = 0;

	while (words[i] && strcmp(words[i], word) != 0)
		i++;
	if (words[i])
		*ret = i;
	return words[i];
}

const char *wp_choice_list(struct wp_arena *arena, const char *const *words)
{
	struct wp_buf list __attribute__((cleanup(wp_buf_free))) = { 0 };

	for (size_t i = 0; words[i]; i++)
		wp_buf_printf(&list, "%s%s", !i ? "" : words[i + 1] ? ", " : " or ", words[i]);
	return wp_arena_strdup(arena, wp_buf_text(&list));
}
