/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Opening the cache: what is made, and what is refused in which words. */
#include "wimplan/cache.h"

#include "../../src/cache/internal.h"

#include "cache_place.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* Opens and closes; the status. */
static int try_open(const char *path, enum wp_cache_mode mode, struct wp_error *err)
{
	struct wp_cache *cache = NULL;
	int status;

	memset(err, 0, sizeof *err);
	status = wp_cache_open(path, mode, &cache, err);
	cr_expect_eq(!status, cache != NULL, "%s", err->message);
	if (status) {
		cr_expect_eq(err->status, status);
		cr_expect(strstr(err->message, path), "the message names the file: %s", err->message);
	}
	wp_cache_close(cache);
	return status;
}

/* Makes a cache with one baseline in it. */
static void make_cache(const char *path)
{
	struct wp_baseline baseline = { "P01", "P0100001", 1, "sha256:00", "sha256:11", WP_CONFIDENCE_PROVEN, "adopted", { 0 } };
	struct wp_cache *cache;

	cr_assert_eq(wp_cache_open(path, WP_CACHE_WRITE, &cache, NULL), WP_OK);
	cr_assert_eq(wp_cache_put_baselines(cache, &baseline, 1, NULL), WP_OK);
	wp_cache_close(cache);
}

Test(cache, open_makes_the_cache_and_its_folders)
{
	struct place place __attribute__((cleanup(cleanup)));
	char path[160];
	struct wp_error err;
	struct stat status;

	setup(&place);
	snprintf(path, sizeof path, "%s/a/b/cache.db", place.root);
	cr_expect_eq(try_open(path, WP_CACHE_READ, &err), WP_E_NOT_FOUND);
	cr_expect_str_eq(err.code, "cache-missing");
	cr_expect_neq(access(path, F_OK), 0, "reading makes nothing");
	cr_expect_eq(try_open(path, WP_CACHE_WRITE, &err), WP_OK, "%s", err.message);
	cr_expect_eq(try_open(path, WP_CACHE_WRITE, &err), WP_OK, "%s", err.message);
	cr_expect_eq(try_open(path, WP_CACHE_READ, &err), WP_OK, "%s", err.message);
	*strrchr(path, '/') = '\0';
	cr_assert_eq(stat(path, &status), 0);
	cr_expect_eq(status.st_mode & 0777, 0700);
	/* A name that SQLite would take for a database in memory. */
	cr_assert_eq(chdir(place.root), 0);
	cr_expect_eq(try_open(":memory:", WP_CACHE_WRITE, &err), WP_OK, "%s", err.message);
	cr_expect_eq(access(":memory:", F_OK), 0);
}

/* SQLite would open what stands beside the file, and wait for the other end of a pipe for ever. */
Test(cache, open_looks_beside_the_file)
{
	static const char *const endings[] = { "-journal", "-wal", "-shm" };
	struct place place __attribute__((cleanup(cleanup)));
	struct wp_error err;

	setup(&place);
	make_cache(place.path);
	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
		char beside[200];

		snprintf(beside, sizeof beside, "%s%s", place.path, endings[i]);
		cr_assert_eq(mkfifo(beside, 0444), 0);
		cr_expect_eq(try_open(place.path, WP_CACHE_READ, &err), WP_E_FAILED, "%s", beside);
		cr_expect_str_eq(err.code, "cache-damaged");
		cr_expect(strstr(err.message, endings[i]), "%s", err.message);
		unlink(beside);
	}
	cr_expect_eq(try_open(place.path, WP_CACHE_READ, &err), WP_OK, "%s", err.message);
}

Test(cache, open_takes_an_empty_file_for_no_cache)
{
	struct place place __attribute__((cleanup(cleanup)));
	struct wp_error err;

	setup(&place);
	close(open(place.path, O_CREAT | O_WRONLY, 0644));
	cr_expect_eq(try_open(place.path, WP_CACHE_READ, &err), WP_E_NOT_FOUND);
	cr_expect_eq(try_open(place.path, WP_CACHE_WRITE, &err), WP_OK, "%s", err.message);
	cr_expect_eq(try_open(place.path, WP_CACHE_READ, &err), WP_OK, "%s", err.message);
}

Test(cache, open_refuses_what_is_not_its_own)
{
	struct place place __attribute__((cleanup(cleanup)));
	struct wp_error err;
	char path[160], text[3000], *bytes;
	size_t length;

	setup(&place);
	memset(text, 'x', sizeof text);
	for (int mode = WP_CACHE_READ; mode <= WP_CACHE_WRITE; mode++) {
		cr_expect_eq(try_open(place.root, mode, &err), WP_E_FAILED);
		cr_expect_str_eq(err.code, "cache-foreign", "a folder");
		snprintf(path, sizeof path, "%s/fifo%d", place.root, mode);
		cr_assert_eq(mkfifo(path, 0644), 0);
		cr_expect_eq(try_open(path, mode, &err), WP_E_FAILED);
		cr_expect_str_eq(err.code, "cache-foreign", "a FIFO");
		snprintf(path, sizeof path, "%s/text%d", place.root, mode);
		temporary_write(path, text, sizeof text);
		cr_expect_eq(try_open(path, mode, &err), WP_E_FAILED);
		cr_expect_str_eq(err.code, "cache-foreign", "a text: %s", err.message);
		bytes = temporary_read(path, &length);
		cr_expect_eq(length, sizeof text);
		cr_expect_arr_eq(bytes, text, sizeof text, "it is left as it is");
		free(bytes);
		snprintf(path, sizeof path, "%s/other%d", place.root, mode);
		place_sql(path, "CREATE TABLE t (a); PRAGMA user_version = 8");
		cr_expect_eq(try_open(path, mode, &err), WP_E_FAILED);
		cr_expect_str_eq(err.code, "cache-foreign", "another program's tables: %s", err.message);
		place_sql(path, "PRAGMA application_id = 42");
		cr_expect_eq(try_open(path, mode, &err), WP_E_FAILED);
		cr_expect_str_eq(err.code, "cache-foreign", "another program's mark");
		snprintf(path, sizeof path, "%s/text%d/cache.db", place.root, mode);
		cr_expect_eq(try_open(path, mode, &err), WP_E_FAILED);
		cr_expect_str_eq(err.code, "cache-unreadable", "a file for a folder: %s", err.message);
	}
}

Test(cache, open_refuses_a_newer_version_and_lost_tables)
{
	struct place place __attribute__((cleanup(cleanup)));
	struct wp_error err;

	setup(&place);
	make_cache(place.path);
	place_sql(place.path, "PRAGMA user_version = 9");
	cr_expect_eq(try_open(place.path, WP_CACHE_READ, &err), WP_E_FAILED);
	cr_expect_str_eq(err.code, "cache-newer");
	cr_expect_eq(try_open(place.path, WP_CACHE_WRITE, &err), WP_E_FAILED);
	cr_expect_str_eq(err.code, "cache-newer");
	place_sql(place.path, "PRAGMA user_version = 0");
	cr_expect_eq(try_open(place.path, WP_CACHE_WRITE, &err), WP_E_FAILED);
	cr_expect_str_eq(err.code, "cache-damaged");
	place_sql(place.path, "PRAGMA user_version = 8; DROP TABLE identities");
	cr_expect_eq(try_open(place.path, WP_CACHE_WRITE, &err), WP_E_FAILED);
	cr_expect_str_eq(err.code, "cache-damaged");
}

/* Whether the cache still gives its baseline, or says that it cannot. */
static void expect_sane(const char *path, const char *what, long at)
{
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct wp_cache *cache __attribute__((cleanup(wp_cache_closep))) = NULL;
	struct wp_baseline *items;
	struct wp_error err;
	size_t count;
	int status = wp_cache_open(path, WP_CACHE_READ, &cache, &err);

	if (!status)
		status = wp_cache_list_baselines(cache, arena, NULL, &items, &count, &err);
	if (status)
		cr_expect(!strcmp(err.code, "cache-damaged") || !strcmp(err.code, "cache-foreign") ||
			  !strcmp(err.code, "cache-newer") || !strcmp(err.code, "cache-missing"),
			  "%s at %ld: %s: %s", what, at, err.code, err.message);
	else
		cr_expect(count == 1 && !strcmp(items[0].content_id, "sha256:11"), "%s at %ld", what, at);
}

Test(cache, open_finds_damage)
{
	struct place place __attribute__((cleanup(cleanup)));
	struct wp_error err;
	char bytes[128 * 1024], other[160];
	ssize_t size;
	int fd;

	setup(&place);
	make_cache(place.path);
	snprintf(other, sizeof other, "%s/other.db", place.root);
	fd = open(place.path, O_RDONLY);
	size = read(fd, bytes, sizeof bytes);
	close(fd);
	cr_assert(size > 4096 && size < (ssize_t)sizeof bytes);
	for (long at = 0; at < size; at += 509) {
		fd = open(other, O_WRONLY | O_CREAT | O_TRUNC, 0644);
		cr_assert_eq(write(fd, bytes, (size_t)at), at);
		close(fd);
		expect_sane(other, "truncated", at);
		fd = open(other, O_WRONLY | O_CREAT | O_TRUNC, 0644);
		cr_assert_eq(write(fd, bytes, (size_t)size), size);
		cr_assert_eq(pwrite(fd, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 12, at), 12);
		close(fd);
		expect_sane(other, "overwritten", at);
	}
	/* A whole page behind the first: nothing else of the file tells. */
	cr_assert_eq(truncate(other, 4096), 0);
	cr_expect_eq(try_open(other, WP_CACHE_READ, &err), WP_E_FAILED);
	cr_expect_str_eq(err.code, "cache-damaged");
	cr_expect_eq(try_open(other, WP_CACHE_WRITE, &err), WP_E_FAILED);
	cr_expect_str_eq(err.code, "cache-damaged");
}

Test(cache, read_only_is_said)
{
	struct place place __attribute__((cleanup(cleanup)));
	struct wp_cache *cache __attribute__((cleanup(wp_cache_closep))) = NULL;
	struct wp_baseline baseline = { "P01", "P0100001", 2, "sha256:00", "sha256:22", WP_CONFIDENCE_PROVEN, "adopted", { 0 } };
	struct wp_snapshot snapshot = { .id = "sha256:00" };
	struct wp_error err;
	size_t count;

	setup(&place);
	make_cache(place.path);
	cr_assert_eq(wp_cache_open(place.path, WP_CACHE_READ, &cache, &err), WP_OK);
	cr_expect_eq(wp_cache_put_baselines(cache, &baseline, 1, &err), WP_E_FAILED);
	cr_expect_str_eq(err.code, "cache-read-only");
	cr_expect_eq(wp_cache_remove_snapshot(cache, &snapshot, &err), WP_E_FAILED);
	cr_expect_str_eq(err.code, "cache-read-only");
	cr_expect_eq(wp_cache_forget_baselines(cache, "P01", "P0100001", &count, &err), WP_E_FAILED);
	cr_expect_str_eq(err.code, "cache-read-only");
}

Test(cache, read_only_files_and_folders)
{
	struct place place __attribute__((cleanup(cleanup)));
	struct wp_error err;
	bool root = !geteuid();
	char path[160];

	setup(&place);
	make_cache(place.path);
	/* Permissions bind everyone but root: be another user until the end. */
	if (root) {
		cr_assert_eq(chown(place.root, 65534, 65534), 0);
		cr_assert_eq(chown(place.path, 65534, 65534), 0);
		cr_assert_eq(seteuid(65534), 0);
	}
	cr_assert_eq(chmod(place.path, 0444), 0);
	cr_expect_eq(try_open(place.path, WP_CACHE_WRITE, &err), WP_E_FAILED);
	cr_expect_str_eq(err.code, "cache-read-only", "a file: %s", err.message);
	cr_expect_eq(try_open(place.path, WP_CACHE_READ, &err), WP_OK, "%s", err.message);
	cr_assert_eq(chmod(place.path, 0644), 0);
	cr_assert_eq(chmod(place.root, 0555), 0);
	cr_expect_eq(try_open(place.path, WP_CACHE_WRITE, &err), WP_E_FAILED);
	cr_expect_str_eq(err.code, "cache-read-only", "a folder: %s", err.message);
	cr_expect_eq(try_open(place.path, WP_CACHE_READ, &err), WP_OK, "%s", err.message);
	snprintf(path, sizeof path, "%s/sub/cache.db", place.root);
	cr_expect_eq(try_open(path, WP_CACHE_WRITE, &err), WP_E_FAILED);
	cr_expect_str_eq(err.code, "cache-read-only", "a folder to be made: %s", err.message);
	cr_expect_eq(try_open(path, WP_CACHE_READ, &err), WP_E_NOT_FOUND);
	cr_assert_eq(chmod(place.path, 0), 0);
	cr_expect_eq(try_open(place.path, WP_CACHE_READ, &err), WP_E_FAILED);
	cr_expect_str_eq(err.code, "cache-unreadable", "%s", err.message);
	if (root)
		cr_assert_eq(seteuid(0), 0);
}

Test(cache, a_full_disk_loses_nothing)
{
	struct place place __attribute__((cleanup(cleanup)));
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct wp_cache *cache __attribute__((cleanup(wp_cache_closep))) = NULL;
	struct rlimit limit;
	struct wp_baseline *items;
	struct wp_error err;
	size_t count;

	setup(&place);
	make_cache(place.path);
	cr_assert_eq(wp_cache_open(place.path, WP_CACHE_WRITE, &cache, &err), WP_OK);
	items = wp_arena_alloc(arena, 5000 * sizeof *items);
	for (size_t i = 0; i < 5000; i++)
		items[i] = (struct wp_baseline){ "P01",       "P0100001", i + 10,    "sha256:00",
						 "sha256:22", WP_CONFIDENCE_PROVEN,  "adopted", { 0 } };
	/* A limit on the size of files stands for a disk that is full: SQLite sees a write that fails. */
	signal(SIGXFSZ, SIG_IGN);
	cr_assert_eq(getrlimit(RLIMIT_FSIZE, &limit), 0);
	cr_assert_eq(setrlimit(RLIMIT_FSIZE, &(struct rlimit){ 64 * 1024, limit.rlim_max }), 0);
	cr_expect_eq(wp_cache_put_baselines(cache, items, 5000, &err), WP_E_FAILED);
	cr_expect_str_eq(err.code, "cache-full", "%s", err.message);
	cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	cr_assert_eq(wp_cache_list_baselines(cache, arena, NULL, &items, &count, &err), WP_OK, "%s", err.message);
	cr_expect_eq(count, 1);
	/* By SQLite's own result for it. */
	sqlite3_exec(cache->db.handle, "PRAGMA max_page_count = 1", NULL, NULL, NULL);
	for (size_t i = 0; i < count; i++)
		items[i].source_version = 99;
	items[0].origin = memset(wp_arena_alloc(arena, 100001), 'x', 100000);
	cr_expect_eq(wp_cache_put_baselines(cache, items, 1, &err), WP_E_FAILED);
	cr_expect_str_eq(err.code, "cache-full", "%s", err.message);
}

/* A writer in WAL mode that was killed: what it wrote stands in the log. */
static void leave_log(const char *path)
{
	pid_t child = fork();
	sqlite3 *db;

	if (!child) {
		if (sqlite3_open(path, &db) ||
		    sqlite3_exec(db, "PRAGMA journal_mode = WAL; UPDATE baselines SET origin = hex(zeroblob(99999))", NULL, NULL,
				 NULL))
			_exit(1);
		_exit(0);
	}
	cr_assert_eq(waitpid(child, NULL, 0), child);
}

Test(cache, a_log_goes_into_the_file_or_it_is_said)
{
	struct place place __attribute__((cleanup(cleanup)));
	struct rlimit old, limit;
	struct wp_error err;
	char log[200];
	sqlite3 *db;

	setup(&place);
	make_cache(place.path);
	snprintf(log, sizeof log, "%s-wal", place.path);
	leave_log(place.path);
	cr_assert_eq(access(log, F_OK), 0);
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &old);
	/* Enough for what SQLite makes beside the file (walformat.html, 2.2: 32 KiB), not for what goes into it. */
	limit = (struct rlimit){ 32 * 1024, old.rlim_max };
	setrlimit(RLIMIT_FSIZE, &limit);
	cr_expect_eq(try_open(place.path, WP_CACHE_WRITE, &err), WP_E_FAILED);
	setrlimit(RLIMIT_FSIZE, &old);
	cr_expect_str_eq(err.code, "cache-full", "%s", err.message);
	/* Another process that holds it in that mode is no hindrance. */
	cr_assert_eq(sqlite3_open(place.path, &db), SQLITE_OK);
	cr_assert_eq(sqlite3_exec(db, "SELECT * FROM baselines", NULL, NULL, NULL), SQLITE_OK);
	cr_expect_eq(try_open(place.path, WP_CACHE_WRITE, &err), WP_OK, "%s", err.message);
	cr_expect_eq(access(log, F_OK), 0);
	sqlite3_close(db);
	leave_log(place.path);
	cr_expect_eq(try_open(place.path, WP_CACHE_WRITE, &err), WP_OK, "%s", err.message);
	cr_expect_neq(access(log, F_OK), 0, "the log went into the file");
}

Test(cache, another_writer_makes_it_busy)
{
	struct place place __attribute__((cleanup(cleanup)));
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct wp_cache *cache __attribute__((cleanup(wp_cache_closep))) = NULL;
	struct wp_baseline baseline = { "P01", "P0100001", 2, "sha256:00", "sha256:22", WP_CONFIDENCE_PROVEN, "adopted", { 0 } };
	struct wp_baseline *items;
	struct wp_error err;
	size_t count;
	sqlite3 *db;

	setup(&place);
	make_cache(place.path);
	cr_assert_eq(wp_cache_open(place.path, WP_CACHE_WRITE, &cache, &err), WP_OK);
	sqlite3_busy_timeout(cache->db.handle, 10);
	cr_assert_eq(sqlite3_open(place.path, &db), SQLITE_OK);
	cr_assert_eq(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
	cr_expect_eq(wp_cache_put_baselines(cache, &baseline, 1, &err), WP_E_BUSY);
	cr_expect_str_eq(err.code, "cache-busy");
	cr_expect_eq(wp_cache_list_baselines(cache, arena, NULL, &items, &count, &err), WP_OK, "readers go on");
	cr_assert_eq(sqlite3_exec(db, "COMMIT; BEGIN EXCLUSIVE", NULL, NULL, NULL), SQLITE_OK);
	cr_expect_eq(wp_cache_list_baselines(cache, arena, NULL, &items, &count, &err), WP_E_BUSY);
	sqlite3_close(db);
	cr_expect_eq(wp_cache_put_baselines(cache, &baseline, 1, &err), WP_OK, "%s", err.message);
}

Test(cache, reading_undoes_an_interrupted_write)
{
	struct place place __attribute__((cleanup(cleanup)));
	char other[160], journal[2][176], *bytes;
	size_t length;
	sqlite3 *db;

	setup(&place);
	make_cache(place.path);
	snprintf(other, sizeof other, "%s/other.db", place.root);
	snprintf(journal[0], sizeof journal[0], "%s-journal", place.path);
	snprintf(journal[1], sizeof journal[1], "%s-journal", other);
	cr_assert_eq(sqlite3_open(place.path, &db), SQLITE_OK);
	/* With a cache of one page the change reaches the file before it is committed. */
	cr_assert_eq(sqlite3_exec(db,
				  "PRAGMA cache_size = 1; BEGIN; UPDATE baselines SET content_id = 'torn';"
				  "CREATE TABLE t AS WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n "
				  "WHERE i < 2000) SELECT i, randomblob(100) FROM n",
				  NULL, NULL, NULL),
		     SQLITE_OK);
	/*
	 * What a power failure would leave. SQLite's locks are lost with the descriptors that copying closes, and
	 * nobody else is there to need them.
	 */
	temporary_copy(place.path, other);
	temporary_copy(journal[0], journal[1]);
	sqlite3_close(db);
	bytes = temporary_read(other, &length);
	cr_expect(memmem(bytes, length, "torn", 4), "the change has reached the file");
	free(bytes);
	expect_sane(other, "interrupted", 0);
	bytes = temporary_read(other, &length);
	cr_expect_not(memmem(bytes, length, "torn", 4));
	free(bytes);
	cr_expect_neq(access(journal[1], F_OK), 0);
}
