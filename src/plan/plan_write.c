/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The text of a plan file and the digest of its body, in memory a few packages at a time, whose texts are made by as many hands as there
 * are: as JSON a plan takes many times the memory of what is kept of it.
 */
#include "decode.h"
#include "plan_json.h"

#include <stdatomic.h>
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

/*
 * Entries whose texts are made at once: enough for starting the hands to cost little, and few enough for the texts to take no memory. One
 * of the unchanged has 300 bytes, one of the changes 10 KB and more.
 */
#define PIECE 2048u
#define PIECE_OF_CHANGES 256u

struct piece {
	const struct wp_entry *entries[PIECE];
	struct wp_buf texts[PIECE];
	size_t count;
	bool canonical;
	atomic_size_t next;
};

static void work(void *context, unsigned int number)
{
	struct piece *piece = context;

	(void)number;
	for (size_t i; (i = atomic_fetch_add(&piece->next, 1)) < piece->count;) {
		wp_buf_clear(&piece->texts[i]);
		wp_plan_entry_text(piece->entries[i], piece->canonical, &piece->texts[i]);
	}
}

/* Gives @take the texts of one list's entries, in their order, until it wants no more. */
static void each_text(const struct wp_crew *crew, const struct wp_plan *plan, bool unchanged, bool canonical,
		      bool (*take)(void *context, const struct wp_buf *text), void *context)
{
	struct piece *piece = wp_must(calloc(1, sizeof *piece));
	size_t most = unchanged ? PIECE : PIECE_OF_CHANGES;
	bool more = true;

	piece->canonical = canonical;
	for (size_t at = 0; more && at < plan->entry_count;) {
		for (piece->count = 0; at < plan->entry_count && piece->count < most; at++)
			if (is_in_list(&plan->entries[at], unchanged))
				piece->entries[piece->count++] = &plan->entries[at];
		atomic_store(&piece->next, 0);
		if (piece->count)
			wp_crew_run(crew, work, piece);
		for (size_t i = 0; more && i < piece->count; i++)
			more = take(context, &piece->texts[i]);
	}
	for (size_t i = 0; i < PIECE; i++)
		wp_buf_free(&piece->texts[i]);
	free(piece);
}

struct digest {
	struct wp_sha256 *hash;
	char before; /* the next entry */
};

static bool digest_text(void *context, const struct wp_buf *text)
{
	struct digest *digest = context;

	wp_sha256_add(digest->hash, &digest->before, 1);
	digest->before = ',';
	wp_sha256_add(digest->hash, text->data, text->length);
	return true;
}

static void digest_entries(const struct wp_crew *crew, struct wp_sha256 *hash, const struct wp_plan *plan, bool unchanged)
{
	struct digest digest = { hash, '[' };

	each_text(crew, plan, unchanged, true, digest_text, &digest);
	wp_digest_items_end(hash, &digest.before);
}

void wp_plan_body_digest(const struct wp_crew *crew, const struct wp_plan *plan, char ret_id[WP_HASH_TEXT])
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
			digest_entries(crew, hash, plan, unchanged);
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

struct writing {
	struct wp_json_stream *stream;
	size_t limit;
};

static bool write_text(void *context, const struct wp_buf *text)
{
	const struct writing *writing = context;

	wp_json_stream_text(writing->stream, text);
	return fits(writing->stream, writing->limit);
}

static void write_body(const struct wp_crew *crew, struct wp_json_stream *stream, const struct wp_plan *plan, size_t limit)
{
	struct writing writing = { stream, limit };
	json_t *head __attribute__((cleanup(wp_json_freep))) = wp_plan_body_head(plan), *value;
	const char *key;
	bool unchanged;

	wp_json_stream_open(stream, '{');
	json_object_foreach(head, key, value) {
		wp_json_stream_key(stream, key);
		if (!is_list(key, &unchanged)) {
			wp_json_stream_value(stream, value);
			continue;
		}
		wp_json_stream_open(stream, '[');
		each_text(crew, plan, unchanged, false, write_text, &writing);
		wp_json_stream_close(stream);
	}
	wp_json_stream_close(stream);
}

bool wp_plan_write(const struct wp_crew *crew, const struct wp_plan *plan, const json_t *envelope, size_t limit,
		   const struct wp_sink *sink)
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
	write_body(crew, &stream, plan, limit);
	wp_json_stream_close(&stream);
	wp_json_stream_end(&stream);
	return fits(&stream, limit);
}
