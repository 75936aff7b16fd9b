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

/* A column that is cut to make room keeps so much. */
#define CUT_LEAST ((size_t)20)

struct wp_table {
	struct libscols_table *table;
	struct wp_arena *arena;
	size_t columns, width; /* of the table; of the terminal */
	bool color;
	struct wp_names cells; /* of all columns but the last, row by row, the headings first; escaped */
	struct wp_names last;  /* what the last column has: its heading, and a cell of each row, escaped */
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
	wp_table_row(table, headings);
	return table;
}

void wp_table_row(struct wp_table *table, const char *const *cells)
{
	for (size_t i = 0; i < table->columns; i++) {
		bool is_last = i + 1 == table->columns;
		struct wp_names *names = is_last ? &table->last : &table->cells;
		struct wp_buf cell __attribute__((cleanup(wp_buf_free))) = { 0 };
		const char *text;

		wp_text_escape(&cell, cells[i] ? cells[i] : "-");
		/* Behind the last column nothing is pushed away, so that it is not cut. */
		text = is_last ? wp_buf_text(&cell) : wp_text_cut(table->arena, wp_buf_text(&cell), CELL_MOST);
		*WP_PUSH(table->arena, names->items, names->count) = wp_arena_strdup(table->arena, text);
	}
}

static size_t widest_of(const struct wp_names *names)
{
	size_t most = 0;

	for (size_t i = 0; i < names->count; i++) {
		size_t width = wp_text_width(names->items[i]);

		most = width > most ? width : most;
	}
	return most;
}

/* One long name must not cost all rows their columns: where there is no room, the widest column is cut, then the next. */
static void make_room(struct wp_table *table)
{
	size_t columns = table->columns - 1, total = columns, last = widest_of(&table->last); /* a space behind each */
	size_t *widths = wp_arena_alloc(table->arena, columns * sizeof *widths);

	for (size_t i = 0; i < table->cells.count; i++) {
		size_t width = wp_text_width(table->cells.items[i]), *widest = &widths[i % columns];

		total += width > *widest ? width - *widest : 0;
		*widest = width > *widest ? width : *widest;
	}
	/* Only what is short is never put below. */
	total += last <= LAST_LEAST ? last : 0;
	while (total > table->width) {
		size_t widest = 0, wanted = total - table->width, kept;

		for (size_t i = 1; i < columns; i++)
			widest = widths[i] > widths[widest] ? i : widest;
		if (widths[widest] <= CUT_LEAST)
			return;
		kept = widths[widest] > wanted + CUT_LEAST ? widths[widest] - wanted : CUT_LEAST;
		total -= widths[widest] - kept;
		widths[widest] = kept;
		for (size_t i = widest; i < table->cells.count; i += columns)
			table->cells.items[i] = wp_text_cut(table->arena, table->cells.items[i], kept);
	}
}

static void fill(struct wp_table *table)
{
	size_t columns = table->columns - 1;

	for (size_t i = 0; i < table->columns; i++) {
		struct libscols_column *column =
			scols_table_new_column(table->table, i < columns ? table->cells.items[i] : last_mark, 0, 0);

		if (!column)
			wp_out_of_memory();
		if (i < columns)
			scols_cell_set_color(scols_column_get_header(column), "bold");
	}
	for (size_t row = 1; row < table->last.count; row++) {
		struct libscols_line *line = scols_table_new_line(table->table, NULL);

		if (!line)
			wp_out_of_memory();
		for (size_t i = 0; i < table->columns; i++)
			if (scols_line_set_data(line, i, i < columns ? table->cells.items[row * columns + i] : last_mark))
				wp_out_of_memory();
	}
}

/* Where the last column begins, as the last line has it, in which nothing is coloured; *@ret_end: where the widest of it ends. */
static size_t measure(const struct wp_table *table, char *const *lines, size_t *ret_end)
{
	size_t begin = wp_text_width(lines[table->last.count - 1]);

	*ret_end = begin + widest_of(&table->last);
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

	make_room(table);
	fill(table);
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
