/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A thin layer over SQLite: a database of ours in one file, and what its results mean in a sentence. Nothing that stands
 * in the file runs by itself, and no outcome of SQLite goes unseen.
 */
#ifndef WIMPLAN_DATABASE_H
#define WIMPLAN_DATABASE_H

#include "wimplan/arena.h"
#include "wimplan/error.h"
#include "wimplan/hash.h"
#include "wimplan/time.h"

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

struct wp_db {
	sqlite3 *handle;  /* NULL while it is not open */
	const char *path; /* for messages; borrowed */
	const char *file; /* what is opened where that has another name; NULL: @path; borrowed */
	/* "cache": names it in messages, begins its codes ("cache-busy"), and is the option that names another one. */
	const char *kind;
	const char *cure; /* what to do with a damaged one: "move it away and import again" */
	const char *no_room; /* what to do when its disk is full; NULL: "nothing was changed: make room and try again" */
	int damaged; /* the wp_status of a damaged one; 0: WP_E_FAILED */
	bool read_only;   /* a change is refused before it is begun */
	unsigned int depth; /* of the changes that are under way, one within another */
};

/* A statement that is being run. wp_db_finalize() ends it, also one that could not be prepared. */
struct wp_statement {
	const struct wp_db *db;
	sqlite3_stmt *handle;
	int result; /* of preparing it, or of the first binding that failed; told by the next step */
};

/*
 * Has SQLite take memory as wimplan does, where none ends the program: SQLite says that there is none also of files in which a
 * text cannot be read (sqlite3_exec() in its legacy.c). Comes before any other call of SQLite's, in programs that have a database.
 */
void wp_db_guard_memory(void);

/*
 * Opens the file with SQLITE_OPEN_…; waits for other processes for up to @busy milliseconds. What an interrupted write
 * has left beside it is taken back at the first reading, but not where that would touch a third file. The other fields
 * of @db are set. It is closed by wp_db_close() after a failure, too.
 */
int wp_db_open(struct wp_db *db, int flags, int busy, struct wp_error *err);
void wp_db_close(struct wp_db *db);

/*
 * Checks the whole file where it is small, otherwise only the @tables (NULL behind the last) that are taken at their
 * word.
 */
int wp_db_check(const struct wp_db *db, const char *const *tables, struct wp_error *err);
/* After an error: whether the file does not even begin as a database. */
bool wp_db_is_foreign(const struct wp_db *db);

/* Says what a result of SQLite means and what to do. @doing completes "while …". Returns the status. */
int wp_db_fail(const struct wp_db *db, int result, const char *doing, struct wp_error *err);
/*
 * Puts what stands in the log (WAL mode) on disk, and again after a signal, by which network file systems let that end. Where
 * there is no log there is nothing to do.
 */
int wp_db_sync_log(const struct wp_db *db, const char *doing, struct wp_error *err);
/* What the file holds is not what wimplan wrote. */
int wp_db_damaged(const struct wp_db *db, struct wp_error *err, const char *format, ...)
	__attribute__((format(printf, 3, 4), cold));

/* Carries out statements without results. @doing as above. */
int wp_db_execute(const struct wp_db *db, const char *sql, const char *doing, struct wp_error *err);
/* The number that a query gives. A query that gives none is an error. */
int wp_db_number(const struct wp_db *db, const char *sql, const char *doing, int64_t *ret, struct wp_error *err);

/* Begins a transaction that writes; waits for other writers. Within another one it becomes a part of that. */
int wp_db_begin(struct wp_db *db, struct wp_error *err);
/*
 * Ends it: commits when @status is 0, else rolls back and returns @status. A part of another one that has failed leaves
 * it to its caller to end that with the status that it returns.
 */
int wp_db_end(struct wp_db *db, int status, struct wp_error *err);

/*
 * Begins to read: until the end everything is read as it is now, and the file is locked once for all of it; within a change that is so
 * anyway. Where that fails, each query is as it is alone, and tells what is wrong.
 */
void wp_db_begin_reading(const struct wp_db *db);
void wp_db_end_reading(const struct wp_db *db);

/* Prepares a statement. What fails is told by the next step, and until then values are bound to nothing. */
void wp_db_query(const struct wp_db *db, const char *sql, struct wp_statement *ret);
/* The same, and says at once whether it failed. */
int wp_db_prepare(const struct wp_db *db, const char *sql, struct wp_statement *ret, struct wp_error *err);
/* Steps to the next row: 1 there is one, 0 there is none, or a negative wp_status. */
int wp_db_step(struct wp_statement *statement, const char *doing, struct wp_error *err);
/* Runs a statement that gives no rows and resets it, to be run again with other values. */
int wp_db_run(struct wp_statement *statement, const char *doing, struct wp_error *err);
static inline void wp_db_finalize(struct wp_statement *statement)
{
	sqlite3_finalize(statement->handle);
	statement->handle = NULL;
}

/* Values from 1 on; texts and bytes are borrowed until the statement has run. NULL binds NULL. */
void wp_db_bind_text(struct wp_statement *statement, int index, const char *text);
void wp_db_bind_bytes(struct wp_statement *statement, int index, const void *bytes, size_t length);
void wp_db_bind_int(struct wp_statement *statement, int index, int64_t value);
/* As ISO text with seven decimals, so that texts sort as times do; NULL when not known. */
void wp_db_bind_time(struct wp_statement *statement, int index, struct wp_time time);

/* Columns from 0 on. A copy of a name, id or path: NULL for anything but UTF-8 text without NUL within a bound. */
const char *wp_db_text(struct wp_arena *arena, struct wp_statement *statement, int column);
/* Text or bytes of any length, valid until the next step; NULL when the column holds neither. */
const char *wp_db_bytes(struct wp_statement *statement, int column, size_t *ret_length);
/* False for anything but an integer from 0 on. */
bool wp_db_u64(struct wp_statement *statement, int column, uint64_t *ret);
/* Not known when the column holds no time. */
struct wp_time wp_db_time(struct wp_statement *statement, int column);
/* A digest as wp_hash_is() has it; "" when the column holds none. */
void wp_db_hash(struct wp_statement *statement, int column, char ret[WP_HASH_TEXT]);

#endif
