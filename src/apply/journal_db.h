/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An open journal: its database, the state of the file that it is in, and what makes writing last. */
#ifndef WIMPLAN_APPLY_JOURNAL_DB_H
#define WIMPLAN_APPLY_JOURNAL_DB_H

#include "wimplan/database.h"
#include "wimplan/plan.h"

/* The log beside the file (WAL mode), where it should have all that the last run has done. */
enum wp_journal_log {
	WP_JOURNAL_LOG_FINE,   /* it has, or there is nothing that it should have */
	WP_JOURNAL_LOG_THERE,  /* it begins as one */
	WP_JOURNAL_LOG_GONE,   /* it is not there, or is something else */
	WP_JOURNAL_LOG_EMPTY,  /* it begins as one, and nothing in it counts */
};

struct wp_journal {
	struct wp_db db;
	struct wp_statement save, event;
	char *path; /* as the user gave it */
	char *name; /* the same with no link in its folder, for SQLite */
	int lock; /* -1: none */
	bool write;
	bool open; /* a transaction is, with what is not yet written */
	bool dirty; /* something is written, and perhaps not yet on disk */
	bool wal;
	enum wp_journal_log log;
	char boot[40]; /* tells this time that the machine runs from any other; "" when the kernel does not say */
	int64_t run;
};

/*
 * Finds the file of the journal, for writing makes and locks it, and sees whether it may be given to SQLite. Fills name,
 * lock and log.
 */
int wp_journal_find(struct wp_journal *journal, const struct wp_plan *plan, struct wp_error *err);

/* Opens the database of a journal whose file was found, and checks that it is whole and of @plan. */
int wp_journal_db_open(struct wp_journal *journal, const struct wp_plan *plan, struct wp_error *err);

/*
 * wp_journal_write() makes what was kept outlast this process, however it ends, and has to come before a call is sent.
 * wp_journal_sync() makes it outlast the machine's crash as well, and has to come before the first call of what was
 * intended, and before the run waits for anything.
 */
int wp_journal_write(struct wp_journal *journal, struct wp_error *err);
int wp_journal_sync(struct wp_journal *journal, struct wp_error *err);

/* A journal that is not yet open. @path is borrowed. */
struct wp_db wp_journal_database(const char *path);

#endif
