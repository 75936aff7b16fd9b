/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Opening the cache: made where it lacks, and refused in plain words where it is not what it should be. */
#include "internal.h"

#include "wimplan/file.h"
#include "wimplan/limits.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* How long to wait for another process, in milliseconds. */
#define BUSY_TIMEOUT 5000

static int fail_errno(const struct wp_cache *cache, const char *doing, int error, struct wp_error *err)
{
	if (error == EROFS || error == EACCES || error == EPERM)
		return wp_db_fail(&cache->db, SQLITE_READONLY, doing, err);
	if (error == ENOSPC || error == EDQUOT)
		return wp_db_fail(&cache->db, SQLITE_FULL, doing, err);
	return wp_fail(err, WP_E_FAILED, "cache-unreadable", cache->path,
		       "the cache %s failed while %s: %s; name another one with --cache",
		       cache->path, doing, strerror(error));
}

static int fail_missing(const char *path, struct wp_error *err)
{
	return wp_fail(err, WP_E_NOT_FOUND, "cache-missing", path,
		       "there is no cache %s yet; make one with `wimplan import FILE`", path);
}

/* There is no cache yet, and none can be made. */
static int fail_place(const struct wp_cache *cache, const char *why, int error, struct wp_error *err)
{
	bool refused = error == EROFS || error == EACCES || error == EPERM;

	return wp_fail(err, WP_E_FAILED, refused ? "cache-read-only" : "cache-unreadable", cache->path,
		       "the cache %s cannot be made: %s: %s; name another one with --cache", cache->path, why, strerror(error));
}

/* Makes the folders above the cache, and tells whether files can be made in the last of them. */
static int make_folders(const struct wp_cache *cache, struct wp_error *err)
{
	struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	const char *slash = strrchr(cache->path, '/');
	int error = wp_file_make_folders(cache->path);
	struct wp_file_status file;

	if (error == ENOSPC || error == EDQUOT)
		return fail_errno(cache, "its folder was made", error, err);
	if (error)
		return fail_place(cache, "its folder is not there and cannot be made", error, err);
	/* The journal stands beside the file: without it no change can be begun. */
	error = wp_file_may_write(slash ? wp_arena_strndup(scratch, cache->path, (size_t)(slash - cache->path) + 1)
					: ".");
	if (error && wp_file_look(cache->path, &file) == ENOENT)
		return fail_place(cache, "no file can be made in its folder", error, err);
	return error ? fail_errno(cache, "its folder was opened", error, err) : WP_OK;
}

static int check_file(const struct wp_cache *cache, struct wp_error *err)
{
	const char *path = cache->path;
	bool write = !cache->db.read_only;
	struct wp_file_status file;
	int error, status = write ? make_folders(cache, err) : WP_OK;

	if (status)
		return status;
	error = wp_file_look(path, &file);
	if (error == ENOENT)
		return write ? WP_OK : fail_missing(path, err);
	if (error)
		return wp_fail(err, WP_E_FAILED, "cache-unreadable", path,
			       "the cache %s cannot be opened: %s; name another one with --cache", path,
			       strerror(error));
	/* Opening a FIFO would wait for its other end. */
	if (file.kind != WP_FILE_KIND_REGULAR)
		return wp_cache_fail_foreign(path, file.kind == WP_FILE_KIND_FOLDER ? "a folder" : "not a regular file", err);
	error = write ? wp_file_may_write(path) : 0;
	if (error)
		return fail_errno(cache, "it was opened", error, err);
	/* What is left when making it was interrupted. */
	return !write && !file.size ? fail_missing(path, err) : WP_OK;
}

static int open_database(struct wp_cache *cache, int flags, struct wp_error *err)
{
	/* Of a large cache the records are left out: a snapshot's id is held against them when they are loaded. */
	static const char *const tables[] = { "snapshots", "baselines", NULL };
	bool glance = cache->mode == WP_CACHE_GLANCE;
	int version, status = wp_db_open(&cache->db, flags, glance ? 0 : BUSY_TIMEOUT, err);

	if (!status)
		status = wp_cache_version(cache, &version, err);
	if (status && wp_db_is_foreign(&cache->db))
		return wp_cache_fail_foreign(cache->path, "no SQLite database", err);
	if (status)
		return status;
	cache->version = version;
	if (cache->db.read_only && !version)
		return fail_missing(cache->path, err);
	/* A reader can do without what an older cache lacks. */
	if (cache->db.read_only)
		return glance ? WP_OK : wp_db_check(&cache->db, tables, err);
	if (version < WP_CACHE_VERSION)
		status = wp_cache_upgrade(cache, err);
	cache->version = WP_CACHE_VERSION;
	if (status)
		return status;
	/* Only now, as it changes a file that is in another mode. One that others hold in WAL mode serves as well. */
	status = wp_db_execute(&cache->db, "PRAGMA journal_mode = DELETE", "it was opened", err);
	return status && status != WP_E_BUSY ? status : wp_db_check(&cache->db, tables, err);
}

int wp_cache_open(const char *path, enum wp_cache_mode mode, struct wp_cache **ret_cache, struct wp_error *err)
{
	struct wp_cache *cache __attribute__((cleanup(wp_cache_closep))) = wp_must(calloc(1, sizeof *cache));
	bool read = mode != WP_CACHE_WRITE;
	int status;

	cache->path = wp_must(strdup(path));
	cache->mode = mode;
	cache->identity_limit = WP_LIMIT_IDENTITIES;
	cache->event_limit = WP_LIMIT_EVENTS;
	cache->event_package_limit = WP_LIMIT_EVENT_PACKAGES;
	cache->db = (struct wp_db){
		.path = cache->path,
		.kind = "cache",
		.cure = "move it away and import again (`sqlite3 FILE .recover` may still save the baselines in it)",
		.read_only = read,
	};
	status = check_file(cache, err);
	if (!status)
		status = open_database(cache, read ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
				       err);
	/* A write was interrupted: its journal is played back first, which takes a connection that may write. */
	if (status && mode != WP_CACHE_GLANCE && sqlite3_extended_errcode(cache->db.handle) == SQLITE_READONLY_ROLLBACK) {
		wp_db_close(&cache->db);
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
	wp_db_close(&cache->db);
	free(cache->path);
	free(cache);
}
