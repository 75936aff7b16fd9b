/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Walks through a JSON document (RFC 8259) without holding it. Here only the structure is read: brackets, strings as
 * far as their end, commas. Each value is given to jansson by itself, which judges all the rest.
 */
#include "wimplan/json_doc.h"
#include "wimplan/json.h"
#include "wimplan/limits.h"
#include "wimplan/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WINDOW_BYTES ((size_t)64 * 1024)
/* What byte_at() gives where there is no byte. */
#define AT_END (-1)
#define UNREADABLE (-2)

struct wp_json_doc {
	const char *subject;
	uint64_t size;
	/* The part that is in memory: of a document in memory all of it, for good. */
	const char *window;
	uint64_t start; /* of the window, in bytes from the document's beginning */
	size_t held;    /* bytes in it */
	char *room;     /* for the window of a file; NULL for a document in memory */
	struct wp_arena *decoded; /* the whole of a file that PowerShell wrote; NULL for others */
	int fd;
	int reason; /* the errno of a read that failed */
};

static struct wp_json_doc *new_doc(const char *subject, uint64_t size)
{
	struct wp_json_doc *doc = calloc(1, sizeof *doc);

	if (!doc)
		wp_out_of_memory();
	doc->subject = subject;
	doc->size = size;
	doc->fd = -1;
	return doc;
}

struct wp_json_doc *wp_json_doc_memory(const char *text, size_t length, const char *subject)
{
	struct wp_json_doc *doc = new_doc(subject, length);

	doc->window = text;
	doc->held = length;
	return doc;
}

void wp_json_doc_free(struct wp_json_doc *doc)
{
	if (!doc)
		return;
	if (doc->fd >= 0)
		close(doc->fd);
	free(doc->room);
	wp_arena_free(doc->decoded);
	free(doc);
}

/* Fills @room from @offset on. A file that became shorter meanwhile cannot be read. */
static bool read_file(struct wp_json_doc *doc, uint64_t offset, char *room, size_t length)
{
	while (length) {
		ssize_t got = pread(doc->fd, room, length, (off_t)offset);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0) {
			doc->reason = got < 0 ? errno : EIO;
			return false;
		}
		room += got;
		offset += (uint64_t)got;
		length -= (size_t)got;
	}
	return true;
}

/* Takes a file with a byte order mark into memory, as UTF-8. One that is none stays as it is, and is no JSON. */
static void decode_file(struct wp_json_doc *doc)
{
	unsigned char mark[3] = { 0 };
	struct wp_arena *arena;
	char *bytes, *text;
	size_t length, at;

	if (doc->size < 2 || !read_file(doc, 0, (char *)mark, doc->size < 3 ? 2 : 3) ||
	    (memcmp(mark, "\xff\xfe", 2) && memcmp(mark, "\xfe\xff", 2) && memcmp(mark, "\xef\xbb\xbf", 3)))
		return;
	arena = wp_arena_new();
	bytes = wp_arena_alloc(arena, (size_t)doc->size + 1);
	if (!read_file(doc, 0, bytes, (size_t)doc->size) ||
	    wp_text_decode(arena, bytes, (size_t)doc->size, &text, &length, &at)) {
		wp_arena_free(arena);
		return;
	}
	free(doc->room);
	doc->room = NULL;
	doc->decoded = arena;
	doc->window = text;
	doc->held = length;
	doc->size = length;
}

struct wp_json_doc *wp_json_doc_file(int fd, uint64_t length, const char *subject)
{
	struct wp_json_doc *doc = new_doc(subject, length);

	doc->fd = fd;
	doc->room = malloc(WINDOW_BYTES);
	if (!doc->room)
		wp_out_of_memory();
	doc->window = doc->room;
	decode_file(doc);
	return doc;
}

static bool move_window(struct wp_json_doc *doc, uint64_t at)
{
	uint64_t left = doc->size - at;

	doc->start = at;
	doc->held = left < WINDOW_BYTES ? (size_t)left : WINDOW_BYTES;
	if (read_file(doc, at, doc->room, doc->held))
		return true;
	doc->held = 0;
	return false;
}

static inline int byte_at(struct wp_json_doc *doc, uint64_t at)
{
	/* Below the window the difference wraps round and is large as well. */
	if (at - doc->start >= doc->held) {
		if (at >= doc->size)
			return AT_END;
		if (!move_window(doc, at))
			return UNREADABLE;
	}
	return (unsigned char)doc->window[at - doc->start];
}

static int fail_unreadable(const struct wp_json_doc *doc, struct wp_error *err)
{
	return wp_fail(err, WP_E_FAILED, "unreadable", doc->subject, "%s cannot be read: %s", doc->subject,
		       strerror(doc->reason));
}

/* Says what is wrong at this byte, with its line and column (in characters) as people count them, from 1. */
static int fail_at(struct wp_json_doc *doc, uint64_t at, const char *what, struct wp_error *err)
{
	uint64_t line = 1, column = 1;

	for (uint64_t i = 0; i < at; i++) {
		int c = byte_at(doc, i);

		if (c == UNREADABLE)
			return fail_unreadable(doc, err);
		if (c == AT_END)
			break;
		if (c == '\n') {
			line++;
			column = 1;
		} else if ((c & 0xc0) != 0x80) {
			column++;
		}
	}
	return wp_fail(err, WP_E_FAILED, "json-syntax", doc->subject,
		       "%s: line %llu, column %llu: not valid JSON: %s; correct the file or make it again",
		       doc->subject, (unsigned long long)line, (unsigned long long)column, what);
}

/* The byte at @at is not what has to stand there. */
static int fail_unexpected(struct wp_json_doc *doc, uint64_t at, const char *what, struct wp_error *err)
{
	int c = byte_at(doc, at);

	if (c == UNREADABLE)
		return fail_unreadable(doc, err);
	return fail_at(doc, at, c == AT_END ? "it ends in the middle" : what, err);
}

static uint64_t skip_space(struct wp_json_doc *doc, uint64_t at)
{
	for (;; at++) {
		int c = byte_at(doc, at);

		if (c != ' ' && c != '\t' && c != '\n' && c != '\r')
			return at;
	}
}

/* From the quote of a string to behind its end. */
static int skip_string(struct wp_json_doc *doc, uint64_t *at, struct wp_error *err)
{
	for (uint64_t i = *at + 1;; i++) {
		int c = byte_at(doc, i);

		if (c < 0)
			return fail_unexpected(doc, i, "", err);
		if (c == '\\')
			i++;
		if (c == '"') {
			*at = i + 1;
			return WP_OK;
		}
	}
}

/*
 * From the beginning of a value to behind its end, whatever stands inside of its brackets; @outside: those around it.
 */
static int skip_value(struct wp_json_doc *doc, uint64_t *at, unsigned int outside, struct wp_error *err)
{
	uint64_t begin = *at;
	unsigned int depth = 0;

	for (;;) {
		int c = byte_at(doc, *at);

		if (c == UNREADABLE || (c == AT_END && depth))
			return fail_unexpected(doc, *at, "", err);
		if (c == '"') {
			if (skip_string(doc, at, err))
				return WP_E_FAILED;
			if (!depth)
				return WP_OK;
			continue;
		}
		if (!depth && (c == AT_END || strchr(",:]} \t\r\n", c)))
			return *at > begin ? WP_OK : fail_unexpected(doc, *at, "a value is missing", err);
		++*at;
		if ((c == '{' || c == '[') && ++depth + outside > WP_LIMIT_NESTING)
			return fail_at(doc, *at - 1, "it is nested too deep", err);
		if ((c == '}' || c == ']') && !--depth)
			return WP_OK;
	}
}

void wp_json_walk_begin(struct wp_json_doc *doc, const struct wp_json_span *span, struct wp_json_walk *ret)
{
	*ret = (struct wp_json_walk){ .doc = doc, .outermost = !span };
	ret->at = skip_space(doc, span ? span->offset : 0);
	if (byte_at(doc, ret->at) != '{')
		return;
	ret->seen = json_object();
	if (!ret->seen)
		wp_out_of_memory();
}

void wp_json_walk_end(struct wp_json_walk *walk)
{
	json_decref(walk->seen);
	wp_buf_free(&walk->key);
}

/* Takes the key and the colon behind it. */
static int take_key(struct wp_json_walk *walk, struct wp_error *err)
{
	struct wp_json_span span = { .offset = walk->at };
	json_t *key __attribute__((cleanup(wp_json_freep))) = NULL;

	if (byte_at(walk->doc, walk->at) != '"')
		return fail_unexpected(walk->doc, walk->at, "a key in quotes has to stand here", err);
	if (skip_string(walk->doc, &walk->at, err))
		return WP_E_FAILED;
	span.length = walk->at - span.offset;
	if (wp_json_doc_parse(walk->doc, span, NULL, &key, err))
		return WP_E_FAILED;
	if (json_object_get(walk->seen, json_string_value(key)))
		return fail_at(walk->doc, span.offset, "duplicate object key", err);
	if (json_object_set_new(walk->seen, json_string_value(key), json_null()))
		wp_out_of_memory();
	walk->key.length = 0;
	wp_buf_puts(&walk->key, json_string_value(key));
	walk->at = skip_space(walk->doc, walk->at);
	if (byte_at(walk->doc, walk->at) != ':')
		return fail_unexpected(walk->doc, walk->at, "a colon has to stand here", err);
	walk->at = skip_space(walk->doc, walk->at + 1);
	return WP_OK;
}

/* Behind the closing bracket of a document nothing may stand but white space. */
static int close_walk(struct wp_json_walk *walk, struct wp_error *err)
{
	uint64_t at = walk->at + 1;

	if (!walk->outermost)
		return 0;
	at = skip_space(walk->doc, at);
	return byte_at(walk->doc, at) == AT_END ? 0 : fail_unexpected(walk->doc, at, "end of file expected", err);
}

int wp_json_walk_next(struct wp_json_walk *walk, struct wp_error *err)
{
	struct wp_json_doc *doc = walk->doc;
	int closing = walk->seen ? '}' : ']', c;

	/* Over the opening bracket, or over the value that was given before. */
	walk->at = skip_space(doc, walk->begun ? walk->at : walk->at + 1);
	c = byte_at(doc, walk->at);
	if (c == closing)
		return close_walk(walk, err);
	if (walk->begun && c != ',')
		return fail_unexpected(doc, walk->at, "a comma or a closing bracket has to stand here", err);
	if (walk->begun)
		walk->at = skip_space(doc, walk->at + 1);
	walk->begun = true;
	if (walk->seen && take_key(walk, err))
		return WP_E_FAILED;
	walk->value.offset = walk->at;
	/* The outermost walk goes over everything once, so it alone has to count every bracket. */
	if (skip_value(doc, &walk->at, walk->outermost, err))
		return WP_E_FAILED;
	walk->value.length = walk->at - walk->value.offset;
	return 1;
}

/* The bytes of a value, read past the window: what the walk looks at stays there. */
static int read_span(struct wp_json_doc *doc, struct wp_json_span span, struct wp_buf *text, struct wp_error *err)
{
	char *room;

	if (span.length > WP_LIMIT_RECORD_BYTES)
		return wp_fail(err, WP_E_FAILED, "json-size", doc->subject,
			       "%s has a single value of %llu bytes, and no more than %u are read; is it the right file?",
			       doc->subject, (unsigned long long)span.length, WP_LIMIT_RECORD_BYTES);
	text->length = 0;
	if (!doc->room) {
		wp_buf_add(text, doc->window + span.offset, (size_t)span.length);
		return WP_OK;
	}
	wp_buf_pad(text, '\0', (size_t)span.length);
	room = text->data;
	return read_file(doc, span.offset, room, (size_t)span.length) ? WP_OK : fail_unreadable(doc, err);
}

int wp_json_doc_parse(struct wp_json_doc *doc, struct wp_json_span span, struct wp_buf *text, json_t **ret_value,
		      struct wp_error *err)
{
	struct wp_buf own __attribute__((cleanup(wp_buf_free))) = { 0 };
	json_error_t error;

	if (!text)
		text = &own;
	if (read_span(doc, span, text, err))
		return WP_E_FAILED;
	*ret_value = json_loadb(text->data, text->length, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
	if (*ret_value)
		return WP_OK;
	if (json_error_code(&error) == json_error_out_of_memory)
		wp_out_of_memory();
	return fail_at(doc, span.offset + (error.position > 0 ? (uint64_t)error.position : 0), error.text, err);
}

int wp_json_doc_first(struct wp_json_doc *doc, struct wp_json_span span)
{
	return byte_at(doc, skip_space(doc, span.offset));
}

const char *wp_json_doc_subject(const struct wp_json_doc *doc)
{
	return doc->subject;
}

uint64_t wp_json_doc_length(const struct wp_json_doc *doc)
{
	return doc->size;
}
