/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A run, and what it writes down: how far each step is, what is about to be called, why it stops. */
#ifndef WIMPLAN_APPLY_LEDGER_H
#define WIMPLAN_APPLY_LEDGER_H

#include "apply.h"
#include "journal.h"

struct wp_run {
	struct wp_apply *apply;
	struct wp_session *session;
	struct wp_journal *journal;
	size_t first_open; /* steps before it need nothing any more */
	size_t waiting;    /* steps whose effect is looked for */
	size_t lingering;  /* of these, steps that have their outcome, and a site that is still at work on their package */
	size_t in_flight;  /* of these, refreshes */
	size_t wave;       /* with --wave: which one it is */
	bool held;         /* steps wait for refreshes that are in flight */
	int64_t next_call_ms; /* no call before it */
	bool rests;        /* that is waited for, and was said */
	unsigned int batch, called; /* steps that were intended together last; calls since then */
	int64_t batch_ms;  /* when they were */
	struct wp_record_set *seen; /* the record that the last look has read, of a reload that is done; NULL */
	const struct wp_entry *seen_entry; /* its package */
	int64_t seen_ms;   /* when it was read */
	bool stop;         /* nothing more is begun */
	struct wp_error error; /* why the run stopped, where it was not asked to; status 0: it was not */
};

/* Stops the run because nothing can go on. */
void wp_run_fail(struct wp_run *run, const struct wp_error *err);

/*
 * Keeps a change of a step: journal (not on disk yet), events, progress. A journal that cannot be written stops the
 * run.
 */
void wp_run_save(struct wp_run *run, struct wp_step *step, const char *event);
/* Writes what was kept so far, so that the end of this process does not lose it. No sync. */
void wp_run_write(struct wp_run *run);
/* Puts on disk what was kept so far: a crash of the machine does not lose it either. */
void wp_run_sync(struct wp_run *run);
/* Gives the step its outcome. @error may be NULL. */
void wp_run_end_step(struct wp_run *run, struct wp_step *step, enum wp_state state, const char *error);

/* Selected, pending, and not looked for. */
bool wp_run_is_open(const struct wp_step *step);
/* Whether a step may begin now: in the window, and nothing has asked for the end. */
bool wp_run_may_begin(struct wp_run *run);

/* Keeps on disk that the call of @step may begin, mostly together with those of the steps after it. */
void wp_run_intend(struct wp_run *run, struct wp_step *step);
/* Takes back what was intended and not begun, at the end of a run. */
void wp_run_withdraw(struct wp_run *run);

/* Carries the steps out, as far as they are pending, or looks for what earlier runs left open. */
void wp_run_steps(struct wp_run *run);

#endif
