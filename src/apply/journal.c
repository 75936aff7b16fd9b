/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The journal in SQLite: that a call may begin is on disk before it is sent, its outcome before anything waits. */
#include "journal.h"
#include "lock.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* "wpjr": tells a journal from any other database. */
#define APPLICATION_ID 0x77706a72
#define SCHEMA_VERSION 3
#define BUSY_MILLISECONDS 10000
/* The state of a pending step that the run may call without another sync. Only the journal knows it. */
#define INTENDED "intended"
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

struct wp_journal {
	sqlite3 *db;
	sqlite3_stmt *save, *event;
	char *path;
	int lock; /* -1: none */
	bool write;
	bool open; /* a transaction is, with what is not yet written */
	bool dirty; /* something is written, and perhaps not yet on disk */
	bool wal;
	char boot[40]; /* tells this time that the machine runs from any other; "" when the kernel does not say */
	int64_t run;
};

static int fail(struct wp_journal *journal, struct wp_error *err)
{
	int reason = sqlite3_system_errno(journal->db);

	/* SQLite's own words for it leave the reason out. */
	if (sqlite3_errcode(journal->db) == SQLITE_CANTOPEN && reason)
		return wp_fail(err, WP_E_FAILED, "journal", journal->path, "the journal %s cannot be opened: %s",
			       journal->path, strerror(reason));
	return wp_fail(err, WP_E_FAILED, "journal", journal->path, "the journal %s: %s", journal->path,
		       sqlite3_errmsg(journal->db));
}

static int execute(struct wp_journal *journal, const char *sql, struct wp_error *err)
{
	return sqlite3_exec(journal->db, sql, NULL, NULL, NULL) == SQLITE_OK ? WP_OK : fail(journal, err);
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
	status = execute(journal, sql, err);
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
		status = fail(journal, err);
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
		if (execute(journal,
			    "PRAGMA trusted_schema=OFF; PRAGMA cache_size=-256; PRAGMA journal_mode=WAL;", err))
			return WP_E_FAILED;
		journal->wal = is_wal(journal);
		if (execute(journal, journal->wal ? "PRAGMA synchronous=NORMAL" : "PRAGMA synchronous=FULL", err))
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
		return fail(journal, err);
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
		status = fail(journal, err);
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

static struct wp_time column_time(sqlite3_stmt *statement, int column)
{
	if (sqlite3_column_type(statement, column) == SQLITE_NULL)
		return (struct wp_time){ 0 };
	return (struct wp_time){ .known = true, .zone_known = true, .ticks = sqlite3_column_int64(statement, column) };
}

static struct wp_number column_number(sqlite3_stmt *statement, int column)
{
	if (sqlite3_column_type(statement, column) == SQLITE_NULL)
		return (struct wp_number){ 0 };
	return (struct wp_number){ .known = true, .value = (uint64_t)sqlite3_column_int64(statement, column) };
}

static void column_text(sqlite3_stmt *statement, int column, char *room, size_t size)
{
	const char *text = (const char *)sqlite3_column_text(statement, column);

	snprintf(room, size, "%s", text ? text : "");
}

int wp_journal_runs(struct wp_journal *journal, struct wp_journal_runs *ret, struct wp_error *err)
{
	sqlite3_stmt *statement = NULL;

	memset(ret, 0, sizeof *ret);
	if (sqlite3_prepare_v2(journal->db, "SELECT provider, started_at, finished_at FROM run ORDER BY id", -1,
			       &statement, NULL) != SQLITE_OK)
		return fail(journal, err);
	while (sqlite3_step(statement) == SQLITE_ROW) {
		column_text(statement, 0, ret->provider, sizeof ret->provider);
		if (!ret->count++)
			ret->started_at = column_time(statement, 1);
		ret->finished_at = column_time(statement, 2);
	}
	sqlite3_finalize(statement);
	return WP_OK;
}

/*
 * What was intended may have been called, and the crash of the machine took every trace. A call is made only while its
 * intention is young, so the latest time that it can have begun at is known.
 */
static void suspect(struct wp_step *step)
{
	step->suspected = true;
	step->state = WP_STATE_STARTED;
	step->attempts++;
	step->started_at = step->intended_at;
	step->started_unix = step->intended_unix + WP_INTENTION_SECONDS;
	step->started_boot = 0;
}

static bool load_step(const struct wp_journal *journal, sqlite3_stmt *row, struct wp_steps *steps)
{
	int64_t position = sqlite3_column_int64(row, 0);
	struct wp_step *step;
	char state[24], boot[sizeof journal->boot], error[WP_STEP_ERROR];
	bool intended;

	if (position < 0 || (uint64_t)position >= steps->count)
		return false;
	step = &steps->items[position];
	column_text(row, 1, state, sizeof state);
	intended = !strcmp(state, INTENDED);
	step->state = WP_STATE_PENDING;
	if (!intended && !wp_state_from_name(state, &step->state))
		return false;
	step->looked_up = sqlite3_column_int(row, 2);
	step->attempts = (uint64_t)sqlite3_column_int64(row, 3);
	step->started_at = column_time(row, 4);
	step->finished_at = column_time(row, 5);
	step->started_unix = sqlite3_column_int64(row, 6);
	step->version_before = column_number(row, 8);
	step->version_after = column_number(row, 9);
	column_text(row, 10, step->property_before, sizeof step->property_before);
	step->has_return_value = sqlite3_column_type(row, 11) != SQLITE_NULL;
	step->return_value = sqlite3_column_int64(row, 11);
	column_text(row, 12, error, sizeof error);
	wp_step_error(step, "%s", error);
	step->intended_at = column_time(row, 13);
	step->intended_unix = sqlite3_column_int64(row, 14);
	column_text(row, 15, boot, sizeof boot);
	step->started_boot = boot[0] && !strcmp(boot, journal->boot) ? sqlite3_column_int64(row, 7) : 0;
	/* Since then the machine has not stopped: what was written is there, so it was not begun. */
	if (intended && (!boot[0] || strcmp(boot, journal->boot)))
		suspect(step);
	return true;
}

int wp_journal_load(struct wp_journal *journal, struct wp_steps *steps, struct wp_error *err)
{
	sqlite3_stmt *statement = NULL;
	bool good = true;
	int result;

	if (sqlite3_prepare_v2(journal->db,
			       "SELECT position, state, looked_up, attempts, started_at, finished_at, started_unix,"
			       " started_boot, version_before, version_after, property_before, return_value, error,"
			       " intended_at, intended_unix, boot FROM step",
			       -1, &statement, NULL) != SQLITE_OK)
		return fail(journal, err);
	while ((result = sqlite3_step(statement)) == SQLITE_ROW && good)
		good = load_step(journal, statement, steps);
	sqlite3_finalize(statement);
	if (!good)
		return wp_fail(err, WP_E_FAILED, "journal", journal->path,
			       "the journal %s has a step that its plan does not have; it is damaged", journal->path);
	return result == SQLITE_DONE ? WP_OK : fail(journal, err);
}

int wp_journal_begin(struct wp_journal *journal, const char *provider, const char *who, struct wp_time now,
		     struct wp_error *err)
{
	char *sql = sqlite3_mprintf("INSERT INTO run (provider, who, pid, started_at) VALUES (%Q, %Q, %d, %lld)",
				    provider, who, (int)getpid(), (long long)now.ticks);
	int status;

	if (!sql)
		abort();
	status = execute(journal, sql, err);
	sqlite3_free(sql);
	journal->dirty = true;
	journal->run = sqlite3_last_insert_rowid(journal->db);
	return status;
}

int wp_journal_finish(struct wp_journal *journal, int exit_status, struct wp_time now, struct wp_error *err)
{
	int status = wp_journal_write(journal, err);
	char *sql = sqlite3_mprintf("UPDATE run SET finished_at=%lld, exit_status=%d WHERE id=%lld",
				    (long long)now.ticks, exit_status, (long long)journal->run);

	if (!sql)
		abort();
	if (!status)
		status = execute(journal, sql, err);
	sqlite3_free(sql);
	journal->dirty = true;
	return status ? status : wp_journal_sync(journal, err);
}

static void bind_time(sqlite3_stmt *statement, int index, struct wp_time time)
{
	if (time.known)
		sqlite3_bind_int64(statement, index, time.ticks);
	else
		sqlite3_bind_null(statement, index);
}

static void bind_number(sqlite3_stmt *statement, int index, struct wp_number value)
{
	if (value.known)
		sqlite3_bind_int64(statement, index, (int64_t)value.value);
	else
		sqlite3_bind_null(statement, index);
}

static void bind_text(sqlite3_stmt *statement, int index, const char *text)
{
	sqlite3_bind_text(statement, index, text, -1, SQLITE_STATIC);
}

static void bind_step(const struct wp_journal *journal, const struct wp_step *step)
{
	bool intended = step->intended && step->state == WP_STATE_PENDING;
	sqlite3_stmt *save = journal->save;

	sqlite3_bind_int64(save, 1, (int64_t)step->position);
	bind_text(save, 2, step->target->package_id);
	bind_text(save, 3, wp_action_name(step->action));
	bind_text(save, 4, intended ? INTENDED : wp_state_name(step->state));
	sqlite3_bind_int(save, 5, step->looked_up);
	sqlite3_bind_int64(save, 6, (int64_t)step->attempts);
	bind_time(save, 7, step->started_at);
	bind_time(save, 8, step->finished_at);
	sqlite3_bind_int64(save, 9, step->started_unix);
	sqlite3_bind_int64(save, 10, step->started_boot);
	bind_number(save, 11, step->version_before);
	bind_number(save, 12, step->version_after);
	bind_text(save, 13, step->property_before);
	if (step->has_return_value)
		sqlite3_bind_int64(save, 14, step->return_value);
	else
		sqlite3_bind_null(save, 14);
	if (step->error)
		bind_text(save, 15, step->error);
	else
		sqlite3_bind_null(save, 15);
	bind_time(save, 16, step->intended_at);
	sqlite3_bind_int64(save, 17, step->intended_unix);
	bind_text(save, 18, journal->boot);
}

static bool run_once(sqlite3_stmt *statement)
{
	int result = sqlite3_step(statement);

	sqlite3_reset(statement);
	sqlite3_clear_bindings(statement);
	return result == SQLITE_DONE;
}

int wp_journal_write(struct wp_journal *journal, struct wp_error *err)
{
	if (!journal->open)
		return WP_OK;
	journal->open = false;
	journal->dirty = true;
	return execute(journal, "COMMIT", err);
}

int wp_journal_sync(struct wp_journal *journal, struct wp_error *err)
{
	int status = wp_journal_write(journal, err), result;
	sqlite3_file *file = NULL;

	if (status || !journal->dirty)
		return status;
	/* What a commit itself does with FULL: it syncs the log behind its frames (SQLite src/wal.c, walFrames()). */
	if (journal->wal) {
		result = sqlite3_file_control(journal->db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &file);
		if (result == SQLITE_OK && file && file->pMethods)
			result = file->pMethods->xSync(file, SQLITE_SYNC_NORMAL);
		if (result != SQLITE_OK)
			return wp_fail(err, WP_E_FAILED, "journal", journal->path,
				       "the journal %s cannot be put on disk: %s", journal->path,
				       sqlite3_errstr(result));
	}
	journal->dirty = false;
	return WP_OK;
}

int wp_journal_intend(struct wp_journal *journal, const struct wp_step *step, struct wp_error *err)
{
	if (!journal->open && execute(journal, "BEGIN IMMEDIATE", err))
		return WP_E_FAILED;
	journal->open = true;
	bind_step(journal, step);
	return run_once(journal->save) ? WP_OK : fail(journal, err);
}

int wp_journal_save(struct wp_journal *journal, const struct wp_step *step, const char *event, struct wp_time now,
		    struct wp_error *err)
{
	if (wp_journal_intend(journal, step, err))
		return WP_E_FAILED;
	sqlite3_bind_int64(journal->event, 1, journal->run);
	sqlite3_bind_int64(journal->event, 2, (int64_t)step->position);
	sqlite3_bind_int64(journal->event, 3, now.ticks);
	bind_text(journal->event, 4, event);
	if (step->error)
		bind_text(journal->event, 5, step->error);
	return run_once(journal->event) ? WP_OK : fail(journal, err);
}
