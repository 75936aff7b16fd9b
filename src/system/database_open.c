/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Opening a database that somebody else may have made: what it must not be able to do, and whether it is whole. */
#include "wimplan/database.h"
#include "wimplan/file.h"
#include "wimplan/limits.h"

#include <string.h>

/* Up to this size the whole file is checked at every opening. */
#define CHECKED_WHOLE ((uint64_t)8 << 20)

/* The settings of a connection: nothing in a file that somebody else may have made runs by itself. */
static int configure(sqlite3 *handle)
{
	static const struct {
		int option, value;
	} guards[] = {
		{ SQLITE_DBCONFIG_DEFENSIVE, 1 },
		{ SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0 },
		{ SQLITE_DBCONFIG_ENABLE_TRIGGER, 0 },
		{ SQLITE_DBCONFIG_ENABLE_VIEW, 0 },
	};
	int result = SQLITE_OK;

	for (size_t i = 0; i < sizeof guards / sizeof *guards && !result; i++)
		result = sqlite3_db_config(handle, guards[i].option, guards[i].value, NULL);
	sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, (int)WP_LIMIT_VALUE_BYTES);
	sqlite3_limit(handle, SQLITE_LIMIT_SQL_LENGTH, 1 << 16);
	sqlite3_limit(handle, SQLITE_LIMIT_ATTACHED, 0);
	if (!result)
		result = sqlite3_exec(handle,
				      "PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL; PRAGMA mmap_size = 0;"
				      "PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY;",
				      NULL, NULL, NULL);
	return result;
}

/*
 * A rollback journal may name a "super-journal", which SQLite deletes once it has played the journal back
 * (fileformat2.html#the_rollback_journal, and pager_delsuper() in its pager.c). Only transactions over several files have
 * one, so it is not of wimplan, and would be any file at all. The name stands at the journal's end, with a mark behind.
 */
static bool names_a_third_file(const char *journal)
{
	static const unsigned char mark[8] = { 0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7 };
	int fd __attribute__((cleanup(wp_closep))) = -1;
	unsigned char last[sizeof mark];
	struct wp_file_status file;

	return !wp_file_open_any(journal, WP_FILE_HOW_NOFOLLOW, &fd, &file) && file.size > sizeof mark &&
	       wp_file_read_at(fd, last, sizeof last, file.size - sizeof last) == sizeof last &&
	       !memcmp(last, mark, sizeof mark);
}

/* What SQLite would open besides the file. It follows no links itself, but a FIFO there would hold it up for ever. */
static int look_beside(const struct wp_db *db, const char *name, struct wp_error *err)
{
	/* The rollback journal stands first. Only it is opened: closing the others would drop locks of SQLite's. */
	static const char *const endings[] = { "-journal", "-wal", "-shm" };
	int status = WP_OK;

	for (size_t i = 0; i < sizeof endings / sizeof *endings && !status; i++) {
		char *beside = wp_must(sqlite3_mprintf("%s%s", name, endings[i]));
		struct wp_file_status file;

		if (!wp_file_look_itself(beside, &file) && file.kind != WP_FILE_KIND_REGULAR)
			status = wp_db_damaged(db, err, "what stands beside it as %s%s is no file", db->path, endings[i]);
		else if (!i && names_a_third_file(beside))
			status = wp_db_damaged(db, err, "its rollback journal would change another file");
		sqlite3_free(beside);
	}
	return status;
}

int wp_db_open(struct wp_db *db, int flags, int busy, struct wp_error *err)
{
	const char *file = db->file ? db->file : db->path;
	/* SQLite gives names that begin with ':' a meaning of its own. */
	char *name = wp_must(sqlite3_mprintf("%s%s", file[0] == '/' ? "" : "./", file));
	int result, status;

	status = look_beside(db, name, err);
	if (!status) {
		result = sqlite3_open_v2(name, &db->handle, flags | SQLITE_OPEN_NOMUTEX, NULL);
		if (!result)
			result = sqlite3_extended_result_codes(db->handle, 1);
		if (!result)
			result = sqlite3_busy_timeout(db->handle, busy);
		if (!result)
			result = configure(db->handle);
		status = result ? wp_db_fail(db, result, "it was opened", err) : WP_OK;
	}
	sqlite3_free(name);
	return status;
}

void wp_db_close(struct wp_db *db)
{
	sqlite3_close_v2(db->handle);
	db->handle = NULL;
}

/* Read by SQLite, whose locks a close() of ours would drop. */
bool wp_db_is_foreign(const struct wp_db *db)
{
	static const char magic[16] = "SQLite format 3";
	sqlite3_file *file = NULL;
	char bytes[sizeof magic];

	if (!db->handle || (sqlite3_errcode(db->handle) & 0xff) != SQLITE_NOTADB)
		return false;
	return sqlite3_file_control(db->handle, "main", SQLITE_FCNTL_FILE_POINTER, &file) || !file || !file->pMethods ||
	       file->pMethods->xRead(file, bytes, sizeof bytes, 0) || memcmp(bytes, magic, sizeof magic) != 0;
}

static int quick_check(const struct wp_db *db, const char *sql, struct wp_error *err)
{
	struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct wp_statement statement __attribute__((cleanup(wp_db_finalize))) = { 0 };
	int status = wp_db_prepare(db, sql, &statement, err);
	const char *text;

	if (!status)
		status = wp_db_step(&statement, "it was checked", err);
	if (status < 0)
		return status;
	text = status ? wp_db_text(scratch, &statement, 0) : NULL;
	if (text && !strcmp(text, "ok"))
		return WP_OK;
	return wp_db_damaged(db, err, "%.200s", text ? text : "it cannot be checked");
}

int wp_db_check(const struct wp_db *db, const char *const *tables, struct wp_error *err)
{
	struct wp_file_status file;
	int status = WP_OK;

	if (!wp_file_look(db->file ? db->file : db->path, &file) && file.size <= CHECKED_WHOLE)
		return quick_check(db, "PRAGMA quick_check(1)", err);
	for (; *tables && !status; tables++) {
		char *sql = wp_must(sqlite3_mprintf("PRAGMA quick_check(%Q)", *tables));

		status = quick_check(db, sql, err);
		sqlite3_free(sql);
	}
	return status;
}
