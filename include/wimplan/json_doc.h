/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A JSON document that is walked from value to value: in memory is only the piece that is looked at. */
#ifndef WIMPLAN_JSON_DOC_H
#define WIMPLAN_JSON_DOC_H

#include "wimplan/buf.h"
#include "wimplan/error.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct wp_json_doc;

/* A document of @length bytes in memory, which stays the caller's. @subject is its name in messages, borrowed. */
struct wp_json_doc *wp_json_doc_memory(const char *text, size_t length, const char *subject)
	__attribute__((returns_nonnull));
/*
 * The @length bytes of the open file @fd, which the document closes in the end. One with a byte order mark
 * (wp_text_decode()) is in memory as a whole.
 */
struct wp_json_doc *wp_json_doc_file(int fd, uint64_t length, const char *subject) __attribute__((returns_nonnull));
/* NULL is allowed. */
void wp_json_doc_free(struct wp_json_doc *doc);
static inline void wp_json_doc_freep(struct wp_json_doc **doc)
{
	wp_json_doc_free(*doc);
}

/* Where a value stands in its document, in bytes. */
struct wp_json_span {
	uint64_t offset, length;
};

/* The members of an object or the items of an array, one after the other. Fields are those of json_doc.c. */
struct wp_json_walk {
	struct wp_json_doc *doc;
	uint64_t at;
	json_t *seen; /* the keys so far; NULL in an array */
	bool begun, outermost;
	struct wp_buf key; /* of the member that wp_json_walk_next() gave; UTF-8, "" in an array */
	struct wp_json_span value; /* its value, or the item */
};

/*
 * Begins a walk through the object or array at @span, or through the whole document where it is NULL. End each walk
 * with wp_json_walk_end().
 */
void wp_json_walk_begin(struct wp_json_doc *doc, const struct wp_json_span *span, struct wp_json_walk *ret);
/*
 * Goes on to the next member or item: 1, or 0 behind the last. Below 0: the text is not JSON, as a whole document is
 * held to it (wp_json_parse()), or cannot be read. What stands inside of a value is only looked at by
 * wp_json_doc_parse().
 */
int wp_json_walk_next(struct wp_json_walk *walk, struct wp_error *err);
void wp_json_walk_end(struct wp_json_walk *walk);

/*
 * Parses the value at @span, which may have WP_LIMIT_RECORD_BYTES. @text, when not NULL, gets its bytes as they stand
 * there. New reference in *@ret_value.
 */
int wp_json_doc_parse(struct wp_json_doc *doc, struct wp_json_span span, struct wp_buf *text, json_t **ret_value,
		      struct wp_error *err);

/* The first byte of the value at @span, which tells its kind; below 0 when there is none. */
int wp_json_doc_first(struct wp_json_doc *doc, struct wp_json_span span);

const char *wp_json_doc_subject(const struct wp_json_doc *doc);
uint64_t wp_json_doc_length(const struct wp_json_doc *doc);

#endif
