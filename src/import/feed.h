/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The way of rows from a reader into the assembler. A reader cuts its file into rows; what can be told of a row by itself is
 * found out by other threads; and the assembler takes the rows in the order in which they were read. So the outcome does not
 * depend on how many threads there are.
 */
#ifndef WIMPLAN_IMPORT_FEED_H
#define WIMPLAN_IMPORT_FEED_H

#include "json_scan.h"
#include "prepare.h"

struct wp_assembler;
struct wp_feed;

/* A row on its way. */
struct wp_fed_row {
	struct wp_row row;          /* its texts and properties are owned; properties NULL until @piece was parsed */
	struct wp_json_piece piece; /* the JSON that it is; empty where it came as properties; owned */
	bool outermost;             /* the JSON stands in no other */
	const char *page_class;     /* of wp_page_class() */
	bool is_prepared;
	struct wp_prepared prepared;
};

/* @threads: with the calling one, 1 or more. */
struct wp_feed *wp_feed_new(struct wp_assembler *assembler, unsigned int threads);
void wp_feed_free(struct wp_feed *feed);

/* Sends a row that is read; its properties are taken over, the other texts copied. Fails as an earlier row may. */
int wp_feed_row(struct wp_feed *feed, const struct wp_row *row, struct wp_error *err);

/*
 * Sends an object of JSON in @file that is not parsed yet, of page @page; the piece is taken over. wp_feed_take_json() says what
 * is done with them, in their order: by then the JSON is parsed unless it is not valid, and prepared where it is a record.
 */
int wp_feed_piece(struct wp_feed *feed, const char *file, struct wp_json_piece *piece, size_t page, bool outermost,
		  struct wp_error *err);
void wp_feed_take_json(struct wp_feed *feed, int (*take)(void *context, struct wp_fed_row *fed), void *context);

/*
 * Waits until everything that was sent is taken in. @status is the reader's own: what an earlier row has failed with comes
 * first, in @err, too.
 */
int wp_feed_settle(struct wp_feed *feed, int status, struct wp_error *err);

#endif
