/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The keys that an object of a receipt must have, and what may stand there. */
#ifndef WIMPLAN_PLAN_RECEIPT_KEYS_H
#define WIMPLAN_PLAN_RECEIPT_KEYS_H

#include "wimplan/error.h"

#include <jansson.h>
#include <stddef.h>

enum wp_key_kind {
	WP_KEY_TEXT,
	WP_KEY_TEXT_OR_NULL,
	WP_KEY_TIME,
	WP_KEY_TIME_OR_NULL,
	WP_KEY_COUNT,
	WP_KEY_COUNT_OR_NULL,
	WP_KEY_INTEGER_OR_NULL,
	WP_KEY_BOOLEAN,
	WP_KEY_DIGEST,
	WP_KEY_DIGEST_OR_NULL,
	WP_KEY_SITE_CODE,
	WP_KEY_PACKAGE_ID,
	WP_KEY_LIST,
	WP_KEY_ANY,
};

struct wp_key {
	const char *name;
	enum wp_key_kind kind;
};

/*
 * Holds @object against all of @keys. WP_E_REFUSED names the first that is missing or wrong; @what names the object for the
 * message: "the receipt" or "step 3".
 */
int wp_keys_check(const json_t *object, const struct wp_key *keys, size_t count, const char *subject, const char *what,
		  struct wp_error *err);
/* The same with an array of keys. */
#define WP_KEYS_CHECK(object, keys, subject, what, err) \
	wp_keys_check((object), (keys), sizeof(keys) / sizeof *(keys), (subject), (what), (err))

#endif
