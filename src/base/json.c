/* SPDX-License-Identifier: GPL-3.0-or-later */
/* JSON values, their pretty form, and a parser that refuses what would surprise its caller. */
#include "wimplan/json.h"
#include "wimplan/limits.h"
#include "wimplan/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The largest integer up to which a double holds every integer. */
#define EXACT_INTEGERS (UINT64_C(1) << 53)

/* jansson gives NULL for want of memory, as everything else that could be wrong was ruled out before. */
static json_t *must(json_t *value)
{
	if (!value)
		wp_out_of_memory();
	return value;
}

json_t *wp_json_text(const char *text)
{
	size_t length;

	if (!text)
		return json_null();
	length = strlen(text);
	if (wp_utf8_valid(text, length) != length)
		return json_null();
	return must(json_stringn_nocheck(text, length));
}

json_t *wp_json_hash(const char *text)
{
	return wp_json_text(text && *text ? text : NULL);
}

json_t *wp_json_u64(uint64_t value)
{
	char digits[24];

	if (value <= EXACT_INTEGERS)
		return must(json_integer((json_int_t)value));
	snprintf(digits, sizeof digits, "%" PRIu64, value);
	return must(json_string(digits));
}

static void set(json_t *object, const char *key, json_t *value)
{
	if (json_object_set_new(object, key, value) != 0)
		wp_out_of_memory();
}

json_t *wp_json_diags(const struct wp_diags *diags)
{
	json_t *array = must(json_array());
	size_t i;

	for (i = 0; i < diags->count; i++) {
		const struct wp_diag *diag = &diags->items[i];
		json_t *object = must(json_object());

		set(object, "severity", wp_json_text(wp_severity_name(diag->severity)));
		set(object, "code", wp_json_text(diag->code));
		set(object, "summary", wp_json_text(diag->summary));
		set(object, "detail", wp_json_text(diag->detail));
		set(object, "subject", wp_json_text(diag->subject));
		if (json_array_append_new(array, object) != 0)
			wp_out_of_memory();
	}
	return array;
}

const char *wp_json_get_text(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

bool wp_json_get_u64(const json_t *object, const char *key, uint64_t *ret_value)
{
	const json_t *value = json_object_get(object, key);
	const char *text = json_string_value(value);

	if (json_is_integer(value) && json_integer_value(value) >= 0) {
		*ret_value = (uint64_t)json_integer_value(value);
		return true;
	}
	/* No white space, which wp_parse_u64() allows: no writer of these documents puts it there. */
	return text && *text && text[strspn(text, "0123456789")] == '\0' && wp_parse_u64(text, false, ret_value);
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
 * terminal, too. Between tokens there is only white space, so each of the others stands in a string.
 */
static void add_visible(struct wp_buf *buf, const char *text)
{
	const char *start = text;

	while (*text) {
		const char *at = text;
		uint32_t c = wp_utf8_next(&text);

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

static void dump(struct wp_buf *buf, const json_t *value, size_t flags)
{
	struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };

	if (json_dump_callback(value, add_to_buf, &text, flags | JSON_PRESERVE_ORDER | JSON_ENCODE_ANY) != 0)
		wp_out_of_memory();
	add_visible(buf, wp_buf_text(&text));
	wp_buf_putc(buf, '\n');
}

void wp_json_pretty(struct wp_buf *buf, const json_t *value)
{
	dump(buf, value, JSON_INDENT(2));
}

void wp_json_line(struct wp_buf *buf, const json_t *value)
{
	dump(buf, value, JSON_COMPACT);
}

/* Position of a byte as people count it: lines from 1, columns from 1 in characters. */
struct position {
	size_t line, column;
};

static struct position position_of(const char *text, size_t at)
{
	struct position position = { 1, 1 };
	size_t i;

	for (i = 0; i < at; i++) {
		if (text[i] == '\n') {
			position.line++;
			position.column = 1;
		} else if (((unsigned char)text[i] & 0xc0) != 0x80) {
			position.column++;
		}
	}
	return position;
}

/* Offset of the bracket that opens one level too many; @length when there is none. Brackets in strings do not count. */
static size_t too_deep_at(const char *text, size_t length)
{
	bool in_string = false;
	size_t depth = 0;
	size_t at;

	for (at = 0; at < length; at++) {
		char c = text[at];

		if (in_string) {
			if (c == '\\')
				at++;
			else if (c == '"')
				in_string = false;
		} else if (c == '"') {
			in_string = true;
		} else if (c == '[' || c == '{') {
			if (++depth > WP_LIMIT_NESTING)
				return at;
		} else if ((c == ']' || c == '}') && depth > 0) {
			depth--;
		}
	}
	return length;
}

int wp_json_parse(const char *text, size_t length, const char *subject, json_t **ret_value, struct wp_error *err)
{
	/* Before jansson sees it: its own limit (2048, JSON_PARSER_MAX_DEPTH) is a matter of how it was built. */
	size_t deep = too_deep_at(text, length);
	struct position position;
	json_error_t error;
	json_t *value;

	if (deep < length) {
		position = position_of(text, deep);
		return wp_fail(err, WP_E_FAILED, "json-depth", subject,
			       "%s: line %zu, column %zu: JSON is nested more than %u deep; is it the right file?",
			       subject, position.line, position.column, WP_LIMIT_NESTING);
	}
	value = json_loadb(text, length, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
	if (!value) {
		/* jansson's own line and column are those behind the last token, or -1. */
		size_t at = error.position > 0 ? (size_t)error.position : 0;

		if (json_error_code(&error) == json_error_out_of_memory)
			wp_out_of_memory();
		position = position_of(text, at < length ? at : length);
		return wp_fail(err, WP_E_FAILED, "json-syntax", subject,
			       "%s: line %zu, column %zu: not valid JSON: %s; correct the file or make it again",
			       subject, position.line, position.column, error.text);
	}
	*ret_value = value;
	return WP_OK;
}
