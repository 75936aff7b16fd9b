/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Opening the cache: made where it lacks, and refused in plain words where it is not what it should be. */
#include "db.h"

#include "wimplan/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* How long to wait for another process, in milliseconds. */
#define BUSY_TIMEOUT 5000
/*
 * Up to this size the whole file is checked at every opening. In a larger one the records are left out: a snapshot's
 * id is held against them when they are loaded.
 */
#define CHECKED_WHOLE ((int64_t)8 << 20)
/* Bytes of one value: a record of WP_LIMIT_RECORD_BYTES takes more as JSON with escapes. */
#define LONGEST_VALUE (256 << 20)

static int fail_errno(const char *path, const char *doing, int error, struct wp_error *err)
{
	if (error == EROFS || error == EACCES || error == EPERM)
		return wp_db_fail(NULL, SQLITE_READONLY, path, doing, err);
	if (error == ENOSPC || error == EDQUOT)
		return wp_db_fail(NULL, SQLITE_FULL, path, doing, err);
	return wp_fail(err, WP_E_FAILED, "cache-unreadable", path,
		       "the cache %s failed while %s: %s; name another one with --cache",
		       path, doing, strerror(error));
}

static int fail_missing(const char *path, struct wp_error *err)
{
	return wp_fail(err, WP_E_NOT_FOUND, "cache-missing", path,
		       "there is no cache %s yet; make one with `wimplan import FILE`", path);
}

static int fail_foreign(const char *path, const char *what, struct wp_error *err)
{
	return wp_fail(err, WP_E_FAILED, "cache-foreign", path,
		       "%s is %s, not a cache of wimplan; name another file with --cache", path, what);
}

/* Makes the folders above @path, for the user alone, and tells whether files can be made in the last of them. */
static int make_folders(const char *path, struct wp_error *err)
{
	struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	char *folder = wp_arena_strdup(scratch, path);

	for (char *slash = strchr(folder + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		int error;

		*slash = '\0';
		error = mkdir(folder, 0700) ? errno : 0;
		/* A read-only file system says so of folders that are there, too. */
		if (error && error != EEXIST && access(folder, F_OK))
			return fail_errno(path, "its folder was made", error, err);
		*slash = '/';
	}
	if (!strrchr(folder, '/'))
		folder = wp_arena_strdup(scratch, "./");
	*(strrchr(folder, '/') + 1) = '\0';
	/* The journal stands beside the file: without it no change can be begun. */
	if (faccessat(AT_FDCWD, folder, W_OK | X_OK, AT_EACCESS))
		return fail_errno(path, "its folder was opened", errno, err);
	return WP_OK;
}

static int check_file(const char *path, enum wp_cache_mode mode, struct wp_error *err)
{
	struct stat stat_buf;
	int status = mode == WP_CACHE_WRITE ? make_folders(path, err) : WP_OK;

	if (status)
		return status;
	if (stat(path, &stat_buf)) {
		if (errno != ENOENT)
			return wp_fail(err, WP_E_FAILED, "cache-unreadable", path,
				       "the cache %s cannot be opened: %s; name another one with --cache", path,
				       strerror(errno));
		return mode == WP_CACHE_WRITE ? WP_OK : fail_missing(path, err);
	}
	/* Opening a FIFO would wait for its other end. */
	if (!S_ISREG(stat_buf.st_mode))
		return fail_foreign(path, S_ISDIR(stat_buf.st_mode) ? "a folder" : "not a regular file", err);
	if (mode == WP_CACHE_WRITE && faccessat(AT_FDCWD, path, W_OK, AT_EACCESS))
		return fail_errno(path, "it was opened", errno, err);
	/* What is left when making it was interrupted. */
	return mode == WP_CACHE_READ && !stat_buf.st_size ? fail_missing(path, err) : WP_OK;
}

/* The settings of a connection: nothing in a file that somebody else may have made runs by itself. */
static int configure(struct wp_cache *cache, struct wp_error *err)
{
	static const char pragmas[] = "PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL; PRAGMA mmap_size = 0;"
				      "PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY;";
	sqlite3 *db = cache->db;
	int result;

	sqlite3_extended_result_codes(db, 1);
	sqlite3_busy_timeout(db, BUSY_TIMEOUT);
	sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
	sqlite3_limit(db, SQLITE_LIMIT_LENGTH, LONGEST_VALUE);
	sqlite3_limit(db, SQLITE_LIMIT_SQL_LENGTH, 1 << 16);
	sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 0);
	result = sqlite3_exec(db, pragmas, NULL, NULL, NULL);
	return result ? wp_db_fail(db, result, cache->path, "it was opened", err) : WP_OK;
}

/* True when the file begins as every SQLite database does. Read by SQLite, whose locks a close() of ours would drop. */
static bool has_magic(const struct wp_cache *cache)
{
	static const char magic[16] = "SQLite format 3";
	sqlite3_file *file = NULL;
	char bytes[sizeof magic];

	if (sqlite3_file_control(cache->db, "main", SQLITE_FCNTL_FILE_POINTER, &file) || !file || !file->pMethods ||
	    file->pMethods->xRead(file, bytes, sizeof bytes, 0))
		return false;
	return !memcmp(bytes, magic, sizeof magic);
}

static int quick_check(const struct wp_cache *cache, const char *sql, struct wp_error *err)
{
	sqlite3_stmt *statement __attribute__((cleanup(wp_db_finalizep))) = NULL;
	int status = wp_db_prepare(cache, sql, &statement, err);
	const char *text;

	if (!status)
		status = wp_db_step(cache, statement, "it was checked", err);
	if (status < 0)
		return status;
	text = status ? (const char *)sqlite3_column_text(statement, 0) : "";
	return strcmp(text, "ok") ? wp_db_damaged(cache->path, err, "%.200s", text) : WP_OK;
}

static int check_content(const struct wp_cache *cache, struct wp_error *err)
{
	static const char *const tables[] = { "PRAGMA quick_check('snapshots')", "PRAGMA quick_check('baselines')" };
	struct stat stat_buf;

	if (!stat(cache->path, &stat_buf) && stat_buf.st_size <= CHECKED_WHOLE)
		return quick_check(cache, "PRAGMA quick_check(1)", err);
	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
		int status = quick_check(cache, tables[i], err);

		if (status)
			return status;
	}
	return WP_OK;
}

static int open_database(struct wp_cache *cache, int flags, struct wp_error *err)
{
	int version = 0;
	/* SQLite gives names that begin with ':' a meaning of its own. */
	char *name = sqlite3_mprintf("%s%s", cache->path[0] == '/' ? "" : "./", cache->path);
	int result = name ? sqlite3_open_v2(name, &cache->db, flags | SQLITE_OPEN_NOMUTEX, NULL) : SQLITE_NOMEM;
	int status;

	sqlite3_free(name);
	if (result)
		return wp_db_fail(cache->db, result, cache->path, "it was opened", err);
	status = configure(cache, err);
	if (!status)
		status = wp_db_version(cache, &version, err);
	if (status && (sqlite3_errcode(cache->db) & 0xff) == SQLITE_NOTADB && !has_magic(cache))
		return fail_foreign(cache->path, "no SQLite database", err);
	if (!status && !version && cache->mode == WP_CACHE_READ)
		status = fail_missing(cache->path, err);
	/* A reader can do without what an older cache lacks. */
	if (!status && version < WP_CACHE_VERSION && cache->mode == WP_CACHE_WRITE)
		status = wp_db_upgrade(cache, err);
	cache->version = cache->mode == WP_CACHE_WRITE ? WP_CACHE_VERSION : version;
	/* Only now, as it changes a file that is in another mode. */
	if (!status && cache->mode == WP_CACHE_WRITE)
		sqlite3_exec(cache->db, "PRAGMA journal_mode = DELETE", NULL, NULL, NULL);
	return status ? status : check_content(cache, err);
}

int wp_cache_open(const char *path, enum wp_cache_mode mode, struct wp_cache **ret_cache, struct wp_error *err)
{
	struct wp_cache *cache __attribute__((cleanup(wp_cache_closep))) = NULL;
	int status = check_file(path, mode, err);

	if (status)
		return status;
	cache = calloc(1, sizeof *cache);
	if (!cache)
		abort();
	cache->mode = mode;
	cache->identity_limit = WP_LIMIT_IDENTITIES;
	cache->path = strdup(path);
	if (!cache->path)
		abort();
	status = open_database(cache, mode == WP_CACHE_READ ? SQLITE_OPEN_READONLY :
			       SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, err);
	/* A write was interrupted: its journal is played back first, which takes a connection that may write. */
	if (status && cache->db && sqlite3_extended_errcode(cache->db) == SQLITE_READONLY_ROLLBACK) {
		sqlite3_close_v2(cache->db);
		cache->db = NULL;
		status = open_database(cache, SQLITE_OPEN_READWRITE, err);
	}
	if (status)
		return status;
	*ret_cache = cache;
	cache = NULL;
	return WP_OK;
}

void wp_cache_close(struct wp_cache *cache)
{
	if (!cache)
		return;
	wp_identities_free(cache->identities);
	wp_summaries_free(cache->summaries);
	sqlite3_close_v2(cache->db);
	free(cache->path);
	free(cache);
}
