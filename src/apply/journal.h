/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was done, on disk before and after it is done: one SQLite file per plan. */
#ifndef WIMPLAN_APPLY_JOURNAL_H
#define WIMPLAN_APPLY_JOURNAL_H

#include "step.h"

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
	struct wp_statement begin, save, event, commit;
	char *path; /* as the user gave it */
	char *name; /* the same with no link in its folder, for SQLite */
	int lock; /* -1: none */
	bool write;
	bool no_watch; /* it was made by a version that watched nothing: it has no table of it */
	bool open; /* a transaction is, with what is not yet written */
	bool dirty; /* something is written, and perhaps not yet on disk */
	bool wal;
	enum wp_journal_log log;
	char boot[40]; /* tells this time that the machine runs from any other; "" when the kernel does not say */
	int64_t run;
};

enum wp_journal_mode {
	WP_JOURNAL_READ, /* WP_E_NOT_FOUND when there is none */
	WP_JOURNAL_WRITE, /* made when there is none; one process at a time, otherwise WP_E_BUSY with its id */
};

/* Opens the journal of @plan. WP_E_REFUSED when the file is the journal of another plan or no journal. */
int wp_journal_open(const char *path, enum wp_journal_mode mode, const struct wp_plan *plan,
		    struct wp_journal **ret_journal, struct wp_error *err);
void wp_journal_close(struct wp_journal *journal);
static inline void wp_journal_closep(struct wp_journal **journal)
{
	wp_journal_close(*journal);
}

/* What is common to all runs of the plan. Not known or "" before the first. */
struct wp_journal_runs {
	char provider[1024]; /* of the last run */
	char who[512];       /* who made it: "user@host" */
	struct wp_time started_at;  /* of the first run */
	struct wp_time finished_at; /* of the last run; not known while it goes on, or when it was killed */
	uint64_t count;
};
int wp_journal_runs(struct wp_journal *journal, struct wp_journal_runs *ret, struct wp_error *err);

/*
 * Fills the steps with what the journal knows of them. What was intended before the machine stopped is started and
 * suspected: it may have been called, and nobody kept what the record looked like before.
 */
int wp_journal_load(struct wp_journal *journal, struct wp_steps *steps, struct wp_error *err);

/* Begins a run of this program; the process id stands there for people. */
int wp_journal_begin(struct wp_journal *journal, const char *provider, const char *who, struct wp_time now,
		     struct wp_error *err);
int wp_journal_finish(struct wp_journal *journal, int exit_status, struct wp_time now, struct wp_error *err);

/*
 * For so long after its intention a step may be called. A longer time would save few syncs, and would make the look-up
 * after a crash longer for all.
 */
#define WP_INTENTION_SECONDS 10

/* Keeps the step as it is now, and says in the list of events what happened; until wp_journal_write() not on disk. */
int wp_journal_save(struct wp_journal *journal, const struct wp_step *step, const char *event, struct wp_time now,
		    struct wp_error *err);

/* Has what is kept from here on go to the disk together, by wp_journal_write() or wp_journal_sync(). */
int wp_journal_open_batch(struct wp_journal *journal, struct wp_error *err);

/* Keeps the step, with intended as it stands there, without an event: nothing has happened. */
int wp_journal_intend(struct wp_journal *journal, const struct wp_step *step, struct wp_error *err);

/* Fills the steps with what was last seen of their distribution, in @arena. */
int wp_journal_load_distribution(struct wp_journal *journal, struct wp_arena *arena, struct wp_steps *steps,
				 struct wp_error *err);
/* Keeps what was seen of the distribution of a step, all its points with it; until wp_journal_write() not on disk. */
int wp_journal_keep_distribution(struct wp_journal *journal, const struct wp_step *step, struct wp_error *err);

/*
 * Finds the file of the journal, for writing makes and locks it, and sees whether it may be given to SQLite. Fills name,
 * lock and log.
 */
int wp_journal_find(struct wp_journal *journal, const struct wp_plan *plan, struct wp_error *err);

/* Makes the database of a new journal in the empty @file, which has not got its name yet, and closes it. */
int wp_journal_db_make(const struct wp_journal *journal, const char *file, const struct wp_plan *plan, struct wp_error *err);

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
