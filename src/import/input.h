/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An export as a stream of valid UTF-8, whatever its encoding is, that knows where it is. */
#ifndef WIMPLAN_IMPORT_INPUT_H
#define WIMPLAN_IMPORT_INPUT_H

#include "wimplan/error.h"

#include <stdbool.h>
#include <stddef.h>

/* Where bytes come from. read() gives how many it filled, 0 at the end, a negative code with @err. */
struct wp_bytes {
	ptrdiff_t (*read)(void *context, void *bytes, size_t size, struct wp_error *err);
	void *context; /* borrowed */
};

/* What wp_input_peek() and wp_input_get() give besides a byte. */
#define WP_INPUT_END (-1)
#define WP_INPUT_FAILED (-2)

struct wp_input {
	const char *name; /* for messages; borrowed */
	size_t line;      /* of the next byte, from 1 */
	size_t column;    /* in characters, from 1 */
	/* The rest is the stream's own. */
	struct wp_bytes bytes;
	size_t record_limit;
	size_t taken; /* bytes since the last mark */
	enum { WP_ENCODING_OPEN, WP_ENCODING_UTF8, WP_ENCODING_UTF16LE, WP_ENCODING_UTF16BE } encoding;
	bool ended;
	bool failed;
	bool misplaced; /* its position is still to be put in front of the error */
	struct wp_error error; /* why, when it failed */
	unsigned char *raw;
	size_t raw_length;
	char *text; /* decoded: what stands between @at and @length is next */
	size_t text_room, at, length;
};

/* @record_limit bounds the bytes between two marks (WP_LIMIT_RECORD_BYTES; less in tests). */
void wp_input_init(struct wp_input *input, const char *name, struct wp_bytes bytes, size_t record_limit);
void wp_input_free(struct wp_input *input);

/* A new record begins here. */
static inline void wp_input_mark(struct wp_input *input)
{
	input->taken = 0;
}

/* Makes the next bytes available: 1, or 0 at the end, or WP_INPUT_FAILED. */
int wp_input_fill(struct wp_input *input);

/* Remembers that the record is too large; gives WP_INPUT_FAILED. */
int wp_input_too_large(struct wp_input *input);

static inline int wp_input_peek(struct wp_input *input)
{
	if (input->at == input->length) {
		int filled = wp_input_fill(input);

		if (filled <= 0)
			return filled == 0 ? WP_INPUT_END : WP_INPUT_FAILED;
	}
	return (unsigned char)input->text[input->at];
}

static inline int wp_input_get(struct wp_input *input)
{
	int c = wp_input_peek(input);

	if (c < 0)
		return c;
	if (++input->taken > input->record_limit)
		return wp_input_too_large(input);
	input->at++;
	if (c == '\n') {
		input->line++;
		input->column = 1;
	} else if ((c & 0xc0) != 0x80) {
		input->column++;
	}
	return c;
}

/*
 * What is next, up to the first of @stops, a line's end, or what is there by now; it is of one line, may be nothing, and is to be
 * copied before the stream goes on. Counted as taken, and never more than a record may have.
 */
size_t wp_input_take_until(struct wp_input *input, char first_stop, char second_stop, const char **ret_bytes);

/* Up to @size bytes; 0 at the end, WP_INPUT_FAILED. */
ptrdiff_t wp_input_read(struct wp_input *input, char *bytes, size_t size);

/* Hands the stream's own error on. Returns its status. */
int wp_input_error(const struct wp_input *input, struct wp_error *err);

/* Fails with code "export-invalid" and "NAME: line L, column C: " in front of the sentence, for where the stream is. */
int wp_input_fail(const struct wp_input *input, struct wp_error *err, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
