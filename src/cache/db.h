/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The database under the cache: statements, transactions and what its errors mean. */
#ifndef WIMPLAN_CACHE_DB_H
#define WIMPLAN_CACHE_DB_H

#include "wimplan/cache.h"

#include <sqlite3.h>

struct wp_identities;
struct wp_summaries;

struct wp_cache {
	sqlite3 *db;
	char *path;
	enum wp_cache_mode mode;
	int version; /* of its tables: below WP_CACHE_VERSION in an older cache that is open for reading */
	struct wp_identities *identities; /* NULL until the store is used */
	int64_t identity_limit;           /* WP_LIMIT_IDENTITIES, less in tests */
	struct wp_summaries *summaries;   /* the same */
};

/* The cache's mark in its file: "WIMP" at the place that SQLite has for it. */
#define WP_CACHE_APPLICATION 0x57494d50
#define WP_CACHE_VERSION 3

/*
 * Whose database it is: *@ret_version is the version of the cache's tables, 0 when it is nobody's yet. What is not a
 * cache, has a newer version or lacks its tables is an error.
 */
int wp_db_version(const struct wp_cache *cache, int *ret_version, struct wp_error *err);
/* Makes the tables that a new or older cache lacks, in one transaction. */
int wp_db_upgrade(const struct wp_cache *cache, struct wp_error *err);

/*
 * Says what a result of SQLite means for the cache at @path and what to do. @db may be NULL; @doing completes "while
 * …". Returns the status.
 */
int wp_db_fail(sqlite3 *db, int result, const char *path, const char *doing, struct wp_error *err);

/* Prepares one statement. The caller finalizes it. */
int wp_db_prepare(const struct wp_cache *cache, const char *sql, sqlite3_stmt **ret, struct wp_error *err);

/*
 * Steps to the next row: 1 there is one, 0 there is none, or a negative wp_status. @doing as above.
 */
int wp_db_step(const struct wp_cache *cache, sqlite3_stmt *statement, const char *doing, struct wp_error *err);

/* Runs a statement that gives no rows and resets it, to be run again with other values. */
int wp_db_run(const struct wp_cache *cache, sqlite3_stmt *statement, const char *doing, struct wp_error *err);

/* The number that a query gives. */
int wp_db_number(const struct wp_cache *cache, const char *sql, const char *doing, int64_t *ret, struct wp_error *err);

/* Begins a transaction that writes; waits for other writers. */
int wp_db_begin(const struct wp_cache *cache, struct wp_error *err);
/* Ends it: commits when @status is 0, else rolls back and returns @status. */
int wp_db_end(const struct wp_cache *cache, int status, struct wp_error *err);

/* Borrowed texts and NULL. SQLite only fails to bind for want of memory or a wrong index. */
void wp_db_bind_text(sqlite3_stmt *statement, int index, const char *text);
void wp_db_bind_int(sqlite3_stmt *statement, int index, int64_t value);
/* As ISO text with seven decimals, so that texts sort as times do; NULL when not known. */
void wp_db_bind_time(sqlite3_stmt *statement, int index, struct wp_time time);

/* Whether the database can hold a package's SourceVersion; the message names the package. */
int wp_db_check_version(const char *package_id, uint64_t source_version, struct wp_error *err);

/* A copy of a column's text; NULL for NULL and for what is not UTF-8. */
const char *wp_db_text(struct wp_arena *arena, sqlite3_stmt *statement, int column);
struct wp_time wp_db_time(sqlite3_stmt *statement, int column);

/* A column's text into room for WP_HASH_TEXT: "" when it is NULL or too long. */
void wp_db_hash(sqlite3_stmt *statement, int column, char ret[WP_HASH_TEXT]);

/* What the cache holds is not what wimplan wrote. */
int wp_db_damaged(const char *path, struct wp_error *err, const char *format, ...)
	__attribute__((format(printf, 3, 4), cold));

static inline void wp_db_finalizep(sqlite3_stmt **statement)
{
	sqlite3_finalize(*statement);
}

/* Closes a package's questions at this version and below, in the transaction that is open. */
int wp_questions_close(const struct wp_cache *cache, const char *site_code, const char *package_id,
		       uint64_t source_version, struct wp_error *err);

/* Frees the identity store of a cache; NULL is allowed. */
void wp_identities_free(struct wp_identities *identities);

/* The part of the store that is about summaries. */
void wp_summaries_free(struct wp_summaries *summaries);
void wp_summaries_add(void *context, const char *file_id, const struct wp_content_summary *summary);
/* Writes what was added in one transaction. */
int wp_summaries_flush(struct wp_cache *cache, struct wp_error *err);

#endif
