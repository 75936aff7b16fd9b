/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a search in a WIM found: a line for each path and data, or a few. */
#include "inspect_found.h"

#include "../found_words.h"
#include "grid.h"

#include <string.h>

static const struct wp_column columns[WP_FOUND_CELLS] = {
	[WP_FOUND_CELL_IMAGES] = { .heading = "IMAGES", .always = true },
	[WP_FOUND_CELL_KIND] = { .heading = "KIND" },
	[WP_FOUND_CELL_SIZE] = { .heading = "SIZE", .number = true },
	[WP_FOUND_CELL_BYTES] = { .heading = "BYTES", .number = true, .spare = true },
	[WP_FOUND_CELL_CREATED] = { .heading = "CREATED", .spare = true },
	[WP_FOUND_CELL_WRITTEN] = { .heading = "WRITTEN" },
	[WP_FOUND_CELL_ATTRIBUTES] = { .heading = "ATTRIBUTES" },
	[WP_FOUND_CELL_SHA1] = { .heading = "SHA-1" },
	[WP_FOUND_CELL_PATH] = { .heading = "PATH", .always = true },
};

/* A part of a line, where there is something to say. */
static void add_part(struct wp_buf *line, const char *label, const char *cell)
{
	if (strcmp(cell, "-") != 0)
		wp_buf_printf(line, "%s%s%s", line->length ? ", " : "", label, cell);
}

static void add_blocks(const struct wp_layout *out, const char *const (*rows)[WP_FOUND_CELLS], const struct wp_found_path *items,
		       size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct wp_buf line __attribute__((cleanup(wp_buf_free))) = { 0 };

		wp_layout_line(out, 2, 4, rows[i][WP_FOUND_CELL_PATH]);
		add_part(&line, "", rows[i][WP_FOUND_CELL_KIND]);
		add_part(&line, "", rows[i][WP_FOUND_CELL_SIZE]);
		add_part(&line, "created ", rows[i][WP_FOUND_CELL_CREATED]);
		add_part(&line, "written ", rows[i][WP_FOUND_CELL_WRITTEN]);
		add_part(&line, "", rows[i][WP_FOUND_CELL_ATTRIBUTES]);
		wp_layout_line(out, 4, 6, wp_buf_text(&line));
		wp_buf_clear(&line);
		add_part(&line, "SHA-1 ", rows[i][WP_FOUND_CELL_SHA1]);
		add_part(&line, items[i].image_count == 1 ? "in image " : "in images ", rows[i][WP_FOUND_CELL_IMAGES]);
		wp_layout_line(out, 4, 6, wp_buf_text(&line));
	}
}

void wp_inspect_found(const struct wp_layout *out, const struct wp_found_files *found)
{
	const char *(*rows)[WP_FOUND_CELLS];
	bool kinds = found && wp_found_has_kinds(found);

	wp_buf_putc(out->buf, '\n');
	wp_layout_line(out, 0, 2, wp_found_sentence(out->arena, found));
	if (!found || !found->count)
		return;
	rows = wp_arena_alloc(out->arena, found->count * sizeof *rows);
	for (size_t i = 0; i < found->count; i++)
		wp_found_cells(out->arena, &found->items[i], kinds, rows[i]);
	if (!wp_table_add(out, columns, WP_FOUND_CELLS, rows[0], found->count))
		add_blocks(out, (const char *const(*)[WP_FOUND_CELLS])rows, found->items, found->count);
}
