/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One form for values of every shape: numbers as integers, dates in ISO 8601, embedded objects without noise. */
#include "normalize.h"
#include "culture_date.h"
#include "row.h"

#include "wimplan/ascii.h"
#include "wimplan/json.h"
#include "wimplan/schedule.h"
#include "wimplan/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static json_t *clean_tree(const json_t *value);

/* A value as text, as the shapes without types write it. NULL for null, arrays and objects. The caller frees it. */
static char *scalar_text(const json_t *value)
{
	switch (json_typeof(value)) {
	case JSON_STRING:
		return wp_must(strdup(json_string_value(value)));
	case JSON_TRUE:
		return wp_must(strdup("true"));
	case JSON_FALSE:
		return wp_must(strdup("false"));
	case JSON_INTEGER:
	case JSON_REAL:
		return wp_must(json_dumps(value, JSON_ENCODE_ANY));
	case JSON_NULL:
	case JSON_ARRAY:
	case JSON_OBJECT:
		break;
	}
	return NULL;
}

static void free_text(char **text)
{
	free(*text);
}

/* From here on, up to 1e21, the canonical form writes a real as an integer that no int64_t holds, and jansson reads none such. */
#define FIRST_TOO_LARGE 9223372036854775808.0

/* The very value, for nobody changes one that is neither an object nor an array. New reference. */
static json_t *same(const json_t *value)
{
	return json_incref((json_t *)(uintptr_t)value);
}

/* A value as it came that is neither an object nor an array, but for a number that could not be read back. */
static json_t *copy(const json_t *value)
{
	double real = json_real_value(value); /* 0 of everything else */
	char digits[32];

	if (real < -1e21 || real > 1e21 || (real < FIRST_TOO_LARGE && real >= -FIRST_TOO_LARGE))
		return same(value);
	snprintf(digits, sizeof digits, "%.0f", real);
	return wp_json_must(json_string(digits));
}

static json_t *keep_bad(const json_t *value, enum wp_value_kind *ret_kind)
{
	*ret_kind = WP_VALUE_BAD;
	return clean_tree(value);
}

static json_t *normalize_text(const json_t *value, enum wp_value_kind *ret_kind)
{
	char *text __attribute__((cleanup(free_text))) = NULL;

	if (json_is_string(value))
		return same(value);
	text = scalar_text(value);
	if (!text) {
		*ret_kind = WP_VALUE_BAD;
		text = wp_must(json_dumps(value, JSON_COMPACT | JSON_SORT_KEYS));
	}
	return wp_json_must(json_string_nocheck(text));
}

/* "4.126.000": two groups of thousands or more, so that what separates them is no decimal point. */
static bool read_grouped(const char *text, uint64_t *ret_number)
{
	char digits[24];
	size_t length = 0, groups = 0;
	char separator = '\0';

	for (size_t run = 0; *text; text++) {
		if (*text >= '0' && *text <= '9') {
			if (length + 1 == sizeof digits || (groups && run == 3))
				return false;
			digits[length++] = *text;
			run++;
		} else if (strchr(".,' ", *text) && run >= 1 && run <= 3 && (!separator || *text == separator)) {
			if (groups && run != 3)
				return false;
			separator = *text;
			groups++;
			run = 0;
		} else {
			return false;
		}
		if (!text[1] && run != 3)
			return false;
	}
	digits[length] = '\0';
	return groups >= 2 && wp_parse_u64(digits, false, ret_number);
}

static json_t *normalize_number(const struct wp_property *property, const json_t *value, enum wp_value_kind *ret_kind)
{
	char *text __attribute__((cleanup(free_text))) = NULL;
	double real = json_real_value(value);
	uint64_t number;
	int known;

	if (json_typeof(value) == JSON_INTEGER && json_integer_value(value) >= 0)
		return same(value);
	/* PowerShell may print a whole number as 12.0. */
	if (json_typeof(value) == JSON_REAL && real >= 0 && real < 9e15 && real == (double)(json_int_t)real)
		return wp_json_must(json_integer((json_int_t)real));
	text = scalar_text(value);
	/* -1 is what a provider puts where it has no number. */
	if (text && (!*text || strcmp(text, "-1") == 0))
		return NULL;
	if (text && (wp_parse_u64(text, false, &number) || read_grouped(text, &number)) && number <= INT64_MAX)
		return wp_json_must(json_integer((json_int_t)number));
	if (text && wp_property_word(property, text, &known))
		return wp_json_must(json_integer(known));
	return keep_bad(value, ret_kind);
}

/* True and false as spreadsheets of other languages write them. */
static const struct {
	const char *word;
	bool flag;
} flags[] = {
	{ "true", true },   { "false", false },     { "1", true },     { "0", false },     { "WAHR", true },
	{ "FALSCH", false }, { "VRAI", true },      { "FAUX", false }, { "VERDADERO", true }, { "FALSO", false },
	{ "VERO", true },    { "WAAR", true },      { "ONWAAR", false },
};

static json_t *normalize_flag(const json_t *value, enum wp_value_kind *ret_kind)
{
	char *text __attribute__((cleanup(free_text))) = scalar_text(value);

	if (text && !*text)
		return NULL;
	for (size_t i = 0; text && i < sizeof flags / sizeof *flags; i++)
		if (wp_ascii_same(text, flags[i].word))
			return json_boolean(flags[i].flag);
	return keep_bad(value, ret_kind);
}

/* .NET's DateTime.MinValue, the year 1, in the forms in which it is exported: it stands for no value. */
static bool is_first_year(const char *text)
{
	static const char *const forms[] = { "0001-01-01", "/Date(-62135", "\\/Date(-62135", "00010101" };

	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
		if (strncmp(text, forms[i], strlen(forms[i])) == 0)
			return true;
	return false;
}

static json_t *normalize_date(const json_t *value, enum wp_value_kind *ret_kind)
{
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = NULL;
	char *text __attribute__((cleanup(free_text))) = scalar_text(value);
	struct wp_culture_date date;
	struct wp_time time;

	if (text && (!*text || is_first_year(text) || strcmp(text, "-1") == 0))
		return NULL;
	time = wp_time_parse(text);
	if (time.known) {
		arena = wp_arena_new();
		return wp_json_must(json_string(wp_time_iso(arena, time)));
	}
	if (text && wp_culture_date_read(text, &date)) {
		*ret_kind = WP_VALUE_CULTURE;
		return wp_json_must(json_string(text));
	}
	return keep_bad(value, ret_kind);
}

/*
 * The StartTime of a token without its time zone: the site keeps a time of day there (19700201000000.000000+***; IsGMT says
 * of which clock), and .NET has put the zone of the machine behind it that made the export.
 */
static json_t *start_time(const json_t *value, enum wp_value_kind *ret_kind)
{
	char *text __attribute__((cleanup(free_text))) = scalar_text(value);
	size_t length = text ? strlen(text) : 0;
	bool iso = length > 16 && text[4] == '-' && text[length - 3] == ':' && strchr("+-", text[length - 6]);
	json_t *cut, *date;

	if (!iso)
		return normalize_date(value, ret_kind);
	cut = wp_json_must(json_stringn_nocheck(text, length - 6));
	date = normalize_date(cut, ret_kind);
	json_decref(cut);
	return date;
}

/* An embedded object without noise, but with its class under one name for all shapes. */
static json_t *clean_object(const json_t *object)
{
	struct wp_row as_row = { .properties = (json_t *)object };
	json_t *clean = wp_json_must(json_object());
	struct wp_row_facts facts;
	const char *key;
	json_t *value;

	wp_row_facts(&as_row, &facts);
	if (facts.class[0])
		wp_json_set(clean, "__CLASS", json_string(facts.class));
	json_object_foreach((json_t *)object, key, value) {
		enum wp_value_kind kind = WP_VALUE_GOOD;
		json_t *kept;

		if (wp_row_is_noise(key) || json_typeof(value) == JSON_NULL)
			continue;
		/* The one date of SMS_ScheduleToken's classes. */
		if (wp_ascii_same(key, "StartTime"))
			kept = start_time(value, &kind);
		else
			kept = clean_tree(value);
		if (kept)
			wp_json_set(clean, key, kept);
	}
	return clean;
}

static json_t *clean_tree(const json_t *value)
{
	json_t *clean, *item;
	size_t i;

	value = wp_unwrap(value);
	if (json_typeof(value) == JSON_OBJECT)
		return clean_object(value);
	if (json_typeof(value) != JSON_ARRAY)
		return copy(value);
	clean = wp_json_must(json_array());
	json_array_foreach(value, i, item)
		wp_json_push(clean, clean_tree(item));
	return clean;
}

/* Export-Csv puts the name of a type where an array was: "System.String[]". */
static bool is_type_name(const char *text)
{
	size_t length = text ? strlen(text) : 0;

	if (length <= 2 || strcmp(text + length - 2, "[]") != 0)
		return false;
	for (size_t i = 0; i < length - 2; i++)
		if (!wp_ascii_alnum(text[i]) && !strchr("._#/", text[i]))
			return false;
	return true;
}

static json_t *normalize_tree(const json_t *value)
{
	const char *text = json_string_value(value);

	if (text && (!*text || is_type_name(text)))
		return NULL;
	return clean_tree(value);
}

/*
 * A schedule as the text of its tokens, whether it came as that or as objects; where it is none, or has no token for its year,
 * as it came.
 */
static json_t *normalize_schedule(const json_t *value)
{
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct wp_buf tokens __attribute__((cleanup(wp_buf_free))) = { 0 };
	json_t *tree = normalize_tree(value), *text;
	struct wp_schedule *items;
	const char *why;
	size_t count;

	if (!tree || wp_schedule_decode(arena, tree, &items, &count, &why) != 0 || !count)
		return tree;
	for (size_t i = 0; i < count; i++) {
		char token[WP_TOKEN_TEXT];

		if (!wp_schedule_has_token(&items[i]))
			return tree;
		wp_schedule_token(&items[i], token);
		wp_buf_puts(&tokens, token);
	}
	text = wp_json_must(json_string(wp_buf_text(&tokens)));
	json_decref(tree);
	return text;
}

json_t *wp_property_normalize(const struct wp_property *property, const json_t *value, bool empty_is_none,
			      enum wp_value_kind *ret_kind)
{
	*ret_kind = WP_VALUE_GOOD;
	value = wp_unwrap(value);
	if (json_typeof(value) == JSON_NULL)
		return NULL;
	if (!property)
		return empty_is_none && is_type_name(json_string_value(value)) ? NULL : clean_tree(value);
	if (empty_is_none && property->lazy && json_typeof(value) == JSON_STRING && !json_string_length(value))
		return NULL;
	switch (property->type) {
	case WP_PROPERTY_TEXT:
		return normalize_text(value, ret_kind);
	case WP_PROPERTY_NUMBER:
		return normalize_number(property, value, ret_kind);
	case WP_PROPERTY_FLAG:
		return normalize_flag(value, ret_kind);
	case WP_PROPERTY_DATE:
		return normalize_date(value, ret_kind);
	case WP_PROPERTY_SCHEDULE:
		return normalize_schedule(value);
	case WP_PROPERTY_TREE:
		break;
	}
	return normalize_tree(value);
}

/* 1 and 1.0 are the same, also inside of lists. */
static bool has_same_text(const json_t *a, const json_t *b)
{
	struct wp_buf x __attribute__((cleanup(wp_buf_free))) = { 0 };
	struct wp_buf y __attribute__((cleanup(wp_buf_free))) = { 0 };

	wp_json_canonical(&x, a);
	wp_json_canonical(&y, b);
	return x.length == y.length && memcmp(x.data, y.data, x.length) == 0;
}

/* Does a text say the number as one shape has it and another not: "1.0" for 1? */
static bool says_number(const json_t *text, const json_t *number)
{
	json_t *said = json_is_string(text) && json_is_number(number) ? json_loads(json_string_value(text), JSON_DECODE_ANY, NULL) : NULL;
	bool same = json_is_number(said) && has_same_text(said, number);

	json_decref(said);
	return same;
}

bool wp_property_same(const struct wp_property *property, const json_t *a, const json_t *b)
{
	char *x __attribute__((cleanup(free_text))) = NULL;
	char *y __attribute__((cleanup(free_text))) = NULL;

	if (json_equal(a, b) || has_same_text(a, b))
		return true;
	if (property || json_typeof(a) == json_typeof(b))
		return false;
	x = scalar_text(a);
	y = scalar_text(b);
	return (x && y && wp_ascii_same(x, y)) || says_number(a, b) || says_number(b, a);
}
