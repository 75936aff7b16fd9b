/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Texts inside of two images that were asked for by their paths: configuration, answer files, scripts. */
#include "internal.h"

#include "lines.h"

#include "wimplan/limits.h"
#include "wimplan/text.h"

#include <stdlib.h>
#include <string.h>

/* One of the two files. */
struct reading {
	const struct wp_diff_tree *tree;
	struct wp_blob_reader *reader;
	const struct wp_node *node; /* NULL: the image has none at this path */
	struct wp_text_side *side;
	char *text;
	size_t length;
};

static bool is_file(const struct wp_node *node)
{
	return !node || !(node->attributes & (WP_ATTRIBUTE_FOLDER | WP_ATTRIBUTE_REPARSE_POINT));
}

static void find(struct reading *reading, const char *path)
{
	uint32_t at = wp_tree_find(reading->tree->tree, 0, path);

	reading->node = at == WP_NO_NODE ? NULL : &reading->tree->tree->nodes[at];
	if (!reading->node)
		return;
	reading->side->there = true;
	if (!is_file(reading->node))
		return;
	reading->side->size = (struct wp_number){ .known = !reading->node->missing, .value = reading->node->size };
	if (!wp_sha1_is_zero(reading->node->sha1))
		wp_sha1_text(reading->node->sha1, reading->side->sha1);
}

/* Bytes of a code page that nobody names: those above ASCII are shown by their numbers. */
static void take_bytes(struct wp_arena *arena, struct reading *reading, const uint8_t *bytes, size_t size)
{
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };

	for (size_t i = 0; i < size; i++) {
		if (bytes[i] < 0x80)
			wp_buf_putc(&buf, (char)bytes[i]);
		else
			wp_buf_printf(&buf, "\\x%02X", bytes[i]);
	}
	reading->length = buf.length;
	reading->text = wp_arena_strndup(arena, wp_buf_text(&buf), buf.length);
}

static bool is_ascii(const uint8_t *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (bytes[i] >= 0x80)
			return false;
	return true;
}

/*
 * Notepad and the tools of Windows write UTF-16 without a mark, too. Most texts have letters, blanks and ends of lines of ASCII, whose
 * upper byte is 0: it stands in the second place of each two bytes, or big-endian in the first. Some other letters have a lower byte of 0,
 * hence what most of them say counts. Bytes that are ASCII but for zeroes are no such text where less than three of four upper bytes are 0.
 */
static const char *decode_unmarked(struct wp_arena *arena, struct reading *reading, const uint8_t *bytes, size_t size)
{
	size_t in_place[2] = { 0, 0 }, most, others, at;
	bool big;

	for (size_t i = 0; i < size; i++)
		in_place[i % 2] += !bytes[i];
	big = in_place[0] > in_place[1];
	most = in_place[big ? 0 : 1];
	others = in_place[big ? 1 : 0];
	if (others > most / 2 || (is_ascii(bytes, size) && 8 * most < 3 * size))
		return NULL;
	return wp_utf16_to_utf8(arena, bytes, size, big ? WP_BYTE_ORDER_BIG : WP_BYTE_ORDER_LITTLE, &reading->text, &reading->length, &at)
		       ? NULL
		       : big ? "utf-16be-unmarked" : "utf-16le-unmarked";
}

/* The encoding that the bytes are in, and their text; NULL where they are no text. */
static const char *decode(struct wp_arena *arena, struct reading *reading, const uint8_t *bytes, size_t size)
{
	bool little = size >= 2 && bytes[0] == 0xff && bytes[1] == 0xfe, big = size >= 2 && bytes[0] == 0xfe && bytes[1] == 0xff;
	bool marked = size >= 3 && !memcmp(bytes, "\xef\xbb\xbf", 3);
	size_t at;

	if (little || big)
		return wp_utf16_to_utf8(arena, bytes + 2, size - 2, big ? WP_BYTE_ORDER_BIG : WP_BYTE_ORDER_LITTLE, &reading->text,
					&reading->length, &at)
			       ? NULL
			       : big ? "utf-16be" : "utf-16le";
	if (memchr(bytes, 0, size))
		return decode_unmarked(arena, reading, bytes, size);
	if (wp_utf8_valid((const char *)bytes, size) != size) {
		take_bytes(arena, reading, bytes, size);
		return "8-bit";
	}
	reading->length = size - (marked ? 3 : 0);
	reading->text = wp_arena_strndup(arena, (const char *)bytes + (marked ? 3 : 0), reading->length);
	return marked ? "utf-8-marked" : is_ascii(bytes, size) ? "ascii" : "utf-8";
}

/* "crlf", "lf", "mixed", or NULL for a text of one line. */
static const char *line_ends(const struct reading *reading)
{
	bool crlf = false, lf = false;

	for (size_t i = 0; i < reading->length; i++) {
		if (reading->text[i] != '\n')
			continue;
		if (i && reading->text[i - 1] == '\r')
			crlf = true;
		else
			lf = true;
	}
	return crlf && lf ? "mixed" : crlf ? "crlf" : lf ? "lf" : NULL;
}

/* NULL and the text, or why it is not shown. */
static const char *read_text(struct wp_arena *arena, struct reading *reading, bool *ret_unread)
{
	uint8_t *bytes;
	uint64_t size;
	const char *wrong;

	if (!reading->node) {
		reading->text = wp_arena_strdup(arena, "");
		return NULL;
	}
	wrong = wp_blob_read(reading->reader, reading->node->sha1, WP_LIMIT_TEXT_DATA, &bytes, &size);
	if (wrong) {
		*ret_unread = true;
		return wp_arena_strdup(arena, wrong);
	}
	reading->side->encoding = decode(arena, reading, bytes, (size_t)size);
	free(bytes);
	if (!reading->side->encoding)
		return "it is no text";
	reading->side->line_ends = line_ends(reading);
	return NULL;
}

static enum wp_text_state state_of(const struct wp_node *old, const struct wp_node *new)
{
	if (!old || !new)
		return old ? WP_TEXT_STATE_REMOVED : new ? WP_TEXT_STATE_ADDED : WP_TEXT_STATE_ABSENT;
	return memcmp(old->sha1, new->sha1, WP_SHA1_SIZE) ? WP_TEXT_STATE_CHANGED : WP_TEXT_STATE_SAME;
}

static void compare(struct wp_arena *arena, struct reading *old, struct reading *new, struct wp_text_change *ret)
{
	struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct wp_buf hunks __attribute__((cleanup(wp_buf_free))) = { 0 };
	struct wp_lines lines;

	ret->state = state_of(old->node, new->node);
	if (!is_file(old->node) || !is_file(new->node))
		ret->not_shown = "it is a folder or leads elsewhere";
	else if (ret->state == WP_TEXT_STATE_SAME || ret->state == WP_TEXT_STATE_ABSENT)
		return;
	else if (!(ret->not_shown = read_text(scratch, old, &ret->unread)))
		ret->not_shown = read_text(scratch, new, &ret->unread);
	ret->not_shown = wp_arena_strdup(arena, ret->not_shown);
	if (ret->not_shown)
		return;
	lines = wp_lines_diff(old->text, old->length, new->text, new->length, &hunks);
	ret->lines_added = lines.added;
	ret->lines_removed = lines.removed;
	ret->hunks = wp_arena_strndup(arena, wp_buf_text(&hunks), hunks.length);
}

/* As a tree has paths. */
static const char *normalized(struct wp_arena *arena, const char *path)
{
	char *copy = wp_arena_strdup(arena, path);

	for (char *at = copy; *at; at++)
		if (*at == '/')
			*at = '\\';
	return copy + strspn(copy, "\\");
}

struct wp_text_changes *wp_pair_texts(struct wp_arena *arena, struct wp_diff_tree old, struct wp_blob_reader *old_reader,
				      struct wp_diff_tree new, struct wp_blob_reader *new_reader,
				      const struct wp_diff_options *options)
{
	struct wp_text_changes *texts = wp_arena_alloc(arena, sizeof *texts);

	texts->items = wp_arena_alloc(arena, options->text_paths.count * sizeof *texts->items);
	texts->count = options->text_paths.count;
	for (size_t i = 0; i < texts->count; i++) {
		struct wp_text_change *item = &texts->items[i];
		const char *path = normalized(arena, options->text_paths.items[i]);
		struct reading was = { .tree = &old, .reader = old_reader, .side = &item->old };
		struct reading is = { .tree = &new, .reader = new_reader, .side = &item->new };

		item->path = wp_arena_printf(arena, "\\%s", path);
		find(&was, path);
		find(&is, path);
		compare(arena, &was, &is, item);
	}
	return texts;
}

uint64_t wp_text_changes_size(const struct wp_text_changes *texts)
{
	uint64_t size = 0;

	for (size_t i = 0; i < texts->count; i++)
		size += strlen(texts->items[i].path) + (texts->items[i].hunks ? strlen(texts->items[i].hunks) : 0);
	return size;
}
