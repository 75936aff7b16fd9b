/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The journal's file, before SQLite has it: its default place is beside the plan, where others may be able to write, so no link
 * is followed, and nothing but a regular file is opened.
 */
#include "journal.h"

#include "wimplan/file.h"
#include "wimplan/limits.h"
#include "wimplan/lock.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

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

/*
 * Makes the journal whole before it has its name: a file of that name without a journal in it was damaged, and is never
 * one that was not begun.
 */
static int make(struct wp_journal *journal, const struct wp_plan *plan, struct wp_error *err)
{
	char *temporary;
	int status, reason = wp_file_make_beside(journal->name, &temporary);

	if (reason)
		return fail_open(journal, reason, err);
	status = wp_journal_db_make(journal, temporary, plan, err);
	if (status) {
		wp_file_remove(temporary);
	} else {
		reason = wp_file_put_new(temporary, journal->name);
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
	struct wp_buf name __attribute__((cleanup(wp_buf_free))) = { 0 };
	int fd __attribute__((cleanup(wp_closep))) = -1;
	struct wp_file_status file;

	wp_buf_printf(&name, "%s-wal", journal->name);
	if (wp_file_open_any(wp_buf_text(&name), WP_FILE_HOW_NOFOLLOW, &fd, &file) ||
	    wp_file_read_at(fd, header, sizeof header, 0) != sizeof header)
		return false;
	header[3] &= (unsigned char)~1u;
	return !memcmp(header, mark, sizeof mark);
}

/* @alone: no other process is at work on it. */
static int look_at(struct wp_journal *journal, int fd, const struct wp_file_status *file, bool alone,
		   struct wp_error *err)
{
	struct wp_db db = wp_journal_database(journal->path);
	unsigned char header[HEADER_MODE + 1] = { 0 };
	ptrdiff_t got;

	if (file->kind != WP_FILE_KIND_REGULAR)
		return wp_fail(err, WP_E_REFUSED, "not-a-journal", journal->path,
			       "%s is no file, and so no journal; give another one with --journal", journal->path);
	if (!file->size)
		return wp_db_damaged(&db, err, "it is empty");
	if (file->size > WP_LIMIT_JOURNAL_BYTES)
		return wp_db_damaged(&db, err, "it is larger than any");
	got = wp_file_read_at(fd, header, sizeof header, 0);
	if (got < 0)
		return fail_open(journal, (int)-got, err);
	if (alone && header[HEADER_MODE] == MODE_WAL)
		journal->log = has_log(journal) ? WP_JOURNAL_LOG_THERE : WP_JOURNAL_LOG_GONE;
	return WP_OK;
}

int wp_journal_find(struct wp_journal *journal, const struct wp_plan *plan, struct wp_error *err)
{
	enum wp_file_how how = journal->write ? WP_FILE_HOW_CHANGE : WP_FILE_HOW_NOFOLLOW;
	int fd __attribute__((cleanup(wp_closep))) = -1;
	struct wp_file_status file;
	/* SQLite is to follow no link (SQLITE_OPEN_NOFOLLOW), and takes that to mean the folders as well. */
	int status, reason = wp_file_resolve(journal->path, &journal->name);

	if (!reason)
		reason = wp_file_open_any(journal->name, how, &fd, &file);
	if (reason == ENOENT && journal->write && journal->name) {
		status = make(journal, plan, err);
		if (status)
			return status;
		reason = wp_file_open_any(journal->name, how, &fd, &file);
	}
	if (reason)
		return fail_open(journal, reason, err);
	/* Closed before SQLite opens the file, or after it has closed it: that drops SQLite's locks (POSIX, fcntl). */
	if (!journal->write)
		return look_at(journal, fd, &file, wp_lock_share(fd), err);
	status = wp_lock_file(fd, journal->path, "this plan", err);
	if (status)
		return status;
	journal->lock = fd;
	fd = -1;
	/* It may have been made, or emptied, between opening and locking. */
	reason = wp_file_look_open(journal->lock, &file);
	return reason ? fail_open(journal, reason, err) : look_at(journal, journal->lock, &file, true, err);
}
