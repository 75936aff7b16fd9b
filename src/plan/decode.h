/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Values out of a document that somebody else may have written: each is what it should be, or is named as damage. */
#ifndef WIMPLAN_PLAN_DECODE_VALUES_H
#define WIMPLAN_PLAN_DECODE_VALUES_H

#include "wimplan/hash.h"
#include "wimplan/json.h"
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

/* A member of an object. */
struct wp_member {
	const char *key;
	struct wp_json_span span; /* of its value */
};

/* Lists the members of the object at @span (NULL: of the document), sorted as the canonical form has them, in @arena. */
int wp_members_list(const struct wp_json_doc *doc, const struct wp_json_span *span, struct wp_arena *arena,
		    struct wp_member **ret_members, size_t *ret_count, struct wp_error *err);

/* Adds what stands in front of a member's value to @hash; @first: and in front of the first member. */
void wp_digest_key(struct wp_sha256 *hash, const char *key, bool first);

/* Parses a member's value into @object and adds it to @hash, when that is not NULL. */
int wp_digest_member(struct wp_sha256 *hash, const struct wp_json_doc *doc, const struct wp_member *member, json_t *object,
		     struct wp_error *err);

/* Gets an item of an array. */
typedef void wp_digest_item(void *context, const json_t *item);

/* Adds the array at @span to @hash, in memory one item at a time, and gives each to @take. */
int wp_digest_items(struct wp_sha256 *hash, const struct wp_json_doc *doc, struct wp_json_span span, wp_digest_item *take,
		    void *context, struct wp_error *err);

#endif
