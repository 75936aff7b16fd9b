/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * JSON exports: cuts the text into records, wherever they stand (a list, "value" of a page, alone, pages one behind the
 * other), and has jansson parse one at a time.
 */
#include "assemble.h"
#include "row.h"

#include "wimplan/ascii.h"
#include "wimplan/buf.h"
#include "wimplan/limits.h"

#include <stdlib.h>
#include <string.h>

struct json_rows {
	struct wp_input *input;
	struct wp_assembler *assembler;
	struct wp_error *err;
	size_t page;            /* the page that is being read; 0 outside of one */
	size_t number;          /* records so far */
	unsigned int depth;
};

/* A piece of the document that is kept as it stands, to be parsed on its own. */
struct piece {
	struct wp_buf text;
	size_t line, column; /* of its first character */
};

static void piece_free(struct piece *piece)
{
	wp_buf_free(&piece->text);
}

static int fail_at_input(struct json_rows *rows, const char *sentence)
{
	return wp_input_fail(rows->input, rows->err, "%s", sentence);
}

/* Why the next byte is missing. */
static int fail_at_end(struct json_rows *rows, int c)
{
	if (c == WP_INPUT_FAILED)
		return wp_input_error(rows->input, rows->err);
	return fail_at_input(rows, "the file ends in the middle of the JSON; export again");
}

static int descend(struct json_rows *rows)
{
	if (rows->depth >= WP_LIMIT_NESTING)
		return wp_input_fail(rows->input, rows->err, "JSON is nested more than %u deep; is it the right file?",
				     WP_LIMIT_NESTING);
	rows->depth++;
	return WP_OK;
}

/* Moves on to the next byte that is no white space, into @piece where there is one. Gives it without taking it. */
static int skip_space(struct json_rows *rows, struct piece *piece)
{
	for (;;) {
		int c = wp_input_peek(rows->input);

		if (c != ' ' && c != '\t' && c != '\r' && c != '\n')
			return c;
		if (!piece)
			wp_input_mark(rows->input);
		c = wp_input_get(rows->input);
		if (c < 0)
			return c;
		if (piece)
			wp_buf_putc(&piece->text, (char)c);
	}
}

/* Takes a string whose quote is next. */
static int take_string(struct json_rows *rows, struct piece *piece)
{
	bool escaped = false;
	size_t count = 0;

	for (;;) {
		int c = wp_input_get(rows->input);

		if (c < 0)
			return fail_at_end(rows, c);
		wp_buf_putc(&piece->text, (char)c);
		if (count++ && !escaped && c == '"')
			return WP_OK;
		escaped = !escaped && c == '\\';
	}
}

/* Takes one value of any kind. What it holds between its brackets is for jansson to judge. */
static int take_value(struct json_rows *rows, struct piece *piece)
{
	unsigned int outside = rows->depth;

	for (;;) {
		int c = wp_input_peek(rows->input);

		if (c == WP_INPUT_FAILED || (c == WP_INPUT_END && rows->depth > outside))
			return fail_at_end(rows, c);
		if (c == '"') {
			if (take_string(rows, piece))
				return rows->err->status;
			continue;
		}
		if (rows->depth == outside && (c == WP_INPUT_END || c == ',' || c == '}' || c == ']'))
			return WP_OK;
		if ((c == '{' || c == '[') && descend(rows))
			return rows->err->status;
		if (c == '}' || c == ']')
			rows->depth--;
		c = wp_input_get(rows->input);
		if (c < 0)
			return fail_at_end(rows, c);
		wp_buf_putc(&piece->text, (char)c);
	}
}

static int parse_piece(struct json_rows *rows, const struct piece *piece, json_t **ret_value)
{
	size_t line = piece->line, column = piece->column;
	json_error_t error;
	size_t at, end;

	*ret_value = json_loadb(piece->text.data, piece->text.length, JSON_REJECT_DUPLICATES, &error);
	if (*ret_value)
		return WP_OK;
	if (json_error_code(&error) == json_error_out_of_memory)
		wp_out_of_memory();
	/* jansson's position is behind the last token; its line and column may be -1. */
	end = error.position > 0 ? (size_t)error.position - 1 : 0;
	for (at = 0; at < end && at < piece->text.length; at++) {
		if (piece->text.data[at] == '\n') {
			line++;
			column = 1;
		} else if (((unsigned char)piece->text.data[at] & 0xc0) != 0x80) {
			column++;
		}
	}
	return wp_fail(rows->err, WP_E_FAILED, "export-invalid", rows->input->name,
		       "%s: line %zu, column %zu: not valid JSON: %s; export again", rows->input->name, line, column,
		       error.text);
}

static int emit(struct json_rows *rows, const struct piece *piece)
{
	struct wp_row row = { .where = { rows->input->name, ++rows->number, piece->line },
			      .page = rows->page };
	const json_t *fault;
	int status;

	if (parse_piece(rows, piece, &row.properties))
		return rows->err->status;
	fault = json_object_get(row.properties, "error");
	if (json_is_object(fault) && json_object_size(row.properties) == 1) {
		const char *message = json_string_value(json_object_get(fault, "message"));

		status = wp_fail(rows->err, WP_E_FAILED, "export-is-error", rows->input->name,
				 "%s: line %zu, column %zu: this is the AdminService's answer to a request that failed "
				 "(%s), not an export; export again", rows->input->name, piece->line, piece->column,
				 message ? message : "without a message");
	} else {
		status = wp_assembler_add(rows->assembler, &row, rows->err);
	}
	json_decref(row.properties);
	return status;
}

static int read_object(struct json_rows *rows);

/* The elements of an array, whose bracket is next: records, or arrays of them. */
static int read_array(struct json_rows *rows)
{
	bool first = true;
	int c;

	if (descend(rows))
		return rows->err->status;
	wp_input_get(rows->input);
	for (;; first = false) {
		c = skip_space(rows, NULL);
		if (c == ']' && first)
			break;
		if (c == '{' || c == '[') {
			if (c == '{' ? read_object(rows) : read_array(rows))
				return rows->err->status;
		} else if (c == 'n') {
			struct piece piece __attribute__((cleanup(piece_free))) = { 0 };

			if (take_value(rows, &piece))
				return rows->err->status;
			while (piece.text.length && strchr(" \t\r\n", piece.text.data[piece.text.length - 1]))
				piece.text.length--;
			if (piece.text.length != 4 || memcmp(piece.text.data, "null", 4) != 0)
				return fail_at_input(rows, "there is no record in front of this; export again");
		} else if (c < 0) {
			return fail_at_end(rows, c);
		} else {
			return fail_at_input(rows, "a record (\"{\") should stand here; is it an export of packages?");
		}
		c = skip_space(rows, NULL);
		if (c < 0)
			return fail_at_end(rows, c);
		if (c == ']')
			break;
		if (c != ',')
			return fail_at_input(rows, "\",\" or \"]\" should stand here; export again");
		wp_input_mark(rows->input);
		wp_input_get(rows->input);
	}
	wp_input_mark(rows->input);
	wp_input_get(rows->input);
	rows->depth--;
	return WP_OK;
}

/* Is it a page: an object whose "value" holds the records? @key is the text of the key with its quotes. */
static bool is_page(const char *key, size_t length, int next)
{
	return length == 7 && memcmp(key, "\"value\"", 7) == 0 && (next == '[' || next == '{');
}

/* OData 4.0 has "@odata.nextLink", 3.0 "odata.nextLink". */
static void take_next_link(struct json_rows *rows, size_t page, const json_t *part)
{
	if (page && (json_object_get(part, "@odata.nextLink") || json_object_get(part, "odata.nextLink")))
		wp_page_goes_on(rows->assembler, page);
}

/* Ends @piece, the part of @page in front of "value" or behind it, and takes from it what it says of the records. */
static int read_page_part(struct json_rows *rows, struct piece *piece, size_t page, json_t **ret_part)
{
	while (piece->text.length && strchr(" \t\r\n,", piece->text.data[piece->text.length - 1]))
		piece->text.length--;
	wp_buf_putc(&piece->text, '}');
	if (parse_piece(rows, piece, ret_part))
		return rows->err->status;
	take_next_link(rows, page, *ret_part);
	if (json_object_get(*ret_part, "wimplan_export"))
		return wp_assembler_describe(rows->assembler, json_object_get(*ret_part, "wimplan_export"),
					     rows->input->name, rows->err);
	return WP_OK;
}

/* The records of @page. @piece, which holds what stands in front of them, is then used for what follows. */
static int read_page(struct json_rows *rows, struct piece *piece, size_t *ret_page, int next)
{
	size_t outer = rows->page;
	json_t *part = NULL;
	int status = read_page_part(rows, piece, 0, &part);

	if (!status) {
		*ret_page = rows->page =
			wp_page_begin(rows->assembler, json_string_value(json_object_get(part, "@odata.context")), outer,
				      rows->input->name);
		take_next_link(rows, rows->page, part);
		status = next == '[' ? read_array(rows) : read_object(rows);
	}
	rows->page = outer;
	json_decref(part);
	wp_buf_free(&piece->text);
	piece->line = rows->input->line;
	piece->column = rows->input->column;
	wp_buf_putc(&piece->text, '{');
	return status;
}

/* An object, whose brace is next: a record or a page of records. */
static int read_object(struct json_rows *rows)
{
	struct piece piece
		__attribute__((cleanup(piece_free))) = { .line = rows->input->line, .column = rows->input->column };
	size_t page = 0;    /* the last one in it; 0 while it may be a record */
	bool comma = false; /* one was just taken */
	bool first = true;
	json_t *part = NULL;
	int c, status;

	if (descend(rows))
		return rows->err->status;
	wp_input_mark(rows->input);
	wp_input_get(rows->input);
	wp_buf_putc(&piece.text, '{');
	for (;;) {
		size_t key, length;

		c = skip_space(rows, &piece);
		if (c == '}' && !comma)
			break;
		if (c == ',' && !first && !comma) {
			comma = true;
			wp_input_get(rows->input);
			/* In front of what follows the records of a page there is nothing to separate it from. */
			if (!page || strchr(piece.text.data, '"'))
				wp_buf_putc(&piece.text, ',');
			continue;
		}
		if (c < 0)
			return fail_at_end(rows, c);
		if (c != '"' || !(first || comma))
			return fail_at_input(rows, first || comma ? "a name in quotes should stand here; export again" :
								    "\",\" or \"}\" should stand here; export again");
		comma = first = false;
		key = piece.text.length;
		if (take_string(rows, &piece))
			return rows->err->status;
		length = piece.text.length - key;
		if (skip_space(rows, &piece) != ':')
			return fail_at_input(rows, "\":\" should stand here; export again");
		wp_buf_putc(&piece.text, (char)wp_input_get(rows->input));
		c = skip_space(rows, &piece);
		if (is_page(piece.text.data + key, length, c)) {
			piece.text.length = key;
			if (read_page(rows, &piece, &page, c))
				return rows->err->status;
		} else if (take_value(rows, &piece)) {
			return rows->err->status;
		}
	}
	wp_input_get(rows->input);
	rows->depth--;
	if (!page) {
		wp_buf_putc(&piece.text, '}');
		return emit(rows, &piece);
	}
	status = read_page_part(rows, &piece, page, &part);
	json_decref(part);
	return status;
}

int wp_json_rows(struct wp_input *input, struct wp_assembler *assembler, struct wp_error *err)
{
	struct wp_error local;
	struct json_rows rows = { .input = input, .assembler = assembler, .err = err ? err : &local };

	for (;;) {
		int c = skip_space(&rows, NULL);

		if (c == WP_INPUT_END)
			return WP_OK;
		if (c < 0)
			return wp_input_error(input, err);
		if (c == 0xef) {
			/* The byte order mark of a page that was put behind another one. */
			if (wp_input_get(input) != 0xef || wp_input_get(input) != 0xbb || wp_input_get(input) != 0xbf)
				return fail_at_input(&rows, "there is text behind the JSON; export again");
			continue;
		}
		if (c != '{' && c != '[')
			return fail_at_input(
				&rows, "a record (\"{\") or a list of them (\"[\") should stand here; export again");
		if (c == '{' ? read_object(&rows) : read_array(&rows))
			return rows.err->status;
	}
}
