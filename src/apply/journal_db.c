/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The journal's file: its schema, what has to be true before it is used, and how it is left. */
#include "journal_db.h"
#include "lock.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* "wpjr": tells a journal from any other database. */
#define APPLICATION_ID 0x77706a72
#define SCHEMA_VERSION 3
#define BUSY_MILLISECONDS 10000
#define BOOT_ID_FILE "/proc/sys/kernel/random/boot_id"

static const char schema[] =
	"CREATE TABLE plan (id TEXT NOT NULL, site_code TEXT NOT NULL) STRICT;"
	"CREATE TABLE run (id INTEGER PRIMARY KEY, provider TEXT NOT NULL, who TEXT NOT NULL, pid INTEGER NOT NULL,"
	" started_at INTEGER NOT NULL, finished_at INTEGER, exit_status INTEGER) STRICT;"
	"CREATE TABLE step (position INTEGER PRIMARY KEY, package_id TEXT NOT NULL, action TEXT NOT NULL,"
	" state TEXT NOT NULL, looked_up INTEGER NOT NULL, attempts INTEGER NOT NULL, started_at INTEGER,"
	" finished_at INTEGER, started_unix INTEGER, started_boot INTEGER,"
	" version_before INTEGER, version_after INTEGER,"
	" property_before TEXT NOT NULL, return_value INTEGER, error TEXT,"
	" intended_at INTEGER, intended_unix INTEGER, boot TEXT NOT NULL) STRICT;"
	"CREATE TABLE event (id INTEGER PRIMARY KEY, run INTEGER NOT NULL, position INTEGER NOT NULL, "
	"at INTEGER NOT NULL,"
	" what TEXT NOT NULL, detail TEXT) STRICT;";

int wp_journal_fail(struct wp_journal *journal, struct wp_error *err)
{
	int reason = sqlite3_system_errno(journal->db);

	/* SQLite's own words for it leave the reason out. */
	if (sqlite3_errcode(journal->db) == SQLITE_CANTOPEN && reason)
		return wp_fail(err, WP_E_FAILED, "journal", journal->path, "the journal %s cannot be opened: %s",
			       journal->path, strerror(reason));
	return wp_fail(err, WP_E_FAILED, "journal", journal->path, "the journal %s: %s", journal->path,
		       sqlite3_errmsg(journal->db));
}

int wp_journal_execute(struct wp_journal *journal, const char *sql, struct wp_error *err)
{
	return sqlite3_exec(journal->db, sql, NULL, NULL, NULL) == SQLITE_OK ? WP_OK : wp_journal_fail(journal, err);
}

/* First column of the first row as a number; 0 when there is none. */
static int64_t number(struct wp_journal *journal, const char *sql)
{
	sqlite3_stmt *statement = NULL;
	int64_t value = 0;

	if (sqlite3_prepare_v2(journal->db, sql, -1, &statement, NULL) == SQLITE_OK &&
	    sqlite3_step(statement) == SQLITE_ROW)
		value = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	return value;
}

static bool is_wal(struct wp_journal *journal)
{
	sqlite3_stmt *statement = NULL;
	const char *mode = NULL;
	bool wal;

	if (sqlite3_prepare_v2(journal->db, "PRAGMA journal_mode", -1, &statement, NULL) == SQLITE_OK &&
	    sqlite3_step(statement) == SQLITE_ROW)
		mode = (const char *)sqlite3_column_text(statement, 0);
	wal = mode && !strcmp(mode, "wal");
	sqlite3_finalize(statement);
	return wal;
}

/* random(4): "generated once" at boot, so the same until the machine stops, and never again after it. */
static void read_boot_id(char *room, size_t size)
{
	FILE *file = fopen(BOOT_ID_FILE, "re");

	room[0] = '\0';
	if (file && !fgets(room, (int)size, file))
		room[0] = '\0';
	room[strcspn(room, "\n")] = '\0';
	if (file)
		fclose(file);
}

static int create(struct wp_journal *journal, const struct wp_plan *plan, struct wp_error *err)
{
	char *sql = sqlite3_mprintf("BEGIN IMMEDIATE; %s INSERT INTO plan VALUES (%Q, %Q);"
				    "PRAGMA application_id=%d; PRAGMA user_version=%d; COMMIT;",
				    schema, plan->id, plan->site_code, APPLICATION_ID, SCHEMA_VERSION);
	int status;

	if (!sql)
		abort();
	status = wp_journal_execute(journal, sql, err);
	sqlite3_free(sql);
	return status;
}

static int check_plan(struct wp_journal *journal, const struct wp_plan *plan, struct wp_error *err)
{
	sqlite3_stmt *statement = NULL;
	const char *id = NULL;
	int status = WP_OK;

	if (number(journal, "PRAGMA application_id") != APPLICATION_ID)
		return wp_fail(err, WP_E_REFUSED, "not-a-journal", journal->path,
			       "%s is no journal of wimplan-apply; give another file with --journal", journal->path);
	if (number(journal, "PRAGMA user_version") != SCHEMA_VERSION)
		return wp_fail(err, WP_E_REFUSED, "unknown-version", journal->path,
			       "the journal %s is of another version of wimplan-apply; use that one", journal->path);
	if (sqlite3_prepare_v2(journal->db, "SELECT id FROM plan", -1, &statement, NULL) == SQLITE_OK &&
	    sqlite3_step(statement) == SQLITE_ROW)
		id = (const char *)sqlite3_column_text(statement, 0);
	if (!id)
		status = wp_journal_fail(journal, err);
	else if (strcmp(id, plan->id))
		status = wp_fail(
			err, WP_E_REFUSED, "other-plan", journal->path,
			"the journal %s belongs to the plan %s, and this is %s; give another file with --journal, or "
			"move the old journal away",
			journal->path, id, plan->id);
	sqlite3_finalize(statement);
	return status;
}

static int prepare(struct wp_journal *journal, const struct wp_plan *plan, struct wp_error *err)
{
	int status = WP_OK;

	sqlite3_busy_timeout(journal->db, BUSY_MILLISECONDS);
	sqlite3_db_config(journal->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	if (journal->write) {
		/*
		 * In WAL mode a commit is written without a sync (NORMAL), and wp_journal_sync() says when there has to
		 * be one. Where WAL does not work (network file systems) SQLite stays with its rollback journal, which
		 * NORMAL does not make as safe: there each commit goes to the disk (FULL). The cache is small, for what
		 * was written is not read again before the next run.
		 */
		if (wp_journal_execute(journal,
				       "PRAGMA trusted_schema=OFF; PRAGMA cache_size=-256; PRAGMA journal_mode=WAL;",
				       err))
			return WP_E_FAILED;
		journal->wal = is_wal(journal);
		if (wp_journal_execute(journal,
				       journal->wal ? "PRAGMA synchronous=NORMAL" : "PRAGMA synchronous=FULL", err))
			return WP_E_FAILED;
		if (!number(journal, "SELECT count(*) FROM sqlite_schema"))
			status = create(journal, plan, err);
	}
	/* A run that was killed at its very beginning leaves an empty file. */
	if (!journal->write && !number(journal, "SELECT count(*) FROM sqlite_schema") &&
	    !number(journal, "PRAGMA application_id"))
		return wp_fail(err, WP_E_NOT_FOUND, "journal", journal->path, "the journal %s is empty", journal->path);
	if (!status)
		status = check_plan(journal, plan, err);
	if (status || !journal->write)
		return status;
	if (sqlite3_prepare_v2(journal->db, "INSERT OR REPLACE INTO step VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
			       -1, &journal->save, NULL) != SQLITE_OK ||
	    sqlite3_prepare_v2(journal->db, "INSERT INTO event (run, position, at, what, detail) VALUES (?,?,?,?,?)",
			       -1, &journal->event, NULL) != SQLITE_OK)
		return wp_journal_fail(journal, err);
	return WP_OK;
}

int wp_journal_open(const char *path, enum wp_journal_mode mode, const struct wp_plan *plan,
		    struct wp_journal **ret_journal, struct wp_error *err)
{
	struct wp_journal *journal;
	int status = WP_OK;

	if (mode == WP_JOURNAL_READ && access(path, F_OK))
		return wp_fail(err, WP_E_NOT_FOUND, "journal", path, "there is no journal %s", path);
	journal = calloc(1, sizeof *journal);
	if (!journal || !(journal->path = strdup(path)))
		abort();
	journal->lock = -1;
	journal->write = mode == WP_JOURNAL_WRITE;
	read_boot_id(journal->boot, sizeof journal->boot);
	if (journal->write)
		status = wp_lock_file(path, "this plan", &journal->lock, err);
	/* Also a reader opens it for writing: a journal whose run was killed has to be put in order first. */
	if (!status && sqlite3_open_v2(path, &journal->db, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK)
		status = wp_journal_fail(journal, err);
	if (!status)
		status = prepare(journal, plan, err);
	if (status) {
		wp_journal_close(journal);
		return status;
	}
	*ret_journal = journal;
	return WP_OK;
}

void wp_journal_close(struct wp_journal *journal)
{
	if (!journal)
		return;
	wp_journal_sync(journal, NULL);
	sqlite3_finalize(journal->save);
	sqlite3_finalize(journal->event);
	/* At rest it is one file. */
	if (journal->write && journal->db)
		sqlite3_exec(journal->db, "PRAGMA journal_mode=DELETE", NULL, NULL, NULL);
	sqlite3_close(journal->db);
	/* Only now: closing any descriptor of the file drops SQLite's own locks on it (POSIX, fcntl). */
	if (journal->lock >= 0)
		close(journal->lock);
	free(journal->path);
	free(journal);
}
