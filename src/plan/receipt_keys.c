/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Holds the objects of a receipt against their keys. */
#include "receipt_keys.h"

#include "wimplan/hash.h"
#include "wimplan/json.h"
#include "wimplan/record.h"

static const char *const kind_names[] = {
	"a text that is not empty",
	"a text that is not empty, or null",
	"a time in ISO 8601",
	"a time in ISO 8601 or null",
	"a whole number from 0 on",
	"a whole number from 0 on or null",
	"a whole number or null",
	"true or false",
	"\"sha256:\" with 64 digits",
	"\"sha256:\" with 64 digits or null",
	"a site code of three letters or digits",
	"a PackageID of eight letters and digits",
	"an array",
	"there",
};

static bool fits(const json_t *object, const struct wp_key *key)
{
	const json_t *value = json_object_get(object, key->name);
	uint64_t number;

	if (!value)
		return false;
	switch (key->kind) {
	case WP_KEY_TEXT:
	case WP_KEY_TEXT_OR_NULL:
		return json_is_string(value) ? json_string_length(value) : json_is_null(value) && key->kind == WP_KEY_TEXT_OR_NULL;
	case WP_KEY_TIME:
	case WP_KEY_TIME_OR_NULL:
		return json_is_string(value) ? wp_time_parse(json_string_value(value)).known
					     : json_is_null(value) && key->kind == WP_KEY_TIME_OR_NULL;
	case WP_KEY_COUNT_OR_NULL:
	case WP_KEY_COUNT:
		if (json_is_null(value))
			return key->kind == WP_KEY_COUNT_OR_NULL;
		/* A database holds no more. */
		return wp_json_get_u64(object, key->name, &number) && number <= INT64_MAX;
	case WP_KEY_INTEGER_OR_NULL:
		return json_is_null(value) || json_is_integer(value);
	case WP_KEY_BOOLEAN:
		return json_is_boolean(value);
	case WP_KEY_DIGEST:
		return wp_hash_is(json_string_value(value));
	case WP_KEY_DIGEST_OR_NULL:
		return json_is_null(value) || wp_hash_is(json_string_value(value));
	case WP_KEY_SITE_CODE:
		return json_is_string(value) && wp_is_site_code(json_string_value(value));
	case WP_KEY_PACKAGE_ID:
		return json_is_string(value) && wp_is_package_id(json_string_value(value));
	case WP_KEY_LIST:
		return json_is_array(value);
	case WP_KEY_ANY:
		return true;
	}
	return false;
}

int wp_keys_check(const json_t *object, const struct wp_key *keys, size_t count, const char *subject, const char *what,
		  struct wp_error *err)
{
	if (!json_is_object(object))
		return wp_fail(err, WP_E_REFUSED, "bad-receipt", subject,
			       "%s: %s is no JSON object", subject, what);
	for (size_t i = 0; i < count; i++) {
		const char *must = keys[i].kind == WP_KEY_ANY ? "is missing" : "must be ";

		if (!fits(object, &keys[i]))
			return wp_fail(err, WP_E_REFUSED, "bad-receipt", subject,
				       "%s: %s of %s %s%s", subject, keys[i].name, what, must,
				       keys[i].kind == WP_KEY_ANY ? "" : kind_names[keys[i].kind]);
	}
	return WP_OK;
}
