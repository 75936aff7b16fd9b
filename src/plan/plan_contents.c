/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What changed packages bring. It stands beside the body, outside of the digest: the cache keeps a bounded number of
 * summaries, and a plan's id must not depend on which of them it still has.
 */
#include "plan_boot.h"

#include "wimplan/json.h"

#include <string.h>

static json_t *groups_json(const struct wp_content_change *change)
{
	json_t *groups = json_array();

	for (int g = 0; g < WP_ITEM_GROUPS; g++) {
		const struct wp_group_change *group = &change->groups[g];

		if (!group->added && !group->removed && !group->changed)
			continue;
		wp_json_push(groups, wp_json_object("group", wp_json_text(wp_item_group_name((enum wp_item_group)g)),
						    "added", wp_json_u64(group->added),
						    "removed", wp_json_u64(group->removed),
						    "changed", wp_json_u64(group->changed), NULL));
	}
	return groups;
}

static json_t *change_json(const char *package_id, const struct wp_content_change *change)
{
	return wp_json_object("package_id", wp_json_text(package_id),
			      "updates_added", wp_json_texts(change->updates, change->update_count),
			      "groups", groups_json(change), "boot", wp_plan_boot_json(change), "bytes_new", wp_json_u64(change->bytes_new),
			      "bytes", wp_json_u64(change->bytes), NULL);
}

json_t *wp_plan_contents_json(const struct wp_plan *plan)
{
	json_t *array = json_array();

	for (size_t i = 0; i < plan->entry_count; i++)
		if (plan->entries[i].content)
			wp_json_push(array, change_json(plan->entries[i].package_id, plan->entries[i].content));
	return array;
}

static void decode_group(struct wp_decoder *decoder, const json_t *item, struct wp_content_change *change)
{
	const char *name = wp_decode_text(decoder, item, "group");
	struct wp_group_change group = {
		.added = wp_decode_u64(decoder, item, "added"),
		.removed = wp_decode_u64(decoder, item, "removed"),
		.changed = wp_decode_u64(decoder, item, "changed"),
	};

	for (int g = 0; name && g < WP_ITEM_GROUPS; g++)
		if (!strcmp(name, wp_item_group_name((enum wp_item_group)g)))
			change->groups[g] = group;
}

void wp_plan_decode_content(struct wp_decoder *decoder, const json_t *object, struct wp_plan_content *ret)
{
	const char *package_id = wp_decode_text(decoder, object, "package_id");
	const json_t *updates = wp_decode_array(decoder, object, "updates_added");
	const json_t *groups = wp_decode_array(decoder, object, "groups");
	struct wp_content_change *change = wp_arena_alloc(decoder->arena, sizeof *change);

	for (size_t i = 0; i < json_array_size(updates); i++) {
		const char *text = json_string_value(json_array_get(updates, i));

		if (!text)
			wp_decode_fail(decoder, "updates_added holds something that is no text");
		*WP_PUSH(decoder->arena, change->updates, change->update_count) =
			wp_arena_strdup(decoder->arena, text ? text : "");
	}
	for (size_t i = 0; i < json_array_size(groups); i++)
		decode_group(decoder, json_array_get(groups, i), change);
	wp_plan_decode_boot(decoder, json_object_get(object, "boot"), change);
	change->bytes_new = wp_decode_u64(decoder, object, "bytes_new");
	change->bytes = wp_decode_u64(decoder, object, "bytes");
	*ret = (struct wp_plan_content){ package_id, change };
}

void wp_plan_give_contents(struct wp_plan *plan, const struct wp_plan_contents *contents)
{
	size_t at = 0;

	/* Both are in the order of execution: one walk finds each package. */
	for (size_t i = 0; i < contents->count; i++) {
		while (at < plan->entry_count &&
		       strcmp(plan->entries[at].package_id, contents->items[i].package_id) != 0)
			at++;
		if (at < plan->entry_count)
			plan->entries[at].content = contents->items[i].change;
	}
}
