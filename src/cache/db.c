/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the parts of the cache share: running statements and turning SQLite's results into errors. */
#include "db.h"

#include "wimplan/text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * SQLite calls only ENOSPC full. A quota or a limit on the size of files is a failed write to it, and at a COMMIT it
 * does not keep the error's number (sqlite3_system_errno() is 0).
 */
static bool is_full(int result, int error)
{
	return error == ENOSPC || error == EDQUOT || error == EFBIG || (result == SQLITE_IOERR_WRITE && !error);
}

int wp_db_damaged(const char *path, struct wp_error *err, const char *format, ...)
{
	char what[256];
	va_list args;

	va_start(args, format);
	vsnprintf(what, sizeof what, format, args);
	va_end(args);
	return wp_fail(err, WP_E_FAILED, "cache-damaged", path,
		       "the cache %s is damaged (%s); move it away and import again (`sqlite3 FILE .recover` may still "
		       "save the baselines in it)",
		       path, what);
}

int wp_db_fail(sqlite3 *db, int result, const char *path, const char *doing, struct wp_error *err)
{
	const char *text = db ? sqlite3_errmsg(db) : sqlite3_errstr(result);
	int error = db ? sqlite3_system_errno(db) : 0;

	switch (result & 0xff) {
	case SQLITE_NOMEM:
		/* As every allocation of wimplan (arena.h): nothing was committed, so nothing is lost. */
		abort();
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return wp_fail(err, WP_E_BUSY, "cache-busy", path,
			       "the cache %s is in use by another process; try again when that has ended", path);
	case SQLITE_FULL:
		return wp_fail(err, WP_E_FAILED, "cache-full", path,
			       "there is no room left for the cache %s while %s; nothing was changed: make room and "
			       "try again",
			       path, doing);
	case SQLITE_READONLY:
		return wp_fail(err, WP_E_FAILED, "cache-read-only", path,
			       "the cache %s may only be read, not written; change its permissions or name another one "
			       "with --cache",
			       path);
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
	case SQLITE_ERROR: /* every statement is a constant: it fails where the tables are not those of wimplan */
	case SQLITE_MISMATCH:
		return wp_db_damaged(path, err, "%s", text);
	case SQLITE_IOERR:
	case SQLITE_CANTOPEN:
		if (is_full(result, error))
			return wp_db_fail(db, SQLITE_FULL, path, doing, err);
		if (error == EROFS)
			return wp_db_fail(db, SQLITE_READONLY, path, doing, err);
		return wp_fail(err, WP_E_FAILED, "cache-unreadable", path,
			       "the cache %s failed while %s: %s%s%s; check the disk and the permissions", path, doing,
			       text, error ? ": " : "", error ? strerror(error) : "");
	default:
		return wp_fail(err, WP_E_FAILED, "cache-error", path,
			       "the cache %s failed while %s: %s; try again, or name another one with --cache",
			       path, doing, text);
	}
}

int wp_db_prepare(const struct wp_cache *cache, const char *sql, sqlite3_stmt **ret, struct wp_error *err)
{
	int result = sqlite3_prepare_v2(cache->db, sql, -1, ret, NULL);

	return result ? wp_db_fail(cache->db, result, cache->path, "it was read", err) : WP_OK;
}

int wp_db_step(const struct wp_cache *cache, sqlite3_stmt *statement, const char *doing, struct wp_error *err)
{
	int result = sqlite3_step(statement);

	if (result == SQLITE_ROW)
		return 1;
	return result == SQLITE_DONE ? 0 : wp_db_fail(cache->db, result, cache->path, doing, err);
}

int wp_db_run(const struct wp_cache *cache, sqlite3_stmt *statement, const char *doing, struct wp_error *err)
{
	int status = wp_db_step(cache, statement, doing, err);

	sqlite3_reset(statement);
	return status < 0 ? status : WP_OK;
}

static int execute(const struct wp_cache *cache, const char *sql, const char *doing, struct wp_error *err)
{
	int result = sqlite3_exec(cache->db, sql, NULL, NULL, NULL);

	return result ? wp_db_fail(cache->db, result, cache->path, doing, err) : WP_OK;
}

int wp_db_number(const struct wp_cache *cache, const char *sql, const char *doing, int64_t *ret, struct wp_error *err)
{
	sqlite3_stmt *statement __attribute__((cleanup(wp_db_finalizep))) = NULL;
	int status = wp_db_prepare(cache, sql, &statement, err);

	if (!status)
		status = wp_db_step(cache, statement, doing, err);
	*ret = status == 1 ? sqlite3_column_int64(statement, 0) : 0;
	return status < 0 ? status : WP_OK;
}

int wp_db_begin(const struct wp_cache *cache, struct wp_error *err)
{
	if (cache->mode == WP_CACHE_READ)
		return wp_db_fail(NULL, SQLITE_READONLY, cache->path, "", err);
	/* IMMEDIATE: a writer that begins by reading could not wait for another one at its first write. */
	return execute(cache, "BEGIN IMMEDIATE", "a change was begun", err);
}

int wp_db_end(const struct wp_cache *cache, int status, struct wp_error *err)
{
	if (!status)
		status = execute(cache, "COMMIT", "a change was kept", err);
	/* SQLite has rolled back by itself after some errors; a second ROLLBACK would be an error. */
	if (status && !sqlite3_get_autocommit(cache->db))
		sqlite3_exec(cache->db, "ROLLBACK", NULL, NULL, NULL);
	return status;
}

void wp_db_bind_text(sqlite3_stmt *statement, int index, const char *text)
{
	if (sqlite3_bind_text(statement, index, text, -1, SQLITE_STATIC) == SQLITE_NOMEM)
		abort();
}

void wp_db_bind_int(sqlite3_stmt *statement, int index, int64_t value)
{
	sqlite3_bind_int64(statement, index, value);
}

void wp_db_bind_time(sqlite3_stmt *statement, int index, struct wp_time time)
{
	struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();

	if (sqlite3_bind_text(statement, index, wp_time_iso_ticks(scratch, time), -1, SQLITE_TRANSIENT) == SQLITE_NOMEM)
		abort();
}

int wp_db_check_version(const char *package_id, uint64_t source_version, struct wp_error *err)
{
	if (source_version <= INT64_MAX)
		return WP_OK;
	return wp_fail(err, WP_E_FAILED, "bad-value", package_id,
		       "package %s has the SourceVersion %" PRIu64
		       ", which no site gives; correct what it was read from",
		       package_id, source_version);
}

const char *wp_db_text(struct wp_arena *arena, sqlite3_stmt *statement, int column)
{
	const char *text = (const char *)sqlite3_column_text(statement, column);
	size_t length = (size_t)sqlite3_column_bytes(statement, column);

	return text && wp_utf8_valid(text, length) == length ? wp_arena_strndup(arena, text, length) : NULL;
}

struct wp_time wp_db_time(sqlite3_stmt *statement, int column)
{
	const char *text = (const char *)sqlite3_column_text(statement, column);

	return text ? wp_time_parse(text) : (struct wp_time){ 0 };
}

void wp_db_hash(sqlite3_stmt *statement, int column, char ret[WP_HASH_TEXT])
{
	const char *text = (const char *)sqlite3_column_text(statement, column);
	int length = text ? sqlite3_column_bytes(statement, column) : 0;

	ret[0] = '\0';
	if (length < WP_HASH_TEXT)
		memcpy(ret, text ? text : "", (size_t)length + 1);
}
