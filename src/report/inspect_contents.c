/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is installed in an image, in the text of inspect --servicing. */
#include "inspect_image.h"

#include "diff_words.h"
#include "layout.h"
#include "words.h"

#include <inttypes.h>
#include <string.h>

struct contents {
	struct wp_arena *arena;
	struct wp_buf *buf;
	size_t columns;
	bool all;
};

/* There are thousands of these in any image, and they tell little. */
static bool is_many(const struct wp_item *item)
{
	return item->kind == WP_KIND_OTHER || item->kind == WP_KIND_INBOX;
}

static void add_line(const struct contents *out, const char *text, size_t indent)
{
	wp_buf_pad(out->buf, ' ', indent);
	wp_layout_wrap(out->buf, wp_layout_escape(out->arena, text), indent, indent + 2, out->columns);
}

static const char *describe(const struct contents *out, const struct wp_item *item)
{
	const char *state = wp_diff_words_item(out->arena, item, 40);

	return wp_arena_printf(out->arena, "%s%s%s%s", wp_item_label(out->arena, item), *state ? "  " : "", state,
			       item->superseded ? ", superseded" : "");
}

static void add_group(const struct contents *out, const struct wp_servicing *servicing, enum wp_item_group group)
{
	static const char *const titles[WP_ITEM_GROUPS] = {
		[WP_ITEM_PACKAGE] = "Packages",       [WP_ITEM_DRIVER] = "Drivers",
		[WP_ITEM_APP] = "Apps",               [WP_ITEM_LANGUAGE] = "Languages",
		[WP_ITEM_BOOT_FILE] = "Boot files",   [WP_ITEM_RECOVERY] = "Windows RE",
		[WP_ITEM_PENDING] = "Work that is pending",
	};
	size_t at = servicing->first[group], end = servicing->first[group + 1];

	if (at == end) {
		if (group != WP_ITEM_PENDING)
			add_line(out, wp_arena_printf(out->arena, "%s: none", titles[group]), 2);
		return;
	}
	add_line(out, wp_arena_printf(out->arena, "%s: %s", titles[group], wp_words_count(out->arena, end - at)), 2);
	while (at < end) {
		const struct wp_item *first = &servicing->items[at];
		size_t next = at, indent = first->kind ? 6 : 4;

		while (next < end && servicing->items[next].kind == first->kind)
			next++;
		if (first->kind)
			add_line(out,
				 wp_arena_printf(out->arena, "%s: %s", wp_diff_words_kind(first->kind),
						 wp_words_count(out->arena, next - at)),
				 4);
		for (; at < next && (out->all || !is_many(first)); at++)
			add_line(out, describe(out, &servicing->items[at]), indent);
		at = next;
	}
}

void wp_inspect_contents(struct wp_arena *arena, uint32_t image, const struct wp_servicing *servicing, bool all,
			 size_t columns, struct wp_buf *buf)
{
	struct contents out = { arena, buf, columns, all };

	if (!servicing->known)
		return;
	wp_buf_printf(buf, "\nInstalled in image %" PRIu32 "\n", image);
	if (!servicing->windows)
		add_line(&out, "There is no Windows folder in it.", 2);
	for (int g = 0; servicing->windows && g < WP_ITEM_GROUPS; g++)
		add_group(&out, servicing, (enum wp_item_group)g);
}
