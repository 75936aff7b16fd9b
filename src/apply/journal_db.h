/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An open journal as its two parts see it: journal_db.c makes and opens the file, journal.c reads and writes in it. */
#ifndef WIMPLAN_APPLY_JOURNAL_DB_H
#define WIMPLAN_APPLY_JOURNAL_DB_H

#include "journal.h"

#include <sqlite3.h>

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

/* Fills @err with what SQLite said last, and returns WP_E_FAILED. */
int wp_journal_fail(struct wp_journal *journal, struct wp_error *err);

/* Carries out SQL that has no result. */
int wp_journal_execute(struct wp_journal *journal, const char *sql, struct wp_error *err);

#endif
