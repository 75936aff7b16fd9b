/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A database of ours in one file: opening and checking it, statements, transactions and columns. */
#include "internal.h"

#include "wimplan/database.h"
#include "wimplan/file.h"
#include "wimplan/limits.h"
#include "wimplan/text.h"

#include <string.h>

/* Bytes of a name, an id or a path: 32,767 UTF-16 units take at most three bytes each. */
#define LONGEST_TEXT ((size_t)128 << 10)

/* SQLite's own way to memory, which keeps the size in front of it. */
static sqlite3_mem_methods database_memory;

static void *take_for_database(int size)
{
	void *memory = database_memory.xMalloc(size);

	if (!memory)
		wp_out_of_memory();
	return memory;
}

static void *take_more_for_database(void *memory, int size)
{
	memory = database_memory.xRealloc(memory, size);
	if (!memory)
		wp_out_of_memory();
	return memory;
}

void wp_db_guard_memory(void)
{
	sqlite3_mem_methods guarded;

	if (sqlite3_config(SQLITE_CONFIG_GETMALLOC, &database_memory))
		return;
	guarded = database_memory;
	guarded.xMalloc = take_for_database;
	guarded.xRealloc = take_more_for_database;
	sqlite3_config(SQLITE_CONFIG_MALLOC, &guarded);
}

int wp_db_execute(const struct wp_db *db, const char *sql, const char *doing, struct wp_error *err)
{
	int result = sqlite3_exec(db->handle, sql, NULL, NULL, NULL);

	return result ? wp_db_fail(db, result, doing, err) : WP_OK;
}

int wp_db_number(const struct wp_db *db, const char *sql, const char *doing, int64_t *ret, struct wp_error *err)
{
	struct wp_statement statement __attribute__((cleanup(wp_db_finalize))) = { 0 };
	int status = wp_db_prepare(db, sql, &statement, err);

	*ret = 0;
	if (!status)
		status = wp_db_step(&statement, doing, err);
	if (status < 0)
		return status;
	if (!status || sqlite3_column_type(statement.handle, 0) != SQLITE_INTEGER)
		return wp_db_damaged(db, err, "a number is missing while %s", doing);
	*ret = sqlite3_column_int64(statement.handle, 0);
	return WP_OK;
}

int wp_db_begin(struct wp_db *db, struct wp_error *err)
{
	int status = WP_OK;

	if (db->read_only)
		return wp_db_fail(db, SQLITE_READONLY, "a change was begun", err);
	/* IMMEDIATE: a writer that begins by reading could not wait for another one at its first write. */
	if (!db->depth)
		status = wp_db_execute(db, "BEGIN IMMEDIATE", "a change was begun", err);
	if (!status)
		db->depth++;
	return status;
}

int wp_db_end(struct wp_db *db, int status, struct wp_error *err)
{
	if (--db->depth)
		return status;
	if (!status)
		status = wp_db_execute(db, "COMMIT", "a change was kept", err);
	/* SQLite has rolled back by itself after some errors; a second ROLLBACK would be an error. */
	if (status && !sqlite3_get_autocommit(db->handle))
		sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL);
	/* What a write has left on a disk that became full is taken back by the next reading: now, so that there is room again. */
	if (status)
		sqlite3_exec(db->handle, "PRAGMA schema_version", NULL, NULL, NULL);
	return status;
}

void wp_db_begin_reading(const struct wp_db *db)
{
	if (!db->depth)
		sqlite3_exec(db->handle, "BEGIN", NULL, NULL, NULL);
}

void wp_db_end_reading(const struct wp_db *db)
{
	if (!db->depth && !sqlite3_get_autocommit(db->handle))
		sqlite3_exec(db->handle, "COMMIT", NULL, NULL, NULL);
}

static const char preparing[] = "it was read";

void wp_db_query(const struct wp_db *db, const char *sql, struct wp_statement *ret)
{
	*ret = (struct wp_statement){ .db = db };
	ret->result = sqlite3_prepare_v2(db->handle, sql, -1, &ret->handle, NULL);
}

int wp_db_prepare(const struct wp_db *db, const char *sql, struct wp_statement *ret, struct wp_error *err)
{
	wp_db_query(db, sql, ret);
	return ret->result ? wp_db_fail(db, ret->result, preparing, err) : WP_OK;
}

int wp_db_step(struct wp_statement *statement, const char *doing, struct wp_error *err)
{
	int result = statement->result ? statement->result : sqlite3_step(statement->handle);

	if (result == SQLITE_ROW)
		return 1;
	return result == SQLITE_DONE ? 0 : wp_db_fail(statement->db, result, statement->handle ? doing : preparing, err);
}

int wp_db_run(struct wp_statement *statement, const char *doing, struct wp_error *err)
{
	int status = wp_db_step(statement, doing, err);

	/* It answers with what the step has said already. */
	sqlite3_reset(statement->handle);
	return status < 0 ? status : WP_OK;
}

static void take_result(struct wp_statement *statement, int result)
{
	if (!statement->result)
		statement->result = result;
}

void wp_db_bind_text(struct wp_statement *statement, int index, const char *text)
{
	take_result(statement, sqlite3_bind_text(statement->handle, index, text, -1, SQLITE_STATIC));
}

void wp_db_bind_bytes(struct wp_statement *statement, int index, const void *bytes, size_t length)
{
	take_result(statement, sqlite3_bind_blob64(statement->handle, index, bytes, length, SQLITE_STATIC));
}

void wp_db_bind_int(struct wp_statement *statement, int index, int64_t value)
{
	take_result(statement, sqlite3_bind_int64(statement->handle, index, value));
}

void wp_db_bind_time(struct wp_statement *statement, int index, struct wp_time time)
{
	struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();

	take_result(statement, sqlite3_bind_text(statement->handle, index, wp_time_iso_ticks(scratch, time), -1,
						 SQLITE_TRANSIENT));
}

const char *wp_db_bytes(struct wp_statement *statement, int column, size_t *ret_length)
{
	int type = sqlite3_column_type(statement->handle, column);
	const char *bytes = NULL;

	if (type == SQLITE_TEXT || type == SQLITE_BLOB)
		bytes = type == SQLITE_TEXT ? (const char *)sqlite3_column_text(statement->handle, column)
					    : sqlite3_column_blob(statement->handle, column);
	*ret_length = bytes ? (size_t)sqlite3_column_bytes(statement->handle, column) : 0;
	return bytes;
}

const char *wp_db_text(struct wp_arena *arena, struct wp_statement *statement, int column)
{
	size_t length;
	const char *text = wp_db_bytes(statement, column, &length);

	if (!text || sqlite3_column_type(statement->handle, column) != SQLITE_TEXT || length > LONGEST_TEXT ||
	    memchr(text, '\0', length) || wp_utf8_valid(text, length) != length)
		return NULL;
	return wp_arena_strndup(arena, text, length);
}

bool wp_db_u64(struct wp_statement *statement, int column, uint64_t *ret)
{
	int64_t value = sqlite3_column_int64(statement->handle, column);

	*ret = (uint64_t)value;
	return sqlite3_column_type(statement->handle, column) == SQLITE_INTEGER && value >= 0;
}

struct wp_time wp_db_time(struct wp_statement *statement, int column)
{
	size_t length;
	/* SQLite puts a NUL behind texts. */
	const char *text = sqlite3_column_type(statement->handle, column) == SQLITE_TEXT ? wp_db_bytes(statement, column, &length) : NULL;

	return text && strlen(text) == length ? wp_time_parse(text) : (struct wp_time){ 0 };
}

void wp_db_hash(struct wp_statement *statement, int column, char ret[WP_HASH_TEXT])
{
	size_t length;
	const char *text = wp_db_bytes(statement, column, &length);

	ret[0] = '\0';
	if (!text || length >= WP_HASH_TEXT)
		return;
	memcpy(ret, text, length);
	ret[length] = '\0';
	/* Whoever reads a digest prints it and finds things by it: what is none is not there. */
	if (!wp_hash_is(ret))
		ret[0] = '\0';
}

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
	return wp_db_fail_check(db, text, err);
}

int wp_db_check(const struct wp_db *db, const char *const *tables, struct wp_error *err)
{
	static const char doing[] = "it was checked";
	struct wp_file_status file;
	int status;

	if (!wp_file_look(db->file ? db->file : db->path, &file) && file.size <= CHECKED_WHOLE)
		return quick_check(db, "PRAGMA quick_check(1)", err);
	/* CHECK constraints would take nearly all of the time, and who reads a column looks at what it holds. */
	status = wp_db_execute(db, "PRAGMA ignore_check_constraints = ON", doing, err);
	for (; *tables && !status; tables++) {
		char *sql = wp_must(sqlite3_mprintf("PRAGMA quick_check(%Q)", *tables));

		status = quick_check(db, sql, err);
		sqlite3_free(sql);
	}
	return status ? status : wp_db_execute(db, "PRAGMA ignore_check_constraints = OFF", doing, err);
}
