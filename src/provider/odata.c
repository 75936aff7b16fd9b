/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads answers: entities and return values in their two wrappings, OData errors, and pages of a proxy. */
#include "odata.h"
#include "codes.h"
#include "extended.h"

#include "wimplan/ascii.h"
#include "wimplan/json.h"
#include "wimplan/limits.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A value takes a hundred times the memory of its text, so they are counted first: each stands behind one of these. */
static bool has_too_many_values(const struct wp_http *http)
{
	size_t count = 0;

	for (size_t i = 0; http->body.length > WP_LIMIT_ANSWER_VALUES && i < http->body.length; i++)
		count += http->body.data[i] == ',' || http->body.data[i] == '[' || http->body.data[i] == '{';
	return count > WP_LIMIT_ANSWER_VALUES;
}

static json_t *parse(const struct wp_http *http)
{
	struct wp_error err;
	json_t *json = NULL;
	size_t skip = http->body.length >= 3 && !memcmp(http->body.data, "\xef\xbb\xbf", 3) ? 3 : 0;

	if (!http->body.length || has_too_many_values(http) ||
	    wp_json_parse(http->body.data + skip, http->body.length - skip, "answer", &json, &err))
		return NULL;
	return json;
}

static bool is_page(const struct wp_http *http)
{
	const char *text = wp_buf_text(&http->body);

	text += strspn(text, " \t\r\n\xef\xbb\xbf");
	return strstr(http->type, "html") || wp_ascii_begins(text, "<!doctype html") || wp_ascii_begins(text, "<html");
}

/* The title of a page: all that a person wants of it. */
static void page_title(const struct wp_http *http, char *room, size_t size)
{
	const char *title = wp_ascii_find(wp_buf_text(&http->body), "<title>"), *end;

	room[0] = '\0';
	if (!title)
		return;
	title += 7;
	end = wp_ascii_find(title, "</title>");
	if (!end || end - title > 200)
		return;
	while (end > title && strchr(" \t\r\n", *title))
		title++;
	if (end > title)
		snprintf(room, size, " (\"%.*s\")", (int)(end - title), title);
}

/* error.message, in OData's two versions of it. */
static const char *error_message(const json_t *json)
{
	const json_t *error = json_object_get(json, "error"), *message;

	if (!error)
		error = json_object_get(json, "odata.error");
	message = json_object_get(error, "message");
	if (json_is_object(message))
		message = json_object_get(message, "value");
	if (!message)
		message = json_object_get(json, "Message");
	return json_string_value(message);
}

static void describe(const struct wp_http *http, const json_t *json, const struct wp_extended *extended, char *room,
		     size_t size)
{
	char code[160] = "", title[240] = "";
	const char *message = json ? error_message(json) : NULL;
	uint32_t number = extended->error_code ? extended->error_code : extended->status_code;
	/* Windows' own web server says with a page who may not come in. */
	bool expected = http->status == 401 || http->status == 403;

	if (number)
		wp_code_text(number, code, sizeof code);
	if (is_page(http)) {
		page_title(http, title, sizeof title);
		snprintf(room, size, "HTTP %ld with a web page%s%s", http->status, title,
			 expected ? "" : ", as a proxy or another server gives it");
	} else if (extended->found) {
		snprintf(room, size, "HTTP %ld, error %s%s%s", http->status, code[0] ? code : "without a code",
			 extended->description[0] ? ": " : "", extended->description);
	} else {
		snprintf(room, size, "HTTP %ld%s%.600s", http->status, message && *message ? ": " : "",
			 message ? message : "");
	}
}

static bool says_deadlock(const struct wp_extended *extended, const char *text)
{
	return extended->sql_status == WP_SQL_DEADLOCK || extended->error_code == WP_SQL_DEADLOCK ||
	       (wp_ascii_find(text, "deadlock") && strstr(text, "1205"));
}

static bool says_locked(const struct wp_extended *extended, const char *text)
{
	return extended->error_code == WP_CODE_SEDO_LOCK || extended->status_code == WP_CODE_SEDO_LOCK ||
	       wp_ascii_find(text, "0x40480732");
}

static void read_failure(const struct wp_http *http, enum wp_request request, struct wp_answer *ret)
{
	bool call = request == WP_REQUEST_CALL;
	struct wp_extended extended = { 0 };
	json_t *json __attribute__((cleanup(wp_json_freep))) = parse(http);
	const char *text = wp_buf_text(&http->body);

	if (json)
		wp_extended_find(json, &extended);
	else if (!is_page(http))
		wp_extended_find_text(text, &extended);
	describe(http, json, &extended, ret->why, sizeof ret->why);
	ret->said = WP_SAID_NO;
	switch (http->status) {
	case 401:
	case 403:
	case 407:
		ret->said = WP_SAID_DENIED;
		break;
	case 404:
		/* A page is some other server's: it says nothing of the object. */
		if (!call && !is_page(http))
			ret->said = WP_SAID_MISSING;
		break;
	case 429:
	case 503:
		ret->said = WP_SAID_AGAIN;
		break;
	case 408:
	case 502:
	case 504:
		/* These come from something in between, which has perhaps passed the request on. */
		ret->said = call ? WP_SAID_NOTHING : WP_SAID_AGAIN;
		break;
	default:
		if (says_deadlock(&extended, text) || says_locked(&extended, text))
			ret->said = WP_SAID_AGAIN;
		else if (call && http->status >= 500 && !json && !extended.found)
			/* Not the provider's words: whoever has failed here may have passed the call on. */
			ret->said = WP_SAID_NOTHING;
	}
}

/* A whole number, or the digits of one: OData writes 64 bits as a text when IEEE754Compatible is asked for. */
static bool read_number(const json_t *value, int64_t *ret)
{
	const char *text = json_string_value(value);
	char *end;

	if (json_is_integer(value)) {
		*ret = json_integer_value(value);
		return true;
	}
	if (!text || !*text)
		return false;
	errno = 0;
	*ret = strtoll(text, &end, 10);
	return !*end && !errno;
}

static const json_t *find_return_value(const json_t *json)
{
	const json_t *value = json_object_get(json, "ReturnValue"), *list = json_object_get(json, "value");

	if (value)
		return value;
	if (json_is_array(list))
		return json_object_get(json_array_get(list, 0), "ReturnValue");
	return json_is_object(list) ? json_object_get(list, "ReturnValue") : list;
}

/* False when there is one that nobody can make sense of. None at all is good. */
static bool take_return_value(const json_t *json, struct wp_answer *ret)
{
	const json_t *value = find_return_value(json);

	if (!value || json_is_null(value))
		return true;
	if (!read_number(value, &ret->return_value))
		return false;
	ret->has_return_value = true;
	/* SInt32, which some serialisers print as unsigned */
	if (ret->return_value > INT32_MAX && ret->return_value <= UINT32_MAX)
		ret->return_value -= INT64_C(0x100000000);
	return true;
}

bool wp_answer_is_late_error(const json_t *json)
{
	return json_is_object(json_object_get(json, "error")) || json_is_object(json_object_get(json, "odata.error"));
}

static void refuse_success(const struct wp_http *http, struct wp_answer *ret)
{
	static const char whence[] = ", as a proxy or another server gives it";

	if (has_too_many_values(http))
		snprintf(ret->why, sizeof ret->why, "HTTP %ld with more JSON than any package has", http->status);
	else
		snprintf(ret->why, sizeof ret->why, "HTTP %ld with %s instead of JSON%s", http->status,
			 is_page(http) ? "a web page" : "something else", whence);
}

static void read_success(const struct wp_http *http, enum wp_request request, struct wp_answer *ret)
{
	char code[160];

	if (request == WP_REQUEST_DESCRIBE || request == WP_REQUEST_LIST || request == WP_REQUEST_TEXT)
		return;
	ret->json = parse(http);
	/* 204 No Content is the usual answer to a PUT, and whatever else it says is its own. */
	if (!json_is_object(ret->json) && request != WP_REQUEST_WRITE && !(request == WP_REQUEST_CALL && !http->body.length)) {
		ret->said = request == WP_REQUEST_CALL ? WP_SAID_NOTHING : WP_SAID_NO;
		refuse_success(http, ret);
		return;
	}
	if (request == WP_REQUEST_READ)
		return;
	if (wp_answer_is_late_error(ret->json)) {
		wp_answer_free(ret);
		read_failure(http, request, ret);
	} else if (request == WP_REQUEST_CALL && !take_return_value(ret->json, ret)) {
		ret->said = WP_SAID_NOTHING;
		snprintf(ret->why, sizeof ret->why, "HTTP %ld with a ReturnValue that is no number", http->status);
	} else if (ret->return_value) {
		ret->said = WP_SAID_NO;
		wp_code_text(ret->return_value, code, sizeof code);
		snprintf(ret->why, sizeof ret->why, "the method returned %s", code);
	}
}

void wp_answer_read(const struct wp_http *http, enum wp_request request, struct wp_answer *ret)
{
	*ret = (struct wp_answer){ .said = WP_SAID_DONE, .retry_after = http->retry_after, .status = http->status };
	if (http->transport != WP_TRANSPORT_ANSWERED) {
		ret->said = http->transport == WP_TRANSPORT_LOST ? WP_SAID_NOTHING : http->hopeless ? WP_SAID_NO : WP_SAID_AGAIN;
		snprintf(ret->why, sizeof ret->why, "%s", http->why);
	} else if (http->status >= 200 && http->status < 300) {
		read_success(http, request, ret);
	} else if (http->status < 400) {
		ret->said = WP_SAID_NO;
		snprintf(ret->why, sizeof ret->why, "HTTP %ld, which sends elsewhere and is not followed",
			 http->status);
	} else {
		read_failure(http, request, ret);
	}
}

void wp_answer_free(struct wp_answer *answer)
{
	json_decref(answer->json);
	answer->json = NULL;
}

json_t *wp_answer_entity(const json_t *json, bool *ret_many)
{
	json_t *list = json_object_get(json, "value");

	*ret_many = false;
	if (!json_is_array(list))
		return (json_t *)(uintptr_t)json;
	*ret_many = json_array_size(list) > 1;
	return json_array_size(list) == 1 ? json_array_get(list, 0) : NULL;
}
