/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Packages, drivers, apps, languages and boot files as JSON. */
#include "contents_json.h"

#include "wimplan/json.h"

json_t *wp_item_json(const struct wp_item *item)
{
	json_t *object = json_object();
	char sha1[WP_SHA1_TEXT];

	wp_sha1_text(item->sha1, sha1);
	wp_json_set(object, "name", wp_json_text(item->name));
	wp_json_set(object, "architecture", wp_json_text(item->architecture));
	wp_json_set(object, "language", wp_json_text(item->language));
	wp_json_set(object, "version", wp_json_text(item->version));
	wp_json_set(object, "kind", wp_json_text(wp_item_kind_name(item->kind)));
	wp_json_set(object, "kb", wp_json_text(item->kb));
	wp_json_set(object, "id", wp_json_text(item->id));
	wp_json_set(object, "superseded", json_boolean(item->superseded));
	wp_json_set(object, "size", item->has_data ? wp_json_u64(item->size) : json_null());
	wp_json_set(object, "sha1", wp_sha1_is_zero(item->sha1) ? json_null() : wp_json_text(sha1));
	return object;
}

static json_t *items_json(const struct wp_item *items, size_t count)
{
	json_t *array = json_array();

	for (size_t i = 0; i < count; i++)
		wp_json_push(array, wp_item_json(&items[i]));
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
		json_t *pair = json_object();

		wp_json_set(pair, "old", wp_item_json(&group->changed[i].old));
		wp_json_set(pair, "new", wp_item_json(&group->changed[i].new));
		wp_json_push(changed, pair);
	}
	wp_json_set(object, "added", items_json(group->added, group->added_count));
	wp_json_set(object, "removed", items_json(group->removed, group->removed_count));
	wp_json_set(object, "changed", changed);
	wp_json_set(object, "same", wp_json_u64(group->same_count));
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
