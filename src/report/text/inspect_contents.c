/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is installed in an image, in the text of inspect --servicing. */
#include "inspect_image.h"

#include "../diff_words.h"
#include "../words.h"

#include <inttypes.h>
#include <string.h>

/* There are thousands of these in any image, and they tell little. */
static bool is_many(const struct wp_item *item)
{
	return item->kind == WP_ITEM_KIND_OTHER || item->kind == WP_ITEM_KIND_INBOX;
}

static const char *describe(const struct wp_layout *out, const struct wp_item *item)
{
	const char *state = wp_diff_words_item(out->arena, item, 40);

	return wp_arena_printf(out->arena, "%s%s%s%s", wp_item_label(out->arena, item), *state ? "  " : "", state,
			       item->superseded ? ", superseded" : "");
}

static void add_group(const struct wp_layout *out, const struct wp_servicing *servicing, enum wp_item_group group,
		      bool all)
{
	static const char *const titles[WP_ITEM_GROUPS] = {
		[WP_ITEM_GROUP_PACKAGE] = "Packages",       [WP_ITEM_GROUP_DRIVER] = "Drivers",
		[WP_ITEM_GROUP_APP] = "Apps",               [WP_ITEM_GROUP_LANGUAGE] = "Languages",
		[WP_ITEM_GROUP_BOOT_FILE] = "Boot files",   [WP_ITEM_GROUP_RECOVERY] = "Windows RE",
		[WP_ITEM_GROUP_PENDING] = "Work that is pending",
	};
	size_t at = servicing->first[group], end = servicing->first[group + 1];

	if (at == end) {
		if (group != WP_ITEM_GROUP_PENDING)
			wp_layout_line(out, 2, 4, wp_arena_printf(out->arena, "%s: none", titles[group]));
		return;
	}
	wp_layout_line(out, 2, 4,
		       wp_arena_printf(out->arena, "%s: %s", titles[group], wp_words_count(out->arena, end - at)));
	while (at < end) {
		const struct wp_item *first = &servicing->items[at];
		size_t next = at, indent = first->kind ? 6 : 4;

		while (next < end && servicing->items[next].kind == first->kind)
			next++;
		if (first->kind)
			wp_layout_line(out, 4, 6,
				       wp_arena_printf(out->arena, "%s: %s", wp_diff_words_kind(first->kind),
						       wp_words_count(out->arena, next - at)));
		for (; at < next && (all || !is_many(first)); at++)
			wp_layout_line(out, indent, indent + 2, describe(out, &servicing->items[at]));
		at = next;
	}
}

void wp_inspect_contents(const struct wp_layout *out, uint32_t image, const struct wp_servicing *servicing, bool all)
{
	if (!servicing->known)
		return;
	wp_buf_printf(out->buf, "\nInstalled in image %" PRIu32 "\n", image);
	if (!servicing->windows)
		wp_layout_line(out, 2, 4, "There is no Windows folder in it.");
	for (int g = 0; servicing->windows && g < WP_ITEM_GROUPS; g++)
		add_group(out, servicing, (enum wp_item_group)g, all);
}
