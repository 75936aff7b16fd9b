/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Plain JSON, read in one go: what jansson makes of it, several times as fast, for there are hundreds of megabytes of it. What is
 * wrong with a text, and what is rare in one (reals, characters in two escapes), is jansson's to say: here it is not plain.
 */
#include "wimplan/json.h"

#include "wimplan/ascii.h"
#include "wimplan/limits.h"
#include "wimplan/text.h"

#include <string.h>

/* So many digits are an integer of 64 bits, whichever they are. */
#define DIGITS 18

struct plain {
	const char *at, *end;
	struct wp_buf room; /* of a text with escapes */
};

static json_t *read_value(struct plain *plain, unsigned int depth);

static void skip_space(struct plain *plain)
{
	while (plain->at < plain->end && (*plain->at == ' ' || *plain->at == '\n' || *plain->at == '\r' || *plain->at == '\t'))
		plain->at++;
}

/* Goes over white space, and over what stands behind it where that is @wanted. */
static bool take(struct plain *plain, char wanted)
{
	skip_space(plain);
	if (plain->at == plain->end || *plain->at != wanted)
		return false;
	plain->at++;
	return true;
}

/* Goes on to the first byte of a text that does not stand for itself. */
static void pass_text(struct plain *plain)
{
	while (plain->at < plain->end && *plain->at != '"' && *plain->at != '\\' && (unsigned char)*plain->at >= 0x20)
		plain->at++;
}

/* Adds what the escape behind a backslash stands for. */
static bool take_escape(struct plain *plain, struct wp_buf *room)
{
	static const char letters[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
	const char *found = plain->at < plain->end && *plain->at ? strchr(letters, *plain->at) : NULL;
	char bytes[4], digits[5] = "";
	int c;

	if (found) {
		wp_buf_putc(room, meant[found - letters]);
		plain->at++;
		return true;
	}
	if (plain->end - plain->at < 5 || *plain->at != 'u')
		return false;
	memcpy(digits, plain->at + 1, 4);
	c = wp_ascii_hex4(digits);
	if (c <= 0 || (c >= 0xd800 && c <= 0xdfff))
		return false;
	wp_buf_add(room, bytes, wp_utf8_encode((uint32_t)c, bytes));
	plain->at += 5;
	return true;
}

/* A text behind its first quote: where it stands in the document or, with escapes, in @room. */
static bool take_text(struct plain *plain, struct wp_buf *room, const char **ret_text, size_t *ret_length)
{
	const char *begin = plain->at, *start = begin;
	size_t length;

	wp_buf_clear(room);
	for (;;) {
		pass_text(plain);
		if (plain->at == plain->end || (unsigned char)*plain->at < 0x20)
			return false;
		if (*plain->at == '"')
			break;
		wp_buf_add(room, start, (size_t)(plain->at - start));
		plain->at++;
		if (!take_escape(plain, room))
			return false;
		start = plain->at;
	}
	length = (size_t)(plain->at - begin);
	if (start != begin)
		wp_buf_add(room, start, (size_t)(plain->at - start));
	*ret_text = start == begin ? begin : wp_buf_text(room);
	*ret_length = start == begin ? length : room->length;
	plain->at++;
	return wp_utf8_valid(begin, length) == length;
}

static json_t *read_text(struct plain *plain)
{
	const char *text;
	size_t length;

	return take_text(plain, &plain->room, &text, &length) ? wp_json_must(json_stringn_nocheck(text, length)) : NULL;
}

/* The first member and each further one, its name first. */
static bool read_members(struct plain *plain, json_t *object, unsigned int depth)
{
	struct wp_buf room __attribute__((cleanup(wp_buf_free))) = { 0 };
	size_t count = 0, length;
	const char *name;
	json_t *value;

	do {
		if (!take(plain, '"') || !take_text(plain, &room, &name, &length) || !take(plain, ':'))
			return false;
		value = read_value(plain, depth);
		if (!value)
			return false;
		if (json_object_setn_new_nocheck(object, name, length, value))
			wp_out_of_memory();
		/* The name was there before. */
		if (json_object_size(object) != ++count)
			return false;
	} while (take(plain, ','));
	return take(plain, '}');
}

static bool read_items(struct plain *plain, json_t *array, unsigned int depth)
{
	do {
		json_t *value = read_value(plain, depth);

		if (!value)
			return false;
		wp_json_push(array, value);
	} while (take(plain, ','));
	return take(plain, ']');
}

/* An object or an array behind its first bracket. */
static json_t *read_inside(struct plain *plain, bool object, unsigned int depth)
{
	json_t *value = wp_json_must(object ? json_object() : json_array());

	if (depth < WP_LIMIT_NESTING &&
	    (take(plain, object ? '}' : ']') ||
	     (object ? read_members(plain, value, depth + 1) : read_items(plain, value, depth + 1))))
		return value;
	json_decref(value);
	return NULL;
}

static json_t *read_integer(struct plain *plain)
{
	bool minus = *plain->at == '-';
	const char *digits = plain->at += minus;
	json_int_t number = 0;

	while (plain->at < plain->end && wp_ascii_digit(*plain->at) && plain->at - digits < DIGITS)
		number = 10 * number + (*plain->at++ - '0');
	if (plain->at == digits || (*digits == '0' && plain->at - digits > 1))
		return NULL;
	/* What follows is no part of an integer: whoever asked for the value looks what it is. */
	return wp_json_must(json_integer(minus ? -number : number));
}

static json_t *read_word(struct plain *plain)
{
	static const struct {
		char word[6];
		size_t length;
		json_t *(*value)(void);
	} words[] = { { "null", 4, json_null }, { "true", 4, json_true }, { "false", 5, json_false } };

	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if ((size_t)(plain->end - plain->at) < words[i].length || memcmp(plain->at, words[i].word, words[i].length) != 0)
			continue;
		plain->at += words[i].length;
		return words[i].value();
	}
	return NULL;
}

static json_t *read_value(struct plain *plain, unsigned int depth)
{
	if (take(plain, '"'))
		return read_text(plain);
	if (plain->at == plain->end)
		return NULL;
	if (*plain->at == '{' || *plain->at == '[')
		return read_inside(plain, *plain->at++ == '{', depth);
	if (*plain->at == '-' || wp_ascii_digit(*plain->at))
		return read_integer(plain);
	return read_word(plain);
}

json_t *wp_json_plain(const char *text, size_t length)
{
	struct plain plain = { .at = text, .end = text + length };
	json_t *value = read_value(&plain, 0);

	skip_space(&plain);
	if (value && plain.at != plain.end) {
		json_decref(value);
		value = NULL;
	}
	wp_buf_free(&plain.room);
	return value;
}
