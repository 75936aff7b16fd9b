/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One call that a plan asks for, and how far it has come. */
#ifndef WIMPLAN_APPLY_STEP_H
#define WIMPLAN_APPLY_STEP_H

#include "wimplan/plan.h"
#include "wimplan/receipt.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The journal stores the names of wp_state_name(). From done on they are the outcomes of a receipt. */
enum wp_state {
	WP_STATE_PENDING,    /* never sent, or refused without effect */
	WP_STATE_STARTED,    /* sent, perhaps: no answer is known */
	WP_STATE_ACCEPTED,   /* answered with success, not seen yet in the record */
	WP_STATE_DONE,
	WP_STATE_SATISFIED,  /* was so already */
	WP_STATE_UNVERIFIED, /* accepted, but not seen when the settle time was over */
	WP_STATE_FAILED,
	WP_STATE_CONFLICT,
	WP_STATE_SKIPPED,
	WP_STATE_UNKNOWN,    /* started, and not known what came of it when the run had to give up */
};
#define WP_STATES (WP_STATE_UNKNOWN + 1)

const char *wp_state_name(enum wp_state state);
bool wp_state_from_name(const char *name, enum wp_state *ret);
/* Nothing is left to do: done or satisfied. */
bool wp_state_is_good(enum wp_state state);
/* The state that an end makes of it, an outcome: pending, started and accepted become skipped, unknown and unverified. */
enum wp_state wp_state_ended(enum wp_state state);
/* The way back: what ended without success is open again, and what was left without an outcome is to be looked for. */
enum wp_state wp_state_reopened(enum wp_state state);

struct wp_step {
	size_t position; /* in the plan's order, from 0 */
	const struct wp_entry *entry; /* of its package; in the plan */
	enum wp_action action;
	struct wp_step *reload; /* the planned reload of a refresh's package; NULL: none */
	/* What the journal keeps. */
	enum wp_state state;
	bool looked_up;
	uint64_t attempts; /* calls that may have left this machine, over all runs */
	struct wp_time started_at, finished_at;
	int64_t started_unix; /* when the last call began, by the machine's clock */
	int64_t started_boot; /* the same since the machine was started; 0: it was started again since, or not known */
	struct wp_time intended_at; /* since when it stands on disk that the call may begin; see ledger.c */
	int64_t intended_unix;      /* the same by the machine's clock */
	struct wp_number version_before, version_after;
	char property_before[WP_HASH_TEXT]; /* digest of ImageProperty before the call; "" when there was none */
	bool has_return_value;
	int64_t return_value;
	char *error; /* what is wrong with it, owned; NULL when nothing is */
	const struct wp_receipt_distribution *distribution; /* of a refresh, as it was last seen; NULL: nobody has looked */
	bool suspected; /* its call may have begun before the machine stopped: see journal.c */
	/* Of this run. */
	bool selected;
	size_t wave; /* from 1; 0: it waits for none. Behind the last: its package is in no group */
	struct wp_number action_in_progress; /* of the record, as check has read it */
	/* Of the last survey, where it was as planned; see classify.h. The answer's digest, "" when it was anything else. */
	char found[WP_HASH_TEXT];
	struct wp_number found_action; /* ActionInProgress in it */
	bool intended;       /* pending, and the journal says that its call may begin */
	bool waiting;        /* its effect is being looked for */
	bool last_look;      /* the settle time was over before this run: one look, and no wait */
	bool prolonged;      /* it is looked for longer, because the site is at work on the package */
	bool lingers;        /* it has its outcome, and is in flight while the site is at work on the package */
	bool lost;           /* nobody knows what became of the last call, so an effect is taken for its own */
	bool committed;      /* the entity was written back after the last call */
	bool commit_failed;  /* it could not be; the error says why */
	unsigned int commits; /* attempts to do so */
	int64_t due_ms;      /* of the next look, or of the next attempt */
	int64_t deadline_ms; /* until when it is looked for */
	int64_t interval_ms; /* between two looks */
	unsigned int tries;  /* attempts of this run that ended without effect */
	int64_t put_off_ms;  /* how long it was put off after them, in all */
	unsigned int sends;  /* calls of this run */
};

struct wp_steps {
	struct wp_step *items;
	size_t count;
};

/* A loop through all of them, in their order. */
#define WP_EACH_STEP(step, steps) (struct wp_step *step = (steps)->items; step < (steps)->items + (steps)->count; step++)

/* The steps of a plan, in its order: reload before refresh. They point into it. */
struct wp_steps wp_steps_make(struct wp_arena *arena, const struct wp_plan *plan);
/* Whether nothing is left to do for any of them. */
bool wp_steps_all_good(const struct wp_steps *steps);
/* Frees what the steps own besides the arena. */
void wp_steps_end(struct wp_steps *steps);

/* Bytes of a step's error with its NUL; what does not fit is cut. */
#define WP_STEP_ERROR 600
void wp_step_error(struct wp_step *step, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* There is none any more. */
void wp_step_clear_error(struct wp_step *step);

#endif
