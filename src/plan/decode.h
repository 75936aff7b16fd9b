/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Values out of a document that somebody else may have written: each is what it should be, or is named as damage. */
#ifndef WIMPLAN_PLAN_DECODE_VALUES_H
#define WIMPLAN_PLAN_DECODE_VALUES_H

#include "wimplan/hash.h"
#include "wimplan/wim.h"

#include <jansson.h>

struct wp_decoder {
	struct wp_arena *arena;   /* where texts go, also those of damage */
	const char *package_id;   /* of the entry that is decoded, to be named with its damage; NULL outside of one */
	const char *damage;       /* the first that was found; NULL while all is well */
};

void wp_decode_fail(struct wp_decoder *decoder, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Values that have to be there. */
const char *wp_decode_text(struct wp_decoder *decoder, const json_t *object, const char *key);
uint64_t wp_decode_u64(struct wp_decoder *decoder, const json_t *object, const char *key);
bool wp_decode_bool(struct wp_decoder *decoder, const json_t *object, const char *key);
const json_t *wp_decode_array(struct wp_decoder *decoder, const json_t *object, const char *key);

/* Values that may be null or absent. */
const char *wp_decode_optional_text(struct wp_decoder *decoder, const json_t *object, const char *key);
struct wp_number wp_decode_optional_number(struct wp_decoder *decoder, const json_t *object, const char *key);
/* An image's index, from 1 on; 0 when there is none. */
uint32_t wp_decode_optional_index(struct wp_decoder *decoder, const json_t *object, const char *key);
/* "sha256:" and 64 digits; "" when there is none. */
void wp_decode_optional_hash(struct wp_decoder *decoder, const json_t *object, const char *key,
			     char ret[WP_HASH_TEXT]);

#endif
