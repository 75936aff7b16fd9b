/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The members of an object, read one after the other in the order in which the canonical form has them. */
#ifndef WIMPLAN_PLAN_MEMBERS_H
#define WIMPLAN_PLAN_MEMBERS_H

#include "wimplan/hash.h"
#include "wimplan/json.h"

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
