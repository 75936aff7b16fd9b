/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two lists of a folder's files side by side. */
#include "wimplan/source.h"

#include "wimplan/buf.h"
#include "wimplan/text.h"

#include <inttypes.h>
#include <string.h>

const char *wp_manifest_change_name(enum wp_manifest_change kind)
{
	static const char *const names[WP_MANIFEST_CHANGES] = { "added", "changed", "removed" };

	return names[kind];
}

/* A list on its way: the line at hand, and what is behind it. */
struct cursor {
	const char *at, *end;
	const char *path; /* NULL: there is no line any more */
	const char *fold;
	const char *line; /* whole, to the tab behind the path and from there on */
	size_t path_length, line_length;
	bool damaged;
};

/* Takes the next line; names are in @arena, which is emptied by nobody meanwhile. */
static void advance(struct cursor *cursor, struct wp_arena *arena)
{
	const char *end = cursor->at < cursor->end ? memchr(cursor->at, '\n', (size_t)(cursor->end - cursor->at)) : NULL;
	const char *tab;

	cursor->path = NULL;
	if (!end) {
		cursor->damaged |= cursor->at < cursor->end;
		return;
	}
	cursor->line = cursor->at;
	cursor->line_length = (size_t)(end - cursor->at);
	tab = memchr(cursor->at, '\t', cursor->line_length);
	cursor->path_length = tab ? (size_t)(tab - cursor->at) : 0;
	cursor->at = end + 1;
	if (!cursor->path_length || memchr(cursor->line, '\0', cursor->line_length) ||
	    wp_utf8_valid(cursor->line, cursor->line_length) != cursor->line_length) {
		cursor->damaged = true;
		return;
	}
	cursor->path = wp_arena_strndup(arena, cursor->line, cursor->path_length);
	cursor->fold = wp_text_fold(arena, cursor->path);
}

static void add(struct wp_arena *arena, struct wp_folder_change *change, enum wp_manifest_change kind,
		const char *path)
{
	change->counts[kind]++;
	if (change->named[kind] < WP_LIMIT_FOLDER_NAMES)
		change->names[kind][change->named[kind]++] = wp_arena_strdup(arena, path);
}

/* The size in "path TAB size TAB seconds"; 0 where there is none. */
static uint64_t size_of(const struct cursor *cursor)
{
	uint64_t size = 0;

	for (const char *at = cursor->line + cursor->path_length + 1, *end = cursor->line + cursor->line_length;
	     at < end && *at >= '0' && *at <= '9' && size < UINT64_MAX / 100; at++)
		size = size * 10 + (uint64_t)(*at - '0');
	return size;
}

/* In the order of a manifest; what has no line comes last. */
static int compare(const struct cursor *a, const struct cursor *b)
{
	if (!a->path || !b->path)
		return !a->path - !b->path;
	return strcmp(a->fold, b->fold);
}

static bool same_facts(const struct cursor *a, const struct cursor *b)
{
	size_t length = a->line_length - a->path_length;

	return length == b->line_length - b->path_length &&
	       !memcmp(a->line + a->path_length, b->line + b->path_length, length);
}

bool wp_manifest_compare(struct wp_arena *arena, const struct wp_manifest *old, const struct wp_manifest *new,
			 struct wp_folder_change *ret)
{
	struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct cursor a = { .at = old->text, .end = old->text + old->length };
	struct cursor b = { .at = new->text, .end = new->text + new->length };

	*ret = (struct wp_folder_change){ 0 };
	advance(&a, scratch);
	advance(&b, scratch);
	while (a.path || b.path) {
		int order = compare(&a, &b);

		if (order < 0)
			add(arena, ret, WP_MANIFEST_REMOVED, a.path);
		else if (order > 0)
			add(arena, ret, WP_MANIFEST_ADDED, b.path);
		else if (!same_facts(&a, &b))
			add(arena, ret, WP_MANIFEST_CHANGED, b.path);
		if (order > 0 || (!order && !same_facts(&a, &b)))
			ret->bytes = size_of(&b) > UINT64_MAX - ret->bytes ? UINT64_MAX : ret->bytes + size_of(&b);
		if (order <= 0)
			advance(&a, scratch);
		if (order >= 0)
			advance(&b, scratch);
	}
	return !a.damaged && !b.damaged;
}

/* The most names of one kind that is told. */
#define NAMED 3

char *wp_folder_change_words(struct wp_arena *arena, const struct wp_folder_change *change)
{
	struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };

	for (enum wp_manifest_change kind = 0; kind < WP_MANIFEST_CHANGES; kind++) {
		uint64_t count = change->counts[kind];

		if (!count)
			continue;
		wp_buf_printf(&text, "%s%" PRIu64 " %s (", text.length ? ", " : "", count, wp_manifest_change_name(kind));
		for (size_t i = 0; i < change->named[kind] && i < NAMED; i++)
			wp_buf_printf(&text, "%s%s", i ? ", " : "", change->names[kind][i]);
		if (count > NAMED)
			wp_buf_printf(&text, " and %" PRIu64 " more", count - NAMED);
		wp_buf_puts(&text, ")");
	}
	return wp_arena_strdup(arena, wp_buf_text(&text));
}
