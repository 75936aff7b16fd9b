/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds an SMS_ExtendedStatus in an error. How the AdminService passes it on is not documented: all forms count. */
#include "extended.h"

#include "wimplan/ascii.h"
#include "wimplan/json.h"
#include "wimplan/limits.h"
#include "wimplan/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint32_t to_code(const json_t *value)
{
	uint64_t number;

	if (json_is_integer(value))
		return (uint32_t)json_integer_value(value);
	if (json_is_string(value) && wp_parse_u64(json_string_value(value), true, &number))
		return (uint32_t)number;
	return 0;
}

static void take_member(const char *key, const json_t *value, struct wp_extended *ret)
{
	if (wp_ascii_same(key, "ErrorCode"))
		ret->error_code = to_code(value);
	else if (wp_ascii_same(key, "StatusCode"))
		ret->status_code = to_code(value);
	else if (wp_ascii_same(key, "SQLStatus"))
		ret->sql_status = to_code(value);
	else if (wp_ascii_same(key, "Description") && json_is_string(value))
		snprintf(ret->description, sizeof ret->description, "%s", json_string_value(value));
}

/* ErrorCode with one of its companions: nothing else has both. */
static bool is_extended(json_t *object)
{
	bool code = false, companion = false;
	const char *key;
	json_t *value;

	json_object_foreach(object, key, value) {
		code |= wp_ascii_same(key, "ErrorCode");
		companion |= wp_ascii_same(key, "StatusCode") || wp_ascii_same(key, "SQLStatus") ||
			     wp_ascii_same(key, "Description") || wp_ascii_same(key, "CauseInfo");
	}
	return code && companion;
}

/* The number behind "Name =" or "\"Name\":" in a text; 0 when there is none. */
static uint32_t number_behind(const char *text, const char *name)
{
	const char *at = wp_ascii_find(text, name);

	if (!at)
		return 0;
	at += strlen(name);
	at += strspn(at, " \t\"':=");
	return (uint32_t)strtoll(at, NULL, 0);
}

static void text_behind(const char *text, const char *name, char *room, size_t size)
{
	const char *at = wp_ascii_find(text, name), *end;

	if (!at)
		return;
	at += strlen(name);
	at += strspn(at, " \t:=");
	if (*at != '"')
		return;
	end = ++at;
	while (*end && *end != '"')
		end += *end == '\\' && end[1] ? 2 : 1;
	snprintf(room, size, "%.*s", (int)(end - at), at);
}

void wp_extended_find_text(const char *text, struct wp_extended *ret)
{
	const char *brace = strchr(text, '{');
	struct wp_error err;
	json_t *inner = NULL;

	if (ret->found)
		return;
	if (brace && !wp_json_parse(brace, strlen(brace), "error", &inner, &err)) {
		wp_extended_find(inner, ret);
		json_decref(inner);
		if (ret->found)
			return;
	}
	/* "instance of SMS_ExtendedStatus { ErrorCode = 1078462258; … };", as WMI prints it */
	if (wp_ascii_find(text, "SMS_ExtendedStatus")) {
		ret->found = true;
		ret->error_code = number_behind(text, "ErrorCode");
		ret->status_code = number_behind(text, "StatusCode");
		ret->sql_status = number_behind(text, "SQLStatus");
		text_behind(text, "Description", ret->description, sizeof ret->description);
	}
}

static void find(const json_t *json, unsigned int depth, struct wp_extended *ret)
{
	const char *key;
	json_t *value;
	size_t i;

	if (ret->found || depth > WP_LIMIT_NESTING)
		return;
	if (json_is_object(json)) {
		json_t *object = (json_t *)(uintptr_t)json; /* jansson's iterators take no const */

		if (is_extended(object)) {
			ret->found = true;
			json_object_foreach(object, key, value)
				take_member(key, value, ret);
			return;
		}
		json_object_foreach(object, key, value)
			find(value, depth + 1, ret);
	} else if (json_is_array(json)) {
		json_array_foreach(json, i, value)
			find(value, depth + 1, ret);
	} else if (json_is_string(json)) {
		wp_extended_find_text(json_string_value(json), ret);
	}
}

void wp_extended_find(const json_t *json, struct wp_extended *ret)
{
	find(json, 0, ret);
}
