/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables for a terminal, over libsmartcols: it knows the widths. */
#include "cli.h"

#include "wimplan/text.h"

#include <libsmartcols.h>
#include <stdlib.h>
#include <string.h>

/* What a cell shows of a text; its column is as wide in every row. */
#define CELL_MOST 200

struct wp_table {
	struct libscols_table *table;
	struct wp_arena *arena;
	size_t columns;
};

struct wp_table *wp_table_new(const struct wp_cli *cli, const char *const *headings, size_t columns)
{
	struct wp_report_options options = wp_cli_report_options(cli);
	struct wp_table *table = wp_arena_alloc(cli->arena, sizeof *table);

	table->table = scols_new_table();
	if (!table->table)
		wp_out_of_memory();
	table->arena = cli->arena;
	table->columns = columns;
	scols_table_enable_colors(table->table, options.color);
	scols_table_set_termforce(table->table, SCOLS_TERMFORCE_NEVER);
	/* Its own encoding turns the backslash of "boot\x64" into "\x5c"; cells are escaped here instead. */
	scols_table_enable_noencoding(table->table, 1);
	for (size_t i = 0; i < columns; i++) {
		struct libscols_column *column = scols_table_new_column(table->table, headings[i], 0, 0);

		if (!column)
			wp_out_of_memory();
		scols_cell_set_color(scols_column_get_header(column), "bold");
	}
	return table;
}

void wp_table_row(struct wp_table *table, const char *const *cells)
{
	struct libscols_line *line = scols_table_new_line(table->table, NULL);

	if (!line)
		wp_out_of_memory();
	for (size_t i = 0; i < table->columns; i++) {
		struct wp_buf cell __attribute__((cleanup(wp_buf_free))) = { 0 };
		const char *text;

		wp_text_escape(&cell, cells[i] ? cells[i] : "-");
		/* Behind the last column nothing is pushed away. */
		text = i + 1 < table->columns ? wp_text_cut(table->arena, wp_buf_text(&cell), CELL_MOST) : wp_buf_text(&cell);
		if (scols_line_set_data(line, i, text))
			wp_out_of_memory();
	}
}

void wp_table_finish(struct wp_table *table, struct wp_buf *buf)
{
	char *text = NULL;

	if (scols_print_table_to_string(table->table, &text))
		wp_out_of_memory();
	wp_buf_puts(buf, text);
	wp_buf_putc(buf, '\n');
	free(text);
	scols_unref_table(table->table);
}
