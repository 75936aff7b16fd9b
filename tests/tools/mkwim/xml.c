/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The XML resource: verbatim text with its escapes, the text in the shape of media, or wimlib's own with fixed times.
 */
#include "mkwim.h"

#include "wimplan/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Adds one UTF-16 code unit, or the bytes that UTF-8 would have for it. */
static void add_unit(struct wp_buf *out, enum mk_encoding encoding, uint32_t unit)
{
	char bytes[2] = { (char)(unit & 0xff), (char)(unit >> 8) };

	if (encoding == MK_UTF16BE) {
		bytes[0] = (char)(unit >> 8);
		bytes[1] = (char)(unit & 0xff);
	}
	wp_buf_add(out, bytes, sizeof bytes);
}

static void add_character(struct wp_buf *out, enum mk_encoding encoding, uint32_t character)
{
	if (character < 0x10000) {
		add_unit(out, encoding, character);
		return;
	}
	character -= 0x10000;
	add_unit(out, encoding, 0xd800 | character >> 10);
	add_unit(out, encoding, 0xdc00 | (character & 0x3ff));
}

/* "\uXXXX" at @at: the unit, which may be a lone surrogate. */
static bool escape(const char *at, const char *end, uint32_t *ret_unit)
{
	char digits[5] = { 0 };
	char *stop;

	if (end - at < 6 || at[0] != '\\' || at[1] != 'u')
		return false;
	memcpy(digits, at + 2, 4);
	*ret_unit = (uint32_t)strtoul(digits, &stop, 16);
	return stop == digits + 4;
}

static void encode_utf16(struct wp_buf *out, struct mk_text text, enum mk_encoding encoding, bool literal)
{
	const char *at = text.data;
	const char *end = text.data + text.length;
	uint32_t unit;

	while (at < end) {
		if (!literal && escape(at, end, &unit)) {
			add_unit(out, encoding, unit);
			at += 6;
		} else {
			add_character(out, encoding, wp_utf8_next(&at));
		}
	}
}

/* "@repeat COUNT TEXT" lines, {n} in TEXT being the number of the repetition. */
static bool expand_repeat(struct wp_buf *out, const char *line, size_t length)
{
	char *text;
	unsigned long long count;

	if (length < 8 || memcmp(line, "@repeat ", 8) != 0)
		return false;
	count = strtoull(line + 8, &text, 10);
	if (*text == ' ')
		text++;
	length -= (size_t)(text - line);
	for (unsigned long long n = 1; n <= count; n++) {
		for (size_t i = 0; i < length; i++) {
			if (length - i >= 3 && memcmp(text + i, "{n}", 3) == 0) {
				wp_buf_printf(out, "%llu", n);
				i += 2;
			} else {
				wp_buf_putc(out, text[i]);
			}
		}
	}
	return true;
}

static void add_placeholders(struct wp_buf *out, const char *line, size_t length, uint64_t offset)
{
	static const char name[] = "@TOTALBYTES@";

	for (size_t i = 0; i < length; i++) {
		if (length - i >= sizeof name - 1 && memcmp(line + i, name, sizeof name - 1) == 0) {
			wp_buf_printf(out, "%llu", (unsigned long long)offset);
			i += sizeof name - 2;
		} else {
			wp_buf_putc(out, line[i]);
		}
	}
}

static struct mk_text expand(struct wp_arena *arena, struct mk_text text, uint64_t offset)
{
	const char *at = text.data;
	const char *end = text.data + text.length;
	struct wp_buf out = { 0 };
	struct mk_text ret;

	while (at < end) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		size_t length = (size_t)((newline ? newline : end) - at);

		if (!expand_repeat(&out, at, length))
			add_placeholders(&out, at, length, offset);
		if (newline)
			wp_buf_putc(&out, '\n');
		at += length + (newline != NULL);
	}
	ret.length = out.length;
	ret.data = wp_arena_strndup(arena, wp_buf_text(&out), out.length);
	wp_buf_free(&out);
	return ret;
}

/* A file as it stands, without the white space around its text. */
static struct mk_text trim(struct mk_text text)
{
	static const char blanks[] = " \t\r\n";

	while (text.length > 0 && strchr(blanks, text.data[0])) {
		text.data++;
		text.length--;
	}
	while (text.length > 0 && strchr(blanks, text.data[text.length - 1]))
		text.length--;
	return text;
}

static struct mk_text final_text(struct wp_arena *arena, const struct mk_xml *xml, uint64_t offset)
{
	return xml->literal ? trim(xml->text) : expand(arena, xml->text, offset);
}

size_t mk_xml_count_images(struct wp_arena *arena, const struct mk_xml *xml)
{
	struct mk_text text;
	size_t count = 0;

	if (xml->raw.data)
		return 0;
	text = final_text(arena, xml, 0);
	for (size_t i = 0; i + 7 <= text.length; i++)
		if (memcmp(text.data + i, "<IMAGE", 6) == 0 && strchr(" >\n/\t", text.data[i + 6]))
			count++;
	return count;
}

struct mk_text mk_xml_bytes(struct wp_arena *arena, const struct mk_recipe *recipe, uint64_t offset)
{
	const struct mk_xml *xml = &recipe->xml;
	struct wp_buf out = { 0 };
	struct mk_text ret;

	if (xml->raw.data) {
		wp_buf_add(&out, xml->raw.data, xml->raw.length);
	} else {
		struct mk_text text = final_text(arena, xml, offset);

		if (wp_utf8_valid(text.data, text.length) != text.length)
			mk_fail("%s: the XML is not UTF-8", recipe->origin);
		if (xml->encoding == MK_UTF8) {
			if (!xml->no_bom)
				wp_buf_puts(&out, "\xef\xbb\xbf");
			wp_buf_add(&out, text.data, text.length);
		} else {
			if (!xml->no_bom)
				add_unit(&out, xml->encoding, 0xfeff);
			encode_utf16(&out, text, xml->encoding, xml->literal);
		}
	}
	wp_buf_add(&out, xml->tail.data, xml->tail.length);
	ret.length = out.length;
	ret.data = wp_arena_strndup(arena, wp_buf_text(&out), out.length);
	wp_buf_free(&out);
	return ret;
}

/* Copies @text from *@at up to and with the next @mark; false, and nothing copied, when there is none. */
static bool copy_through(struct wp_buf *out, const char **at, const char *mark)
{
	const char *found = strstr(*at, mark);

	if (!found)
		return false;
	wp_buf_add(out, *at, (size_t)(found - *at) + strlen(mark));
	*at = found + strlen(mark);
	return true;
}

/* Copies up to @mark and puts @value in place of what follows up to the next tag. */
static void put_value(struct wp_buf *out, const char **at, const char *mark, const char *value)
{
	if (!copy_through(out, at, mark))
		mk_fail("the XML that wimlib wrote has no %s", mark);
	wp_buf_puts(out, value);
	*at += strcspn(*at, "<");
}

static void put_time(struct wp_arena *arena, struct wp_buf *out, const char **at, const char *element, int64_t ticks)
{
	if (!copy_through(out, at, element))
		mk_fail("the XML that wimlib wrote has no %s", element);
	put_value(out, at, "<HIGHPART>", wp_arena_printf(arena, "0x%08X", (unsigned int)((uint64_t)ticks >> 32)));
	put_value(out, at, "<LOWPART>", wp_arena_printf(arena, "0x%08X", (unsigned int)((uint64_t)ticks & 0xffffffff)));
}

/* wimlib sets both times when it writes an image; what the recipe says goes in their place. */
struct mk_text mk_xml_settle(struct wp_arena *arena, const struct mk_recipe *recipe, struct mk_text stored,
			     uint64_t offset)
{
	struct wp_buf out = { 0 };
	struct wp_buf units = { 0 };
	struct mk_text ret;
	size_t length;
	size_t error_at;
	char *text;
	const char *at;

	if (wp_utf16_to_utf8(arena, (const uint8_t *)stored.data + 2, stored.length - 2, WP_BYTE_ORDER_LITTLE, &text, &length,
			     &error_at) != 0)
		mk_fail("wimlib wrote XML that is no UTF-16");
	at = text;
	for (size_t i = 0; i < recipe->image_count; i++) {
		put_time(arena, &out, &at, "<CREATIONTIME>", recipe->images[i].created);
		put_time(arena, &out, &at, "<LASTMODIFICATIONTIME>", recipe->images[i].modified);
	}
	/* The one of the file comes last (wimlib src/xml.c); the copy at the start of a pipable file has none. */
	if (strstr(at, "<TOTALBYTES>"))
		put_value(&out, &at, "<TOTALBYTES>", wp_arena_printf(arena, "%llu", (unsigned long long)offset));
	wp_buf_puts(&out, at);
	/* wimlib 1.13 ends its XML with a new line, 1.14 does not: the file is the same with both. */
	if (out.data[out.length - 1] != '\n')
		wp_buf_putc(&out, '\n');
	add_unit(&units, MK_UTF16LE, 0xfeff);
	encode_utf16(&units, (struct mk_text){ wp_buf_text(&out), out.length }, MK_UTF16LE, true);
	wp_buf_free(&out);
	ret.length = units.length;
	ret.data = wp_arena_strndup(arena, wp_buf_text(&units), units.length);
	wp_buf_free(&units);
	return ret;
}
