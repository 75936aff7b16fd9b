/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is said when a file of a database fails: what has failed, and never that it is damaged or full where nobody knows that. */
#include "cache_place.h"

#include "../../src/cache/internal.h"
#include "wimplan/limits.h"

#include <errno.h>
#include <string.h>
#include <sys/types.h>

static int reason; /* of the calls that fail; 0: they do not */

static ssize_t read_at(int fd, void *bytes, size_t size, off_t offset)
{
	errno = reason;
	return reason ? -1 : pread(fd, bytes, size, offset);
}

static ssize_t write_at(int fd, const void *bytes, size_t size, off_t offset)
{
	errno = reason;
	return reason ? -1 : pwrite(fd, bytes, size, offset);
}

/* Puts a function in the place of those calls of SQLite's (sqlite3_vfs, xSetSystemCall) that it was built with. */
static void replace(const char *const names[], sqlite3_syscall_ptr by)
{
	sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);

	for (; *names; names++)
		vfs->xSetSystemCall(vfs, *names, by);
}

static void fail_reading(int error)
{
	static const char *const names[] = { "pread", "pread64", NULL };

	reason = error;
	replace(names, (sqlite3_syscall_ptr)read_at);
}

static void fail_writing(int error)
{
	static const char *const names[] = { "pwrite", "pwrite64", NULL };

	reason = error;
	replace(names, (sqlite3_syscall_ptr)write_at);
}

Test(database, read_that_fails_is_no_damage)
{
	static const int errors[] = { EIO, ENXIO, EACCES };

	for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
		struct place place __attribute__((cleanup(cleanup)));
		struct wp_cache *cache;
		struct wp_error err;
		int64_t number;

		setup(&place);
		reason = 0;
		wp_cache_close(open_cache(&place, WP_CACHE_WRITE));
		cache = open_cache(&place, WP_CACHE_READ);
		fail_reading(errors[i]);
		cr_expect_eq(wp_db_number(&cache->db, "SELECT count(*) FROM records", "it was tested", &number, &err), WP_E_FAILED);
		cr_expect_str_eq(err.code, "cache-unreadable", "%s", err.message);
		cr_expect(strstr(err.message, strerror(errors[i])), "%s", err.message);
		cr_expect_not(strstr(err.message, "damaged"), "%s", err.message);
		reason = 0;
		wp_cache_close(cache);
	}
}

Test(database, only_a_full_disk_is_full)
{
	static const struct {
		int error;
		const char *code;
	} cases[] = { { EIO, "cache-unreadable" }, { EPERM, "cache-unreadable" }, { EFBIG, "cache-full" },
		      { EDQUOT, "cache-full" },    { ENOSPC, "cache-full" },	  { EROFS, "cache-read-only" } };

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		/* A log is written at the commit, of which SQLite keeps the errno with the file alone. */
		for (int wal = 0; wal < 2; wal++) {
			struct place place __attribute__((cleanup(cleanup)));
			struct wp_cache *cache;
			struct wp_error err;
			int status;

			setup(&place);
			reason = 0;
			cache = open_cache(&place, WP_CACHE_WRITE);
			if (wal)
				cr_assert_eq(wp_db_execute(&cache->db, "PRAGMA journal_mode = WAL", "it was tested", &err), WP_OK);
			cr_assert_eq(wp_db_begin(&cache->db, &err), WP_OK);
			fail_writing(cases[i].error);
			status = wp_db_execute(&cache->db, "INSERT INTO plans (id) VALUES ('sha256:1')", "it was tested", &err);
			cr_expect_eq(wp_db_end(&cache->db, status, &err), WP_E_FAILED);
			cr_expect_str_eq(err.code, cases[i].code, "%s, %s: %s", strerror(cases[i].error), wal ? "log" : "journal",
					 err.message);
			reason = 0;
			wp_cache_close(cache);
		}
	}
}

Test(database, what_a_cache_remembers_is_lost_once)
{
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct place place __attribute__((cleanup(cleanup)));
	struct wp_file_content file = { .file_id = "sha256:1" };
	struct wp_content_summary summary;
	struct wp_manifest manifest;
	struct wp_cache *cache;
	struct wp_error err;

	setup(&place);
	wp_cache_close(open_cache(&place, WP_CACHE_WRITE));
	cache = open_cache(&place, WP_CACHE_READ);
	fail_reading(EIO);
	cr_expect_eq(wp_cache_find_contents(cache, &file, 1, &err), WP_E_FAILED);
	cr_expect(strstr(err.message, "cannot be read: Input/output error"), "%s", err.message);
	cr_expect_eq(file.state, WP_CONTENT_UNKNOWN);
	/* Said once; and what could be read again would be a mixture of what is known and what is not. */
	cr_expect_eq(wp_cache_find_summary(cache, arena, "sha256:1", &summary, &err), 0);
	reason = 0;
	cr_expect_eq(wp_cache_find_contents(cache, &file, 1, &err), WP_OK);
	cr_expect_eq(wp_cache_find_manifest(cache, arena, "sha256:1", &manifest, &err), 0);
	wp_cache_close(cache);
}
