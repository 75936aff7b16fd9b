/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a result of SQLite, and the errno behind it, mean: the one place where they become a sentence. */
#include "internal.h"

#include "wimplan/database.h"
#include "wimplan/file.h"
#include "wimplan/limits.h"
#include "wimplan/text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* In what integrity checks say of a page that could not be had; a result code stands behind it (SQLite, btree.c). */
#define PAGE_ERROR "error code="

static int fail(const struct wp_db *db, int status, const char *what, struct wp_error *err, const char *format, ...)
	__attribute__((format(printf, 5, 6), cold));
static int fail(const struct wp_db *db, int status, const char *what, struct wp_error *err, const char *format, ...)
{
	char text[1024], code[40];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	snprintf(code, sizeof code, "%s-%s", db->kind, what);
	return wp_fail(err, status, code, db->path, "the %s %s %s", db->kind, db->path, text);
}

int wp_db_damaged(const struct wp_db *db, struct wp_error *err, const char *format, ...)
{
	char what[512];
	va_list args;

	va_start(args, format);
	vsnprintf(what, sizeof what, format, args);
	va_end(args);
	return fail(db, db->damaged ? db->damaged : WP_E_FAILED, "damaged", err, "is damaged (%s); %s", what, db->cure);
}

/* The file that is meant, as SQLite has it open; NULL when it has not. */
static sqlite3_file *open_file(const struct wp_db *db, int which)
{
	sqlite3_file *file = NULL;

	if (!db->handle || sqlite3_file_control(db->handle, "main", which, &file) || !file || !file->pMethods)
		return NULL;
	return file;
}

/* The errno of the last call that failed on a file of the database or, where there is none, of its log; 0 for none. */
static int last_errno(const struct wp_db *db)
{
	static const int files[] = { SQLITE_FCNTL_FILE_POINTER, SQLITE_FCNTL_JOURNAL_POINTER };
	int error = 0;

	for (size_t i = 0; i < sizeof files / sizeof *files && !error; i++) {
		sqlite3_file *file = open_file(db, files[i]);

		if (file && file->pMethods->xFileControl(file, SQLITE_FCNTL_LAST_ERRNO, &error))
			error = 0;
	}
	return error;
}

/*
 * SQLite calls a read that fails with one of these "corrupt" (SQLITE_IOERR_CORRUPTFS, made in unixRead() of its os_unix.c and
 * renamed in its vdbe.c), because some file systems have no other answer for damage of their own. The bytes were not seen.
 */
static bool is_read_error(int error)
{
	return error == EIO || error == ENXIO || error == ERANGE;
}

/* SQLite calls only ENOSPC full. A quota or a limit on the size of files is a failed write to it. */
static bool is_full(int error)
{
	return error == ENOSPC || error == EDQUOT || error == EFBIG;
}

static bool is_reading(int result)
{
	return result == SQLITE_IOERR_READ || result == SQLITE_IOERR_SHORT_READ || result == SQLITE_IOERR_CORRUPTFS ||
	       result == SQLITE_IOERR_FSTAT || (result & 0xff) == SQLITE_CORRUPT;
}

/* What a file did that is not as it should be, with the errno that SQLite has kept of it. */
static int fail_file(const struct wp_db *db, int result, const char *text, const char *doing, struct wp_error *err)
{
	int error = sqlite3_system_errno(db->handle);

	/* It keeps none of a commit that fails, and none of a read that it calls corrupt. */
	if (!error || is_reading(result))
		error = last_errno(db);
	/* A file that it could not make it has tried to read as well (unixOpen() in its os_unix.c), and kept the errno of that. */
	if (error == ENOENT)
		error = 0;
	if (is_full(error))
		return wp_db_fail(db, SQLITE_FULL, doing, err);
	if (error == EROFS)
		return wp_db_fail(db, SQLITE_READONLY, doing, err);
	if (error == EINTR)
		return fail(db, WP_E_FAILED, "interrupted", err, "was interrupted while %s; try again", doing);
	if (error && is_reading(result))
		return fail(db, WP_E_FAILED, "unreadable", err, "cannot be read: %s; check the disk and the permissions",
			    wp_file_error_text(error));
	return fail(db, WP_E_FAILED, "unreadable", err, "failed while %s: %s%s%s; check the disk, the room on it and the permissions",
		    doing, text, error ? ": " : "", error ? wp_file_error_text(error) : "");
}

int wp_db_fail(const struct wp_db *db, int result, const char *doing, struct wp_error *err)
{
	bool last = db->handle && (sqlite3_errcode(db->handle) & 0xff) == (result & 0xff);
	const char *text = last ? sqlite3_errmsg(db->handle) : sqlite3_errstr(result);

	switch (result & 0xff) {
	case SQLITE_NOMEM:
		/* No memory ends the program (wp_db_guard_memory()). What is left is a text in the file that SQLite cannot read. */
		return wp_db_damaged(db, err, "something in it cannot be read");
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return fail(db, WP_E_BUSY, "busy", err,
			    "is in use by another process; try again when that has ended");
	case SQLITE_FULL:
		return fail(db, WP_E_FAILED, "full", err, "has no room left on its disk while %s; %s", doing,
			    db->no_room ? db->no_room : "nothing was changed: make room and try again");
	case SQLITE_READONLY:
		return fail(db, WP_E_FAILED, "read-only", err,
			    "may only be read, not written; change its permissions or name another one with --%s",
			    db->kind);
	case SQLITE_TOOBIG:
		return fail(db, WP_E_FAILED, "too-large", err,
			    "cannot hold a value of more than %d MiB, which came up while %s; leave that out",
			    (int)(WP_LIMIT_VALUE_BYTES >> 20), doing);
	case SQLITE_CORRUPT:
		if (is_read_error(last_errno(db)))
			return fail_file(db, result, text, doing, err);
		return wp_db_damaged(db, err, "%s", text);
	case SQLITE_NOTADB:
	case SQLITE_ERROR: /* every statement is a constant: it fails where the tables are not those of wimplan */
	case SQLITE_MISMATCH:
	case SQLITE_CONSTRAINT: /* what wimplan binds keeps to its own tables' rules */
		return wp_db_damaged(db, err, "%s", text);
	case SQLITE_IOERR:
	case SQLITE_CANTOPEN:
		return fail_file(db, result, text, doing, err);
	default:
		return fail(db, WP_E_FAILED, "error", err,
			    "failed while %s: %s; try again, or name another one with --%s", doing, text, db->kind);
	}
}

int wp_db_fail_check(const struct wp_db *db, const char *text, struct wp_error *err)
{
	const char *code = text ? strstr(text, PAGE_ERROR) : NULL;
	int number = code ? (int)strtol(code + strlen(PAGE_ERROR), NULL, 10) : 0;

	/* What the disk does not give is not damaged. */
	if (number && (number & 0xff) != SQLITE_CORRUPT)
		return wp_db_fail(db, number, "it was checked", err);
	return wp_db_damaged(db, err, "%.200s", text ? text : "it cannot be checked");
}

/* Read by SQLite, whose locks a close() of ours would drop. */
bool wp_db_is_foreign(const struct wp_db *db)
{
	static const char magic[16] = "SQLite format 3";
	sqlite3_file *file = open_file(db, SQLITE_FCNTL_FILE_POINTER);
	char bytes[sizeof magic];

	if (!db->handle || (sqlite3_errcode(db->handle) & 0xff) != SQLITE_NOTADB)
		return false;
	return !file || file->pMethods->xRead(file, bytes, sizeof bytes, 0) || memcmp(bytes, magic, sizeof magic) != 0;
}

int wp_db_sync_log(const struct wp_db *db, const char *doing, struct wp_error *err)
{
	sqlite3_file *file = open_file(db, SQLITE_FCNTL_JOURNAL_POINTER);
	int result, error;

	if (!file)
		return WP_OK;
	/* What a commit itself does with FULL: it syncs the log behind its frames (SQLite src/wal.c, walFrames()). */
	do {
		error = 0;
		result = file->pMethods->xSync(file, SQLITE_SYNC_NORMAL);
		if (result)
			file->pMethods->xFileControl(file, SQLITE_FCNTL_LAST_ERRNO, &error);
	} while (result && error == EINTR);
	if (!result)
		return WP_OK;
	if (is_full(error))
		return wp_db_fail(db, SQLITE_FULL, doing, err);
	return fail(db, WP_E_FAILED, "unwritable", err, "cannot be put on disk: %s; check the disk",
		    error ? wp_file_error_text(error) : sqlite3_errstr(result));
}
