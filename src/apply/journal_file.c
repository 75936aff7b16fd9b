/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The journal's file, before SQLite has it. Its default place is beside the plan, where others may be able to write: no
 * link is followed, and nothing but a regular file is opened.
 */
#include "journal_file.h"
#include "lock.h"

#include "wimplan/file.h"
#include "wimplan/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* Temporary names that are tried; each that is taken was left behind by a process with our number. */
#define TEMPORARY_NAMES 1000
/* Where a database's header says in which mode it was left, and the value for a log (fileformat2.html, 1.3). */
#define HEADER_MODE 18
#define MODE_WAL 2

static int fail_open(const struct wp_journal *journal, int reason, struct wp_error *err)
{
	if (reason == ENOENT)
		return wp_fail(err, WP_E_NOT_FOUND, "journal", journal->path, "there is no journal %s: %s", journal->path,
			       strerror(reason));
	if (reason == ELOOP)
		return wp_fail(err, WP_E_REFUSED, "not-a-journal", journal->path,
			       "%s is a link, and no journal is opened through one; give the file itself with --journal",
			       journal->path);
	return wp_fail(err, WP_E_FAILED, "journal", journal->path, "the journal %s cannot be opened: %s", journal->path,
		       strerror(reason));
}

/* SQLite is to follow no link (SQLITE_OPEN_NOFOLLOW), and takes that to mean the folders as well. */
static int resolve(struct wp_journal *journal, struct wp_error *err)
{
	const char *slash = strrchr(journal->path, '/');
	char *folder = slash ? strndup(journal->path, (size_t)(slash - journal->path) + 1) : strdup(".");
	char *real = folder ? realpath(folder, NULL) : NULL;
	int reason = errno;

	free(folder);
	if (!real)
		return fail_open(journal, reason, err);
	if (asprintf(&journal->name, "%s/%s", real, slash ? slash + 1 : journal->path) < 0)
		wp_out_of_memory();
	free(real);
	return WP_OK;
}

/* A file beside the journal that only this process knows; its name in @room. Below 0: errno says why not. */
static int open_temporary(const struct wp_journal *journal, char **ret_name)
{
	for (int number = 0; number < TEMPORARY_NAMES; number++) {
		int fd;

		if (asprintf(ret_name, "%.*s.wimplan-%ld-%d.tmp", (int)(strrchr(journal->name, '/') + 1 - journal->name),
			     journal->name, (long)getpid(), number) < 0)
			wp_out_of_memory();
		/* The mode is that of SQLite's own files: who shares a folder for plans shares the journals in it. */
		fd = open(*ret_name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666);
		if (fd >= 0 || errno != EEXIST)
			return fd;
		free(*ret_name);
		*ret_name = NULL;
	}
	return -1;
}

/* Gives the file its name, unless that is taken meanwhile. Returns 0 or an errno. */
static int put_in_place(const char *temporary, const char *name)
{
	int reason = link(temporary, name) ? errno : 0;

	if (!reason || reason == EEXIST) {
		unlink(temporary);
		return 0;
	}
	/* Not every file system has links. */
	if (access(name, F_OK) && !rename(temporary, name))
		return 0;
	unlink(temporary);
	return reason;
}

/*
 * Makes the journal whole before it has its name: a file of that name without a journal in it was damaged, and is never
 * one that was not begun.
 */
static int make(struct wp_journal *journal, const struct wp_plan *plan, struct wp_error *err)
{
	struct wp_db db = wp_journal_database(journal->path);
	char *temporary = NULL;
	int fd = open_temporary(journal, &temporary), status, reason;

	if (fd < 0) {
		reason = errno;
		free(temporary);
		return fail_open(journal, reason, err);
	}
	close(fd);
	db.file = temporary;
	status = wp_db_open(&db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOFOLLOW, WP_JOURNAL_BUSY, err);
	if (!status)
		status = wp_journal_create(&db, plan, err);
	wp_db_close(&db);
	if (status) {
		unlink(temporary);
	} else {
		reason = put_in_place(temporary, journal->name);
		status = reason ? fail_open(journal, reason, err) : WP_OK;
	}
	free(temporary);
	return status;
}

/* Whether what stands beside the file begins as its log does (fileformat2.html, 4.1; the last bit is the byte order). */
static bool has_log(const struct wp_journal *journal)
{
	static const unsigned char mark[] = { 0x37, 0x7f, 0x06, 0x82 };
	unsigned char header[32] = { 0 };
	int fd __attribute__((cleanup(wp_closep))) = -1;
	char *name;

	if (asprintf(&name, "%s-wal", journal->name) < 0)
		wp_out_of_memory();
	fd = open(name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	free(name);
	if (fd < 0 || pread(fd, header, sizeof header, 0) != sizeof header)
		return false;
	header[3] &= (unsigned char)~1u;
	return !memcmp(header, mark, sizeof mark);
}

/* @alone: no other process is at work on it. */
static int look_at(struct wp_journal *journal, int fd, bool alone, struct wp_error *err)
{
	struct wp_db db = wp_journal_database(journal->path);
	unsigned char header[HEADER_MODE + 1] = { 0 };
	struct stat status;

	if (fstat(fd, &status))
		return fail_open(journal, errno, err);
	if (!S_ISREG(status.st_mode))
		return wp_fail(err, WP_E_REFUSED, "not-a-journal", journal->path,
			       "%s is no file, and so no journal; give another one with --journal", journal->path);
	if (!status.st_size)
		return wp_db_damaged(&db, err, "it is empty");
	if (status.st_size > (off_t)WP_LIMIT_JOURNAL_BYTES)
		return wp_db_damaged(&db, err, "it is larger than any");
	if (pread(fd, header, sizeof header, 0) < 0)
		return fail_open(journal, errno, err);
	if (alone && header[HEADER_MODE] == MODE_WAL)
		journal->log = has_log(journal) ? WP_LOG_THERE : WP_LOG_GONE;
	return WP_OK;
}

int wp_journal_find(struct wp_journal *journal, const struct wp_plan *plan, struct wp_error *err)
{
	int flags = O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, status = resolve(journal, err);
	int fd __attribute__((cleanup(wp_closep))) = -1;

	if (status)
		return status;
	fd = open(journal->name, flags | (journal->write ? O_RDWR : O_RDONLY));
	if (fd < 0 && errno == ENOENT && journal->write) {
		status = make(journal, plan, err);
		if (status)
			return status;
		fd = open(journal->name, flags | O_RDWR);
	}
	if (fd < 0)
		return fail_open(journal, errno, err);
	/* Closed before SQLite opens the file, or after it has closed it: that drops SQLite's locks (POSIX, fcntl). */
	if (!journal->write)
		return look_at(journal, fd, !flock(fd, LOCK_SH | LOCK_NB), err);
	status = wp_lock_file(fd, journal->path, "this plan", err);
	if (status)
		return status;
	journal->lock = fd;
	fd = -1;
	return look_at(journal, journal->lock, true, err);
}
