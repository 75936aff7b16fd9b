/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A verdict in a few words: for a table of many packages. */
#include "words.h"

#include <inttypes.h>
#include <string.h>

const char *wp_words_call(enum wp_action action)
{
	if (action == WP_RELOAD)
		return "The site reads the metadata of the images in the source again. Nothing is sent to distribution points.";
	return "The site reads the source again, raises the source version and sends the content to all distribution points "
	       "of the package.";
}

const char *wp_words_to_do(struct wp_arena *arena, const struct wp_entry *entry)
{
	const char *actions = wp_words_actions(entry);

	switch (entry->status) {
	case WP_ENTRY_CHANGE:
		return *actions ? actions : "nothing to call";
	case WP_ENTRY_BLOCKED:
		return "blocked";
	case WP_ENTRY_REPORT_ONLY:
		return *actions ? wp_arena_printf(arena, "report only: %s", actions) : "report only";
	case WP_ENTRY_UNPROVEN:
		return "decide";
	default:
		return "nothing";
	}
}

static const char *why_blocked(struct wp_arena *arena, const struct wp_entry *entry)
{
	const char *first = NULL;
	size_t count = 0;

	for (size_t i = 0; i < entry->reason_count; i++) {
		struct wp_gate_words gate = wp_words_gate(&entry->reasons[i]);

		if (entry->reasons[i].action == WP_NO_ACTION && !count++)
			first = gate.meaning;
	}
	return count > 1 ? wp_arena_printf(arena, "%s, and %zu more", first, count - 1) : first;
}

/* "image 1 differs", "3 images differ"; NULL when none does. Reasons stand in the order of the images. */
static const char *why_reload(struct wp_arena *arena, const struct wp_entry *entry)
{
	uint32_t last = 0;
	size_t count = 0;

	for (size_t i = 0; i < entry->reason_count; i++) {
		const struct wp_reason *reason = &entry->reasons[i];

		if (reason->action != WP_RELOAD)
			continue;
		if (!strcmp(reason->code, "never-loaded"))
			return "image properties were never loaded";
		if (reason->image && reason->image != last) {
			last = reason->image;
			count++;
		}
	}
	if (!count)
		return NULL;
	return count == 1 ? wp_arena_printf(arena, "image %" PRIu32 " differs", last)
			  : wp_arena_printf(arena, "%zu images differ", count);
}

static const char *why_refresh(const struct wp_entry *entry)
{
	static const struct {
		const char *code, *why;
	} words[] = {
		{ "content-newer", "content is newer than distributed" },
		{ "content-changed", "content is not what was distributed" },
		{ "content-rewritten", "file was rewritten, content is the same" },
		{ "content-unproven", "content is not proven" },
		{ "content-unknown", "nothing tells what was distributed" },
	};

	for (size_t i = 0; i < entry->reason_count; i++)
		for (size_t k = 0; k < sizeof words / sizeof *words; k++)
			if (!strcmp(entry->reasons[i].code, words[k].code))
				return words[k].why;
	return NULL;
}

const char *wp_words_why(struct wp_arena *arena, const struct wp_entry *entry)
{
	const char *reload = why_reload(arena, entry), *refresh = why_refresh(entry);

	if (entry->status == WP_ENTRY_BLOCKED)
		return why_blocked(arena, entry);
	if (reload && refresh)
		return wp_arena_printf(arena, "%s; %s", reload, refresh);
	if (reload || refresh)
		return reload ? reload : refresh;
	return "nothing differs";
}
