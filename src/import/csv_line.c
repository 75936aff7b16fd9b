/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Takes lines of CSV apart. */
#include "csv_line.h"

/* How a cell ended. */
enum cell_end { CELL_MORE, CELL_LAST, CELL_FAILED };

static void take_line_end(struct wp_input *input)
{
	if (wp_input_peek(input) == '\r')
		wp_input_get(input);
	if (wp_input_peek(input) == '\n')
		wp_input_get(input);
}

static bool is_separator(const struct wp_csv_line *line, int c)
{
	return line->separator ? c == line->separator : c == ',' || c == ';' || c == '\t';
}

static enum cell_end fail(struct wp_csv_line *line, int c, const char *sentence)
{
	if (c == WP_INPUT_FAILED)
		wp_input_error(line->input, line->err);
	else
		wp_input_fail(line->input, line->err, "%s", sentence);
	return CELL_FAILED;
}

/* The rest of a cell whose quote was taken. */
static bool take_quoted(struct wp_csv_line *csv, size_t line, size_t column)
{
	for (;;) {
		int c = wp_input_get(csv->input);

		if (c == WP_INPUT_FAILED) {
			wp_input_error(csv->input, csv->err);
			return false;
		}
		if (c == WP_INPUT_END) {
			wp_fail(csv->err, WP_E_FAILED, "export-invalid", csv->input->name,
				"%s: line %zu, column %zu: the quote that opens here is never closed; export again",
				csv->input->name, line, column);
			return false;
		}
		if (c == '"') {
			if (wp_input_peek(csv->input) != '"')
				return true;
			wp_input_get(csv->input);
		}
		wp_buf_putc(&csv->text, (char)c);
	}
}

static enum cell_end take_text(struct wp_csv_line *csv, bool quoted)
{
	for (;;) {
		int c = wp_input_peek(csv->input);

		if (c == WP_INPUT_FAILED)
			return fail(csv, c, "");
		if (c == WP_INPUT_END || c == '\n' || c == '\r') {
			take_line_end(csv->input);
			return CELL_LAST;
		}
		if (is_separator(csv, c)) {
			csv->separator = (char)c;
			wp_input_get(csv->input);
			return CELL_MORE;
		}
		if (quoted)
			return fail(csv, c, "there is text behind the closing quote; export again");
		c = wp_input_get(csv->input);
		if (c < 0)
			return fail(csv, c, "");
		wp_buf_putc(&csv->text, (char)c);
	}
}

static enum cell_end take_cell(struct wp_csv_line *csv)
{
	struct wp_csv_cell *cell = &csv->cells[csv->count++];
	size_t line = csv->input->line, column = csv->input->column;
	enum cell_end end;

	cell->at = csv->text.length;
	cell->quoted = wp_input_peek(csv->input) == '"';
	if (cell->quoted) {
		csv->quotes = true;
		wp_input_get(csv->input);
		if (!take_quoted(csv, line, column))
			return CELL_FAILED;
	}
	end = take_text(csv, cell->quoted);
	cell->length = csv->text.length - cell->at;
	wp_buf_putc(&csv->text, '\0');
	return end;
}

int wp_csv_read_line(struct wp_csv_line *csv)
{
	enum cell_end end = CELL_MORE;
	int c = wp_input_peek(csv->input);

	if (c == WP_INPUT_FAILED)
		return wp_input_error(csv->input, csv->err);
	if (c == WP_INPUT_END)
		return 0;
	wp_input_mark(csv->input);
	csv->line = csv->input->line;
	wp_buf_clear(&csv->text);
	csv->count = 0;
	while (end == CELL_MORE) {
		if (csv->count == WP_CSV_COLUMNS)
			end = fail(csv, 0, "this line has too many cells; is it an export of packages?");
		else
			end = take_cell(csv);
	}
	return end == CELL_FAILED ? csv->err->status : 1;
}
