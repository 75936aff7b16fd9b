/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A parser that refuses what would surprise its caller, and what is taken out of its documents. */
#include "wimplan/json.h"
#include "wimplan/limits.h"
#include "wimplan/text.h"

#include <string.h>

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
