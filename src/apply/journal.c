/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The journal in SQLite: that a call may begin is on disk before it is sent, its outcome before anything waits. */
#include "journal_db.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The state of a pending step that the run may call without another sync. Only the journal knows it. */
#define INTENDED "intended"

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
		return wp_journal_fail(journal, err);
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
		return wp_journal_fail(journal, err);
	while ((result = sqlite3_step(statement)) == SQLITE_ROW && good)
		good = load_step(journal, statement, steps);
	sqlite3_finalize(statement);
	if (!good)
		return wp_fail(err, WP_E_FAILED, "journal", journal->path,
			       "the journal %s has a step that its plan does not have; it is damaged", journal->path);
	return result == SQLITE_DONE ? WP_OK : wp_journal_fail(journal, err);
}

int wp_journal_begin(struct wp_journal *journal, const char *provider, const char *who, struct wp_time now,
		     struct wp_error *err)
{
	char *sql = sqlite3_mprintf("INSERT INTO run (provider, who, pid, started_at) VALUES (%Q, %Q, %d, %lld)",
				    provider, who, (int)getpid(), (long long)now.ticks);
	int status;

	if (!sql)
		abort();
	status = wp_journal_execute(journal, sql, err);
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
		status = wp_journal_execute(journal, sql, err);
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
	return wp_journal_execute(journal, "COMMIT", err);
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
	if (!journal->open && wp_journal_execute(journal, "BEGIN IMMEDIATE", err))
		return WP_E_FAILED;
	journal->open = true;
	bind_step(journal, step);
	return run_once(journal->save) ? WP_OK : wp_journal_fail(journal, err);
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
	return run_once(journal->event) ? WP_OK : wp_journal_fail(journal, err);
}
