/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * CSV exports, as Export-Csv, sqlcmd and Management Studio write them: comma, semicolon or tab, with or without a #TYPE
 * line, with what such tools put around the rows, and several of them one behind the other.
 */
#include "assemble.h"
#include "csv_header.h"
#include "row.h"

#include "wimplan/arena.h"
#include "wimplan/ascii.h"
#include "wimplan/json.h"

#include <stdlib.h>
#include <string.h>

/* Bytes of a #TYPE line that are looked at: each row is asked for its class. */
#define LONGEST_TYPE 1024

struct csv_rows {
	struct wp_csv_line line;
	struct wp_csv_header header;
	struct wp_assembler *assembler;
	const char *type; /* what #TYPE says; "" */
	size_t number;    /* records so far */
	bool expects_header;
	bool behind_header; /* the line before this one was it */
};

static json_t *cell_value(const struct csv_rows *csv, size_t cell)
{
	const struct wp_csv_cell *at = &csv->line.cells[cell];
	const char *text = wp_csv_text(&csv->line, cell);
	/* Export-Csv leaves null without quotes and writes "" for an empty text; SQL's tools write NULL. */
	bool none = !at->quoted && (!at->length || strcmp(text, "NULL") == 0);

	return none ? json_null() : wp_json_must(json_stringn(text, at->length));
}

/* "#TYPE Microsoft.Management.Infrastructure.CimInstance#root/sms/site_P01/SMS_ImagePackage" */
static bool take_type(struct csv_rows *csv)
{
	const char *text = wp_csv_text(&csv->line, 0);

	if (!wp_ascii_begins(text, "#TYPE"))
		return false;
	csv->type = wp_arena_strndup(csv->header.arena, text, strnlen(text, LONGEST_TYPE));
	csv->expects_header = true;
	/* A comma in the name of a type separates nothing. */
	csv->line.separator = '\0';
	return true;
}

/* "sep=;", with which Excel is told the separator. */
static bool take_separator(struct csv_rows *csv)
{
	struct wp_csv_line *line = &csv->line;
	const char *text = wp_csv_text(line, 0);

	if (csv->number || !wp_ascii_begins(text, "sep="))
		return false;
	/* The separator itself has ended the cell, unless it is none that was expected. */
	if (line->count == 2 && line->cells[0].length == 4 && !line->cells[1].length)
		return true;
	if (line->count != 1 || line->cells[0].length != 5)
		return false;
	line->separator = text[4];
	return true;
}

/* The line of dashes that sqlcmd puts below the header. */
static bool is_ruler(const struct csv_rows *csv)
{
	for (size_t i = 0; i < csv->line.count; i++) {
		const char *text = wp_csv_text(&csv->line, i);

		if (!*text || text[strspn(text, "-")])
			return false;
	}
	return csv->behind_header;
}

/* "(2 rows affected)", in the language of the server. */
static bool is_row_count(const struct wp_csv_line *line)
{
	const char *text = wp_csv_text(line, 0);
	size_t digits = *text == '(' ? strspn(text + 1, "0123456789") : 0;

	return line->count == 1 && digits && text[digits + 1] == ' ' && text[line->cells[0].length - 1] == ')';
}

static int fail_count(const struct csv_rows *csv)
{
	const struct wp_csv_line *line = &csv->line;
	bool apart = line->count > csv->header.count && !line->quotes;

	return wp_fail(line->err, WP_E_FAILED, "export-invalid", line->input->name,
		       "%s: line %zu, column 1: this record has %zu cells under a header of %zu%s", line->input->name,
		       line->line, line->count, csv->header.count,
		       apart ? ", and nothing in the file is in quotes: a text with a separator in it came apart; have "
			       "Management Studio quote them (Options, Query Results, Results to Grid), or save as tab "
			       "delimited text"
			     : "; export again");
}

static int emit(struct csv_rows *csv)
{
	struct wp_row row = {
		.where = { csv->line.input->name, ++csv->number, csv->line.line },
		.class_text = *csv->header.class ? csv->header.class : csv->type,
		.properties = wp_json_must(json_object()),
		.empty_is_none = true,
	};
	int status;

	for (size_t i = 0; i < csv->line.count; i++)
		if (csv->header.names[i][0])
			wp_json_set(row.properties, csv->header.names[i], cell_value(csv, i));
	status = wp_assembler_add(csv->assembler, &row, csv->line.err);
	json_decref(row.properties);
	return status;
}

static int take_line(struct csv_rows *csv)
{
	struct wp_csv_line *line = &csv->line;
	int status;

	if (wp_csv_is_blank(line) || take_type(csv))
		return WP_OK;
	if (csv->expects_header && take_separator(csv))
		return WP_OK;
	if (csv->expects_header || wp_csv_is_header(line)) {
		status = wp_csv_read_header(&csv->header, line, csv->type);
		csv->expects_header = false;
		csv->behind_header = true;
		return status;
	}
	if (is_row_count(line) || is_ruler(csv))
		return WP_OK;
	csv->behind_header = false;
	return line->count == csv->header.count ? emit(csv) : fail_count(csv);
}

int wp_csv_rows(struct wp_input *input, struct wp_assembler *assembler, struct wp_error *err)
{
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct csv_rows *csv = wp_must(calloc(1, sizeof *csv));
	struct wp_error local;
	int status;

	csv->line.input = input;
	csv->line.err = err ? err : &local;
	csv->header.arena = arena;
	csv->assembler = assembler;
	csv->type = "";
	csv->expects_header = true;
	while ((status = wp_csv_read_line(&csv->line)) > 0) {
		status = take_line(csv);
		if (status)
			break;
	}
	wp_buf_free(&csv->line.text);
	free(csv);
	return status;
}
