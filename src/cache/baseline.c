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

/* False when a column does not hold what wimplan writes there. */
static bool read_question(struct wp_arena *arena, struct wp_statement *statement, struct wp_question *ret)
{
	ret->site_code = wp_db_text(arena, statement, 0);
	ret->package_id = wp_db_text(arena, statement, 1);
	ret->content_id = wp_db_text(arena, statement, 3);
	ret->asked_at = wp_db_time(statement, 4);
	return wp_db_u64(statement, 2, &ret->source_version) && ret->site_code && ret->package_id &&
	       ret->content_id && strlen(ret->content_id) < WP_HASH_TEXT;
}

int wp_cache_list_questions(struct wp_cache *cache, struct wp_arena *arena, const char *site_code,
			    struct wp_question **ret_items, size_t *ret_count, struct wp_error *err)
{
	struct wp_statement statement __attribute__((cleanup(wp_db_finalize))) = { 0 };
	struct wp_question *items = NULL;
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
	while ((status = wp_db_step(&statement, "questions were listed", err)) > 0)
		if (!read_question(arena, &statement, WP_PUSH(arena, items, count)))
			return wp_db_damaged(&cache->db, err, "a question is not readable");
	*ret_items = items;
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

/* What a column has, or @same, which may be NULL, where it is that text. */
static const char *keep_text(struct wp_arena *arena, struct wp_statement *statement, int column, const char *same)
{
	size_t length;
	const char *text = wp_db_bytes(statement, column, &length);

	return text && same && strlen(same) == length && !memcmp(same, text, length) ? same : wp_db_text(arena, statement, column);
}

/* False when a column does not hold what wimplan writes there. @before: the baseline before, with which most have some texts in common. */
static bool read_baseline(struct wp_arena *arena, struct wp_statement *statement, const struct wp_baseline *before,
			  struct wp_baseline *ret)
{
	const char *confidence = keep_text(arena, statement, 5, wp_confidence_name(before->confidence));

	ret->site_code = keep_text(arena, statement, 0, before->site_code);
	ret->package_id = keep_text(arena, statement, 1, before->package_id);
	ret->file_id = wp_db_text(arena, statement, 3);
	ret->content_id = wp_db_text(arena, statement, 4);
	ret->origin = keep_text(arena, statement, 6, before->origin);
	ret->recorded_at = wp_db_time(statement, 7);
	return wp_db_u64(statement, 2, &ret->source_version) && ret->site_code && ret->package_id && ret->file_id &&
	       ret->content_id && ret->origin && strlen(ret->file_id) < WP_HASH_TEXT && strlen(ret->content_id) < WP_HASH_TEXT &&
	       wp_confidence_from_name(confidence, &ret->confidence);
}

/* The baselines that the statement gives, into *@items, which grows: of a hundred thousand an arena would keep each smaller list as well. */
static int read_baselines(struct wp_cache *cache, struct wp_arena *arena, struct wp_statement *statement,
			  struct wp_baseline **items, size_t *count, struct wp_error *err)
{
	static const struct wp_baseline none;
	size_t room = 0;
	int status;

	while ((status = wp_db_step(statement, "baselines were listed", err)) > 0) {
		if (*count == room) {
			room = 2 * room + 16;
			*items = wp_must(realloc(*items, room * sizeof **items));
		}
		if (!read_baseline(arena, statement, *count ? &(*items)[*count - 1] : &none, &(*items)[*count]))
			return wp_db_damaged(&cache->db, err, "a baseline is not readable");
		++*count;
	}
	return status;
}

int wp_cache_list_baselines(struct wp_cache *cache, struct wp_arena *arena, const char *site_code,
			    struct wp_baseline **ret_items, size_t *ret_count, struct wp_error *err)
{
	struct wp_statement statement __attribute__((cleanup(wp_db_finalize))) = { 0 };
	struct wp_baseline *items = NULL;
	size_t count = 0;
	int status;

	wp_db_query(&cache->db, "SELECT site_code, package_id, source_version, file_id, content_id, confidence, "
		    "origin, recorded_at FROM baselines WHERE ?1 IS NULL OR site_code = ?1 COLLATE NOCASE "
		    "ORDER BY site_code COLLATE NOCASE, package_id, source_version", &statement);
	wp_db_bind_text(&statement, 1, site_code);
	status = read_baselines(cache, arena, &statement, &items, &count, err);
	*ret_items = wp_arena_alloc(arena, count * sizeof *items);
	*ret_count = count;
	if (count)
		memcpy(*ret_items, items, count * sizeof *items);
	free(items);
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
