/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cuts JSON out of an export piece by piece, without knowing what it means. */
#ifndef WIMPLAN_IMPORT_JSON_SCAN_H
#define WIMPLAN_IMPORT_JSON_SCAN_H

#include "input.h"

#include "wimplan/buf.h"

#include <jansson.h>

struct wp_json_scan {
	struct wp_input *input;
	struct wp_error *err;
	unsigned int depth; /* brackets that are open */
};

/* A piece of the document that is kept as it stands, to be parsed on its own. */
struct wp_json_piece {
	struct wp_buf text;
	size_t line, column; /* of its first character */
};

static inline void wp_json_piece_free(struct wp_json_piece *piece)
{
	wp_buf_free(&piece->text);
}

/* The next byte, or what wp_input_peek() gives besides; and the same with the byte taken. */
int wp_json_peek(struct wp_json_scan *scan);
int wp_json_get(struct wp_json_scan *scan);

/* Fails for the place at which the input is; for the byte @c that is missing there. */
int wp_json_fail(struct wp_json_scan *scan, const char *sentence);
int wp_json_fail_at_end(struct wp_json_scan *scan, int c);

/* One more bracket is open. */
int wp_json_descend(struct wp_json_scan *scan);

/* Moves on to the next byte that is no white space, into @piece where there is one. Gives it without taking it. */
int wp_json_skip_space(struct wp_json_scan *scan, struct wp_json_piece *piece);
/*
 * Takes a string whose quote is next. An escaped NUL and half of a surrogate pair become U+FFFD: jansson refuses them,
 * and a record is not lost for a text that is not needed.
 */
int wp_json_take_string(struct wp_json_scan *scan, struct wp_json_piece *piece);
/* Takes one value of any kind. What it holds between its brackets is for jansson to judge. */
int wp_json_take_value(struct wp_json_scan *scan, struct wp_json_piece *piece);

/* The value of a piece that is valid JSON, else NULL. New reference. */
json_t *wp_json_piece_value(const struct wp_json_piece *piece);
/* The same, and says what is wrong with it. New reference in *@ret_value. */
int wp_json_parse_piece(struct wp_json_scan *scan, const struct wp_json_piece *piece, json_t **ret_value);

#endif
