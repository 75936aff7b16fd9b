/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What one content brings over another, by their summaries alone. */
#include "internal.h"

#include "wimplan/number.h"
#include "wimplan/summary.h"
#include "wimplan/text.h"

#include <stdlib.h>
#include <string.h>

static void compare_blobs(const struct wp_opened_summary *old, const struct wp_opened_summary *new, struct wp_content_change *ret)
{
	for (uint64_t o = 0, n = 0; n < new->blob_count; n++) {
		const uint8_t *blob = new->blobs + n * WP_SUMMARY_BLOB;
		uint64_t size = 0;

		for (unsigned int i = 8; i-- > 0;)
			size = size << 8 | blob[4 + i];
		while (o < old->blob_count && memcmp(old->blobs + o * WP_SUMMARY_BLOB, blob, 4) < 0)
			o++;
		ret->bytes = wp_sum(ret->bytes, size);
		/* Two pieces of data with the same 32 bits and the same size are one, but for one in four thousand millions. */
		if (o == old->blob_count || memcmp(old->blobs + o * WP_SUMMARY_BLOB, blob, WP_SUMMARY_BLOB) != 0)
			ret->bytes_new = wp_sum(ret->bytes_new, size);
		else
			o++;
	}
}

static void take_updates(struct wp_arena *arena, const struct wp_diff_group *packages, struct wp_content_change *ret)
{
	size_t count = 0;

	for (size_t i = 0; i < packages->added_count; i++)
		if (packages->added[i].kb)
			*WP_PUSH(arena, ret->updates, ret->update_count) = packages->added[i].kb;
	if (!ret->update_count)
		return;
	qsort(ret->updates, ret->update_count, sizeof *ret->updates, wp_text_compare_items);
	for (size_t i = 0; i < ret->update_count; i++)
		if (!count || strcmp(ret->updates[count - 1], ret->updates[i]) != 0)
			ret->updates[count++] = ret->updates[i];
	ret->update_count = count;
}

bool wp_content_summary_compare(struct wp_arena *arena, const struct wp_content_summary *old,
				const struct wp_content_summary *new, struct wp_content_change *ret)
{
	struct wp_diff_contents *contents;
	struct wp_opened_summary a, b;
	unsigned int version;

	*ret = (struct wp_content_change){ 0 };
	if (!wp_content_summary_open(arena, old, &a) || !wp_content_summary_open(arena, new, &b))
		return false;
	version = a.version < b.version ? a.version : b.version;
	wp_content_summary_lower(&a, version);
	wp_content_summary_lower(&b, version);
	contents = wp_pair_contents(arena, &a.servicing, &b.servicing);
	for (int g = 0; g < WP_ITEM_GROUPS; g++) {
		const struct wp_diff_group *group = &contents->groups[g];

		ret->groups[g] = (struct wp_group_change){ group->added_count, group->removed_count, group->changed_count };
	}
	take_updates(arena, &contents->groups[WP_ITEM_GROUP_PACKAGE], ret);
	compare_blobs(&a, &b, ret);
	return true;
}
