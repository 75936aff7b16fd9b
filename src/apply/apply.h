/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One call of wimplan-apply: its options, its plan and its streams. */
#ifndef WIMPLAN_APPLY_APPLY_H
#define WIMPLAN_APPLY_APPLY_H

#include "classify.h"
#include "journal.h"
#include "step.h"
#include "window.h"

#include "wimplan/buf.h"
#include "wimplan/env.h"
#include "wimplan/error.h"
#include "wimplan/file.h"
#include "wimplan/program.h"
#include "wimplan/provider.h"

#include <jansson.h>
#include <stdio.h>

enum wp_commit { WP_COMMIT_AUTO, WP_COMMIT_ALWAYS, WP_COMMIT_NEVER };

struct wp_apply;

struct wp_apply_command {
	const char *name;
	const char *summary;
	const char *help;
	int (*run)(struct wp_apply *apply);
};

extern const struct wp_apply_command wp_apply_check;
extern const struct wp_apply_command wp_apply_run;
extern const struct wp_apply_command wp_apply_status;

struct wp_apply {
	const struct wp_env *env;
	const struct wp_apply_command *command; /* NULL before it is known */
	struct wp_arena *arena;
	char **argv; /* of main() */
	/* Options. */
	bool json, quiet, verbose, yes, skip_conflicts;
	const char *config_path, *output, *plan_path, *journal_path, *receipt_path, *events_path, *token_file;
	const char *expected_plan; /* digits that the plan's id has to begin with; NULL: any */
	enum wp_file_target receipt_target; /* whether the user has named the receipt */
	const char **only;
	size_t only_count;
	enum wp_commit commit;
	int64_t settle_ms;
	struct wp_window window;
	struct wp_provider_options connection;
	/* What they lead to. */
	struct wp_plan *plan;
	struct wp_steps steps;
	FILE *events;
	bool on_line; /* a progress line stands on standard error */
	char doing[400];  /* what is waited for; "" when nothing is */
	int64_t said_ms;  /* when something was last said on standard error, by wp_clock_ms() */
};

/* The time for outputs: fixed by SOURCE_DATE_EPOCH, otherwise now. */
struct wp_time wp_apply_now(const struct wp_apply *apply);

/* output.c: how things leave the program. */

/* Ends a call that is used wrongly. Returns exit status 2. */
int wp_apply_usage(struct wp_apply *apply, const char *subject, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* Says an error; with --json as a document too. Returns the exit status. */
int wp_apply_error(struct wp_apply *apply, const struct wp_error *err);
/* The same with one more finding for each of the texts. */
int wp_apply_error_list(struct wp_apply *apply, const struct wp_error *err, const struct wp_diags *more);
void wp_apply_note(struct wp_apply *apply, const char *format, ...) __attribute__((format(printf, 2, 3)));
int wp_apply_emit(struct wp_apply *apply, const struct wp_buf *buf);
/*
 * What is being done or waited for: the line of progress on a terminal, elsewhere a line every minute. "" takes it away,
 * and so has to be done before a result is written.
 */
void wp_apply_progress(struct wp_apply *apply, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Has to be called now and then while something is waited for. @apply is a struct wp_apply. */
void wp_apply_tick(void *apply);

/* events.c */

int wp_events_open(struct wp_apply *apply, struct wp_error *err);
void wp_events_close(struct wp_apply *apply);
/* One line of --events; @step NULL: of the run as a whole. @seconds below 0: none. */
void wp_event(struct wp_apply *apply, const char *type, const struct wp_step *step, const char *message,
	      double seconds);

/* options.c */

/* Reads options and configuration. Returns -1 when the call goes on, otherwise its exit status. */
int wp_apply_options(struct wp_apply *apply, int argc, char **argv);

/* prepare.c */

/* Reads the plan and makes its steps, with --only taken into account. Returns -1, or the exit status. */
int wp_apply_read_plan(struct wp_apply *apply);
/*
 * Fills the steps with what the journal knows of them, and *@ret_runs with what it says of the plan's runs.
 * WP_E_NOT_FOUND, with no runs, when there is no journal yet. The caller closes *@ret_journal.
 */
int wp_apply_look_back(struct wp_apply *apply, struct wp_journal **ret_journal, struct wp_journal_runs *ret_runs,
		       struct wp_error *err);

/* survey.c */

/* Sees that there is a provider, and reads the secrets that --auth needs. Returns -1, or the exit status. */
int wp_apply_read_secrets(struct wp_apply *apply);

/* Says it where the window is closed, before anything is asked. */
void wp_apply_say_window(struct wp_apply *apply);

/*
 * Opens a session with the provider, and sees that it offers the methods that the selected steps call. The caller closes
 * *@ret.
 */
int wp_apply_connect(struct wp_apply *apply, struct wp_session *ret, struct wp_error *err);

/*
 * Reads all records and classifies the selected steps that are pending: their verdicts go into @ret, by position.
 * Steps of another state get none (standing pending, no note).
 */
int wp_apply_classify(struct wp_apply *apply, struct wp_session *session, struct wp_verdict *ret, struct wp_error *err);

/* question.c */

/* Asks on the terminal whether the plan's calls are to be made, and names them. True to go on. */
bool wp_apply_confirm(struct wp_apply *apply, const struct wp_verdict *verdicts);

/* receipt.c */

/* Writes a document with all steps to --output. @format: "wimplan-check", "wimplan-status", "wimplan-receipt". */
int wp_receipt_show(struct wp_apply *apply, const char *format, const struct wp_journal_runs *runs,
		    struct wp_error *err);
/* Writes the receipt from what the journal says now. */
int wp_receipt_write(struct wp_apply *apply, struct wp_journal *journal, struct wp_error *err);

/* summary.c */

/* A line for every step that needs one, then how many there are of each kind. @outcome turns a state into its word. */
void wp_summary_text(const struct wp_apply *apply, const char *(*outcome)(enum wp_state), struct wp_buf *buf);

#endif
