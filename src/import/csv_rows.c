/* SPDX-License-Identifier: GPL-3.0-or-later */
/* CSV exports (RFC 4180, as Export-Csv writes them): comma, semicolon or tab, with or without a #TYPE line. */
#include "assemble.h"
#include "row.h"

#include "wimplan/arena.h"
#include "wimplan/ascii.h"
#include "wimplan/buf.h"

#include <stdlib.h>
#include <string.h>

/* Columns of the widest class are about 80. */
#define MAX_COLUMNS 4096u

struct csv_rows {
	struct wp_input *input;
	struct wp_error *err;
	struct wp_arena *arena;
	const char *type;   /* what #TYPE says; NULL */
	char separator;     /* 0 until the header was read */
	const char **names; /* of the columns */
	size_t name_count;
	struct wp_buf cell;
	bool quoted; /* the cell was in quotes */
};

/* How a cell ended. */
enum cell_end { CELL_MORE, CELL_LAST, CELL_FAILED };

static void take_line_end(struct csv_rows *csv)
{
	if (wp_input_peek(csv->input) == '\r')
		wp_input_get(csv->input);
	if (wp_input_peek(csv->input) == '\n')
		wp_input_get(csv->input);
}

static bool is_separator(const struct csv_rows *csv, int c)
{
	/* The first separator of the header is that of the file. */
	return csv->separator ? c == csv->separator : c == ',' || c == ';' || c == '\t';
}

static enum cell_end fail(struct csv_rows *csv, int c, const char *sentence)
{
	if (c == WP_INPUT_FAILED)
		wp_input_error(csv->input, csv->err);
	else
		wp_input_fail(csv->input, csv->err, "%s", sentence);
	return CELL_FAILED;
}

/* The rest of a cell whose quote was taken. */
static bool take_quoted(struct csv_rows *csv, size_t line, size_t column)
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
		wp_buf_putc(&csv->cell, (char)c);
	}
}

static enum cell_end take_cell(struct csv_rows *csv)
{
	size_t line = csv->input->line, column = csv->input->column;
	int c;

	csv->cell.length = 0;
	csv->quoted = wp_input_peek(csv->input) == '"';
	if (csv->quoted) {
		wp_input_get(csv->input);
		if (!take_quoted(csv, line, column))
			return CELL_FAILED;
	}
	for (;;) {
		c = wp_input_peek(csv->input);
		if (c == WP_INPUT_FAILED)
			return fail(csv, c, "");
		if (c == WP_INPUT_END || c == '\n' || c == '\r') {
			take_line_end(csv);
			return CELL_LAST;
		}
		if (is_separator(csv, c)) {
			csv->separator = (char)c;
			wp_input_get(csv->input);
			return CELL_MORE;
		}
		if (csv->quoted)
			return fail(csv, c, "there is text behind the closing quote; export again");
		c = wp_input_get(csv->input);
		if (c < 0)
			return fail(csv, c, "");
		wp_buf_putc(&csv->cell, (char)c);
	}
}

/* "#TYPE Microsoft.Management.Infrastructure.CimInstance#root/sms/site_P01/SMS_ImagePackage" */
static bool read_type_line(struct csv_rows *csv)
{
	struct wp_buf line __attribute__((cleanup(wp_buf_free))) = { 0 };

	if (wp_input_peek(csv->input) != '#')
		return true;
	for (;;) {
		int c = wp_input_peek(csv->input);

		if (c == WP_INPUT_FAILED)
			return fail(csv, c, "") != CELL_FAILED;
		if (c == WP_INPUT_END || c == '\n' || c == '\r')
			break;
		c = wp_input_get(csv->input);
		if (c < 0)
			return fail(csv, c, "") != CELL_FAILED;
		wp_buf_putc(&line, (char)c);
	}
	take_line_end(csv);
	csv->type = wp_arena_strdup(csv->arena, wp_buf_text(&line));
	return true;
}

static bool read_header(struct csv_rows *csv)
{
	enum cell_end end;
	bool key = false;

	do {
		const char **name;

		end = take_cell(csv);
		if (end == CELL_FAILED)
			return false;
		if (csv->name_count == MAX_COLUMNS)
			return fail(csv, 0, "the header has too many columns; is it an export of packages?") !=
			       CELL_FAILED;
		for (size_t i = 0; i < csv->name_count; i++)
			if (wp_ascii_same(csv->names[i], wp_buf_text(&csv->cell)))
				return fail(csv, 0, "the header names a column twice; export again") != CELL_FAILED;
		name = WP_PUSH(csv->arena, csv->names, csv->name_count);
		*name = wp_arena_strndup(csv->arena, csv->cell.length ? csv->cell.data : "", csv->cell.length);
		key = key || wp_ascii_same(*name, "PackageID") || wp_ascii_same(*name, "ObjectID");
	} while (end == CELL_MORE);
	if (key)
		return true;
	wp_fail(csv->err, WP_E_FAILED, "export-unknown-shape", csv->input->name,
		"%s: neither JSON nor XML nor a zip archive, and no CSV with a column PackageID; is it an export of "
		"packages?",
		csv->input->name);
	return false;
}

static json_t *cell_value(const struct csv_rows *csv)
{
	/* Export-Csv leaves null without quotes and writes "" for an empty text. */
	json_t *value = csv->cell.length || csv->quoted ? json_stringn(csv->cell.length ? csv->cell.data : "",
								       csv->cell.length) : json_null();

	if (!value)
		wp_out_of_memory();
	return value;
}

/* One line's cells into @row. *@ret_blank: the line was empty. */
static bool read_row(struct csv_rows *csv, const struct wp_row *row, bool *ret_blank)
{
	enum cell_end end;
	size_t count = 0;

	do {
		end = take_cell(csv);
		if (end == CELL_FAILED)
			return false;
		if (count < csv->name_count && csv->names[count][0] &&
		    json_object_set_new(row->properties, csv->names[count], cell_value(csv)) != 0)
			wp_out_of_memory();
		count++;
	} while (end == CELL_MORE);
	*ret_blank = count == 1 && !csv->cell.length && !csv->quoted;
	if (*ret_blank || count == csv->name_count)
		return true;
	wp_fail(csv->err, WP_E_FAILED, "export-invalid", csv->input->name,
		"%s: line %zu, column 1: this record has %zu cells under a header of %zu; export again",
		csv->input->name, row->where.line, count, csv->name_count);
	return false;
}

static int read_rows(struct csv_rows *csv, struct wp_assembler *assembler)
{
	struct wp_row row = { .where = { .file = csv->input->name }, .class_text = csv->type, .empty_is_none = true };
	int status = WP_OK;
	int c;

	while (!status && (c = wp_input_peek(csv->input)) != WP_INPUT_END) {
		bool blank;

		if (c == WP_INPUT_FAILED)
			return wp_input_error(csv->input, csv->err);
		wp_input_mark(csv->input);
		row.where.line = csv->input->line;
		row.properties = json_object();
		if (!row.properties)
			wp_out_of_memory();
		if (!read_row(csv, &row, &blank)) {
			status = csv->err->status;
		} else if (!blank) {
			row.where.number++;
			status = wp_assembler_add(assembler, &row, csv->err);
		}
		json_decref(row.properties);
	}
	return status;
}

int wp_csv_rows(struct wp_input *input, struct wp_assembler *assembler, struct wp_error *err)
{
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct wp_error local;
	struct csv_rows csv = { .input = input, .arena = arena, .err = err ? err : &local };
	int status = WP_OK;

	while (wp_input_peek(input) == '\r' || wp_input_peek(input) == '\n')
		wp_input_get(input);
	if (!read_type_line(&csv) || !read_header(&csv))
		status = csv.err->status;
	else
		status = read_rows(&csv, assembler);
	wp_buf_free(&csv.cell);
	return status;
}
