/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cuts JSON into pieces, and has jansson parse one at a time. */
#include "json_scan.h"

#include "wimplan/arena.h"
#include "wimplan/ascii.h"
#include "wimplan/limits.h"

#include <stdbool.h>
#include <string.h>

/*
 * SQL Server gives the text of FOR JSON in rows of so many characters, and Management Studio and sqlcmd end a line
 * after each, in the middle of a name or a number ("Format query results as JSON", Microsoft Learn).
 */
#define FOR_JSON_LINE 2033

int wp_json_peek(struct wp_json_scan *scan)
{
	struct wp_input *input = scan->input;

	for (;;) {
		int c = wp_input_peek(input);

		if ((c != '\r' && c != '\n') || input->column != FOR_JSON_LINE + 1)
			return c;
		c = wp_input_get(input);
		if (c == '\r' && wp_input_peek(input) == '\n')
			c = wp_input_get(input);
		if (c < 0)
			return c;
	}
}

int wp_json_get(struct wp_json_scan *scan)
{
	int c = wp_json_peek(scan);

	return c < 0 ? c : wp_input_get(scan->input);
}

int wp_json_fail(struct wp_json_scan *scan, const char *sentence)
{
	return wp_input_fail(scan->input, scan->err, "%s", sentence);
}

int wp_json_fail_at_end(struct wp_json_scan *scan, int c)
{
	if (c == WP_INPUT_FAILED)
		return wp_input_error(scan->input, scan->err);
	return wp_json_fail(scan, "the file ends in the middle of the JSON; export again");
}

int wp_json_descend(struct wp_json_scan *scan)
{
	if (scan->depth >= WP_LIMIT_EXPORT_NESTING)
		return wp_input_fail(scan->input, scan->err, "JSON is nested more than %u deep; is it the right file?",
				     WP_LIMIT_EXPORT_NESTING);
	scan->depth++;
	return WP_OK;
}

int wp_json_skip_space(struct wp_json_scan *scan, struct wp_json_piece *piece)
{
	for (;;) {
		int c = wp_json_peek(scan);

		if (c != ' ' && c != '\t' && c != '\r' && c != '\n')
			return c;
		if (!piece)
			wp_input_mark(scan->input);
		c = wp_input_get(scan->input);
		if (c < 0)
			return c;
		if (piece)
			wp_buf_putc(&piece->text, (char)c);
	}
}

/* The code unit of the escape "\uHHHH" at @at; -1 when there is none before @end. */
static long escaped_unit(const char *at, const char *end)
{
	return end - at >= 6 && at[0] == '\\' && at[1] == 'u' ? wp_ascii_hex4(at + 2) : -1;
}

static void mend_escapes(char *at, const char *end)
{
	while ((at = memchr(at, '\\', (size_t)(end - at)))) {
		long unit = escaped_unit(at, end), low;

		if (unit < 0) {
			at += end - at > 1 ? 2 : 1;
			continue;
		}
		if (unit >= 0xd800 && unit <= 0xdbff) {
			low = escaped_unit(at + 6, end);
			if (low >= 0xdc00 && low <= 0xdfff) {
				at += 12;
				continue;
			}
		}
		if (unit == 0 || (unit >= 0xd800 && unit <= 0xdfff))
			memcpy(at + 2, "fffd", 4);
		at += 6;
	}
}

int wp_json_take_string(struct wp_json_scan *scan, struct wp_json_piece *piece)
{
	size_t start = piece->text.length;
	bool escaped = false, escapes = false;

	for (;;) {
		const char *bytes;
		size_t length;
		int c = wp_json_peek(scan);

		/* Nearly all of a text has no end and no escape in it. */
		if (c >= 0 && piece->text.length > start && !escaped) {
			length = wp_input_take_until(scan->input, '"', '\\', &bytes);
			wp_buf_add(&piece->text, bytes, length);
			c = wp_json_peek(scan);
		}
		if (c == '\n' || c == '\r')
			return wp_json_fail(scan, "a line ends in the middle of a text, which JSON does not have; if a "
						  "tool has cut long lines, join them, or export to a file without it");
		c = wp_json_get(scan);
		if (c < 0)
			return wp_json_fail_at_end(scan, c);
		wp_buf_putc(&piece->text, (char)c);
		if (piece->text.length > start + 1 && !escaped && c == '"')
			break;
		escaped = !escaped && c == '\\';
		escapes = escapes || escaped;
	}
	if (escapes)
		mend_escapes(piece->text.data + start, piece->text.data + piece->text.length);
	return WP_OK;
}

int wp_json_take_value(struct wp_json_scan *scan, struct wp_json_piece *piece)
{
	unsigned int outside = scan->depth;

	for (;;) {
		int c = wp_json_peek(scan);

		if (c == WP_INPUT_FAILED || (c == WP_INPUT_END && scan->depth > outside))
			return wp_json_fail_at_end(scan, c);
		if (c == '"') {
			if (wp_json_take_string(scan, piece))
				return scan->err->status;
			continue;
		}
		if (scan->depth == outside && (c == WP_INPUT_END || c == ',' || c == '}' || c == ']'))
			return WP_OK;
		if ((c == '{' || c == '[') && wp_json_descend(scan))
			return scan->err->status;
		if (c == '}' || c == ']')
			scan->depth--;
		c = wp_json_get(scan);
		if (c < 0)
			return wp_json_fail_at_end(scan, c);
		wp_buf_putc(&piece->text, (char)c);
	}
}

static json_t *load(const struct wp_json_piece *piece, json_error_t *error)
{
	json_t *value = json_loadb(piece->text.data, piece->text.length, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, error);

	if (!value && json_error_code(error) == json_error_out_of_memory)
		wp_out_of_memory();
	return value;
}

json_t *wp_json_piece_value(const struct wp_json_piece *piece)
{
	json_error_t error;

	return load(piece, &error);
}

int wp_json_parse_piece(struct wp_json_scan *scan, const struct wp_json_piece *piece, json_t **ret_value)
{
	size_t line = piece->line, column = piece->column;
	json_error_t error;
	size_t at, end;

	*ret_value = load(piece, &error);
	if (*ret_value)
		return WP_OK;
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
	return wp_fail(scan->err, WP_E_FAILED, "export-invalid", scan->input->name,
		       "%s: line %zu, column %zu: not valid JSON: %s; export again", scan->input->name, line, column,
		       error.text);
}
