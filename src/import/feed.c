/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows go over a belt in batches: one by one they would cost more than what is done with them. */
#include "feed.h"
#include "assembler.h"

#include "wimplan/thread.h"

#include <stdlib.h>
#include <string.h>

/* A batch is sent when it has so many rows, or so many bytes of JSON: much of it is in memory several times at once. */
#define BATCH_ROWS 64
#define BATCH_BYTES ((size_t)256 << 10)
/* Of each thread on the belt: as many as keep it busy while others take longer. */
#define BATCHES_OF_A_THREAD 4

struct batch {
	const struct wp_import_options *options; /* of wp_row_prepare() */
	size_t count, bytes;
	struct wp_fed_row rows[BATCH_ROWS];
};

struct wp_feed {
	struct wp_assembler *assembler;
	unsigned int threads;
	struct wp_belt *belt; /* NULL until there is more than one batch: most imports are small */
	struct batch *batch;  /* that is being filled */
	int (*take_json)(void *context, struct wp_fed_row *fed);
	void *context;
	int status; /* of the first row that could not be taken in: the rest is dropped */
};

static void free_row(struct wp_fed_row *fed)
{
	wp_prepared_free(&fed->prepared);
	wp_json_piece_free(&fed->piece);
	json_decref(fed->row.properties);
	free((char *)fed->row.class_text);
}

static void prepare_row(struct wp_fed_row *fed, const struct wp_import_options *options)
{
	if (!fed->row.properties) {
		fed->row.properties = wp_json_piece_value(&fed->piece);
		fed->is_prepared = fed->row.properties && wp_row_is_record(fed->row.properties);
	} else {
		fed->is_prepared = true;
	}
	if (fed->is_prepared)
		wp_row_prepare(&fed->row, fed->page_class, options, &fed->prepared);
}

static void prepare_batch(void *job)
{
	struct batch *batch = job;

	for (size_t i = 0; i < batch->count; i++)
		prepare_row(&batch->rows[i], batch->options);
}

static struct batch *new_batch(const struct wp_feed *feed)
{
	struct batch *batch = wp_must(calloc(1, sizeof *batch));

	batch->options = feed->assembler->options;
	return batch;
}

struct wp_feed *wp_feed_new(struct wp_assembler *assembler, unsigned int threads)
{
	struct wp_feed *feed = wp_must(calloc(1, sizeof *feed));

	feed->assembler = assembler;
	feed->threads = threads ? threads : 1;
	feed->batch = new_batch(feed);
	return feed;
}

void wp_feed_take_json(struct wp_feed *feed, int (*take)(void *context, struct wp_fed_row *fed), void *context)
{
	feed->take_json = take;
	feed->context = context;
}

/* Takes the rows of a batch in, and frees what is in it. */
static int take_batch(struct wp_feed *feed, struct batch *batch, struct wp_error *err)
{
	for (size_t i = 0; i < batch->count; i++) {
		struct wp_fed_row *fed = &batch->rows[i];

		if (!feed->status && fed->piece.text.length)
			feed->status = feed->take_json(feed->context, fed);
		else if (!feed->status)
			feed->status = wp_assembler_take(feed->assembler, &fed->row, &fed->prepared, err);
		free_row(fed);
	}
	batch->count = batch->bytes = 0;
	return feed->status;
}

static int take_oldest(struct wp_feed *feed, struct wp_error *err)
{
	struct batch *batch = wp_belt_take(feed->belt);
	int status = take_batch(feed, batch, err);

	free(batch);
	return status;
}

/* Sends the batch, and begins another one. */
static int send(struct wp_feed *feed, struct wp_error *err)
{
	int status = feed->status;

	if (!feed->belt)
		feed->belt = wp_belt_new(feed->threads, (size_t)feed->threads * BATCHES_OF_A_THREAD, prepare_batch);
	if (wp_belt_is_full(feed->belt))
		status = take_oldest(feed, err);
	wp_belt_put(feed->belt, feed->batch);
	feed->batch = new_batch(feed);
	return status;
}

static struct wp_fed_row *add(struct wp_feed *feed, const struct wp_row *row)
{
	struct wp_fed_row *fed = &feed->batch->rows[feed->batch->count++];

	*fed = (struct wp_fed_row){ .row = *row, .page_class = wp_page_class(feed->assembler, row->page) };
	fed->row.where = wp_assembler_where(feed->assembler, &row->where);
	return fed;
}

static bool is_whole(const struct batch *batch)
{
	return batch->count == BATCH_ROWS || batch->bytes >= BATCH_BYTES;
}

int wp_feed_row(struct wp_feed *feed, const struct wp_row *row, struct wp_error *err)
{
	struct wp_fed_row *fed = add(feed, row);

	if (row->class_text)
		fed->row.class_text = wp_must(strdup(row->class_text));
	return is_whole(feed->batch) ? send(feed, err) : feed->status;
}

int wp_feed_piece(struct wp_feed *feed, const char *file, struct wp_json_piece *piece, size_t page, bool outermost,
		  struct wp_error *err)
{
	struct wp_fed_row *fed = add(feed, &(struct wp_row){ .where = { file, 0, piece->line }, .page = page });

	fed->outermost = outermost;
	fed->piece = *piece;
	*piece = (struct wp_json_piece){ 0 };
	feed->batch->bytes += fed->piece.text.length;
	return is_whole(feed->batch) ? send(feed, err) : feed->status;
}

int wp_feed_settle(struct wp_feed *feed, int status, struct wp_error *err)
{
	struct batch *batch;

	while (feed->belt && (batch = wp_belt_take(feed->belt))) {
		take_batch(feed, batch, err);
		free(batch);
	}
	if (!feed->status)
		prepare_batch(feed->batch);
	take_batch(feed, feed->batch, err);
	return feed->status ? feed->status : status;
}

void wp_feed_free(struct wp_feed *feed)
{
	if (!feed)
		return;
	feed->status = WP_E_FAILED;
	wp_feed_settle(feed, WP_OK, NULL);
	wp_belt_free(feed->belt);
	free(feed->batch);
	free(feed);
}
