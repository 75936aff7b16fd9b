/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Documents read strictly: parsed at once, or walked from value to value, so that the whole is never held (RFC 8259). In
 * a walk only the structure is read here: brackets, strings as far as their end, commas. Each value is given to jansson
 * by itself, which judges all the rest.
 */
#include "wimplan/json.h"
#include "wimplan/limits.h"
#include "wimplan/text.h"

#include <stdio.h>
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

enum wp_format wp_json_format(const json_t *document, const char *format, uint64_t major, uint64_t *ret_minor)
{
	const char *found = wp_json_get_text(document, "format"), *version = wp_json_get_text(document, "format_version");
	const char *dot = version ? strchr(version, '.') : NULL;
	uint64_t number, minor;
	char digits[24];

	if (format && (!found || strcmp(found, format) != 0))
		return WP_FORMAT_OTHER;
	/* Two integers, and nothing else: "1.0" is not a decimal fraction. */
	if (!dot || (size_t)(dot - version) >= sizeof digits || version[strspn(version, "0123456789.")])
		return WP_FORMAT_NO_VERSION;
	memcpy(digits, version, (size_t)(dot - version));
	digits[dot - version] = '\0';
	if (!wp_parse_u64(digits, false, &number) || !wp_parse_u64(dot + 1, false, &minor))
		return WP_FORMAT_NO_VERSION;
	if (number != major)
		return WP_FORMAT_OTHER_VERSION;
	if (ret_minor)
		*ret_minor = minor;
	return WP_FORMAT_KNOWN;
}

/* "FILE: line 1, column 2" of a byte as people count: lines from 1, columns from 1 in characters. */
static int fail_at(const struct wp_json_doc *doc, size_t at, const char *code, const char *what, struct wp_error *err)
{
	size_t line = 1, column = 1;

	for (size_t i = 0; i < at && i < doc->length; i++) {
		if (doc->text[i] == '\n') {
			line++;
			column = 1;
		} else if (((unsigned char)doc->text[i] & 0xc0) != 0x80) {
			column++;
		}
	}
	return wp_fail(err, WP_E_FAILED, code, doc->subject, "%s: line %zu, column %zu: %s", doc->subject, line, column,
		       what);
}

static int fail_syntax(const struct wp_json_doc *doc, size_t at, const char *what, struct wp_error *err)
{
	char sentence[JSON_ERROR_TEXT_LENGTH + 80];

	snprintf(sentence, sizeof sentence, "not valid JSON: %s; correct the file or make it again", what);
	return fail_at(doc, at, "json-syntax", sentence, err);
}

/* What byte_at() gives where there is no byte. */
#define AT_END (-1)

static inline int byte_at(const struct wp_json_doc *doc, size_t at)
{
	return at < doc->length ? (unsigned char)doc->text[at] : AT_END;
}

static size_t skip_space(const struct wp_json_doc *doc, size_t at)
{
	while (at < doc->length && strchr(" \t\n\r", doc->text[at]) && doc->text[at])
		at++;
	return at;
}

/* The byte at @at is not what has to stand there. */
static int fail_unexpected(const struct wp_json_doc *doc, size_t at, const char *what, struct wp_error *err)
{
	const char *ends = skip_space(doc, 0) == doc->length ? "it is empty" : "it ends in the middle";

	return fail_syntax(doc, at, byte_at(doc, at) == AT_END ? ends : what, err);
}

/* Parses the value at @span as jansson does. New reference. */
static int load(const struct wp_json_doc *doc, struct wp_json_span span, json_t **ret_value, struct wp_error *err)
{
	json_error_t error;

	*ret_value = json_loadb(doc->text + span.offset, span.length, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
	if (*ret_value)
		return WP_OK;
	if (json_error_code(&error) == json_error_out_of_memory)
		wp_out_of_memory();
	if (json_error_code(&error) == json_error_premature_end_of_input)
		return fail_unexpected(doc, doc->length, "", err);
	/* jansson's own line and column are those behind the last token, or -1. */
	return fail_syntax(doc, span.offset + (error.position > 0 ? (size_t)error.position : 0), error.text, err);
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
	const struct wp_json_doc doc = { .text = text, .length = length, .subject = subject };
	/* Before jansson sees it: its own limit (2048, JSON_PARSER_MAX_DEPTH) is a matter of how it was built. */
	size_t deep = too_deep_at(text, length);
	char sentence[80];

	if (deep == length)
		return load(&doc, (struct wp_json_span){ .length = length }, ret_value, err);
	snprintf(sentence, sizeof sentence, "JSON is nested more than %u deep; is it the right file?", WP_LIMIT_NESTING);
	return fail_at(&doc, deep, "json-depth", sentence, err);
}

/* From the quote of a string to behind its end. */
static int skip_string(const struct wp_json_doc *doc, size_t *at, struct wp_error *err)
{
	size_t i = *at + 1;

	while (i < doc->length && doc->text[i] != '"')
		i += doc->text[i] == '\\' ? 2 : 1;
	if (i >= doc->length)
		return fail_unexpected(doc, doc->length, "", err);
	*at = i + 1;
	return WP_OK;
}

/* From an opening bracket to behind the one that closes it, whatever stands inside; @outside: those around it. */
static int skip_brackets(const struct wp_json_doc *doc, size_t *at, unsigned int outside, struct wp_error *err)
{
	unsigned int depth = 0;

	while (*at < doc->length) {
		switch (doc->text[*at]) {
		case '"':
			if (skip_string(doc, at, err))
				return WP_E_FAILED;
			continue;
		case '{':
		case '[':
			if (++depth + outside > WP_LIMIT_NESTING)
				return fail_syntax(doc, *at, "it is nested too deep", err);
			break;
		case '}':
		case ']':
			if (!--depth) {
				++*at;
				return WP_OK;
			}
			break;
		default:
			break;
		}
		++*at;
	}
	return fail_unexpected(doc, *at, "", err);
}

/* From the beginning of a value to behind its end. */
static int skip_value(const struct wp_json_doc *doc, size_t *at, unsigned int outside, struct wp_error *err)
{
	size_t begin = *at;
	int c = byte_at(doc, begin);

	if (c == '"')
		return skip_string(doc, at, err);
	if (c == '{' || c == '[')
		return skip_brackets(doc, at, outside, err);
	while ((c = byte_at(doc, *at)) != AT_END && !strchr(",:]} \t\r\n", c))
		++*at;
	return *at > begin ? WP_OK : fail_unexpected(doc, *at, "a value is missing", err);
}

void wp_json_walk_begin(const struct wp_json_doc *doc, const struct wp_json_span *span, struct wp_json_walk *ret)
{
	*ret = (struct wp_json_walk){ .doc = doc, .outermost = !span };
	ret->at = skip_space(doc, span ? span->offset : 0);
	if (byte_at(doc, ret->at) == '{')
		ret->seen = wp_json_must(json_object());
}

void wp_json_walk_end(struct wp_json_walk *walk)
{
	json_decref(walk->seen);
	wp_buf_free(&walk->key);
}

/* Takes the key and the colon behind it. */
static int take_key(struct wp_json_walk *walk, struct wp_error *err)
{
	struct wp_json_span span = { .offset = walk->at };
	json_t *key __attribute__((cleanup(wp_json_freep))) = NULL;
	const char *name;

	if (byte_at(walk->doc, walk->at) != '"')
		return fail_unexpected(walk->doc, walk->at, "a key in quotes has to stand here", err);
	if (skip_string(walk->doc, &walk->at, err))
		return WP_E_FAILED;
	span.length = walk->at - span.offset;
	if (wp_json_doc_parse(walk->doc, span, &key, err))
		return WP_E_FAILED;
	name = json_string_value(key);
	if (json_object_get(walk->seen, name))
		return fail_syntax(walk->doc, span.offset, "duplicate object key", err);
	wp_json_set(walk->seen, name, json_null());
	wp_buf_free(&walk->key);
	wp_buf_puts(&walk->key, name);
	walk->at = skip_space(walk->doc, walk->at);
	if (byte_at(walk->doc, walk->at) != ':')
		return fail_unexpected(walk->doc, walk->at, "a colon has to stand here", err);
	walk->at = skip_space(walk->doc, walk->at + 1);
	return WP_OK;
}

/* Behind the closing bracket of a document nothing may stand but white space. */
static int close_walk(struct wp_json_walk *walk, struct wp_error *err)
{
	size_t at = walk->at + 1;

	if (!walk->outermost)
		return 0;
	at = skip_space(walk->doc, at);
	return byte_at(walk->doc, at) == AT_END ? 0 : fail_unexpected(walk->doc, at, "end of file expected", err);
}

int wp_json_walk_next(struct wp_json_walk *walk, struct wp_error *err)
{
	const struct wp_json_doc *doc = walk->doc;
	int closing = walk->seen ? '}' : ']', c;

	/* Over the opening bracket, or over the value that was given before. */
	walk->at = skip_space(doc, walk->begun ? walk->at : walk->at + 1);
	c = byte_at(doc, walk->at);
	if (c == closing)
		return close_walk(walk, err);
	if (walk->begun && c != ',')
		return fail_unexpected(doc, walk->at, "a comma or a closing bracket has to stand here", err);
	if (walk->begun)
		walk->at = skip_space(doc, walk->at + 1);
	walk->begun = true;
	if (walk->seen && take_key(walk, err))
		return WP_E_FAILED;
	walk->value.offset = walk->at;
	/* The outermost walk goes over everything once, so it alone has to count every bracket. */
	if (skip_value(doc, &walk->at, walk->outermost, err))
		return WP_E_FAILED;
	walk->value.length = walk->at - walk->value.offset;
	return 1;
}

int wp_json_doc_parse(const struct wp_json_doc *doc, struct wp_json_span span, json_t **ret_value, struct wp_error *err)
{
	if (span.length > WP_LIMIT_RECORD_BYTES)
		return wp_fail(err, WP_E_FAILED, "json-size", doc->subject,
			       "%s has a single value of %zu bytes, and no more than %u are read; is it the right file?",
			       doc->subject, span.length, WP_LIMIT_RECORD_BYTES);
	return load(doc, span, ret_value, err);
}

int wp_json_doc_first(const struct wp_json_doc *doc, struct wp_json_span span)
{
	return byte_at(doc, skip_space(doc, span.offset));
}
