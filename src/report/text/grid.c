/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A table on a terminal: how wide its columns are, which of them are shown, and its lines. */
#include "grid.h"

#include "wimplan/text.h"

#include <string.h>

/* One line of the columns that have a width. What stands behind the last cell is not padded. */
static void add_line(struct wp_buf *buf, const struct wp_column *columns, size_t column_count, const char *const *cells,
		     const size_t *widths)
{
	size_t blanks = 0;

	for (size_t i = 0; i < column_count; i++) {
		size_t room;

		if (!widths[i])
			continue;
		room = widths[i] - wp_text_width(cells[i]);
		wp_buf_pad(buf, ' ', blanks + (columns[i].number ? room : 0));
		wp_buf_puts(buf, cells[i]);
		blanks = 2 + (columns[i].number ? 0 : room);
	}
	wp_buf_putc(buf, '\n');
}

/* How wide the column is; 0 where no row has anything to show in it. */
static size_t measure(const struct wp_column *columns, size_t column_count, size_t column, const char *const *cells,
		      size_t count)
{
	bool any = columns[column].always;
	size_t most = strlen(columns[column].heading);

	for (size_t i = 0; i < count; i++) {
		const char *cell = cells[i * column_count + column];
		size_t width = wp_text_width(cell);

		any = any || strcmp(cell, "-") != 0;
		most = width > most ? width : most;
	}
	return any ? most : 0;
}

static size_t add_up(const size_t *widths, size_t count)
{
	size_t total = 0;

	for (size_t i = 0; i < count; i++)
		if (widths[i])
			total += (total ? 2 : 0) + widths[i];
	return total;
}

bool wp_table_add(const struct wp_layout *out, const struct wp_column *columns, size_t column_count,
		  const char *const *cells, size_t count)
{
	size_t *widths = wp_arena_alloc(out->arena, column_count * sizeof *widths);
	const char **headings = wp_arena_alloc(out->arena, column_count * sizeof *headings);
	struct wp_buf heading __attribute__((cleanup(wp_buf_free))) = { 0 };

	for (size_t i = 0; i < column_count; i++) {
		widths[i] = measure(columns, column_count, i, cells, count);
		headings[i] = columns[i].heading;
	}
	for (size_t i = 0; i < column_count && add_up(widths, column_count) > out->columns; i++)
		if (columns[i].spare)
			widths[i] = 0;
	if (add_up(widths, column_count) > out->columns)
		return false;
	add_line(&heading, columns, column_count, headings, widths);
	wp_buf_cut(&heading, heading.length - 1);
	wp_layout_tint(out, WP_TINT_BOLD, wp_buf_text(&heading));
	wp_buf_putc(out->buf, '\n');
	for (size_t i = 0; i < count; i++)
		add_line(out->buf, columns, column_count, cells + i * column_count, widths);
	return true;
}
