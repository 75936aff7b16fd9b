/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The attributes of a file by name (winnt.h, FILE_ATTRIBUTE_…), and what a search found in rows. */
#include "found_words.h"

#include "words.h"

#include <inttypes.h>
#include <string.h>

static const struct {
	uint32_t bit;
	bool telling; /* it is seldom set, and changes what becomes of the file */
	const char *name;
} attribute_names[] = {
	{ 0x1, true, "read-only" },     { 0x2, true, "hidden" },        { 0x4, true, "system" },
	{ 0x10, false, "folder" },      { 0x20, false, "archive" },     { 0x80, false, "normal" },
	{ 0x100, true, "temporary" },   { 0x200, false, "sparse" },     { 0x400, false, "reparse-point" },
	{ 0x800, false, "compressed" }, { 0x1000, true, "offline" },    { 0x2000, false, "not-indexed" },
	{ 0x4000, true, "encrypted" },
};

struct wp_names wp_attribute_names(struct wp_arena *arena, uint32_t attributes)
{
	struct wp_names names = { 0 };

	for (size_t i = 0; i < sizeof attribute_names / sizeof *attribute_names; i++) {
		if (attributes & attribute_names[i].bit)
			*WP_PUSH(arena, names.items, names.count) = attribute_names[i].name;
		attributes &= ~attribute_names[i].bit;
	}
	if (attributes)
		*WP_PUSH(arena, names.items, names.count) = wp_arena_printf(arena, "0x%" PRIx32, attributes);
	return names;
}

/* Those that are seldom set and change what becomes of a file. */
static uint32_t telling_ones(uint32_t attributes)
{
	uint32_t telling = 0;

	for (size_t i = 0; i < sizeof attribute_names / sizeof *attribute_names; i++)
		telling |= attribute_names[i].telling ? attribute_names[i].bit : 0;
	return attributes & telling;
}

/* These in words: "read-only, hidden"; "" for none of them. */
static const char *telling_words(struct wp_arena *arena, uint32_t attributes)
{
	struct wp_names names = wp_attribute_names(arena, telling_ones(attributes));

	return wp_text_join(arena, names.items, names.count);
}

/* "1-3, 7" */
static const char *image_numbers(struct wp_arena *arena, const struct wp_found_path *found)
{
	struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };

	for (size_t i = 0, last; i < found->image_count; i = last + 1) {
		for (last = i; last + 1 < found->image_count && found->images[last + 1].image == found->images[last].image + 1;)
			last++;
		wp_buf_printf(&text, "%s%" PRIu32, i ? ", " : "", found->images[i].image);
		if (last > i)
			wp_buf_printf(&text, "%s%" PRIu32, last > i + 1 ? "-" : ", ", found->images[last].image);
	}
	return wp_arena_strdup(arena, wp_buf_text(&text));
}

static bool same_time(struct wp_time a, struct wp_time b)
{
	return a.known == b.known && a.ticks == b.ticks;
}

/* What the images do not agree on is in the JSON. */
static void fill_times(struct wp_arena *arena, const struct wp_found_path *found, const char *cells[WP_FOUND_CELLS])
{
	const struct wp_found_in *first = &found->images[0];
	bool created = true, written = true, attributes = true;

	for (size_t i = 1; i < found->image_count; i++) {
		created = created && same_time(first->created, found->images[i].created);
		written = written && same_time(first->written, found->images[i].written);
		attributes = attributes &&
			     telling_ones(first->attributes) == telling_ones(found->images[i].attributes);
	}
	cells[WP_FOUND_CELL_CREATED] = !created ? "differs" : first->created.known ? wp_time_minutes(arena, first->created) : "-";
	cells[WP_FOUND_CELL_WRITTEN] = !written ? "differs" : first->written.known ? wp_time_minutes(arena, first->written) : "-";
	cells[WP_FOUND_CELL_ATTRIBUTES] = attributes ? telling_words(arena, first->attributes) : "attributes differ";
	if (!*cells[WP_FOUND_CELL_ATTRIBUTES])
		cells[WP_FOUND_CELL_ATTRIBUTES] = "-";
}

bool wp_found_has_kinds(const struct wp_found_files *found)
{
	bool kinds = false;

	for (size_t i = 0; i < found->count; i++)
		kinds = kinds || found->items[i].kind != WP_FOUND_FILE;
	return kinds;
}

const char *wp_found_sentence(struct wp_arena *arena, const struct wp_found_files *found)
{
	if (!found)
		return "What fits cannot be told.";
	if (!found->count)
		return found->complete ? "No path fits." : "No path fits of what could be looked at.";
	return wp_arena_printf(arena, "%s that fit%s%s", wp_words_counted(arena, found->count, "path"), found->count == 1 ? "s" : "",
			       found->complete ? "" : ", of what could be looked at");
}

void wp_found_cells(struct wp_arena *arena, const struct wp_found_path *found, bool kinds, const char *cells[WP_FOUND_CELLS])
{
	cells[WP_FOUND_CELL_IMAGES] = image_numbers(arena, found);
	cells[WP_FOUND_CELL_KIND] = kinds ? wp_found_kind_name(found->kind) : "-";
	cells[WP_FOUND_CELL_SIZE] = found->size.known ? wp_words_size(arena, found->size.value) : "-";
	cells[WP_FOUND_CELL_BYTES] = found->size.known ? wp_words_count(arena, found->size.value) : "-";
	fill_times(arena, found, cells);
	cells[WP_FOUND_CELL_SHA1] = *found->sha1 ? found->sha1 + strlen("sha1:") : "-";
	cells[WP_FOUND_CELL_PATH] = wp_words_plain(arena, found->target ? wp_arena_printf(arena, "%s -> %s", found->path, found->target)
							  : found->path);
}
