/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The journal's database: the schema, what has to be true before it is used, and how it is left. */
#include "journal.h"

#include "wimplan/file.h"
#include "wimplan/machine.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* "wpjr": tells a journal from any other database. */
#define APPLICATION_ID 0x77706a72
#define SCHEMA_VERSION 4
/* Without the last table. */
#define SCHEMA_WITHOUT_WATCH 3
/* How long to wait for another process, in milliseconds. */
#define BUSY 5000

static const char opening[] = "it was opened", writing[] = "it was written";

struct wp_db wp_journal_database(const char *path)
{
	return (struct wp_db){
		.path = path,
		.kind = "journal",
		.cure = "it is not known what was called: put a sound copy in its place, or look at the site before you "
			"move it away, for what it said is then called again",
		.no_room = "make room, then run the plan again",
		.damaged = WP_E_REFUSED,
	};
}

static const char *const tables[] = {
	"CREATE TABLE plan (id TEXT NOT NULL, site_code TEXT NOT NULL) STRICT",
	"CREATE TABLE run (id INTEGER PRIMARY KEY, provider TEXT NOT NULL, who TEXT NOT NULL, pid INTEGER NOT NULL,"
	" started_at INTEGER NOT NULL, finished_at INTEGER, exit_status INTEGER) STRICT",
	"CREATE TABLE step (position INTEGER PRIMARY KEY, package_id TEXT NOT NULL, action TEXT NOT NULL,"
	" state TEXT NOT NULL, looked_up INTEGER NOT NULL, attempts INTEGER NOT NULL, started_at INTEGER,"
	" finished_at INTEGER, started_unix INTEGER, started_boot INTEGER,"
	" version_before INTEGER, version_after INTEGER,"
	" property_before TEXT NOT NULL, return_value INTEGER, error TEXT,"
	" intended_at INTEGER, intended_unix INTEGER, boot TEXT NOT NULL) STRICT",
	"CREATE TABLE event (id INTEGER PRIMARY KEY, run INTEGER NOT NULL, position INTEGER NOT NULL, "
	"at INTEGER NOT NULL,"
	" what TEXT NOT NULL, detail TEXT) STRICT",
	"CREATE TABLE distribution (position INTEGER PRIMARY KEY, seen TEXT NOT NULL) STRICT",
};
#define TABLES ((int64_t)(sizeof tables / sizeof *tables))

static int create(const struct wp_db *db, const struct wp_plan *plan, struct wp_error *err)
{
	static const char doing[] = "it was made";
	struct wp_statement statement __attribute__((cleanup(wp_db_finalize))) = { 0 };
	char marks[100];
	int status = wp_db_execute(db, "BEGIN IMMEDIATE", doing, err);

	for (int64_t i = 0; i < TABLES && !status; i++)
		status = wp_db_execute(db, tables[i], doing, err);
	if (status)
		return status;
	wp_db_query(db, "INSERT INTO plan VALUES (?, ?)", &statement);
	wp_db_bind_text(&statement, 1, plan->id);
	wp_db_bind_text(&statement, 2, plan->site_code);
	status = wp_db_run(&statement, doing, err);
	snprintf(marks, sizeof marks, "PRAGMA application_id=%d; PRAGMA user_version=%d; COMMIT", APPLICATION_ID,
		 SCHEMA_VERSION);
	return status ? status : wp_db_execute(db, marks, doing, err);
}

int wp_journal_db_make(const struct wp_journal *journal, const char *file, const struct wp_plan *plan, struct wp_error *err)
{
	struct wp_db db = wp_journal_database(journal->path);
	int status;

	db.file = file;
	status = wp_db_open(&db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOFOLLOW, BUSY, err);
	if (!status)
		status = create(&db, plan, err);
	wp_db_close(&db);
	return status;
}

static int refuse_foreign(const struct wp_journal *journal, struct wp_error *err)
{
	return wp_fail(err, WP_E_REFUSED, "not-a-journal", journal->path,
		       "%s is no journal of wimplan-apply; give another file with --journal", journal->path);
}

/* Its tables are these and nothing else: what is in a file's schema is code that SQLite would run. */
static int check_schema(const struct wp_journal *journal, struct wp_error *err)
{
	const int64_t wanted = TABLES - journal->no_watch;
	const struct wp_db *db = &journal->db;
	struct wp_statement statement __attribute__((cleanup(wp_db_finalize))) = { 0 };
	int64_t count;
	int status = wp_db_number(db, "SELECT count(*) FROM sqlite_schema", opening, &count, err);

	wp_db_query(db, "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND sql = ?", &statement);
	for (int64_t i = 0; i < wanted && !status && count == wanted; i++) {
		int found;

		wp_db_bind_text(&statement, 1, tables[i]);
		found = wp_db_step(&statement, opening, err);
		if (found < 0)
			status = found;
		else if (!found)
			count = 0;
		sqlite3_reset(statement.handle);
	}
	if (!status && count != wanted)
		status = wp_db_damaged(db, err, "its tables are not there");
	return status;
}

static int check_plan(const struct wp_journal *journal, const struct wp_plan *plan, struct wp_error *err)
{
	struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct wp_statement statement __attribute__((cleanup(wp_db_finalize))) = { 0 };
	const char *id;
	int row;

	wp_db_query(&journal->db, "SELECT id FROM plan", &statement);
	row = wp_db_step(&statement, opening, err);
	if (row < 0)
		return row;
	if (!row)
		return wp_db_damaged(&journal->db, err, "it does not say which plan it is of");
	id = wp_db_text(scratch, &statement, 0);
	if (id && !strcmp(id, plan->id))
		return WP_OK;
	return wp_fail(err, WP_E_REFUSED, "other-plan", journal->path,
		       "the journal %s belongs to the plan %.80s, and this is %s; give another file with --journal, or "
		       "move the old journal away",
		       journal->path, id ? id : "?", plan->id);
}

/*
 * A run begins in the file itself, and goes on in the log beside it (wp_journal_begin()). Where the file has a run that
 * has not ended and not one step, the log has all that it did; SQLite ignores a log that it cannot use. One that is gone
 * took that along. One in which nothing counts was cut, or the run was killed while it wrote its first entry.
 */
static int check_log(struct wp_journal *journal, struct wp_error *err)
{
	int64_t begun = 0, steps = 0;
	int frames = 0, result, status = WP_OK;

	if (journal->log != WP_JOURNAL_LOG_FINE)
		status = wp_db_number(&journal->db, "SELECT count(*) FROM run WHERE finished_at IS NULL", opening, &begun,
				      err);
	if (!status && begun)
		status = wp_db_number(&journal->db, "SELECT count(*) FROM step", opening, &steps, err);
	if (status)
		return status;
	if (!begun || steps) {
		journal->log = WP_JOURNAL_LOG_FINE;
		return WP_OK;
	}
	if (journal->log == WP_JOURNAL_LOG_GONE)
		return wp_db_damaged(&journal->db, err, "what %s-wal held is gone", journal->path);
	result = sqlite3_wal_checkpoint_v2(journal->db.handle, NULL, SQLITE_CHECKPOINT_PASSIVE, &frames, NULL);
	if (result != SQLITE_OK && (result & 0xff) != SQLITE_READONLY)
		return wp_db_fail(&journal->db, result, opening, err);
	journal->log = frames ? WP_JOURNAL_LOG_FINE : WP_JOURNAL_LOG_EMPTY;
	return WP_OK;
}

/* That the file is as long as its pages. In WAL mode some may stand in the log alone. */
static int check_length(const struct wp_journal *journal, struct wp_error *err)
{
	struct wp_file_status file;
	int64_t length;
	int status = wp_db_number(&journal->db,
					"SELECT page_count * page_size * (journal_mode != 'wal') FROM"
					" pragma_page_count, pragma_page_size, pragma_journal_mode",
					opening, &length, err);

	if (!status && !wp_file_look_itself(journal->name, &file) && (int64_t)file.size < length)
		status = wp_db_damaged(&journal->db, err, "its end is gone");
	return status;
}

/* What every reader and writer asks first. */
static int check(struct wp_journal *journal, const struct wp_plan *plan, struct wp_error *err)
{
	static const char *const taken[] = { "plan", "run", "step", "distribution", NULL };
	static const char *const taken_before[] = { "plan", "run", "step", NULL };
	const struct wp_db *db = &journal->db;
	int64_t application, version;
	int status = wp_db_number(db, "PRAGMA application_id", opening, &application, err);

	if (status)
		return wp_db_is_foreign(db) ? refuse_foreign(journal, err) : status;
	if (application != APPLICATION_ID)
		return refuse_foreign(journal, err);
	status = wp_db_number(db, "PRAGMA user_version", opening, &version, err);
	journal->no_watch = version == SCHEMA_WITHOUT_WATCH;
	if (!status && version != SCHEMA_VERSION && !journal->no_watch)
		return wp_fail(err, WP_E_REFUSED, "unknown-version", journal->path,
			       "the journal %s is of another version of wimplan-apply; use that one", journal->path);
	if (!status)
		status = check_schema(journal, err);
	if (!status)
		status = check_plan(journal, plan, err);
	if (!status)
		status = wp_db_check(db, journal->no_watch ? taken_before : taken, err);
	if (!status)
		status = check_length(journal, err);
	return status ? status : check_log(journal, err);
}

/* Whether SQLite says that its file has no longer its name. It says so as well where its stat() fails: then once more. */
static bool has_moved(const struct wp_journal *journal)
{
	int moved = 0;

	for (int i = 0; i < 2; i++)
		if (!sqlite3_file_control(journal->db.handle, "main", SQLITE_FCNTL_HAS_MOVED, &moved) && !moved)
			return false;
	return true;
}

/* That SQLite has opened the very file that is locked: its name may have got another one meanwhile. */
static int check_same_file(const struct wp_journal *journal, struct wp_error *err)
{
	struct wp_file_status locked, named;
	/* Asked before the rest: a stat() that goes on failing is then seen to fail. */
	bool moved = has_moved(journal);
	int reason = wp_file_look_open(journal->lock, &locked);

	if (!reason)
		reason = wp_file_look_itself(journal->name, &named);
	if (reason && reason != ENOENT)
		return wp_fail(err, WP_E_FAILED, "journal", journal->path,
			       "the journal %s cannot be looked at: %s; check the disk and the permissions", journal->path,
			       wp_file_error_text(reason));
	if (!reason && locked.device == named.device && locked.inode == named.inode && !moved)
		return WP_OK;
	return wp_fail(err, WP_E_BUSY, "busy", journal->path,
		       "another file has taken the place of the journal %s; see who does that, then run the plan again",
		       journal->path);
}

/*
 * In WAL mode a commit is written without a sync (NORMAL), and wp_journal_sync() says when there has to be one. Where
 * WAL does not work (network file systems) SQLite stays with its rollback journal, which NORMAL does not make as safe:
 * there each commit goes to the disk (FULL). The cache is small, for what was written is not read again before the next
 * run.
 */
static int set_modes(struct wp_journal *journal, struct wp_error *err)
{
	struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct wp_statement statement __attribute__((cleanup(wp_db_finalize))) = { 0 };
	const char *mode;
	int row;

	wp_db_query(&journal->db, "PRAGMA journal_mode=WAL", &statement);
	row = wp_db_step(&statement, opening, err);
	if (row < 0)
		return row;
	mode = row ? wp_db_text(scratch, &statement, 0) : NULL;
	journal->wal = mode && !strcmp(mode, "wal");
	return wp_db_execute(&journal->db,
				   journal->wal ? "PRAGMA cache_size=-256; PRAGMA synchronous=NORMAL"
						: "PRAGMA cache_size=-256; PRAGMA synchronous=FULL",
				   opening, err);
}

/* A journal of an older version gets what it lacks. */
static int add_watch(struct wp_journal *journal, struct wp_error *err)
{
	char text[300];
	int status;

	if (!journal->no_watch)
		return WP_OK;
	snprintf(text, sizeof text, "BEGIN IMMEDIATE; %s; PRAGMA user_version=%d; COMMIT", tables[TABLES - 1], SCHEMA_VERSION);
	status = wp_db_execute(&journal->db, text, writing, err);
	journal->no_watch = status != WP_OK;
	return status;
}

static int prepare_to_write(struct wp_journal *journal, struct wp_error *err)
{
	int status = set_modes(journal, err);

	if (!status)
		status = add_watch(journal, err);
	if (!status)
		status = wp_db_prepare(&journal->db, "BEGIN IMMEDIATE", &journal->begin, err);
	if (!status)
		status = wp_db_prepare(&journal->db, "COMMIT", &journal->commit, err);
	if (!status)
		status = wp_db_prepare(&journal->db, "INSERT OR REPLACE INTO step VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
				       &journal->save, err);
	if (!status)
		status = wp_db_prepare(&journal->db, "INSERT INTO event (run, position, at, what, detail) VALUES (?,?,?,?,?)",
				       &journal->event, err);
	return status;
}

int wp_journal_db_open(struct wp_journal *journal, const struct wp_plan *plan, struct wp_error *err)
{
	/* Also a reader opens it for writing: a journal whose run was killed has to be put in order first. */
	int status = wp_db_open(&journal->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOFOLLOW, BUSY, err);
	int result;

	wp_machine_boot_id(journal->boot, sizeof journal->boot);
	if (!status && journal->write)
		status = check_same_file(journal, err);
	if (!status)
		status = check(journal, plan, err);
	if (status)
		return status;
	if (journal->write)
		return prepare_to_write(journal, err);
	/* The log that a killed run left stays there for the next one: that tells it from a log that was lost. */
	result = sqlite3_db_config(journal->db.handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	return result ? wp_db_fail(&journal->db, result, opening, err) : WP_OK;
}

int wp_journal_write(struct wp_journal *journal, struct wp_error *err)
{
	if (!journal->open)
		return WP_OK;
	journal->open = false;
	journal->dirty = true;
	return wp_db_run(&journal->commit, writing, err);
}

int wp_journal_sync(struct wp_journal *journal, struct wp_error *err)
{
	int status = wp_journal_write(journal, err);

	if (!status && journal->dirty && journal->wal)
		status = wp_db_sync_log(&journal->db, writing, err);
	if (!status)
		journal->dirty = false;
	return status;
}
