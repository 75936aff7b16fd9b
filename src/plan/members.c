/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The digest of an object's canonical form, taken while its members are read. */
#include "members.h"

#include "wimplan/json.h"

#include <stdlib.h>

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

static void add_canonical(struct wp_sha256 *hash, const json_t *value)
{
	struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };

	wp_json_canonical(&text, value);
	wp_sha256_add(hash, text.data, text.length);
}

void wp_digest_key(struct wp_sha256 *hash, const char *key, bool first)
{
	json_t *text __attribute__((cleanup(wp_json_freep))) = json_string(key);

	wp_sha256_add(hash, first ? "{" : ",", 1);
	add_canonical(hash, text);
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
		add_canonical(hash, value);
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

		wp_sha256_add(hash, before, 1);
		before = ",";
		status = wp_json_doc_parse(doc, walk.value, &item, err);
		if (status)
			break;
		add_canonical(hash, item);
		take(context, item);
	}
	wp_sha256_add(hash, *before == '[' ? "[]" : "]", *before == '[' ? 2 : 1);
	wp_json_walk_end(&walk);
	return status;
}
