/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is known of files by their ids, so that wimlib opens no file twice: content ids of many, and summaries of few,
 * because each may take a megabyte. Lists of folders' files by the folders' content ids, to name what changed: few, too.
 */
#include "internal.h"

#include "wimplan/limits.h"

#include <string.h>

int wp_cache_drop_oldest(const struct wp_cache *cache, const char *sql, int64_t limit, struct wp_error *err)
{
	struct wp_statement statement __attribute__((cleanup(wp_db_finalize))) = { 0 };

	wp_db_query(&cache->db, sql, &statement);
	wp_db_bind_int(&statement, 1, limit);
	return wp_db_run(&statement, "what is old was forgotten", err);
}

/* False for what wimplan has not written; a file without content has an empty text. */
static bool read_content(struct wp_statement *statement, struct wp_wim_content *ret)
{
	size_t length;

	*ret = (struct wp_wim_content){ .blob_count = 0 };
	wp_db_hash(statement, 1, ret->content_id);
	/* Sums of what a file says may be above INT64_MAX; they come back as they went in. */
	ret->blob_count = (uint64_t)sqlite3_column_int64(statement->handle, 2);
	ret->blob_bytes = (uint64_t)sqlite3_column_int64(statement->handle, 3);
	ret->stored_bytes.known = sqlite3_column_type(statement->handle, 4) == SQLITE_INTEGER;
	ret->stored_bytes.value = (uint64_t)sqlite3_column_int64(statement->handle, 4);
	return wp_db_bytes(statement, 1, &length) && (!length || wp_hash_is(ret->content_id));
}

/*
 * What cannot be read is not known: then a file is read again, or nobody is told what an update brings, and the plan's
 * body is the same. That is told once; from then on nothing is known.
 */
static int lose(struct wp_cache *cache, int status)
{
	cache->lost = cache->lost || status < 0;
	return status;
}

static int find_contents(struct wp_cache *cache, struct wp_file_content *files, size_t count, struct wp_error *err)
{
	struct wp_statement statement __attribute__((cleanup(wp_db_finalize))) = { 0 };
	int row = 0;

	wp_db_query(&cache->db, "SELECT file_id, content_id, blob_count, blob_bytes, stored_bytes FROM identities WHERE file_id = ?1",
		    &statement);
	wp_db_begin_reading(&cache->db);
	for (size_t i = 0; row >= 0 && i < count; i++) {
		wp_db_bind_text(&statement, 1, files[i].file_id);
		row = wp_db_step(&statement, "identities were read", err);
		if (row > 0 && read_content(&statement, &files[i].content))
			files[i].state = WP_CONTENT_KNOWN;
		sqlite3_reset(statement.handle);
	}
	wp_db_end_reading(&cache->db);
	return row < 0 ? row : WP_OK;
}

int wp_cache_find_contents(struct wp_cache *cache, struct wp_file_content *files, size_t count, struct wp_error *err)
{
	return count && !cache->lost ? lose(cache, find_contents(cache, files, count, err)) : WP_OK;
}

/* The bytes of the one value that a query about @key gives, of at most @limit; 1, 0 or a negative wp_status. */
static int find_bytes(struct wp_cache *cache, struct wp_arena *arena, const char *sql, const char *key, size_t limit,
		      const char **ret_bytes, size_t *ret_length, struct wp_error *err)
{
	struct wp_statement statement __attribute__((cleanup(wp_db_finalize))) = { 0 };
	const char *bytes;
	int row;

	wp_db_query(&cache->db, sql, &statement);
	wp_db_bind_text(&statement, 1, key);
	row = wp_db_step(&statement, "what it remembers of files was read", err);
	if (row <= 0)
		return lose(cache, row);
	bytes = wp_db_bytes(&statement, 0, ret_length);
	if (!bytes || *ret_length > limit)
		return 0;
	*ret_bytes = wp_arena_strndup(arena, bytes, *ret_length);
	return 1;
}

int wp_cache_find_summary(struct wp_cache *cache, struct wp_arena *arena, const char *file_id,
			  struct wp_content_summary *ret, struct wp_error *err)
{
	const char *bytes;
	int found = 0;

	/* A cache of an older version that is open for reading has no such table. */
	if (!cache->lost && cache->version >= 2)
		found = find_bytes(cache, arena, "SELECT summary FROM summaries WHERE file_id = ?1", file_id,
				   WP_LIMIT_SUMMARY_BYTES, &bytes, &ret->length, err);
	if (found > 0)
		ret->bytes = (const uint8_t *)bytes;
	return found;
}

int wp_cache_find_manifest(struct wp_cache *cache, struct wp_arena *arena, const char *content_id,
			   struct wp_manifest *ret, struct wp_error *err)
{
	*ret = (struct wp_manifest){ 0 };
	if (cache->lost || cache->version < 3)
		return 0;
	return find_bytes(cache, arena, "SELECT manifest FROM manifests WHERE content_id = ?1", content_id,
			  WP_LIMIT_MANIFEST_BYTES, &ret->text, &ret->length, err);
}

int wp_cache_next_seen(const struct wp_cache *cache, const char *query, int64_t *ret, struct wp_error *err)
{
	int status = wp_db_number(&cache->db, query, "contents were kept", ret, err);

	*ret += !status && *ret < INT64_MAX;
	return status;
}

/* What was found is marked as seen now: it is kept longest. */
static int write_contents(const struct wp_cache *cache, const struct wp_file_content *files, size_t count,
			  struct wp_error *err)
{
	struct wp_statement insert __attribute__((cleanup(wp_db_finalize))) = { 0 };
	struct wp_statement mark __attribute__((cleanup(wp_db_finalize))) = { 0 };
	int64_t seen;
	int status = wp_cache_next_seen(cache, "SELECT coalesce(max(seen), 0) FROM identities", &seen, err);

	if (!status)
		status = wp_db_prepare(&cache->db,
				       "INSERT INTO identities (file_id, content_id, blob_count, blob_bytes, stored_bytes, "
				       "seen) VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO UPDATE SET content_id = ?2, "
				       "blob_count = ?3, blob_bytes = ?4, stored_bytes = ?5, seen = ?6",
				       &insert, err);
	if (!status)
		status = wp_db_prepare(&cache->db, "UPDATE identities SET seen = ?2 WHERE file_id = ?1", &mark, err);
	for (size_t i = 0; !status && i < count; i++) {
		const struct wp_wim_content *content = &files[i].content;

		if (files[i].state == WP_CONTENT_KNOWN) {
			wp_db_bind_text(&mark, 1, files[i].file_id);
			wp_db_bind_int(&mark, 2, seen);
			status = wp_db_run(&mark, "contents were kept", err);
		}
		if (files[i].state != WP_CONTENT_LEARNED)
			continue;
		wp_db_bind_text(&insert, 1, files[i].file_id);
		wp_db_bind_text(&insert, 2, content->content_id);
		wp_db_bind_int(&insert, 3, (int64_t)content->blob_count);
		wp_db_bind_int(&insert, 4, (int64_t)content->blob_bytes);
		if (content->stored_bytes.known)
			wp_db_bind_int(&insert, 5, (int64_t)content->stored_bytes.value);
		else
			wp_db_bind_text(&insert, 5, NULL);
		wp_db_bind_int(&insert, 6, seen);
		status = wp_db_run(&insert, "contents were kept", err);
	}
	return status;
}

static int write_summaries(const struct wp_cache *cache, const struct wp_file_content *files, size_t count,
			   struct wp_error *err)
{
	struct wp_statement statement __attribute__((cleanup(wp_db_finalize))) = { 0 };
	int64_t seen;
	int status = wp_cache_next_seen(cache, "SELECT coalesce(max(seen), 0) FROM summaries", &seen, err);

	if (!status)
		status = wp_db_prepare(&cache->db,
				       "INSERT INTO summaries (file_id, summary, seen) VALUES (?1, ?2, ?3) ON CONFLICT DO "
				       "UPDATE SET summary = ?2, seen = ?3",
				       &statement, err);
	for (size_t i = 0; !status && i < count; i++) {
		if (files[i].state != WP_CONTENT_LEARNED || !files[i].summary.bytes)
			continue;
		wp_db_bind_text(&statement, 1, files[i].file_id);
		wp_db_bind_bytes(&statement, 2, files[i].summary.bytes, files[i].summary.length);
		wp_db_bind_int(&statement, 3, seen);
		status = wp_db_run(&statement, "contents were kept", err);
	}
	return status;
}

static int drop_contents(const struct wp_cache *cache, struct wp_error *err)
{
	int64_t count;
	int status = wp_db_number(&cache->db, "SELECT count(*) FROM identities", "contents were kept", &count, err);

	return status || count <= cache->identity_limit
		       ? status
		       : wp_cache_drop_oldest(cache,
					      "DELETE FROM identities WHERE file_id IN (SELECT file_id FROM identities ORDER BY seen "
					      "DESC, file_id LIMIT -1 OFFSET ?1)",
					      cache->identity_limit, err);
}

/* None that belongs to a baseline goes as long as there are others. */
static int drop_summaries(const struct wp_cache *cache, struct wp_error *err)
{
	return wp_cache_drop_oldest(cache,
				    "DELETE FROM summaries WHERE file_id IN (SELECT file_id FROM summaries ORDER BY file_id IN "
				    "(SELECT file_id FROM baselines) DESC, seen DESC, file_id LIMIT -1 OFFSET ?1)",
				    WP_LIMIT_SUMMARIES, err);
}

int wp_cache_put_contents(struct wp_cache *cache, const struct wp_file_content *files, size_t count,
			  struct wp_error *err)
{
	bool learned = false;
	int status;

	for (size_t i = 0; i < count; i++)
		learned = learned || files[i].state == WP_CONTENT_LEARNED;
	/* That a file was seen only matters when something is dropped: a run that learns nothing writes nothing. */
	if (!learned)
		return WP_OK;
	status = wp_db_begin(&cache->db, err);
	if (status)
		return status;
	status = write_contents(cache, files, count, err);
	if (!status)
		status = write_summaries(cache, files, count, err);
	if (!status)
		status = drop_contents(cache, err);
	if (!status)
		status = drop_summaries(cache, err);
	return wp_db_end(&cache->db, status, err);
}

static int is_known(struct wp_statement *statement, const char *content_id, struct wp_error *err)
{
	int status;

	wp_db_bind_text(statement, 1, content_id);
	status = wp_db_step(statement, "a folder was looked up", err);
	sqlite3_reset(statement->handle);
	return status;
}

/* None that belongs to a baseline goes as long as there are others. */
static int drop_manifests(const struct wp_cache *cache, struct wp_error *err)
{
	return wp_cache_drop_oldest(cache,
				    "DELETE FROM manifests WHERE content_id IN (SELECT content_id FROM manifests ORDER BY "
				    "content_id IN (SELECT content_id FROM baselines) DESC, seen DESC, content_id LIMIT -1 "
				    "OFFSET ?1)",
				    WP_LIMIT_MANIFESTS, err);
}

static int insert(const struct wp_cache *cache, const struct wp_known_manifest *items, size_t count,
		  struct wp_error *err)
{
	struct wp_statement statement __attribute__((cleanup(wp_db_finalize))) = { 0 };
	int64_t newest;
	int status = wp_db_number(&cache->db, "SELECT coalesce(max(seen), 0) FROM manifests", "folders were kept",
				  &newest, err);

	if (!status)
		status = wp_db_prepare(&cache->db,
				       "INSERT INTO manifests (content_id, manifest, seen) VALUES (?1, ?2, ?3) ON CONFLICT "
				       "DO NOTHING",
				       &statement, err);
	for (size_t i = 0; !status && i < count; i++) {
		wp_db_bind_text(&statement, 1, items[i].content_id);
		wp_db_bind_bytes(&statement, 2, items[i].manifest.text, items[i].manifest.length);
		wp_db_bind_int(&statement, 3, newest < INT64_MAX ? newest + 1 : newest);
		status = wp_db_run(&statement, "folders were kept", err);
	}
	return status ? status : drop_manifests(cache, err);
}

int wp_cache_put_manifests(struct wp_cache *cache, const struct wp_known_manifest *items, size_t count,
			   struct wp_error *err)
{
	struct wp_statement statement __attribute__((cleanup(wp_db_finalize))) = { 0 };
	bool all_known = true;
	int status = wp_db_prepare(&cache->db, "SELECT 1 FROM manifests WHERE content_id = ?1", &statement, err);

	for (size_t i = 0; !status && all_known && i < count; i++) {
		int known = is_known(&statement, items[i].content_id, err);

		status = known < 0 ? known : WP_OK;
		all_known = known > 0;
	}
	/* A run that learns nothing writes nothing. */
	if (status || all_known)
		return status;
	status = wp_db_begin(&cache->db, err);
	return status ? status : wp_db_end(&cache->db, insert(cache, items, count, err), err);
}
