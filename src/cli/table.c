/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables for a terminal, over libsmartcols: it knows the widths. */
#include "cli.h"

#include "wimplan/text.h"

#include <libsmartcols.h>
#include <stdlib.h>
#include <string.h>

/* What a cell shows of a text; its column is as wide in every row. */
#define CELL_MOST 200

/* The last column has at least so much beside the others; with less room it stands below them, further in. */
#define LAST_LEAST ((size_t)24)
#define LAST_BELOW ((size_t)4)

/* Stands for what the last column has: libsmartcols says where it begins, and it is broken into lines here. */
static const char last_mark[] = "|";

struct wp_table {
	struct libscols_table *table;
	struct wp_arena *arena;
	size_t columns, width; /* of the table; of the terminal */
	bool color;
	struct wp_names last; /* what the last column has: its heading, and a cell of each row, escaped */
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
	table->width = options.columns;
	table->color = options.color;
	scols_table_enable_colors(table->table, options.color);
	scols_table_set_termforce(table->table, SCOLS_TERMFORCE_NEVER);
	/* Its own encoding turns the backslash of "boot\x64" into "\x5c"; cells are escaped here instead. */
	scols_table_enable_noencoding(table->table, 1);
	for (size_t i = 0; i < columns; i++) {
		bool is_last = i + 1 == columns;
		struct libscols_column *column = scols_table_new_column(table->table, is_last ? last_mark : headings[i], 0, 0);

		if (!column)
			wp_out_of_memory();
		if (!is_last)
			scols_cell_set_color(scols_column_get_header(column), "bold");
	}
	*WP_PUSH(table->arena, table->last.items, table->last.count) = headings[columns - 1];
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
		text = wp_text_cut(table->arena, wp_buf_text(&cell), CELL_MOST);
		/* Behind the last column nothing is pushed away, so that it is not cut. */
		if (i + 1 == table->columns) {
			*WP_PUSH(table->arena, table->last.items, table->last.count) =
				wp_arena_strdup(table->arena, wp_buf_text(&cell));
			text = last_mark;
		}
		if (scols_line_set_data(line, i, text))
			wp_out_of_memory();
	}
}

/* Where the last column begins, as the last line has it, in which nothing is coloured; *@ret_end: where the widest of it ends. */
static size_t measure(const struct wp_table *table, char *const *lines, size_t *ret_end)
{
	size_t begin = wp_text_width(lines[table->last.count - 1]), most = 0;

	for (size_t i = 0; i < table->last.count; i++) {
		size_t width = wp_text_width(table->last.items[i]);

		most = width > most ? width : most;
	}
	*ret_end = begin + most;
	return begin;
}

static const char *shown_last(const struct wp_table *table, size_t line)
{
	const char *text = table->last.items[line];

	return !line && table->color ? wp_arena_printf(table->arena, "\033[1m%s\033[0m", text) : text;
}

static void add_lines(const struct wp_table *table, char **lines, struct wp_buf *buf)
{
	size_t end, begin = measure(table, lines, &end);

	for (size_t i = 0; i < table->last.count; i++) {
		const char *last = shown_last(table, i);

		/* Of little nothing is gained by breaking it. */
		if (end <= table->width || end <= begin + LAST_LEAST) {
			wp_buf_printf(buf, "%s%s\n", *last ? lines[i] : wp_text_trim(lines[i]), last);
		} else if (begin + LAST_LEAST <= table->width) {
			wp_buf_puts(buf, lines[i]);
			wp_text_wrap(buf, last, begin, table->width);
		} else {
			/* Where even the others have no room they are no columns any more. */
			if (begin > table->width)
				wp_text_wrap(buf, lines[i], 0, table->width);
			else
				wp_buf_printf(buf, "%s\n", wp_text_trim(lines[i]));
			wp_buf_pad(buf, ' ', LAST_BELOW);
			wp_text_wrap(buf, last, LAST_BELOW, table->width);
		}
	}
}

void wp_table_finish(struct wp_table *table, struct wp_buf *buf)
{
	char **lines = wp_arena_alloc(table->arena, table->last.count * sizeof *lines), *text = NULL, *at;

	if (scols_print_table_to_string(table->table, &text))
		wp_out_of_memory();
	at = text;
	/* Each ends with the mark. Of a table without rows there are not even the headings. */
	for (size_t i = 0; *text && i < table->last.count; i++) {
		size_t length = strcspn(at, "\n");

		lines[i] = wp_arena_strndup(table->arena, at, length - strlen(last_mark));
		at += length + (at[length] == '\n');
	}
	if (*text)
		add_lines(table, lines, buf);
	free(text);
	scols_unref_table(table->table);
}
