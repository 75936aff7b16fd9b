/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The journal in SQLite: that a call may begin is on disk before it is sent, its outcome before anything waits. */
#include "journal.h"

#include "wimplan/clock.h"
#include "wimplan/file.h"
#include "wimplan/machine.h"
#include "wimplan/text.h"

#include <stdlib.h>
#include <string.h>

/* The state of a pending step that the run may call without another sync. Only the journal knows it. */
#define INTENDED "intended"

static const char reading[] = "it was read", writing[] = "it was written";

static int damaged(const struct wp_journal *journal, const char *what, struct wp_error *err)
{
	return wp_db_damaged(&journal->db, err, "%s", what);
}

/* A whole number within bounds; 0 for NULL. False when it is anything else. */
static bool column_int(struct wp_statement *row, int column, int64_t least, int64_t most, int64_t *ret)
{
	*ret = sqlite3_column_int64(row->handle, column);
	return *ret >= least && *ret <= most;
}

/* Seconds since 1970 or since a machine was started, up to the year 9999. */
static bool column_seconds(struct wp_statement *row, int column, int64_t *ret)
{
	return column_int(row, column, 0, INT64_C(253402300799), ret);
}

static bool column_time(struct wp_statement *row, int column, struct wp_time *ret)
{
	*ret = (struct wp_time){ 0 };
	if (sqlite3_column_type(row->handle, column) == SQLITE_NULL)
		return true;
	*ret = wp_time_from_filetime((uint64_t)sqlite3_column_int64(row->handle, column));
	return ret->known;
}

static bool column_number(struct wp_statement *row, int column, struct wp_number *ret)
{
	*ret = (struct wp_number){ .known = sqlite3_column_type(row->handle, column) != SQLITE_NULL };
	return !ret->known || wp_db_u64(row, column, &ret->value);
}

/* "" for NULL. False when it is no text of that size. */
static bool column_text(struct wp_statement *row, int column, char *room, size_t size)
{
	size_t length;
	const char *text = wp_db_bytes(row, column, &length);

	room[0] = '\0';
	if (!text)
		return true;
	if (length >= size || wp_utf8_valid(text, length) != length || memchr(text, '\0', length))
		return false;
	memcpy(room, text, length);
	room[length] = '\0';
	return true;
}

int wp_journal_open(const char *path, enum wp_journal_mode mode, const struct wp_plan *plan,
		    struct wp_journal **ret_journal, struct wp_error *err)
{
	struct wp_journal *journal = wp_must(calloc(1, sizeof *journal));
	int status;

	journal->path = wp_must(strdup(path));
	journal->db = wp_journal_database(journal->path);
	journal->lock = -1;
	journal->write = mode == WP_JOURNAL_WRITE;
	status = wp_journal_find(journal, plan, err);
	journal->db.file = journal->name;
	if (!status)
		status = wp_journal_db_open(journal, plan, err);
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
	/* The end of a run has said what came of this: what is left to write here is of one that had to stop. */
	wp_journal_sync(journal, NULL);
	wp_db_finalize(&journal->begin);
	wp_db_finalize(&journal->save);
	wp_db_finalize(&journal->event);
	wp_db_finalize(&journal->commit);
	/* At rest it is one file. Where that does not succeed, as beside a reader, the log stays, which is as good. */
	if (journal->write && journal->db.handle)
		wp_db_execute(&journal->db, "PRAGMA journal_mode=DELETE", "it was closed", NULL);
	wp_db_close(&journal->db);
	/* Only now: closing any descriptor of the file drops SQLite's own locks on it (POSIX, fcntl). */
	wp_closep(&journal->lock);
	free(journal->name);
	free(journal->path);
	free(journal);
}

int wp_journal_runs(struct wp_journal *journal, struct wp_journal_runs *ret, struct wp_error *err)
{
	struct wp_statement statement __attribute__((cleanup(wp_db_finalize))) = { 0 };
	struct wp_time started_at;
	int status = WP_OK;

	wp_db_query(&journal->db, "SELECT provider, started_at, finished_at, who FROM run ORDER BY id", &statement);
	memset(ret, 0, sizeof *ret);
	while (!status && (status = wp_db_step(&statement, reading, err)) == 1) {
		status = WP_OK;
		if (!column_text(&statement, 0, ret->provider, sizeof ret->provider) ||
		    !column_time(&statement, 1, &started_at) || !column_time(&statement, 2, &ret->finished_at) ||
		    !column_text(&statement, 3, ret->who, sizeof ret->who))
			status = damaged(journal, "a run in it is none", err);
		if (!ret->count++)
			ret->started_at = started_at;
	}
	return status;
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

static bool is_text(struct wp_statement *row, int column, const char *wanted)
{
	size_t length;
	const char *text = wp_db_bytes(row, column, &length);

	return text && length == strlen(wanted) && !memcmp(text, wanted, length);
}

/* True for what is the name of an action and of the package of the step. */
static bool is_of(struct wp_statement *row, const struct wp_step *step)
{
	return is_text(row, 16, step->entry->package_id) && is_text(row, 17, wp_action_name(step->action));
}

/* False when the row is none of a step of this plan. */
static bool load_step(const struct wp_journal *journal, struct wp_statement *row, struct wp_steps *steps)
{
	int64_t position, looked_up, attempts, started_boot;
	struct wp_step *step;
	char state[24], boot[sizeof journal->boot], error[WP_STEP_ERROR];
	bool intended, other_boot;

	if (!column_int(row, 0, 0, (int64_t)steps->count - 1, &position))
		return false;
	step = &steps->items[position];
	if (!is_of(row, step) || !column_text(row, 1, state, sizeof state) || !column_int(row, 2, 0, 1, &looked_up) ||
	    !column_int(row, 3, 0, INT32_MAX, &attempts) || !column_time(row, 4, &step->started_at) ||
	    !column_time(row, 5, &step->finished_at) || !column_seconds(row, 6, &step->started_unix) ||
	    !column_seconds(row, 7, &started_boot) || !column_number(row, 8, &step->version_before) ||
	    !column_number(row, 9, &step->version_after) ||
	    !column_text(row, 10, step->property_before, sizeof step->property_before) ||
	    !column_text(row, 12, error, sizeof error) || !column_time(row, 13, &step->intended_at) ||
	    !column_seconds(row, 14, &step->intended_unix) || !column_text(row, 15, boot, sizeof boot))
		return false;
	intended = !strcmp(state, INTENDED);
	step->state = WP_STATE_PENDING;
	if (!intended && !wp_state_from_name(state, &step->state))
		return false;
	step->looked_up = looked_up;
	step->attempts = (uint64_t)attempts;
	step->has_return_value = sqlite3_column_type(row->handle, 11) != SQLITE_NULL;
	step->return_value = sqlite3_column_int64(row->handle, 11);
	wp_step_error(step, "%s", error);
	other_boot = !boot[0] || strcmp(boot, journal->boot);
	step->started_boot = other_boot ? 0 : started_boot;
	/* Since then the machine has not stopped: what was written is there, so it was not begun. */
	if (intended && other_boot)
		suspect(step);
	return true;
}

int wp_journal_load(struct wp_journal *journal, struct wp_steps *steps, struct wp_error *err)
{
	struct wp_statement statement __attribute__((cleanup(wp_db_finalize))) = { 0 };
	int status = WP_OK;

	wp_db_query(&journal->db,
		    "SELECT position, state, looked_up, attempts, started_at, finished_at, started_unix,"
		    " started_boot, version_before, version_after, property_before, return_value, error,"
		    " intended_at, intended_unix, boot, package_id, action FROM step",
		    &statement);
	while (!status && (status = wp_db_step(&statement, reading, err)) == 1)
		status = load_step(journal, &statement, steps) ? WP_OK
							      : damaged(journal, "a step in it is none of its plan", err);
	/* What can have been called by a run of which nothing is known: any step, up to now. */
	for (size_t i = 0; !status && journal->log == WP_JOURNAL_LOG_EMPTY && i < steps->count; i++) {
		steps->items[i].intended_unix = wp_clock_unix();
		suspect(&steps->items[i]);
	}
	return status;
}

int wp_journal_begin(struct wp_journal *journal, const char *provider, const char *who, struct wp_time now,
		     struct wp_error *err)
{
	struct wp_statement statement __attribute__((cleanup(wp_db_finalize))) = { 0 };
	int result, status;

	wp_db_query(&journal->db, "INSERT INTO run (provider, who, pid, started_at) VALUES (?, ?, ?, ?)", &statement);
	wp_db_bind_text(&statement, 1, provider);
	wp_db_bind_text(&statement, 2, who);
	wp_db_bind_int(&statement, 3, wp_process_id());
	wp_db_bind_int(&statement, 4, now.ticks);
	status = wp_db_run(&statement, writing, err);
	if (status)
		return status;
	journal->dirty = true;
	journal->run = sqlite3_last_insert_rowid(journal->db.handle);
	if (!journal->wal)
		return WP_OK;
	/* That a run has begun stands in the file itself, so that a log which is lost is missed (journal_db.c). */
	result = sqlite3_wal_checkpoint_v2(journal->db.handle, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
	return result == SQLITE_OK ? WP_OK : wp_db_fail(&journal->db, result, writing, err);
}

int wp_journal_finish(struct wp_journal *journal, int exit_status, struct wp_time now, struct wp_error *err)
{
	struct wp_statement statement __attribute__((cleanup(wp_db_finalize))) = { 0 };
	int status = wp_journal_write(journal, err);

	if (status)
		return status;
	wp_db_query(&journal->db, "UPDATE run SET finished_at=?, exit_status=? WHERE id=?", &statement);
	wp_db_bind_int(&statement, 1, now.ticks);
	wp_db_bind_int(&statement, 2, exit_status);
	wp_db_bind_int(&statement, 3, journal->run);
	journal->dirty = true;
	status = wp_db_run(&statement, writing, err);
	return status ? status : wp_journal_sync(journal, err);
}

/* NULL when it is not known. */
static void bind_known(struct wp_statement *statement, int index, bool known, int64_t value)
{
	if (known)
		wp_db_bind_int(statement, index, value);
	else
		wp_db_bind_text(statement, index, NULL);
}

static void bind_step(struct wp_journal *journal, const struct wp_step *step)
{
	bool intended = step->intended && step->state == WP_STATE_PENDING;
	struct wp_statement *save = &journal->save;

	wp_db_bind_int(save, 1, (int64_t)step->position);
	wp_db_bind_text(save, 2, step->entry->package_id);
	wp_db_bind_text(save, 3, wp_action_name(step->action));
	wp_db_bind_text(save, 4, intended ? INTENDED : wp_state_name(step->state));
	wp_db_bind_int(save, 5, step->looked_up);
	wp_db_bind_int(save, 6, (int64_t)step->attempts);
	bind_known(save, 7, step->started_at.known, step->started_at.ticks);
	bind_known(save, 8, step->finished_at.known, step->finished_at.ticks);
	wp_db_bind_int(save, 9, step->started_unix);
	wp_db_bind_int(save, 10, step->started_boot);
	bind_known(save, 11, step->version_before.known, (int64_t)step->version_before.value);
	bind_known(save, 12, step->version_after.known, (int64_t)step->version_after.value);
	wp_db_bind_text(save, 13, step->property_before);
	bind_known(save, 14, step->has_return_value, step->return_value);
	wp_db_bind_text(save, 15, step->error);
	bind_known(save, 16, step->intended_at.known, step->intended_at.ticks);
	wp_db_bind_int(save, 17, step->intended_unix);
	wp_db_bind_text(save, 18, journal->boot);
}

int wp_journal_open_batch(struct wp_journal *journal, struct wp_error *err)
{
	int status = journal->open ? WP_OK : wp_db_run(&journal->begin, writing, err);

	journal->open = !status;
	return status;
}

int wp_journal_intend(struct wp_journal *journal, const struct wp_step *step, struct wp_error *err)
{
	int status = wp_journal_open_batch(journal, err);

	if (status)
		return status;
	bind_step(journal, step);
	return wp_db_run(&journal->save, writing, err);
}

int wp_journal_save(struct wp_journal *journal, const struct wp_step *step, const char *event, struct wp_time now,
		    struct wp_error *err)
{
	int status = wp_journal_intend(journal, step, err);

	if (status)
		return status;
	wp_db_bind_int(&journal->event, 1, journal->run);
	wp_db_bind_int(&journal->event, 2, (int64_t)step->position);
	wp_db_bind_int(&journal->event, 3, now.ticks);
	wp_db_bind_text(&journal->event, 4, event);
	wp_db_bind_text(&journal->event, 5, step->error);
	return wp_db_run(&journal->event, writing, err);
}
