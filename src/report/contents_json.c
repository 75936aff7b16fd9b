/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Packages, drivers, apps, languages and boot files as JSON. */
#include "contents_json.h"

#include "wimplan/json.h"

/* One item; all groups have the same keys. New reference. */
static json_t *item_json(const struct wp_item *item)
{
	char sha1[WP_SHA1_TEXT];

	wp_sha1_text(item->sha1, sha1);
	return wp_json_object("name", wp_json_text(item->name), "architecture", wp_json_text(item->architecture),
			      "language", wp_json_text(item->language), "version", wp_json_text(item->version),
			      "kind", wp_json_text(wp_item_kind_name(item->kind)), "kb", wp_json_text(item->kb),
			      "id", wp_json_text(item->id), "superseded", json_boolean(item->superseded),
			      "size", item->has_data ? wp_json_u64(item->size) : json_null(),
			      "sha1", wp_sha1_is_zero(item->sha1) ? json_null() : wp_json_text(sha1), NULL);
}

static json_t *items_json(const struct wp_item *items, size_t count)
{
	json_t *array = json_array();

	for (size_t i = 0; i < count; i++)
		wp_json_push(array, item_json(&items[i]));
	return array;
}

json_t *wp_contents_json(const struct wp_servicing *servicing)
{
	json_t *object = json_object();

	wp_json_set(object, "windows", json_boolean(servicing->windows));
	for (int g = 0; g < WP_ITEM_GROUPS; g++) {
		size_t first = servicing->first[g];

		wp_json_set(object, wp_item_group_name((enum wp_item_group)g),
			    items_json(servicing->count ? servicing->items + first : NULL, servicing->first[g + 1] - first));
	}
	return object;
}

static json_t *group_json(const struct wp_diff_group *group)
{
	json_t *object = json_object(), *changed = json_array();

	for (size_t i = 0; i < group->changed_count; i++) {
		wp_json_push(changed, wp_json_object("old", item_json(&group->changed[i].old),
						     "new", item_json(&group->changed[i].new), NULL));
	}
	wp_json_put(object, "added", items_json(group->added, group->added_count),
			    "removed", items_json(group->removed, group->removed_count), "changed", changed,
			    "same", wp_json_u64(group->same_count), NULL);
	return object;
}

json_t *wp_diff_contents_json(const struct wp_diff_contents *contents)
{
	json_t *object;

	if (!contents)
		return json_null();
	object = json_object();
	for (int g = 0; g < WP_ITEM_GROUPS; g++)
		wp_json_set(object, wp_item_group_name((enum wp_item_group)g), group_json(&contents->groups[g]));
	return object;
}
