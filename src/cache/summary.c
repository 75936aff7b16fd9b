/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Summaries of contents by file id: few, because each may take a megabyte. */
#include "internal.h"

#include "wimplan/limits.h"

#include <stdlib.h>
#include <string.h>

struct kept {
	const char *file_id;
	struct wp_content_summary summary; /* bytes are NULL: it stands in the file alone */
	bool to_write;
};

struct wp_summaries {
	struct wp_arena *arena;
	struct kept *items;
	size_t count;
	bool added;
};

static struct wp_summaries *load(const struct wp_cache *cache)
{
	struct wp_statement statement __attribute__((cleanup(wp_db_finalize))) = { 0 };
	struct wp_arena *arena = wp_arena_new();
	struct wp_summaries *summaries = wp_arena_alloc(arena, sizeof *summaries);

	summaries->arena = arena;
	/*
	 * What cannot be read is not known, as in a cache of an older version that is open for reading and has no such
	 * table: then nobody is told what an update brings, and the plan's body is the same.
	 */
	if (wp_db_prepare(&cache->db, "SELECT file_id FROM summaries LIMIT ?1", &statement, NULL))
		return summaries;
	wp_db_bind_int(&statement, 1, WP_LIMIT_SUMMARIES);
	while (wp_db_step(&statement, "summaries were read", NULL) > 0) {
		const char *file_id = wp_db_text(arena, &statement, 0);

		if (file_id)
			WP_PUSH(arena, summaries->items, summaries->count)->file_id = file_id;
	}
	return summaries;
}

static struct wp_summaries *summaries_of(struct wp_cache *cache)
{
	if (!cache->summaries)
		cache->summaries = load(cache);
	return cache->summaries;
}

void wp_summaries_free(struct wp_summaries *summaries)
{
	if (summaries)
		wp_arena_free(summaries->arena);
}

static struct kept *find(const struct wp_summaries *summaries, const char *file_id)
{
	for (size_t i = 0; i < summaries->count; i++)
		if (!strcmp(summaries->items[i].file_id, file_id))
			return &summaries->items[i];
	return NULL;
}

void wp_summaries_add(void *context, const char *file_id, const struct wp_content_summary *summary)
{
	struct wp_summaries *summaries = summaries_of(context);
	struct kept *kept = find(summaries, file_id);

	if (kept && kept->summary.bytes)
		return;
	if (!kept) {
		kept = WP_PUSH(summaries->arena, summaries->items, summaries->count);
		kept->file_id = wp_arena_strdup(summaries->arena, file_id);
	}
	kept->summary.bytes =
		(const uint8_t *)wp_arena_strndup(summaries->arena, (const char *)summary->bytes, summary->length);
	kept->summary.length = summary->length;
	kept->to_write = true;
	summaries->added = true;
}

bool wp_cache_find_summary(struct wp_cache *cache, struct wp_arena *arena, const char *file_id,
			   struct wp_content_summary *ret)
{
	struct wp_statement statement __attribute__((cleanup(wp_db_finalize))) = { 0 };
	const struct kept *kept = find(summaries_of(cache), file_id);
	const void *bytes;

	if (!kept)
		return false;
	if (kept->summary.bytes) {
		*ret = kept->summary;
		return true;
	}
	if (wp_db_prepare(&cache->db, "SELECT summary FROM summaries WHERE file_id = ?1", &statement, NULL))
		return false;
	wp_db_bind_text(&statement, 1, file_id);
	if (wp_db_step(&statement, "a summary was read", NULL) <= 0)
		return false;
	bytes = wp_db_bytes(&statement, 0, &ret->length);
	if (!bytes || ret->length > WP_LIMIT_SUMMARY_BYTES)
		return false;
	ret->bytes = (const uint8_t *)wp_arena_strndup(arena, bytes, ret->length);
	return true;
}

static int write_all(const struct wp_cache *cache, int64_t flush, struct wp_error *err)
{
	struct wp_statement statement __attribute__((cleanup(wp_db_finalize))) = { 0 };
	int status = wp_db_prepare(&cache->db,
				   "INSERT INTO summaries (file_id, summary, seen) VALUES (?1, ?2, ?3) "
				   "ON CONFLICT DO UPDATE SET summary = ?2, seen = ?3",
				   &statement, err);

	for (size_t i = 0; !status && i < cache->summaries->count; i++) {
		const struct kept *kept = &cache->summaries->items[i];

		if (!kept->to_write)
			continue;
		wp_db_bind_text(&statement, 1, kept->file_id);
		wp_db_bind_bytes(&statement, 2, kept->summary.bytes, kept->summary.length);
		wp_db_bind_int(&statement, 3, flush);
		status = wp_db_run(&statement, "summaries were kept", err);
	}
	return status;
}

/* The oldest go, but none that belongs to a baseline as long as there are others. */
static int drop_oldest(const struct wp_cache *cache, struct wp_error *err)
{
	struct wp_statement statement __attribute__((cleanup(wp_db_finalize))) = { 0 };
	int status = wp_db_prepare(&cache->db,
				   "DELETE FROM summaries WHERE file_id IN (SELECT file_id FROM summaries ORDER BY "
				   "file_id IN (SELECT file_id FROM baselines) DESC, seen DESC, file_id LIMIT -1 OFFSET ?1)",
				   &statement, err);

	if (status)
		return status;
	wp_db_bind_int(&statement, 1, WP_LIMIT_SUMMARIES);
	return wp_db_run(&statement, "old summaries were dropped", err);
}

int wp_summaries_flush(struct wp_cache *cache, struct wp_error *err)
{
	int64_t flush;
	int status;

	if (!cache->summaries || !cache->summaries->added || cache->mode == WP_CACHE_READ)
		return WP_OK;
	status = wp_db_begin(&cache->db, err);
	if (status)
		return status;
	status = wp_db_number(&cache->db, "SELECT coalesce(max(seen), 0) FROM summaries", "summaries were kept", &flush, err);
	if (!status)
		status = write_all(cache, flush < INT64_MAX ? flush + 1 : flush, err);
	if (!status)
		status = drop_oldest(cache, err);
	status = wp_db_end(&cache->db, status, err);
	if (status)
		return status;
	for (size_t i = 0; i < cache->summaries->count; i++)
		cache->summaries->items[i].to_write = false;
	cache->summaries->added = false;
	return WP_OK;
}
