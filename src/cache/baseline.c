/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is believed to be on the distribution points for a package at a version, and of which content a person has to say that. */
#include "internal.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Whether the database can hold a package's SourceVersion; the message names the package. */
static int check_version(const char *package_id, uint64_t source_version, struct wp_error *err)
{
	if (source_version <= INT64_MAX)
		return WP_OK;
	return wp_fail(err, WP_E_FAILED, "bad-value", package_id,
		       "package %s has the SourceVersion %" PRIu64
		       ", which no site gives; correct what it was read from",
		       package_id, source_version);
}

static const char closing[] = "DELETE FROM questions WHERE site_code = ?1 AND package_id = ?2 AND source_version <= ?3";

/* Closes a package's questions at this version and below, in the transaction that is open. @statement: of the above. */
static int close_questions(struct wp_statement *statement, const char *site_code, const char *package_id,
			   uint64_t source_version, struct wp_error *err)
{
	wp_db_bind_text(statement, 1, site_code);
	wp_db_bind_text(statement, 2, package_id);
	wp_db_bind_int(statement, 3, (int64_t)source_version);
	return wp_db_run(statement, "questions were closed", err);
}

static int put_question(struct wp_statement *statement, struct wp_statement *close, const struct wp_question *item,
			struct wp_error *err)
{
	int status = check_version(item->package_id, item->source_version, err);

	if (!status && item->source_version)
		status = close_questions(close, item->site_code, item->package_id, item->source_version - 1, err);
	if (status)
		return status;
	wp_db_bind_text(statement, 1, item->site_code);
	wp_db_bind_text(statement, 2, item->package_id);
	wp_db_bind_int(statement, 3, (int64_t)item->source_version);
	wp_db_bind_text(statement, 4, item->content_id);
	wp_db_bind_time(statement, 5, item->asked_at);
	return wp_db_run(statement, "a question was kept", err);
}

int wp_cache_put_questions(struct wp_cache *cache, const struct wp_question *items, size_t count, struct wp_error *err)
{
	struct wp_statement statement __attribute__((cleanup(wp_db_finalize))) = { 0 };
	struct wp_statement close __attribute__((cleanup(wp_db_finalize))) = { 0 };
	int status;

	if (!count)
		return WP_OK;
	wp_db_query(&cache->db, closing, &close);
	status = wp_db_prepare(&cache->db,
			       "INSERT INTO questions (site_code, package_id, source_version, content_id, asked_at) "
			       "VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING",
			       &statement, err);
	if (!status)
		status = wp_db_begin(&cache->db, err);
	if (status)
		return status;
	for (size_t i = 0; !status && i < count; i++)
		status = put_question(&statement, &close, &items[i], err);
	return wp_db_end(&cache->db, status, err);
}

/* What a column has, or @same, which may be NULL, where it is that text. */
static const char *keep_text(struct wp_arena *arena, struct wp_statement *statement, int column, const char *same)
{
	size_t length;
	const char *text = wp_db_bytes(statement, column, &length);

	return text && same && strlen(same) == length && !memcmp(same, text, length) ? same : wp_db_text(arena, statement, column);
}

/* A copy of a list in @arena that has room for its @count items of @size bytes and no more. */
static void *take_list(struct wp_arena *arena, const void *items, size_t count, size_t size)
{
	void *list = wp_arena_alloc(arena, count * size);

	if (count)
		memcpy(list, items, count * size);
	return list;
}

/* Makes the question before the next one, as read_baseline() does. */
static bool read_question(struct wp_arena *arena, struct wp_statement *statement, struct wp_question *question)
{
	question->site_code = keep_text(arena, statement, 0, question->site_code);
	question->package_id = keep_text(arena, statement, 1, question->package_id);
	question->content_id = wp_db_text(arena, statement, 3);
	question->asked_at = wp_db_time(statement, 4);
	return wp_db_u64(statement, 2, &question->source_version) && question->site_code && question->package_id &&
	       question->content_id && strlen(question->content_id) < WP_HASH_TEXT;
}

int wp_cache_list_questions(struct wp_cache *cache, struct wp_arena *arena, const char *site_code,
			    struct wp_question **ret_items, size_t *ret_count, struct wp_error *err)
{
	struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new(); /* as below */
	struct wp_statement statement __attribute__((cleanup(wp_db_finalize))) = { 0 };
	struct wp_question *items = NULL, question = { 0 };
	size_t count = 0;
	int status;

	*ret_items = NULL;
	*ret_count = 0;
	if (cache->version < 3) /* of before there were questions, open for reading */
		return WP_OK;
	wp_db_query(&cache->db, "SELECT site_code, package_id, source_version, content_id, asked_at FROM questions WHERE ?1 "
		    "IS NULL OR site_code = ?1 ORDER BY site_code, package_id, "
		    "source_version, content_id", &statement);
	wp_db_bind_text(&statement, 1, site_code);
	while ((status = wp_db_step(&statement, "questions were listed", err)) > 0) {
		if (!read_question(arena, &statement, &question))
			return wp_db_damaged(&cache->db, err, "a question is not readable");
		*WP_PUSH(scratch, items, count) = question;
	}
	*ret_items = take_list(arena, items, count, sizeof *items);
	*ret_count = count;
	return status;
}

static int put_baseline(struct wp_statement *statement, struct wp_statement *close, const struct wp_baseline *item,
			struct wp_error *err)
{
	int status = check_version(item->package_id, item->source_version, err);

	if (!status && item->confidence == WP_CONFIDENCE_PROVEN)
		status = close_questions(close, item->site_code, item->package_id, item->source_version, err);
	if (status)
		return status;
	wp_db_bind_text(statement, 1, item->site_code);
	wp_db_bind_text(statement, 2, item->package_id);
	wp_db_bind_int(statement, 3, (int64_t)item->source_version);
	wp_db_bind_text(statement, 4, item->file_id ? item->file_id : "");
	wp_db_bind_text(statement, 5, item->content_id ? item->content_id : "");
	wp_db_bind_text(statement, 6, wp_confidence_name(item->confidence));
	wp_db_bind_text(statement, 7, item->origin ? item->origin : "");
	wp_db_bind_time(statement, 8, item->recorded_at);
	return wp_db_run(statement, "a baseline was kept", err);
}

int wp_cache_put_baselines(struct wp_cache *cache, const struct wp_baseline *items, size_t count, struct wp_error *err)
{
	struct wp_statement statement __attribute__((cleanup(wp_db_finalize))) = { 0 };
	struct wp_statement close __attribute__((cleanup(wp_db_finalize))) = { 0 };
	int status;

	if (!count)
		return WP_OK;
	wp_db_query(&cache->db, closing, &close);
	status = wp_db_prepare(&cache->db,
			       "INSERT INTO baselines (site_code, package_id, source_version, file_id, content_id, "
			       "confidence, origin, recorded_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT "
			       "DO UPDATE SET file_id = ?4, content_id = ?5, confidence = ?6, origin = ?7, recorded_at "
			       "= ?8 WHERE ?6 = 'proven' OR confidence <> 'proven'",
			       &statement, err);
	if (!status)
		status = wp_db_begin(&cache->db, err);
	if (status)
		return status;
	for (size_t i = 0; !status && i < count; i++)
		status = put_baseline(&statement, &close, &items[i], err);
	return wp_db_end(&cache->db, status, err);
}

/*
 * Makes the baseline before, with which most have texts in common, the next one. False when a column does not hold what wimplan writes
 * there.
 */
static bool read_baseline(struct wp_arena *arena, struct wp_statement *statement, struct wp_baseline *baseline)
{
	const char *confidence = keep_text(arena, statement, 5, wp_confidence_name(baseline->confidence));

	baseline->site_code = keep_text(arena, statement, 0, baseline->site_code);
	baseline->package_id = keep_text(arena, statement, 1, baseline->package_id);
	baseline->file_id = wp_db_text(arena, statement, 3);
	baseline->content_id = wp_db_text(arena, statement, 4);
	baseline->origin = keep_text(arena, statement, 6, baseline->origin);
	baseline->recorded_at = wp_db_time(statement, 7);
	return wp_db_u64(statement, 2, &baseline->source_version) && baseline->site_code && baseline->package_id &&
	       baseline->file_id && baseline->content_id && baseline->origin && strlen(baseline->file_id) < WP_HASH_TEXT &&
	       strlen(baseline->content_id) < WP_HASH_TEXT && wp_confidence_from_name(confidence, &baseline->confidence);
}

/* By site, whatever its letter case, package and version. */
static int compare_baselines(const void *a, const void *b)
{
	const struct wp_baseline *x = a, *y = b;
	int order = sqlite3_stricmp(x->site_code, y->site_code);

	if (!order)
		order = strcmp(x->package_id, y->package_id);
	if (!order)
		order = (x->source_version > y->source_version) - (x->source_version < y->source_version);
	return order ? order : strcmp(x->site_code, y->site_code);
}

/* They come in the order of their key, which is the one that is wanted as long as each site's code has one spelling. */
static void sort_baselines(struct wp_baseline *items, size_t count)
{
	for (size_t i = 1; i < count; i++)
		if (compare_baselines(&items[i - 1], &items[i]) > 0) {
			qsort(items, count, sizeof *items, compare_baselines);
			return;
		}
}

int wp_cache_list_baselines(struct wp_cache *cache, struct wp_arena *arena, const char *site_code,
			    struct wp_baseline **ret_items, size_t *ret_count, struct wp_error *err)
{
	/* For the list while it grows: of a hundred thousand an arena has each smaller list as well. */
	struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct wp_statement statement __attribute__((cleanup(wp_db_finalize))) = { 0 };
	struct wp_baseline *items = NULL, baseline = { 0 };
	size_t count = 0;
	int status;

	*ret_items = NULL;
	*ret_count = 0;
	wp_db_query(&cache->db, "SELECT site_code, package_id, source_version, file_id, content_id, confidence, "
		    "origin, recorded_at FROM baselines WHERE ?1 IS NULL OR site_code = ?1 COLLATE NOCASE "
		    "ORDER BY site_code, package_id, source_version", &statement);
	wp_db_bind_text(&statement, 1, site_code);
	while ((status = wp_db_step(&statement, "baselines were listed", err)) > 0) {
		if (!read_baseline(arena, &statement, &baseline))
			return wp_db_damaged(&cache->db, err, "a baseline is not readable");
		*WP_PUSH(scratch, items, count) = baseline;
	}
	sort_baselines(items, count);
	*ret_items = take_list(arena, items, count, sizeof *items);
	*ret_count = count;
	return status;
}

int wp_cache_forget_baselines(struct wp_cache *cache, const char *site_code, const char *package_id,
			      size_t *ret_count, struct wp_error *err)
{
	struct wp_statement statement __attribute__((cleanup(wp_db_finalize))) = { 0 };
	int status =
		wp_db_prepare(&cache->db,
			      "DELETE FROM baselines WHERE (?1 IS NULL OR site_code = ?1 COLLATE NOCASE) "
			      "AND package_id = ?2",
			      &statement, err);

	*ret_count = 0;
	if (!status)
		status = wp_db_begin(&cache->db, err);
	if (status)
		return status;
	wp_db_bind_text(&statement, 1, site_code);
	wp_db_bind_text(&statement, 2, package_id);
	status = wp_db_run(&statement, "baselines were removed", err);
	if (!status)
		*ret_count = (size_t)sqlite3_changes64(cache->db.handle);
	return wp_db_end(&cache->db, status, err);
}
