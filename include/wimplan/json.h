/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is asked of JSON beyond jansson: documents read strictly, written in one way, and their canonical form. */
#ifndef WIMPLAN_JSON_H
#define WIMPLAN_JSON_H

#include "wimplan/buf.h"
#include "wimplan/diag.h"
#include "wimplan/error.h"
#include "wimplan/json_out.h"
#include "wimplan/number.h"
#include "wimplan/time.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * What jansson made; NULL, which it gives for want of memory where everything else that could be wrong was ruled out
 * before, ends the process as it does in an arena.
 */
json_t *wp_json_must(json_t *value);
/* A string, or null for NULL and for text that is not UTF-8. New reference. */
json_t *wp_json_text(const char *text);
/* An array of such. New reference. */
json_t *wp_json_texts(const char *const *items, size_t count);
/* As above, with null for "" too: for hashes and other values of which "" means that they are not known. */
json_t *wp_json_hash(const char *text);
/* The largest integer up to which a double holds every integer. */
#define WP_JSON_EXACT_INTEGERS (UINT64_C(1) << 53)
/* An integer; a decimal string above that, because JavaScript and jq read doubles. New reference. */
json_t *wp_json_u64(uint64_t value);
/* The same, with null for what is not known; a time as ISO 8601 in UTC. New references. */
json_t *wp_json_number(struct wp_number number);
json_t *wp_json_time(struct wp_time time);
json_t *wp_json_diags(const struct wp_diags *diags);

/* Sets a member whose key is UTF-8, and adds an item; both take over the reference and do not fail. */
void wp_json_set(json_t *object, const char *key, json_t *value);
void wp_json_push(json_t *array, json_t *value);
/* Sets members by wp_json_set(): names and values in turn, NULL behind the last. Returns @object; a new one. */
json_t *wp_json_put(json_t *object, ...) __attribute__((sentinel));
#define wp_json_object(...) wp_json_put(json_object(), __VA_ARGS__)
/* An object that begins with "format" and "format_version". New reference. */
json_t *wp_json_document(const char *format, const char *version);

/* Borrowed text of object[key]; NULL when it is absent, null or no string. */
const char *wp_json_get_text(const json_t *object, const char *key);
/* An integer in either of the two spellings that wp_json_u64() writes; false when it is absent or anything else. */
bool wp_json_get_u64(const json_t *object, const char *key, uint64_t *ret_value);

/* What a document says that it is. */
enum wp_format {
	WP_FORMAT_KNOWN,
	WP_FORMAT_OTHER,         /* its "format" is another one, or missing */
	WP_FORMAT_NO_VERSION,    /* its "format_version" is not of the form "major.minor" */
	WP_FORMAT_OTHER_VERSION, /* of another major version, which has no meaning for this program */
};
/*
 * Holds "format" and "format_version" of a document against what a reader knows; @format NULL: any. *@ret_minor, when
 * not NULL, gets the minor version of one that is known: keys of later ones are passed over.
 */
enum wp_format wp_json_format(const json_t *document, const char *format, uint64_t major, uint64_t *ret_minor);

/* RFC 8785: UTF-8, keys sorted by UTF-16 code units, no white space, shortest escapes. Only integers as numbers. */
void wp_json_canonical(struct wp_buf *buf, const json_t *value);
/* For qsort(): the order that RFC 8785 puts keys in, by their UTF-16 code units. @a and @b point to texts. */
int wp_json_compare_keys(const void *a, const void *b);
/*
 * For files and stdout: indented by 2, keys in the order in which they were set, a new line at the end. What a terminal
 * would not show of a text (wp_text_is_hidden()) is written as \uNNNN.
 */
void wp_json_pretty(struct wp_buf *buf, const json_t *value);
/* Spaces of each level. */
#define WP_JSON_INDENT 2u
/* The same for a value inside of a document, @depth levels deep: without a line feed behind it. */
void wp_json_pretty_at(struct wp_buf *buf, const json_t *value, unsigned int depth);
/* On one line, with spaces between what stands there; without a line feed behind it. */
void wp_json_spaced(struct wp_buf *buf, const json_t *value);

/*
 * A document that is written as wp_json_pretty() has it while it is made, so that a long list in it is in memory one item at
 * a time. From zeros but for its sink.
 */
struct wp_json_stream {
	const struct wp_sink *sink;
	struct wp_buf text; /* that has not gone out yet */
	size_t sent;        /* bytes that have */
	struct wp_json_out out; /* into it */
};
/* Opens an object ('{') or an array ('['), and closes the last one that is open. */
void wp_json_stream_open(struct wp_json_stream *stream, char bracket);
void wp_json_stream_close(struct wp_json_stream *stream);
/*
 * The name of the next value, plain ASCII without quotes; a value, or its text: as wp_json_pretty_at() has it in this depth or, as
 * items of long lists are, which then are a third shorter and can be told apart line by line, on one line.
 */
void wp_json_stream_key(struct wp_json_stream *stream, const char *key);
void wp_json_stream_value(struct wp_json_stream *stream, const json_t *value);
void wp_json_stream_text(struct wp_json_stream *stream, const struct wp_buf *text);
/* Hands out what is left, with a line feed, and frees it. */
void wp_json_stream_end(struct wp_json_stream *stream);
/* The same on one line. */
void wp_json_line(struct wp_buf *buf, const json_t *value);

/* Text of a value that was parsed from it. */
struct wp_json_excerpt {
	const char *text; /* borrowed, not terminated */
	size_t length;
};
/* Adds it as it stands, but on one line and with hidden characters as \uNNNN: the same value, and cheaper than from that. */
void wp_json_excerpt(struct wp_buf *buf, struct wp_json_excerpt excerpt);

/*
 * Parses one document. Duplicate keys, a depth beyond WP_LIMIT_NESTING and text behind the end are errors that name
 * line and column. @subject is the path for the message. New reference in *@ret_value.
 */
int wp_json_parse(const char *text, size_t length, const char *subject, json_t **ret_value, struct wp_error *err);

static inline void wp_json_freep(json_t **value)
{
	json_decref(*value);
}

/* A document that is walked from value to value: only the value that is asked for is parsed. All borrowed. */
struct wp_json_doc {
	const char *text;
	size_t length;
	const char *subject; /* its name in messages */
};

/* Where a value stands in its document, in bytes. */
struct wp_json_span {
	size_t offset, length;
};

/* The members of an object or the items of an array, one after the other. */
struct wp_json_walk {
	const struct wp_json_doc *doc;
	size_t at;
	json_t *seen; /* the keys so far; NULL in an array */
	bool begun, outermost;
	struct wp_buf key; /* of the member that wp_json_walk_next() gave; UTF-8, "" in an array */
	struct wp_json_span value; /* its value, or the item */
};

/*
 * Begins a walk through the object or array at @span, or through the whole document where it is NULL. End each walk
 * with wp_json_walk_end().
 */
void wp_json_walk_begin(const struct wp_json_doc *doc, const struct wp_json_span *span, struct wp_json_walk *ret);
/*
 * Goes on to the next member or item: 1, or 0 behind the last. Below 0: the text is not JSON, as a whole document is
 * held to it (wp_json_parse()). What stands inside of a value is only looked at by wp_json_doc_parse().
 */
int wp_json_walk_next(struct wp_json_walk *walk, struct wp_error *err);
void wp_json_walk_end(struct wp_json_walk *walk);

/* Parses the value at @span, which may have WP_LIMIT_RECORD_BYTES. New reference in *@ret_value. */
int wp_json_doc_parse(const struct wp_json_doc *doc, struct wp_json_span span, json_t **ret_value,
		      struct wp_error *err);

/* The first byte of the value at @span, which tells its kind; below 0 when there is none. */
int wp_json_doc_first(const struct wp_json_doc *doc, struct wp_json_span span);

#endif
