/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A mutator for plans and receipts: it changes values of the document, and seals a plan anew, so that what is tried is
 * what a plan may say and not whether a digest fits.
 */
#include "fuzz.h"

#include "wimplan/json.h"
#include "wimplan/limits.h"
#include "wimplan/hash.h"

#include <stdlib.h>
#include <string.h>

static uint32_t state;

/* xorshift32; below @limit. */
static uint32_t chance(uint32_t limit)
{
	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return limit ? state % limit : 0;
}

static const char *const texts[] = {
	"", " ", "\x1b[2J", "\x07", "a\nb", "a\r\nb", "\xe2\x80\xae", "\xe2\x80\x8b", "\xef\xbb\xbf", ("\xc2\x9b" "1m"), "\x7f",
	"=1+1", "@x", ";=1", "</script><b>", "-->", "]]>", "`$(x)`", "'; rm x", "\"", "'@\n", "\xe2\x80\x99", "|", "#", "\\",
	"\xf0\x9f\x98\x80", "\xf3\xa0\x80\x81", "P0100001", "reload", "change", "blocked", "unproven", "report_only",
	"ReloadImageProperties", "RefreshPkgSource", "image-changed", "content-newer", "content-unproven", "proven", "unknown",
	"2026-02-20T02:10:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.9999999Z", "18446744073709551615", "-1", "sha256:",
	"sha256:0000000000000000000000000000000000000000000000000000000000000000", "1.0", "1.9", "2.0", "done", "os_version",
};

static const json_int_t numbers[] = { 0, 1, -1, 2, 255, 65536, 2147483647, 4294967295, 9007199254740992, INT64_MAX, INT64_MIN };

static json_t *any_text(void)
{
	return json_string(texts[chance(sizeof texts / sizeof *texts)]);
}

static json_t *any_number(void)
{
	return json_integer(numbers[chance(sizeof numbers / sizeof *numbers)]);
}

static json_t *any_value(void)
{
	switch (chance(7)) {
	case 0:
		return json_null();
	case 1:
		return json_boolean(chance(2));
	case 2:
		return json_real(chance(2) ? 9.0 : 1e300);
	case 3:
		return any_number();
	case 4:
		return json_array();
	case 5:
		return json_object();
	default:
		return any_text();
	}
}

/* Some bytes of the text are changed by libFuzzer, which knows the words of its dictionary. */
static json_t *new_text(const json_t *old)
{
	size_t length = json_string_length(old), room = length + 64;
	uint8_t *bytes = malloc(room);
	json_t *value;

	if (!bytes)
		abort();
	memcpy(bytes, json_string_value(old), length);
	value = json_stringn((const char *)bytes, LLVMFuzzerMutate(bytes, length, room));
	free(bytes);
	/* No UTF-8 any more. */
	return value ? value : any_text();
}

/* Mostly of the type that the old value has: any other one is refused at once. */
static json_t *new_value(const json_t *old)
{
	if (!chance(8))
		return any_value();
	if (json_is_string(old))
		return chance(2) ? new_text(old) : any_text();
	if (json_is_integer(old))
		return chance(2) ? any_number() : json_integer((json_int_t)((uint64_t)json_integer_value(old) + chance(5) - 2));
	if (json_is_boolean(old))
		return json_boolean(chance(2));
	return chance(2) ? json_deep_copy(old) : any_value();
}

static size_t count_nodes(const json_t *value)
{
	size_t count = 1, i;
	const char *key;
	json_t *child;

	if (json_is_object(value))
		json_object_foreach((json_t *)value, key, child)
			count += count_nodes(child);
	else
		json_array_foreach(value, i, child)
			count += count_nodes(child);
	return count;
}

static void change_object(json_t *object, const char *key, const json_t *child)
{
	switch (chance(16)) {
	case 0:
		json_object_del(object, key);
		break;
	case 1:
		json_object_set_new(object, texts[chance(sizeof texts / sizeof *texts)], json_deep_copy(child));
		break;
	default:
		json_object_set_new(object, key, new_value(child));
	}
}

static void change_array(json_t *array, size_t at, const json_t *child)
{
	size_t other = chance((uint32_t)json_array_size(array));

	switch (chance(5)) {
	case 0:
		json_array_remove(array, at);
		break;
	case 1:
		json_array_insert_new(array, other, json_deep_copy(child));
		break;
	case 2:
		json_array_set_new(array, other, json_deep_copy(child));
		break;
	default:
		json_array_set_new(array, at, new_value(child));
	}
}

/* Changes the node that is number *@left below @value, in the order of the document. True when it was there. */
static bool change(json_t *value, size_t *left)
{
	const char *key;
	json_t *child;
	size_t i;

	if (json_is_object(value)) {
		json_object_foreach(value, key, child) {
			if (!(*left)--) {
				change_object(value, key, child);
				return true;
			}
			if (change(child, left))
				return true;
		}
		return false;
	}
	json_array_foreach(value, i, child) {
		if (!(*left)--) {
			change_array(value, i, child);
			return true;
		}
		if (change(child, left))
			return true;
	}
	return false;
}

static void add_to(json_t *counts, const char *key)
{
	json_object_set_new(counts, key, json_integer(json_integer_value(json_object_get(counts, key)) + 1));
}

static bool has_text(const json_t *array, const char *text)
{
	const json_t *item;
	size_t i;

	json_array_foreach(array, i, item)
		if (json_is_string(item) && !strcmp(json_string_value(item), text))
			return true;
	return false;
}

/* What the entries add up to. */
static void count_again(json_t *body)
{
	static const char *const states[] = { "blocked", "report_only", "unproven" };
	json_t *changes = json_object_get(body, "changes"), *unchanged = json_object_get(body, "unchanged"), *change;
	json_t *counts = json_pack("{s:i, s:i, s:i, s:i, s:i, s:i, s:i}", "packages", 0, "reload", 0, "refresh", 0, "blocked",
				   0, "report_only", 0, "unproven", 0, "unchanged", 0);
	size_t i;

	json_array_foreach(changes, i, change) {
		const char *status = wp_json_get_text(change, "status");
		const json_t *actions = json_object_get(change, "actions");

		for (size_t k = 0; status && k < sizeof states / sizeof *states; k++)
			if (!strcmp(status, states[k]))
				add_to(counts, states[k]);
		if (!status || strcmp(status, "change") != 0)
			continue;
		if (has_text(actions, "ReloadImageProperties"))
			add_to(counts, "reload");
		if (has_text(actions, "RefreshPkgSource"))
			add_to(counts, "refresh");
	}
	json_object_set_new(counts, "unchanged", json_integer((json_int_t)json_array_size(unchanged)));
	json_object_set_new(counts, "packages",
			    json_integer((json_int_t)json_array_size(changes) + (json_int_t)json_array_size(unchanged)));
	json_object_set_new(body, "applyable",
			    json_boolean(json_integer_value(json_object_get(counts, "reload")) ||
					 json_integer_value(json_object_get(counts, "refresh"))));
	json_object_set_new(body, "summary", counts);
}

static void put_digest(json_t *document, const char *key, const json_t *value)
{
	struct wp_buf text = { 0 };
	char digest[WP_HASH_TEXT];

	wp_json_canonical(&text, value);
	wp_sha256_text(text.data, text.length, digest);
	wp_buf_free(&text);
	json_object_set_new(document, key, json_string(digest));
}

/* The two digests of a plan: of its body, and of all that stands beside it. */
static void seal(json_t *document)
{
	json_t *body = json_object_get(document, "body"), *beside;

	if (!json_is_object(body))
		return;
	if (chance(8))
		count_again(body);
	put_digest(document, "plan_id", body);
	beside = json_copy(document);
	json_object_del(beside, "body");
	json_object_del(beside, "plan_id");
	json_object_del(beside, "beside_id");
	if (json_object_get(document, "beside_id"))
		put_digest(document, "beside_id", beside);
	json_decref(beside);
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed)
{
	json_t *document = NULL;
	struct wp_buf text = { 0 };
	struct wp_error err;

	/* Small seeds have few bits. */
	state = seed * 2654435769u | 1u;
	if (!chance(16) || wp_json_parse((const char *)data, size, "fuzz", &document, &err))
		return LLVMFuzzerMutate(data, size, max_size);
	for (uint32_t changes = 1 + chance(4); changes; changes--) {
		size_t left = chance((uint32_t)count_nodes(document));

		change(document, &left);
	}
	seal(document);
	wp_json_line(&text, document);
	json_decref(document);
	if (text.length <= max_size) {
		memcpy(data, text.data, text.length);
		size = text.length;
	}
	wp_buf_free(&text);
	return size;
}
