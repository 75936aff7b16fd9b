/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a search in a WIM found: a line for each path and data, or a few. */
#include "inspect_found.h"

#include "../found_words.h"
#include "../words.h"
#include "grid.h"

#include "wimplan/text.h"

#include <inttypes.h>
#include <string.h>

enum { IMAGES, KIND, SIZE, BYTES, CREATED, WRITTEN, ATTRIBUTES, SHA1, PATH, CELLS };

static const struct wp_column columns[CELLS] = {
	[IMAGES] = { .heading = "IMAGES", .always = true },
	[KIND] = { .heading = "KIND" },
	[SIZE] = { .heading = "SIZE", .number = true },
	[BYTES] = { .heading = "BYTES", .number = true, .spare = true },
	[CREATED] = { .heading = "CREATED", .spare = true },
	[WRITTEN] = { .heading = "WRITTEN" },
	[ATTRIBUTES] = { .heading = "ATTRIBUTES" },
	[SHA1] = { .heading = "SHA-1" },
	[PATH] = { .heading = "PATH", .always = true },
};

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
static void fill_times(struct wp_arena *arena, const struct wp_found_path *found, const char *cells[CELLS])
{
	const struct wp_found_in *first = &found->images[0];
	bool created = true, written = true, attributes = true;

	for (size_t i = 1; i < found->image_count; i++) {
		created = created && same_time(first->created, found->images[i].created);
		written = written && same_time(first->written, found->images[i].written);
		attributes = attributes &&
			     wp_attribute_telling(first->attributes) == wp_attribute_telling(found->images[i].attributes);
	}
	cells[CREATED] = !created ? "differs" : first->created.known ? wp_time_minutes(arena, first->created) : "-";
	cells[WRITTEN] = !written ? "differs" : first->written.known ? wp_time_minutes(arena, first->written) : "-";
	cells[ATTRIBUTES] = attributes ? wp_attribute_words(arena, first->attributes) : "attributes differ";
	if (!*cells[ATTRIBUTES])
		cells[ATTRIBUTES] = "-";
}

/* @kinds: files are not all that there is. */
static void fill(struct wp_arena *arena, const struct wp_found_path *found, bool kinds, const char *cells[CELLS])
{
	cells[IMAGES] = image_numbers(arena, found);
	cells[KIND] = kinds ? wp_found_kind_name(found->kind) : "-";
	cells[SIZE] = found->size.known ? wp_words_size(arena, found->size.value) : "-";
	cells[BYTES] = found->size.known ? wp_words_count(arena, found->size.value) : "-";
	fill_times(arena, found, cells);
	cells[SHA1] = *found->sha1 ? found->sha1 + strlen("sha1:") : "-";
	cells[PATH] = wp_words_plain(arena, found->target ? wp_arena_printf(arena, "%s -> %s", found->path, found->target)
							  : found->path);
}

/* A part of a line, where there is something to say. */
static void add_part(struct wp_buf *line, const char *label, const char *cell)
{
	if (strcmp(cell, "-") != 0)
		wp_buf_printf(line, "%s%s%s", line->length ? ", " : "", label, cell);
}

static void add_blocks(const struct wp_layout *out, const char *const (*rows)[CELLS], const struct wp_found_path *items,
		       size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct wp_buf line __attribute__((cleanup(wp_buf_free))) = { 0 };

		wp_layout_line(out, 2, 4, rows[i][PATH]);
		add_part(&line, "", rows[i][KIND]);
		add_part(&line, "", rows[i][SIZE]);
		add_part(&line, "created ", rows[i][CREATED]);
		add_part(&line, "written ", rows[i][WRITTEN]);
		add_part(&line, "", rows[i][ATTRIBUTES]);
		wp_layout_line(out, 4, 6, wp_buf_text(&line));
		wp_buf_clear(&line);
		add_part(&line, "SHA-1 ", rows[i][SHA1]);
		add_part(&line, items[i].image_count == 1 ? "in image " : "in images ", rows[i][IMAGES]);
		wp_layout_line(out, 4, 6, wp_buf_text(&line));
	}
}

void wp_inspect_found(const struct wp_layout *out, const struct wp_found_files *found)
{
	const char *(*rows)[CELLS];
	bool kinds = false;

	wp_buf_putc(out->buf, '\n');
	if (!found) {
		wp_layout_line(out, 0, 2, "What fits cannot be told.");
		return;
	}
	wp_layout_line(out, 0, 2,
		       found->count ? wp_arena_printf(out->arena, "%s that fit%s%s",
						      wp_words_counted(out->arena, found->count, "path"),
						      found->count == 1 ? "s" : "",
						      found->complete ? "" : ", of what could be looked at")
				    : found->complete ? "No path fits." : "No path fits of what could be looked at.");
	if (!found->count)
		return;
	rows = wp_arena_alloc(out->arena, found->count * sizeof *rows);
	for (size_t i = 0; i < found->count; i++)
		kinds = kinds || found->items[i].kind != WP_FOUND_FILE;
	for (size_t i = 0; i < found->count; i++)
		fill(out->arena, &found->items[i], kinds, rows[i]);
	if (!wp_table_add(out, columns, CELLS, rows[0], found->count))
		add_blocks(out, (const char *const(*)[CELLS])rows, found->items, found->count);
}
