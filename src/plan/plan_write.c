/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The text of a plan file and the digest of its body, in memory one package at a time: as JSON a plan takes many times the
 * memory of what is kept of it.
 */
#include "decode.h"
#include "plan_json.h"

#include <stdlib.h>
#include <string.h>

/* Whether a member of the body is a list of entries, and which. */
static bool is_list(const char *key, bool *ret_unchanged)
{
	*ret_unchanged = !strcmp(key, "unchanged");
	return *ret_unchanged || !strcmp(key, "changes");
}

static bool is_in_list(const struct wp_entry *entry, bool unchanged)
{
	return (entry->status == WP_ENTRY_UNCHANGED) == unchanged;
}

static void digest_entries(struct wp_sha256 *hash, const struct wp_plan *plan, bool unchanged)
{
	const char *before = "[";

	for (size_t i = 0; i < plan->entry_count; i++) {
		json_t *item __attribute__((cleanup(wp_json_freep))) = NULL;

		if (!is_in_list(&plan->entries[i], unchanged))
			continue;
		item = wp_plan_entry_json(&plan->entries[i]);
		wp_digest_item_add(hash, &before, item);
	}
	wp_digest_items_end(hash, before);
}

void wp_plan_body_digest(const struct wp_plan *plan, char ret_id[WP_HASH_TEXT])
{
	json_t *head __attribute__((cleanup(wp_json_freep))) = wp_plan_body_head(plan);
	const char **keys = wp_must(calloc(json_object_size(head), sizeof *keys));
	struct wp_sha256 *hash = wp_sha256_new();
	size_t count = 0;
	bool unchanged;

	for (void *iter = json_object_iter(head); iter; iter = json_object_iter_next(head, iter))
		keys[count++] = json_object_iter_key(iter);
	qsort(keys, count, sizeof *keys, wp_json_compare_keys);
	for (size_t i = 0; i < count; i++) {
		wp_digest_key(hash, keys[i], !i);
		if (is_list(keys[i], &unchanged))
			digest_entries(hash, plan, unchanged);
		else
			wp_digest_value(hash, json_object_get(head, keys[i]));
	}
	free(keys);
	wp_sha256_add(hash, "}", 1);
	wp_sha256_finish(hash, ret_id);
}

struct writer {
	const struct wp_plan *plan;
	const struct wp_sink *sink;
	struct wp_buf text; /* that has not gone out yet */
};

/* Fewer bytes wait for more, so that a package without changes is no write of its own. */
#define PIECE 65536u

static void send(struct writer *writer, size_t least)
{
	if (writer->text.length < least)
		return;
	writer->sink->add(writer->sink->context, wp_buf_text(&writer->text), writer->text.length);
	wp_buf_clear(&writer->text);
}

static void begin_line(struct writer *writer, unsigned int depth)
{
	wp_buf_putc(&writer->text, '\n');
	wp_buf_pad(&writer->text, ' ', (size_t)depth * WP_JSON_INDENT);
}

static void begin_member(struct writer *writer, const char *key, bool first, unsigned int depth)
{
	wp_buf_puts(&writer->text, first ? "{" : ",");
	begin_line(writer, depth);
	/* The names of a plan file's members are our own. */
	wp_buf_printf(&writer->text, "\"%s\": ", key);
}

/* The entries of one list, in the depth of the list's items. */
static void write_entries(struct writer *writer, bool unchanged, unsigned int depth)
{
	bool first = true;

	for (size_t i = 0; i < writer->plan->entry_count; i++) {
		json_t *item __attribute__((cleanup(wp_json_freep))) = NULL;

		if (!is_in_list(&writer->plan->entries[i], unchanged))
			continue;
		wp_buf_puts(&writer->text, first ? "[" : ",");
		first = false;
		begin_line(writer, depth);
		item = wp_plan_entry_json(&writer->plan->entries[i]);
		wp_json_pretty_at(&writer->text, item, depth);
		send(writer, PIECE);
	}
	if (first)
		wp_buf_putc(&writer->text, '[');
	else
		begin_line(writer, depth - 1);
	wp_buf_putc(&writer->text, ']');
}

static void write_body(struct writer *writer)
{
	json_t *head __attribute__((cleanup(wp_json_freep))) = wp_plan_body_head(writer->plan), *value;
	bool first = true, unchanged;
	const char *key;

	json_object_foreach(head, key, value) {
		begin_member(writer, key, first, 2);
		first = false;
		if (is_list(key, &unchanged))
			write_entries(writer, unchanged, 3);
		else
			wp_json_pretty_at(&writer->text, value, 2);
	}
	begin_line(writer, 1);
	wp_buf_putc(&writer->text, '}');
}

void wp_plan_write(const struct wp_plan *plan, const json_t *envelope, const struct wp_sink *sink)
{
	struct writer writer = { .plan = plan, .sink = sink };
	bool first = true;
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)envelope, key, value) {
		begin_member(&writer, key, first, 1);
		first = false;
		wp_json_pretty_at(&writer.text, value, 1);
		send(&writer, PIECE);
	}
	begin_member(&writer, "body", first, 1);
	write_body(&writer);
	wp_buf_puts(&writer.text, "\n}\n");
	send(&writer, 0);
	wp_buf_free(&writer.text);
}
