/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Takes values out of JSON and keeps the first damage; and members one by one, in the order of the canonical form. */
#include "decode.h"

#include "wimplan/arena.h"
#include "wimplan/json.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

int wp_members_list(const struct wp_json_doc *doc, const struct wp_json_span *span, struct wp_arena *arena,
		    struct wp_member **ret_members, size_t *ret_count, struct wp_error *err)
{
	struct wp_json_walk walk;
	int status;

	*ret_members = NULL;
	*ret_count = 0;
	wp_json_walk_begin(doc, span, &walk);
	while ((status = wp_json_walk_next(&walk, err)) > 0)
		*WP_PUSH(arena, *ret_members, *ret_count) = (struct wp_member){
			.key = wp_arena_strdup(arena, wp_buf_text(&walk.key)),
			.span = walk.value,
		};
	wp_json_walk_end(&walk);
	/* The key is a member's first field. */
	if (*ret_count)
		qsort(*ret_members, *ret_count, sizeof **ret_members, wp_json_compare_keys);
	return status;
}

void wp_digest_value(struct wp_sha256 *hash, const json_t *value)
{
	struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };

	wp_json_canonical(&text, value);
	wp_sha256_add(hash, text.data, text.length);
}

/* An item of a list, with *@before in front of it, which is "[" at first. */
static void add_item(struct wp_sha256 *hash, const char **before, const json_t *item)
{
	wp_sha256_add(hash, *before, 1);
	*before = ",";
	wp_digest_value(hash, item);
}

void wp_digest_items_end(struct wp_sha256 *hash, const char *before)
{
	wp_sha256_add(hash, *before == '[' ? "[]" : "]", *before == '[' ? 2 : 1);
}

void wp_digest_key(struct wp_sha256 *hash, const char *key, bool first)
{
	json_t *text __attribute__((cleanup(wp_json_freep))) = json_string(key);

	wp_sha256_add(hash, first ? "{" : ",", 1);
	wp_digest_value(hash, text);
	wp_sha256_add(hash, ":", 1);
}

int wp_digest_member(struct wp_sha256 *hash, const struct wp_json_doc *doc, const struct wp_member *member, json_t *object,
		     struct wp_error *err)
{
	json_t *value;

	if (wp_json_doc_parse(doc, member->span, &value, err))
		return WP_E_FAILED;
	wp_json_set(object, member->key, value);
	if (hash)
		wp_digest_value(hash, value);
	return WP_OK;
}

int wp_digest_items(struct wp_sha256 *hash, const struct wp_json_doc *doc, struct wp_json_span span, wp_digest_item *take,
		    void *context, struct wp_error *err)
{
	struct wp_json_walk walk;
	const char *before = "[";
	int status = 0;

	wp_json_walk_begin(doc, &span, &walk);
	while (!status && (status = wp_json_walk_next(&walk, err)) > 0) {
		json_t *item __attribute__((cleanup(wp_json_freep))) = NULL;

		status = wp_json_doc_parse(doc, walk.value, &item, err);
		if (status)
			break;
		add_item(hash, &before, item);
		take(context, item);
	}
	wp_digest_items_end(hash, before);
	wp_json_walk_end(&walk);
	return status;
}

void wp_decode_fail(struct wp_decoder *decoder, const char *format, ...)
{
	va_list args;

	if (decoder->damage)
		return;
	va_start(args, format);
	decoder->damage = wp_arena_vprintf(decoder->arena, format, args);
	va_end(args);
	if (decoder->package_id)
		decoder->damage = wp_arena_printf(decoder->arena, "package %s: %s", decoder->package_id,
						  decoder->damage);
}

/* The value of a key that may be null or absent: NULL then. */
static const json_t *find(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	return json_is_null(value) ? NULL : value;
}

const char *wp_decode_text(struct wp_decoder *decoder, const json_t *object, const char *key)
{
	const char *text = wp_json_get_text(object, key);

	if (!text)
		wp_decode_fail(decoder, "%s is missing or no text", key);
	return wp_arena_strdup(decoder->arena, text);
}

uint64_t wp_decode_u64(struct wp_decoder *decoder, const json_t *object, const char *key)
{
	uint64_t value = 0;

	if (!wp_json_get_u64(object, key, &value))
		wp_decode_fail(decoder, "%s is missing or no whole number", key);
	return value;
}

bool wp_decode_bool(struct wp_decoder *decoder, const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	if (!json_is_boolean(value))
		wp_decode_fail(decoder, "%s is missing or neither true nor false", key);
	return json_is_true(value);
}

const json_t *wp_decode_array(struct wp_decoder *decoder, const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	if (!json_is_array(value))
		wp_decode_fail(decoder, "%s is missing or no array", key);
	return value;
}

const char *wp_decode_optional_text(struct wp_decoder *decoder, const json_t *object, const char *key)
{
	const json_t *value = find(object, key);

	if (value && !json_is_string(value))
		wp_decode_fail(decoder, "%s is no text", key);
	return wp_arena_strdup(decoder->arena, json_string_value(value));
}

struct wp_number wp_decode_optional_number(struct wp_decoder *decoder, const json_t *object, const char *key)
{
	struct wp_number number = { .known = find(object, key) != NULL };

	/* Taken for unknown, 9.0 would switch off the check that it stands for. */
	if (number.known && !wp_json_get_u64(object, key, &number.value))
		wp_decode_fail(decoder, "%s is no whole number", key);
	return number;
}

uint32_t wp_decode_optional_index(struct wp_decoder *decoder, const json_t *object, const char *key)
{
	struct wp_number number = wp_decode_optional_number(decoder, object, key);

	if (number.known && (!number.value || number.value > UINT32_MAX))
		wp_decode_fail(decoder, "%s is out of range", key);
	return number.known ? (uint32_t)number.value : 0;
}

void wp_decode_optional_hash(struct wp_decoder *decoder, const json_t *object, const char *key,
			     char ret[WP_HASH_TEXT])
{
	const char *text = wp_decode_optional_text(decoder, object, key);

	if (!text)
		return;
	if (!wp_hash_is(text))
		wp_decode_fail(decoder, "%s is no hash", key);
	else
		strcpy(ret, text);
}
