/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Decodes an export: BOM, UTF-16 and UTF-8, in pieces, and counts lines, columns and the bytes of a record. */
#include "input.h"

#include "wimplan/arena.h"
#include "wimplan/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PIECE 65536u
/* Bytes that the first piece has at least, unless the file is shorter: enough for a shape to be recognised by. */
#define FIRST_PIECE 512u

void wp_input_init(struct wp_input *input, const char *name, struct wp_bytes bytes, size_t record_limit)
{
	memset(input, 0, sizeof *input);
	input->name = name;
	input->line = 1;
	input->column = 1;
	input->bytes = bytes;
	input->record_limit = record_limit;
	input->raw = wp_must(malloc(PIECE));
}

void wp_input_free(struct wp_input *input)
{
	free(input->raw);
	free(input->text);
	input->raw = NULL;
	input->text = NULL;
}

int wp_input_error(const struct wp_input *input, struct wp_error *err)
{
	if (err)
		*err = input->error;
	return input->error.status;
}

int wp_input_fail(const struct wp_input *input, struct wp_error *err, const char *format, ...)
{
	char sentence[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(sentence, sizeof sentence, format, args);
	va_end(args);
	return wp_fail(err, WP_E_FAILED, "export-invalid", input->name, "%s: line %zu, column %zu: %s", input->name,
		       input->line, input->column, sentence);
}

int wp_input_too_large(struct wp_input *input)
{
	wp_fail(&input->error, WP_E_FAILED, "record-too-large", input->name,
		"%s: line %zu, column %zu: this record is larger than %zu bytes; is it an export of packages?",
		input->name, input->line, input->column, input->record_limit);
	input->failed = true;
	/* Nothing more is handed out. */
	input->at = input->length = 0;
	return WP_INPUT_FAILED;
}

/* The decoded text ends before bytes that are none: kept back until everything before them was read. */
static void fail_later(struct wp_input *input, const char *what)
{
	wp_fail(&input->error, WP_E_FAILED, "export-invalid", input->name, "%s", what);
	input->failed = true;
	input->misplaced = true;
}

/* Fills @raw behind what is left in it. */
static void read_raw(struct wp_input *input)
{
	while (!input->ended && input->raw_length < FIRST_PIECE) {
		ptrdiff_t got = input->bytes.read(input->bytes.context, input->raw + input->raw_length,
						PIECE - input->raw_length, &input->error);

		if (got < 0) {
			input->failed = true;
			return;
		}
		if (got == 0)
			input->ended = true;
		input->raw_length += (size_t)got;
	}
}

static void drop_raw(struct wp_input *input, size_t count)
{
	memmove(input->raw, input->raw + count, input->raw_length - count);
	input->raw_length -= count;
}

static void find_encoding(struct wp_input *input)
{
	const unsigned char *raw = input->raw;

	input->encoding = WP_ENCODING_UTF8;
	if (input->raw_length >= 3 && memcmp(raw, "\xef\xbb\xbf", 3) == 0) {
		drop_raw(input, 3);
	} else if (input->raw_length >= 2 && raw[0] == 0xff && raw[1] == 0xfe) {
		input->encoding = WP_ENCODING_UTF16LE;
		drop_raw(input, 2);
	} else if (input->raw_length >= 2 && raw[0] == 0xfe && raw[1] == 0xff) {
		input->encoding = WP_ENCODING_UTF16BE;
		drop_raw(input, 2);
	}
}

static void take_text(struct wp_input *input, const void *text, size_t length)
{
	if (input->text_room < length) {
		free(input->text);
		input->text = wp_must(malloc(length));
		input->text_room = length;
	}
	if (length)
		memcpy(input->text, text, length);
	input->at = 0;
	input->length = length;
}

/* How many bytes a character that begins with @first takes; 1 when none does. */
static size_t utf8_length(unsigned char first)
{
	return first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 1;
}

static void decode_utf8(struct wp_input *input)
{
	const char *raw = (const char *)input->raw;
	size_t valid = wp_utf8_valid(raw, input->raw_length);
	const char *nul = memchr(raw, '\0', valid);
	size_t left = input->raw_length - valid;

	if (nul) {
		valid = (size_t)(nul - raw);
		/* bcp's documentation of -c: an empty text is exported as NUL, NULL as nothing. */
		if ((!valid || strchr(",;\t\r\n", nul[-1])) &&
		    (valid + 1 == input->raw_length || (nul[1] && strchr(",;\t\r\n", nul[1]))))
			fail_later(input, "there is a NUL byte for an empty text, as bcp writes it; write "
					  "NULLIF(COLUMN, '') in its query");
		else
			fail_later(input, "there is a NUL byte; save the export as UTF-8, or as UTF-16 with a byte "
					  "order mark");
	} else if (left && (input->ended || left >= utf8_length(input->raw[valid]))) {
		fail_later(input,
			   "these bytes are not UTF-8; save the export as UTF-8, or as UTF-16 with a byte order mark");
	}
	take_text(input, raw, valid);
	drop_raw(input, valid);
}

static void decode_utf16(struct wp_input *input)
{
	bool little = input->encoding == WP_ENCODING_UTF16LE;
	size_t length = input->raw_length & ~(size_t)1;
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	size_t text_length, at;
	char *text;

	/* The first half of a pair waits for the second one. */
	if (!input->ended && length >= 2) {
		unsigned char high = input->raw[length - (little ? 1 : 2)];

		if (high >= 0xd8 && high <= 0xdb)
			length -= 2;
	}
	if (wp_utf16_to_utf8(arena, input->raw, length, little ? WP_BYTE_ORDER_LITTLE : WP_BYTE_ORDER_BIG, &text, &text_length,
			     &at) != 0) {
		fail_later(input, "these bytes are not UTF-16; save the export as UTF-8");
		length = at;
		if (wp_utf16_to_utf8(arena, input->raw, length, little ? WP_BYTE_ORDER_LITTLE : WP_BYTE_ORDER_BIG, &text,
				     &text_length, &at) != 0)
			text_length = 0;
	} else if (input->ended && input->raw_length > length) {
		fail_later(input, "the last character is cut in half; save the export again");
	}
	take_text(input, text, text_length);
	drop_raw(input, length);
}

int wp_input_fill(struct wp_input *input)
{
	input->at = input->length = 0;
	while (!input->failed && input->length == 0) {
		/* What is left over is an incomplete character: more is needed. */
		if (input->encoding != WP_ENCODING_OPEN && !input->ended) {
			ptrdiff_t got = input->bytes.read(input->bytes.context, input->raw + input->raw_length,
							PIECE - input->raw_length, &input->error);

			if (got < 0) {
				input->failed = true;
				return WP_INPUT_FAILED;
			}
			input->ended = got == 0;
			input->raw_length += (size_t)got;
		} else if (input->encoding == WP_ENCODING_OPEN) {
			read_raw(input);
			if (input->failed)
				return WP_INPUT_FAILED;
			find_encoding(input);
		}
		if (input->encoding == WP_ENCODING_UTF8)
			decode_utf8(input);
		else
			decode_utf16(input);
		if (input->ended && input->length == 0 && !input->failed)
			return 0;
	}
	if (input->length)
		return 1;
	/* Only now is the position that of the offence. A failure to read has its own sentence. */
	if (input->misplaced) {
		input->misplaced = false;
		wp_fail_prefix(&input->error, WP_E_FAILED, "%s: line %zu, column %zu", input->name, input->line,
			       input->column);
	}
	return WP_INPUT_FAILED;
}

size_t wp_input_take_until(struct wp_input *input, char first_stop, char second_stop, const char **ret_bytes)
{
	const char *text = input->text + input->at;
	size_t room = input->length - input->at, length, columns = 0;

	if (room > input->record_limit - input->taken)
		room = input->record_limit - input->taken;
	for (length = 0; length < room; length++) {
		char c = text[length];

		if (c == first_stop || c == second_stop || c == '\n' || c == '\r')
			break;
		columns += ((unsigned char)c & 0xc0) != 0x80;
	}
	*ret_bytes = text;
	input->at += length;
	input->taken += length;
	input->column += columns;
	return length;
}

ptrdiff_t wp_input_read(struct wp_input *input, char *bytes, size_t size)
{
	size_t count = 0;

	while (count < size) {
		int c = wp_input_get(input);

		if (c == WP_INPUT_FAILED && count == 0)
			return WP_INPUT_FAILED;
		if (c < 0)
			break;
		bytes[count++] = (char)c;
	}
	return (ptrdiff_t)count;
}
