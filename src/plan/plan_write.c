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
	struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };
	char before = '[';

	for (size_t i = 0; i < plan->entry_count; i++) {
		if (!is_in_list(&plan->entries[i], unchanged))
			continue;
		wp_buf_clear(&text);
		wp_buf_putc(&text, before);
		before = ',';
		wp_plan_entry_text(&plan->entries[i], true, &text);
		wp_sha256_add(hash, text.data, text.length);
	}
	wp_digest_items_end(hash, &before);
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

static bool fits(const struct wp_json_stream *stream, size_t limit)
{
	return stream->sent + stream->text.length <= limit;
}

static void write_entries(struct wp_json_stream *stream, const struct wp_plan *plan, bool unchanged, size_t limit)
{
	struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };

	wp_json_stream_open(stream, '[');
	for (size_t i = 0; i < plan->entry_count && fits(stream, limit); i++) {
		if (!is_in_list(&plan->entries[i], unchanged))
			continue;
		wp_buf_clear(&text);
		wp_plan_entry_text(&plan->entries[i], false, &text);
		wp_json_stream_text(stream, &text);
	}
	wp_json_stream_close(stream);
}

static void write_body(struct wp_json_stream *stream, const struct wp_plan *plan, size_t limit)
{
	json_t *head __attribute__((cleanup(wp_json_freep))) = wp_plan_body_head(plan), *value;
	const char *key;
	bool unchanged;

	wp_json_stream_open(stream, '{');
	json_object_foreach(head, key, value) {
		wp_json_stream_key(stream, key);
		if (is_list(key, &unchanged))
			write_entries(stream, plan, unchanged, limit);
		else
			wp_json_stream_value(stream, value);
	}
	wp_json_stream_close(stream);
}

bool wp_plan_write(const struct wp_plan *plan, const json_t *envelope, size_t limit, const struct wp_sink *sink)
{
	struct wp_json_stream stream = { .sink = sink };
	const char *key;
	json_t *value;

	wp_json_stream_open(&stream, '{');
	json_object_foreach((json_t *)envelope, key, value) {
		wp_json_stream_key(&stream, key);
		wp_json_stream_value(&stream, value);
	}
	wp_json_stream_key(&stream, "body");
	write_body(&stream, plan, limit);
	wp_json_stream_close(&stream);
	wp_json_stream_end(&stream);
	return fits(&stream, limit);
}
