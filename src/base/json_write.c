/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Everything that is written as JSON: the values of a document, put together, and their text. */
#include "wimplan/json.h"
#include "wimplan/arena.h"
#include "wimplan/text.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

json_t *wp_json_must(json_t *value)
{
	return wp_must(value);
}

json_t *wp_json_text(const char *text)
{
	size_t length;

	if (!text)
		return json_null();
	length = strlen(text);
	if (wp_utf8_valid(text, length) != length)
		return json_null();
	return wp_json_must(json_stringn_nocheck(text, length));
}

json_t *wp_json_texts(const char *const *items, size_t count)
{
	json_t *array = json_array();

	for (size_t i = 0; i < count; i++)
		wp_json_push(array, wp_json_text(items[i]));
	return array;
}

json_t *wp_json_hash(const char *text)
{
	return wp_json_text(text && *text ? text : NULL);
}

json_t *wp_json_u64(uint64_t value)
{
	char digits[24];

	if (value <= WP_JSON_EXACT_INTEGERS)
		return wp_json_must(json_integer((json_int_t)value));
	snprintf(digits, sizeof digits, "%" PRIu64, value);
	return wp_json_must(json_string(digits));
}

json_t *wp_json_number(struct wp_number number)
{
	return number.known ? wp_json_u64(number.value) : json_null();
}

json_t *wp_json_time(struct wp_time time)
{
	struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();

	return wp_json_text(wp_time_iso(scratch, time));
}

void wp_json_set(json_t *object, const char *key, json_t *value)
{
	if (json_object_set_new_nocheck(object, key, wp_json_must(value)))
		wp_out_of_memory();
}

json_t *wp_json_put(json_t *object, ...)
{
	const char *key;
	va_list args;

	va_start(args, object);
	while ((key = va_arg(args, const char *)))
		wp_json_set(object, key, va_arg(args, json_t *));
	va_end(args);
	return object;
}

void wp_json_push(json_t *array, json_t *value)
{
	if (json_array_append_new(array, wp_json_must(value)))
		wp_out_of_memory();
}

json_t *wp_json_document(const char *format, const char *version)
{
	json_t *document = wp_json_must(json_object());

	wp_json_set(document, "format", wp_json_text(format));
	wp_json_set(document, "format_version", wp_json_text(version));
	return document;
}

json_t *wp_json_diags(const struct wp_diags *diags)
{
	json_t *array = wp_json_must(json_array());

	for (size_t i = 0; i < diags->count; i++) {
		const struct wp_diag *diag = &diags->items[i];

		wp_json_push(array, wp_json_object("severity", wp_json_text(wp_severity_name(diag->severity)), "code",
						   wp_json_text(diag->code), "summary", wp_json_text(diag->summary),
						   "detail", wp_json_text(diag->detail), "subject",
						   wp_json_text(diag->subject), NULL));
	}
	return array;
}

static int add_to_buf(const char *bytes, size_t length, void *buf)
{
	wp_buf_add(buf, bytes, length);
	return 0;
}

static void add_unit(struct wp_buf *buf, uint32_t unit)
{
	wp_buf_printf(buf, "\\u%04X", (unsigned)unit);
}

/*
 * Adds valid JSON with its hidden characters as \uNNNN, which is the same JSON (RFC 8259, 7): people look at it on a
 * terminal, too. Between tokens there is only white space, so each of the others stands in a string. Behind each line feed
 * go @margin spaces.
 */
static void add_visible(struct wp_buf *buf, const char *text, size_t length, size_t margin)
{
	const char *start = text, *end = text + length;

	while (text < end) {
		const char *at = text;
		uint32_t c;

		if (*text >= 0x20 && *text < 0x7f) {
			text++;
			continue;
		}
		c = wp_utf8_next(&text);
		if (c == '\n' && margin) {
			wp_buf_add(buf, start, (size_t)(text - start));
			wp_buf_pad(buf, ' ', margin);
			start = text;
		}
		if (c < 0x20 || !wp_text_is_hidden(c))
			continue;
		wp_buf_add(buf, start, (size_t)(at - start));
		if (c >= 0x10000) {
			add_unit(buf, 0xd800 + ((c - 0x10000) >> 10));
			add_unit(buf, 0xdc00 + ((c - 0x10000) & 0x3ff));
		} else {
			add_unit(buf, c);
		}
		start = text;
	}
	wp_buf_add(buf, start, (size_t)(text - start));
}

static void dump(struct wp_buf *buf, const json_t *value, size_t flags, size_t margin)
{
	struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };

	if (json_dump_callback(value, add_to_buf, &text, flags | JSON_PRESERVE_ORDER | JSON_ENCODE_ANY) != 0)
		wp_out_of_memory();
	add_visible(buf, wp_buf_text(&text), text.length, margin);
}

void wp_json_pretty_at(struct wp_buf *buf, const json_t *value, unsigned int depth)
{
	dump(buf, value, JSON_INDENT(WP_JSON_INDENT), (size_t)depth * WP_JSON_INDENT);
}

void wp_json_spaced(struct wp_buf *buf, const json_t *value)
{
	dump(buf, value, 0, 0);
}

void wp_json_pretty(struct wp_buf *buf, const json_t *value)
{
	wp_json_pretty_at(buf, value, 0);
	wp_buf_putc(buf, '\n');
}

void wp_json_line(struct wp_buf *buf, const json_t *value)
{
	dump(buf, value, JSON_COMPACT, 0);
	wp_buf_putc(buf, '\n');
}

void wp_json_excerpt(struct wp_buf *buf, struct wp_json_excerpt excerpt)
{
	const char *end = excerpt.text + excerpt.length;

	/* Control characters are white space between tokens: in strings they are escaped (RFC 8259, 7). */
	for (const char *text = excerpt.text; text < end;) {
		const char *start = text;

		while (text < end && (unsigned char)*text >= 0x20)
			text++;
		add_visible(buf, start, (size_t)(text - start), 0);
		while (text < end && (unsigned char)*text < 0x20)
			text++;
	}
}
