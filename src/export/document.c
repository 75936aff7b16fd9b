/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Head, rows and tail of the format wimplan-records. What is known only at the end stands behind the rows, so that these need
 * not be kept: a file that was cut is no JSON any more, and one that is whole says whether the export is.
 */
#include "document.h"

#include "wimplan/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Adds the text of an object without the brace at its one end (0: the last, 1: the first), and without the line's end. */
static void add_open(struct wp_buf *buf, const json_t *object, bool tail)
{
	struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };

	wp_json_line(&text, object);
	wp_buf_add(buf, text.data + tail, text.length - 2);
}

static json_t *asked(const struct wp_export *export)
{
	json_t *only = wp_json_must(json_array());

	for (size_t i = 0; i < export->cli->only.count; i++)
		wp_json_push(only, wp_json_text(export->cli->only.items[i]));
	return wp_json_object("only", only, "probe", json_boolean(export->probe), "distribution_state",
			      json_boolean(!export->no_distribution), "task_sequences", json_boolean(!export->no_sequences), NULL);
}

static void begin(struct wp_export *export)
{
	json_t *head __attribute__((cleanup(wp_json_freep))) = wp_json_document("wimplan-records", "1.0");
	struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };
	struct wp_error err;

	if (wp_file_begin(export->cli->output, WP_FILE_TARGET_NAMED, &export->writer, &err)) {
		export->first = err;
		snprintf(export->stopped, sizeof export->stopped, "%.600s", err.message);
		return;
	}
	wp_json_put(head, "provider", wp_json_text(export->connection.url), "taken_at", wp_json_time(export->cli->env->now), "asked",
		    asked(export), NULL);
	add_open(&text, head, false);
	wp_buf_puts(&text, ",\n\"value\":[\n");
	wp_file_add(export->writer, text.data, text.length);
}

void wp_document_add(struct wp_export *export, const struct wp_site_read *read, const struct wp_buf *rows)
{
	struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };

	if (!rows->length)
		return;
	if (!export->writer && read->part == WP_SITE_PART_PACKAGES && !export->stopped[0])
		begin(export);
	if (!export->writer)
		return;
	if (read->part == WP_SITE_PART_PACKAGES)
		export->package_count++;
	for (size_t at = 0; at < rows->length;) {
		const char *end = memchr(rows->data + at, '\n', rows->length - at);
		size_t length = (size_t)(end - rows->data) - at;

		if (export->written)
			wp_buf_puts(&text, ",\n");
		export->written = true;
		wp_buf_add(&text, rows->data + at, length);
		at += length + 1;
	}
	wp_file_add(export->writer, text.data, text.length);
	if (wp_file_has_failed(export->writer) && !export->stopped[0])
		snprintf(export->stopped, sizeof export->stopped, "the export cannot be written");
}

static size_t place_of(const json_t *class)
{
	const char *name = json_string_value(class);
	size_t i = 0;

	while (i < wp_site_read_count && (!name || strcmp(wp_site_reads[i].class, name) != 0))
		i++;
	return i;
}

static int compare_keys(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "");
}

/* By class, in the order of the export; objects by key, a list before them. An item of @absent is the class itself. */
static int compare_items(const void *a, const void *b)
{
	const json_t *x = *(json_t *const *)a, *y = *(json_t *const *)b;
	size_t at = place_of(json_is_object(x) ? json_object_get(x, "class") : x);
	size_t other = place_of(json_is_object(y) ? json_object_get(y, "class") : y);

	return at != other ? (at > other) - (at < other) : compare_keys(wp_json_get_text(x, "key"), wp_json_get_text(y, "key"));
}

/* Several threads have added to it. New reference. */
static json_t *sorted(const json_t *list)
{
	size_t count = json_array_size(list);
	json_t **items = wp_must(calloc(count + 1, sizeof *items)), *copy = wp_json_must(json_array());

	for (size_t i = 0; i < count; i++)
		items[i] = json_array_get(list, i);
	qsort(items, count, sizeof *items, compare_items);
	for (size_t i = 0; i < count; i++)
		wp_json_push(copy, json_incref(items[i]));
	free(items);
	return copy;
}

int wp_document_end(struct wp_export *export, struct wp_error *err)
{
	json_t *tail __attribute__((cleanup(wp_json_freep))) =
		wp_json_object("site_code", wp_json_hash(export->site_code), "complete",
			       json_boolean(!json_array_size(export->refused)), "refused", sorted(export->refused), "absent",
			       sorted(export->absent), NULL);
	struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };
	struct wp_file_writer *writer = export->writer;

	export->writer = NULL;
	wp_buf_puts(&text, "\n],\n");
	add_open(&text, tail, true);
	wp_buf_puts(&text, "\n");
	wp_file_add(writer, text.data, text.length);
	return wp_file_commit(writer, err);
}
