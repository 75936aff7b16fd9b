/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is installed: the changes of a group in one list, and the words for them. */
#include "diff_words.h"

#include "words.h"

#include "wimplan/text.h"

#include <stdlib.h>
#include <string.h>

static const struct {
	const char *title;
	const char *one, *many; /* in a sentence */
} groups[] = {
	[WP_ITEM_GROUP_PACKAGE] = { "Packages", "package", "packages" },
	[WP_ITEM_GROUP_DRIVER] = { "Drivers", "driver", "drivers" },
	[WP_ITEM_GROUP_APP] = { "Apps", "app", "apps" },
	[WP_ITEM_GROUP_LANGUAGE] = { "Languages", "language", "languages" },
	[WP_ITEM_GROUP_BOOT_FILE] = { "EFI boot files", "EFI boot file", "EFI boot files" },
	[WP_ITEM_GROUP_RECOVERY] = { "Recovery environment", "recovery environment", "recovery environments" },
	[WP_ITEM_GROUP_PENDING] = { "Pending work", "piece of pending work", "pieces of pending work" },
};

const char *wp_diff_words_kind(enum wp_item_kind kind)
{
	static const char *const titles[WP_ITEM_KINDS] = {
		[WP_ITEM_KIND_CUMULATIVE] = "Cumulative updates",
		[WP_ITEM_KIND_HOTPATCH] = "Hotpatches",
		[WP_ITEM_KIND_SERVICING_STACK] = "Servicing stack",
		[WP_ITEM_KIND_SAFE_OS] = "Safe OS updates (Windows RE)",
		[WP_ITEM_KIND_ENABLEMENT] = "Enablement packages",
		[WP_ITEM_KIND_DOTNET] = ".NET updates",
		[WP_ITEM_KIND_UPDATE] = "Further updates",
		[WP_ITEM_KIND_LANGUAGE_PACK] = "Language packs",
		[WP_ITEM_KIND_FEATURE] = "Features on demand",
		[WP_ITEM_KIND_EDITION] = "Edition and foundation",
		[WP_ITEM_KIND_OTHER] = "Other packages",
		[WP_ITEM_KIND_INBOX] = "Inbox drivers",
		[WP_ITEM_KIND_ADDED] = "Added drivers",
		[WP_ITEM_KIND_ORIGIN_UNKNOWN] = "Drivers of unknown origin",
	};

	return titles[kind];
}

static const char *about_of(struct wp_arena *arena, const struct wp_item *item)
{
	const char *architecture = item->architecture ? item->architecture : "";
	const char *language = item->language ? wp_item_language(item) : "";
	const char *between = *architecture && *language ? ", " : "";
	const char *note = item->superseded ? ", superseded" : "";

	return wp_arena_printf(arena, "%s%s%s%s", architecture, between, language,
			       *note && !*architecture && !*language ? note + 2 : note);
}

static void fill(struct wp_arena *arena, struct wp_diff_line *line, enum wp_diff_status status,
		 const struct wp_item *old, const struct wp_item *new)
{
	const struct wp_item *item = new ? new : old;

	*line = (struct wp_diff_line){
		.status = status,
		.kind = item->kind,
		.old = old,
		.new = new,
		.name = item->kb ? item->kb : item->name,
		.about = about_of(arena, item),
	};
}

static int compare_lines(const void *a, const void *b)
{
	static const int order[] = { [WP_DIFF_REMOVED] = 0, [WP_DIFF_ADDED] = 1, [WP_DIFF_CHANGED] = 2 };
	const struct wp_diff_line *x = a, *y = b;
	int by_name, by_about;

	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	by_name = wp_text_compare_nocase(x->name, y->name);
	if (by_name)
		return by_name;
	by_about = strcmp(x->about, y->about);
	if (by_about)
		return by_about;
	if (x->status != y->status)
		return order[x->status] - order[y->status];
	return wp_version_compare((x->new ? x->new : x->old)->version, (y->new ? y->new : y->old)->version);
}

void wp_diff_lines(struct wp_arena *arena, const struct wp_diff_group *group, enum wp_item_group number,
		   struct wp_diff_lines *ret)
{
	size_t at = 0;

	ret->title = groups[number].title;
	ret->count = group->added_count + group->removed_count + group->changed_count;
	ret->items = wp_arena_alloc(arena, ret->count * sizeof *ret->items);
	for (size_t i = 0; i < group->removed_count; i++)
		fill(arena, &ret->items[at++], WP_DIFF_REMOVED, &group->removed[i], NULL);
	for (size_t i = 0; i < group->added_count; i++)
		fill(arena, &ret->items[at++], WP_DIFF_ADDED, NULL, &group->added[i]);
	for (size_t i = 0; i < group->changed_count; i++)
		fill(arena, &ret->items[at++], WP_DIFF_CHANGED, &group->changed[i].old, &group->changed[i].new);
	if (at)
		qsort(ret->items, at, sizeof *ret->items, compare_lines);
}

char *wp_diff_words_counts(struct wp_arena *arena, const struct wp_diff_group *group)
{
	const struct {
		size_t count;
		const char *what;
	} parts[] = { { group->added_count, "added" },
		      { group->removed_count, "removed" },
		      { group->changed_count, "changed" },
		      { group->same_count, "the same" } };
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };

	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (parts[i].count)
			wp_buf_printf(&buf, "%s%s %s", buf.length ? ", " : "", wp_words_count(arena, parts[i].count),
				      parts[i].what);
	return wp_arena_strdup(arena, wp_buf_text(&buf));
}

char *wp_diff_words_unchanged(struct wp_arena *arena, const struct wp_diff_contents *contents)
{
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };

	for (size_t i = 0; i < WP_ITEM_GROUPS; i++) {
		const struct wp_diff_group *group = &contents->groups[i];

		if (group->same_count && !group->added_count && !group->removed_count && !group->changed_count)
			wp_buf_printf(&buf, "%s%s %s", buf.length ? ", " : "", wp_words_count(arena, group->same_count),
				      group->same_count == 1 ? groups[i].one : groups[i].many);
	}
	return buf.length ? wp_arena_strdup(arena, wp_buf_text(&buf)) : NULL;
}

const char *wp_diff_words_windows(const struct wp_diff_contents *contents)
{
	if (contents->windows_old && contents->windows_new)
		return NULL;
	if (!contents->windows_old && !contents->windows_new)
		return "Neither image has a Windows folder, so nothing can be said of what is installed.";
	return contents->windows_old ? "The new image has no Windows folder." : "The old image has no Windows folder.";
}

const char *wp_diff_words_item(struct wp_arena *arena, const struct wp_item *item, size_t digits)
{
	char sha1[WP_SHA1_TEXT];

	if (item->version)
		return item->version;
	if (item->group == WP_ITEM_GROUP_DRIVER && item->id)
		return item->id;
	if (!item->has_data)
		return "";
	wp_sha1_text(item->sha1, sha1);
	return wp_arena_printf(arena, "%s, SHA-1 %.*s", wp_words_amount(arena, item->size), (int)digits, sha1 + 5);
}
