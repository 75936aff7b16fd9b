/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * JSON exports: the records in them, wherever they stand: in a list, in the "value" of a page or under another name,
 * alone, pages one behind the other. A page is read record by record. Objects are sent as they stand, and what they mean is found
 * out when they come back (json_records.c): what a page says in front of its records and behind them is looked at when everything
 * before it has.
 */
#include "assembler.h"
#include "feed.h"
#include "json_records.h"
#include "json_scan.h"
#include "shape.h"

#include "wimplan/ascii.h"

#include <string.h>

struct json_rows {
	struct wp_json_scan scan;
	struct wp_json_records records;
};

static int take_object(void *context, struct wp_fed_row *fed)
{
	struct json_rows *rows = context;
	size_t page = rows->records.page;
	int status;

	if (!fed->row.properties && wp_json_parse_piece(&rows->scan, &fed->piece, &fed->row.properties))
		return rows->scan.err->status;
	if (fed->outermost)
		rows->records.described = false;
	rows->records.page = fed->row.page;
	status = wp_json_records_take(&rows->records, fed);
	rows->records.page = page;
	return status;
}

static int read_object(struct json_rows *rows);

/* An element of an array that is no record: null is passed over. */
static int read_other(struct json_rows *rows, int c)
{
	struct wp_json_piece piece __attribute__((cleanup(wp_json_piece_free))) = { .line = rows->scan.input->line };

	if (c < 0)
		return wp_json_fail_at_end(&rows->scan, c);
	if (c != 'n' && c != '"')
		return wp_json_fail(&rows->scan, "a record (\"{\") should stand here; is it an export of packages?");
	if (wp_json_take_value(&rows->scan, &piece))
		return rows->scan.err->status;
	if (strncmp(wp_buf_text(&piece.text), "\"@{", 3) == 0)
		return wp_json_records_fail_cut_off(&rows->records, piece.line);
	while (piece.text.length && strchr(" \t\r\n", piece.text.data[piece.text.length - 1]))
		wp_buf_cut(&piece.text, piece.text.length - 1);
	if (piece.text.length == 4 && memcmp(piece.text.data, "null", 4) == 0)
		return WP_OK;
	return wp_json_fail(&rows->scan, "there is no record in front of this; export again");
}

/* The elements of an array, whose bracket is next: records, or arrays of them. */
static int read_array(struct json_rows *rows)
{
	struct wp_json_scan *scan = &rows->scan;
	bool first = true;
	int c, status;

	if (wp_json_descend(scan))
		return scan->err->status;
	wp_json_get(scan);
	for (;; first = false) {
		c = wp_json_skip_space(scan, NULL);
		if (c == ']' && first)
			break;
		status = c == '{' ? read_object(rows) : c == '[' ? read_array(rows) : read_other(rows, c);
		if (status)
			return status;
		c = wp_json_skip_space(scan, NULL);
		if (c < 0)
			return wp_json_fail_at_end(scan, c);
		if (c == ']')
			break;
		if (c != ',')
			return wp_json_fail(scan, "\",\" or \"]\" should stand here; export again");
		wp_input_mark(scan->input);
		wp_json_get(scan);
	}
	wp_input_mark(scan->input);
	wp_json_get(scan);
	scan->depth--;
	return WP_OK;
}

/*
 * Does an object's member hold the records of a page? "value" does, and so does one with the name of a class. @key is
 * the text of the key with its quotes; *@ret_class gets the class, "" when it is none.
 */
static bool is_page(const char *key, size_t length, int next, char ret_class[64])
{
	ret_class[0] = '\0';
	if (next != '[' && next != '{')
		return false;
	if (length == 7 && memcmp(key, "\"value\"", 7) == 0)
		return true;
	if (length < 6 || length > 64 || !wp_ascii_begins(key, "\"SMS_"))
		return false;
	memcpy(ret_class, key + 1, length - 2);
	ret_class[length - 2] = '\0';
	return true;
}

/* OData 4.0 has "@odata.nextLink", 3.0 "odata.nextLink". */
static void take_next_link(struct json_rows *rows, size_t page, const json_t *part)
{
	if (page && (json_object_get(part, "@odata.nextLink") || json_object_get(part, "odata.nextLink")))
		wp_page_goes_on(rows->records.assembler, page);
}

/* Ends @piece, the part of @page in front of the records or behind them, and takes from it what it says of them. */
static int read_page_part(struct json_rows *rows, struct wp_json_piece *piece, size_t page, json_t **ret_part)
{
	int status = wp_feed_settle(rows->records.assembler->feed, WP_OK, rows->scan.err);

	if (status)
		return status;
	if (!page && rows->scan.depth == 1)
		rows->records.described = false;
	while (piece->text.length && strchr(" \t\r\n,", piece->text.data[piece->text.length - 1]))
		wp_buf_cut(&piece->text, piece->text.length - 1);
	wp_buf_putc(&piece->text, '}');
	if (wp_json_parse_piece(&rows->scan, piece, ret_part))
		return rows->scan.err->status;
	take_next_link(rows, page, *ret_part);
	return wp_json_records_in_part(&rows->records, *ret_part, piece->line);
}

/* The records of a page. @piece, which holds what stands in front of them, is then used for what follows. */
static int read_page(struct json_rows *rows, struct wp_json_piece *piece, const char *class, size_t *page)
{
	size_t outer = rows->records.page;
	json_t *part = NULL;
	int status = read_page_part(rows, piece, *page, &part);

	if (!status) {
		const char *context = json_string_value(json_object_get(part, "@odata.context"));

		*page = rows->records.page =
			wp_page_begin(rows->records.assembler, *class ? class : context, outer, rows->records.name);
		take_next_link(rows, rows->records.page, part);
		status = wp_json_peek(&rows->scan) == '[' ? read_array(rows) : read_object(rows);
	}
	rows->records.page = outer;
	json_decref(part);
	wp_buf_free(&piece->text);
	piece->line = rows->scan.input->line;
	piece->column = rows->scan.input->column;
	wp_buf_putc(&piece->text, '{');
	return status;
}

/* A member of an object, whose key's quote is next: a page, or it goes to the end of @piece. */
static int read_member(struct json_rows *rows, struct wp_json_piece *piece, size_t *page)
{
	struct wp_json_scan *scan = &rows->scan;
	size_t key = piece->text.length, length;
	char class[64];
	int c;

	if (wp_json_take_string(scan, piece))
		return scan->err->status;
	length = piece->text.length - key;
	c = wp_json_skip_space(scan, piece);
	if (c < 0)
		return wp_json_fail_at_end(scan, c);
	if (c != ':')
		return wp_json_fail(scan, "\":\" should stand here; export again");
	wp_buf_putc(&piece->text, (char)wp_json_get(scan));
	c = wp_json_skip_space(scan, piece);
	if (!is_page(piece->text.data + key, length, c, class))
		return wp_json_take_value(scan, piece);
	wp_buf_cut(&piece->text, key);
	return read_page(rows, piece, class, page);
}

/* An object, whose brace is next: a record or a page of records. */
static int read_object(struct json_rows *rows)
{
	struct wp_json_scan *scan = &rows->scan;
	struct wp_json_piece piece __attribute__((cleanup(wp_json_piece_free))) = { .line = scan->input->line,
										     .column = scan->input->column };
	size_t page = 0;    /* the last one in it; 0 while it may be a record */
	bool comma = false; /* one was just taken */
	bool first = true;
	json_t *part = NULL;
	int c, status;

	if (wp_json_descend(scan))
		return scan->err->status;
	wp_input_mark(scan->input);
	wp_json_get(scan);
	wp_buf_putc(&piece.text, '{');
	for (;;) {
		c = wp_json_skip_space(scan, &piece);
		if (c == '}' && !comma)
			break;
		if (c == ',' && !first && !comma) {
			comma = true;
			wp_json_get(scan);
			/* In front of what follows the records of a page there is nothing to separate it from. */
			if (!page || strchr(piece.text.data, '"'))
				wp_buf_putc(&piece.text, ',');
			continue;
		}
		if (c < 0)
			return wp_json_fail_at_end(scan, c);
		if (c != '"' || !(first || comma))
			return wp_json_fail(scan, first || comma ? "a name in quotes should stand here; export again" :
								   "\",\" or \"}\" should stand here; export again");
		comma = first = false;
		status = read_member(rows, &piece, &page);
		if (status)
			return status;
	}
	wp_json_get(scan);
	scan->depth--;
	if (!page) {
		wp_buf_putc(&piece.text, '}');
		return wp_feed_piece(rows->records.assembler->feed, rows->records.name, &piece, rows->records.page, !scan->depth, scan->err);
	}
	status = read_page_part(rows, &piece, page, &part);
	json_decref(part);
	return status;
}

static int read_all(struct json_rows *rows)
{
	struct wp_input *input = rows->scan.input;

	for (;;) {
		int c = wp_json_skip_space(&rows->scan, NULL), status;

		if (c == WP_INPUT_END)
			return WP_OK;
		if (c < 0)
			return wp_input_error(input, rows->scan.err);
		if (wp_shape_skip(input, rows->records.assembler))
			continue;
		if (c != '{' && c != '[')
			return wp_json_fail(&rows->scan, "a record (\"{\") or a list of them (\"[\") should stand here; "
							 "export again");
		status = c == '{' ? read_object(rows) : read_array(rows);
		if (status)
			return status;
	}
}

int wp_json_rows(struct wp_input *input, struct wp_assembler *assembler, struct wp_error *err)
{
	struct wp_error local = { 0 };
	struct json_rows rows = {
		.scan = { .input = input, .err = err ? err : &local },
		.records = { .assembler = assembler, .name = input->name, .err = err ? err : &local },
	};

	wp_feed_take_json(assembler->feed, take_object, &rows);
	return wp_feed_settle(assembler->feed, read_all(&rows), rows.scan.err);
}

struct text {
	const char *at;
	size_t left;
};

static ptrdiff_t read_text(void *context, void *bytes, size_t size, struct wp_error *err)
{
	struct text *text = context;

	(void)err;
	size = size < text->left ? size : text->left;
	memcpy(bytes, text->at, size);
	text->at += size;
	text->left -= size;
	return (ptrdiff_t)size;
}

int wp_json_text_rows(struct wp_input *input, struct wp_assembler *assembler, struct wp_error *err)
{
	struct wp_error local = { 0 };
	struct wp_json_scan scan = { .input = input, .err = err ? err : &local };
	struct wp_json_piece piece __attribute__((cleanup(wp_json_piece_free))) = { .line = input->line,
										     .column = input->column };
	struct wp_input inner;
	struct text text;
	json_t *value;
	int status = wp_json_take_string(&scan, &piece);

	if (!status)
		status = wp_json_parse_piece(&scan, &piece, &value);
	if (status)
		return status;
	text = (struct text){ json_string_value(value), json_string_length(value) };
	wp_input_init(&inner, input->name, (struct wp_bytes){ read_text, &text }, input->record_limit);
	status = wp_json_rows(&inner, assembler, err);
	wp_input_free(&inner);
	json_decref(value);
	return status;
}
