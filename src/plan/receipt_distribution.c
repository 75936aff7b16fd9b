/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the content of a refresh was when somebody last looked: a part of a receipt, written and read. */
#include "receipt_keys.h"

#include "wimplan/distribution.h"
#include "wimplan/receipt.h"

#include <string.h>

bool wp_receipt_point_is(const struct wp_receipt_point *point, enum wp_point_state state)
{
	return !strcmp(point->state, wp_point_state_name(state));
}

struct wp_receipt_distribution *wp_receipt_distribution_cut(struct wp_arena *arena,
							    const struct wp_receipt_distribution *distribution, size_t *left)
{
	struct wp_receipt_distribution *cut = wp_arena_alloc(arena, sizeof *cut);

	*cut = *distribution;
	cut->points = NULL;
	cut->count = 0;
	for (int failed = 1; failed >= 0; failed--) {
		for (size_t i = 0; i < distribution->count && *left; i++) {
			const struct wp_receipt_point *point = &distribution->points[i];

			if (wp_receipt_point_is(point, WP_POINT_CURRENT) || wp_receipt_point_is(point, WP_POINT_FAILED) != (failed == 1))
				continue;
			*WP_PUSH(arena, cut->points, cut->count) = *point;
			--*left;
		}
	}
	return cut;
}

json_t *wp_receipt_distribution_json(const struct wp_receipt_distribution *distribution)
{
	json_t *points = wp_json_must(json_array());

	for (size_t i = 0; i < distribution->count; i++) {
		const struct wp_receipt_point *point = &distribution->points[i];

		wp_json_push(points, wp_json_object("name", wp_json_text(point->name), "site", wp_json_text(point->site), "state",
						    wp_json_text(point->state), "message", wp_json_text(point->message), NULL));
	}
	return wp_json_object("targeted", wp_json_u64(distribution->targeted), "have", wp_json_u64(distribution->have), "failed",
			      wp_json_u64(distribution->failed), "at", wp_json_time(distribution->at), "points", points, NULL);
}

static const struct wp_key distribution_keys[] = {
	{ "targeted", WP_KEY_COUNT }, { "have", WP_KEY_COUNT }, { "failed", WP_KEY_COUNT },
	{ "at", WP_KEY_TIME },	      { "points", WP_KEY_LIST },
};

static const struct wp_key point_keys[] = {
	{ "name", WP_KEY_TEXT }, { "site", WP_KEY_TEXT_OR_NULL }, { "state", WP_KEY_TEXT }, { "message", WP_KEY_TEXT_OR_NULL },
};

int wp_receipt_distribution_parse(struct wp_arena *arena, const json_t *json, const char *subject, const char *what,
				  struct wp_receipt_distribution *ret, struct wp_error *err)
{
	const json_t *points = json_object_get(json, "points"), *item;
	int status = WP_KEYS_CHECK(json, distribution_keys, subject, what, err);
	size_t i;

	if (status)
		return status;
	*ret = (struct wp_receipt_distribution){
		.at = wp_time_parse(wp_json_get_text(json, "at")),
		.points = wp_arena_alloc(arena, json_array_size(points) * sizeof *ret->points),
		.count = json_array_size(points),
	};
	wp_json_get_u64(json, "targeted", &ret->targeted);
	wp_json_get_u64(json, "have", &ret->have);
	wp_json_get_u64(json, "failed", &ret->failed);
	if (ret->have > ret->targeted || ret->failed > ret->targeted - ret->have)
		return wp_fail(err, WP_E_REFUSED, "bad-receipt", subject,
			       "%s: have and failed of %s are more than targeted", subject, what);
	json_array_foreach(points, i, item) {
		status = WP_KEYS_CHECK(item, point_keys, subject, wp_arena_printf(arena, "point %zu of %s", i + 1, what), err);
		if (status)
			return status;
		ret->points[i] = (struct wp_receipt_point){
			.name = wp_arena_strdup(arena, wp_json_get_text(item, "name")),
			.site = wp_arena_strdup(arena, wp_json_get_text(item, "site")),
			.state = wp_arena_strdup(arena, wp_json_get_text(item, "state")),
			.message = wp_arena_strdup(arena, wp_json_get_text(item, "message")),
		};
	}
	return WP_OK;
}
