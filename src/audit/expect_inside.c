/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether the things of [expect] are inside of images: by the names of what is installed, as far as these tell. */
#include "wimplan/expect.h"

#include "wimplan/ascii.h"
#include "wimplan/text.h"

#include <string.h>

enum thing_kind { UPDATE, DRIVER, APP, PACKAGE };

static enum thing_kind kind_of(const char *thing)
{
	if (wp_ascii_begins(thing, "KB") && wp_ascii_digit(thing[2]))
		return UPDATE;
	if (wp_ascii_ends(thing, ".inf"))
		return DRIVER;
	/* "Contoso.App": packages of Windows have a '-' or a '_' in their names, and hardly ever a dot. */
	return strchr(thing, '.') && !strpbrk(thing, "-_") ? APP : PACKAGE;
}

static bool is_thing(const struct wp_item *item, enum thing_kind kind, const char *thing)
{
	switch (kind) {
	case UPDATE:
		return item->group == WP_ITEM_GROUP_PACKAGE && item->kb && wp_ascii_same(item->kb, thing);
	case DRIVER:
		return item->group == WP_ITEM_GROUP_DRIVER && wp_text_equal_nocase(item->name, thing);
	case APP:
		return item->group == WP_ITEM_GROUP_APP && wp_text_equal_nocase(item->name, thing);
	case PACKAGE:
		break;
	}
	return (item->group == WP_ITEM_GROUP_PACKAGE || item->group == WP_ITEM_GROUP_APP) && wp_text_equal_nocase(item->name, thing);
}

/* "Package_for_RollupFix~…~22621.3155.1.8" is KB5034765, and its name does not say so; its like for .NET or WinRE neither. */
static bool is_numberless(const struct wp_item *item)
{
	switch (item->kind) {
	case WP_ITEM_KIND_CUMULATIVE:
	case WP_ITEM_KIND_HOTPATCH:
	case WP_ITEM_KIND_SERVICING_STACK:
	case WP_ITEM_KIND_SAFE_OS:
	case WP_ITEM_KIND_ENABLEMENT:
	case WP_ITEM_KIND_DOTNET:
		return !item->kb;
	default:
		return false;
	}
}

enum wp_inside wp_expect_look(const char *thing, const struct wp_servicing *installed, size_t counted)
{
	enum thing_kind kind = kind_of(thing);
	bool numberless = false;

	if (!installed->known)
		return WP_INSIDE_NOT_READ;
	if (!installed->windows)
		return WP_INSIDE_NO_WINDOWS;
	for (size_t i = 0; i < installed->count; i++) {
		if (is_thing(&installed->items[i], kind, thing))
			return WP_INSIDE_YES;
		numberless |= is_numberless(&installed->items[i]);
	}
	if (kind == UPDATE && numberless)
		return WP_INSIDE_NUMBERLESS;
	if (kind == PACKAGE && counted)
		return WP_INSIDE_COUNTED;
	return installed->not_understood ? WP_INSIDE_NOT_UNDERSTOOD : WP_INSIDE_NO;
}

size_t wp_expect_things(const struct wp_expect_settings *expect)
{
	return expect->must_have.count + expect->must_not_have.count;
}

static const char *thing_at(const struct wp_expect_settings *expect, size_t i)
{
	size_t first = expect->must_have.count;

	return i < first ? expect->must_have.items[i] : expect->must_not_have.items[i - first];
}

static struct wp_expect_contents *new_contents(struct wp_arena *arena, const struct wp_expect_settings *expect, size_t images,
					       uint8_t **ret_inside)
{
	struct wp_expect_contents *contents = wp_arena_alloc(arena, sizeof *contents);

	*ret_inside = wp_arena_alloc(arena, wp_expect_things(expect) * images);
	*contents = (struct wp_expect_contents){ *ret_inside, images };
	return contents;
}

struct wp_expect_contents *wp_expect_look_inside(struct wp_arena *arena, const struct wp_expect_settings *expect,
						 const struct wp_servicing *installed, size_t images)
{
	uint8_t *inside;
	struct wp_expect_contents *contents = new_contents(arena, expect, images, &inside);

	for (size_t t = 0; t < wp_expect_things(expect); t++)
		for (size_t i = 0; i < images; i++)
			inside[t * images + i] = (uint8_t)wp_expect_look(thing_at(expect, t), &installed[i], 0);
	return contents;
}

struct wp_expect_contents *wp_expect_look_up(struct wp_arena *arena, const struct wp_expect_settings *expect,
					     const struct wp_content_summary *summary)
{
	struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct wp_expect_contents *contents;
	struct wp_opened_summary opened;
	uint8_t *inside;

	if (!wp_content_summary_open(scratch, summary, &opened) || opened.version < WP_SUMMARY_OF_IMAGES)
		return NULL;
	contents = new_contents(arena, expect, opened.image_count, &inside);
	for (size_t i = 0; i < opened.image_count; i++) {
		struct wp_servicing installed;
		size_t counted;

		if (!wp_content_summary_image(scratch, &opened, i + 1, &installed, &counted))
			return NULL;
		for (size_t t = 0; t < wp_expect_things(expect); t++)
			inside[t * opened.image_count + i] = (uint8_t)wp_expect_look(thing_at(expect, t), &installed, counted);
	}
	return contents;
}
