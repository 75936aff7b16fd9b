/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The texts that diff --content compares, in words and in JSON. */
#include "diff_texts.h"

#include "words.h"

#include <string.h>

/* How it is written: "utf-16le, crlf". */
static const char *form(struct wp_arena *arena, const struct wp_text_side *side)
{
	return side->line_ends ? wp_arena_printf(arena, "%s, %s", side->encoding, side->line_ends) : side->encoding;
}

static void add_lines(struct wp_buf *buf, const struct wp_text_change *text)
{
	const char *between = ": ";

	if (text->lines_added) {
		wp_buf_printf(buf, "%s%zu line%s added", between, text->lines_added, wp_plural(text->lines_added));
		between = ", ";
	}
	if (text->lines_removed && *between == ',')
		wp_buf_printf(buf, "%s%zu removed", between, text->lines_removed);
	else if (text->lines_removed)
		wp_buf_printf(buf, "%s%zu line%s removed", between, text->lines_removed, wp_plural(text->lines_removed));
}

static void add_size(struct wp_arena *arena, struct wp_buf *buf, const struct wp_text_change *text)
{
	const struct wp_number *old = &text->old.size, *new = &text->new.size;

	if (old->known && new->known && old->value != new->value)
		wp_buf_printf(buf, "; %s → %s", wp_words_size(arena, old->value), wp_words_size(arena, new->value));
	else if (old->known || new->known)
		wp_buf_printf(buf, "; %s", wp_words_size(arena, new->known ? new->value : old->value));
}

static void add_form(struct wp_arena *arena, struct wp_buf *buf, const struct wp_text_change *text)
{
	const char *old = text->old.encoding ? form(arena, &text->old) : NULL, *new = text->new.encoding ? form(arena, &text->new) : NULL;

	if (old && new && strcmp(old, new) != 0)
		wp_buf_printf(buf, "; %s → %s", old, new);
	if (old && new && !*text->hunks)
		wp_buf_puts(buf, strcmp(old, new) != 0 ? "; the lines are the same" : "; the lines are the same, only their ends differ");
}

char *wp_diff_words_text(struct wp_arena *arena, const struct wp_text_change *text)
{
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };

	if (text->state == WP_TEXT_STATE_ABSENT)
		return wp_arena_strdup(arena, "is in neither image");
	wp_buf_puts(&buf, text->state == WP_TEXT_STATE_SAME ? "the same" : wp_text_state_name(text->state));
	if (text->hunks)
		add_lines(&buf, text);
	add_size(arena, &buf, text);
	if (text->hunks)
		add_form(arena, &buf, text);
	if (text->not_shown)
		wp_buf_printf(&buf, "; not shown: %s", text->not_shown);
	return wp_arena_strdup(arena, wp_buf_text(&buf));
}

static json_t *side_json(const struct wp_text_side *side)
{
	if (!side->there)
		return json_null();
	return wp_json_object("size", wp_json_number(side->size), "sha1", wp_json_hash(side->sha1),
			      "encoding", wp_json_text(side->encoding), "line_ends", wp_json_text(side->line_ends), NULL);
}

json_t *wp_diff_texts_json(const struct wp_text_changes *texts)
{
	json_t *array;

	if (!texts)
		return json_null();
	array = json_array();
	for (size_t i = 0; i < texts->count; i++) {
		const struct wp_text_change *text = &texts->items[i];

		wp_json_push(array, wp_json_object("path", wp_json_text(text->path),
						   "state", wp_json_text(wp_text_state_name(text->state)),
						   "old", side_json(&text->old), "new", side_json(&text->new),
						   "lines_added", wp_json_u64(text->lines_added),
						   "lines_removed", wp_json_u64(text->lines_removed),
						   "hunks", wp_json_text(text->hunks), "not_shown", wp_json_text(text->not_shown),
						   NULL));
	}
	return array;
}
