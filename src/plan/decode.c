/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Takes values out of JSON and keeps the first damage. */
#include "decode.h"

#include "wimplan/arena.h"
#include "wimplan/json.h"

#include <stdarg.h>
#include <string.h>

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
