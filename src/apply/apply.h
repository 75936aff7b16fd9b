/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One call of wimplan-apply: its options, its plan and its streams. */
#ifndef WIMPLAN_APPLY_APPLY_H
#define WIMPLAN_APPLY_APPLY_H

#include "step.h"

#include "wimplan/buf.h"
#include "wimplan/connection.h"
#include "wimplan/env.h"
#include "wimplan/error.h"
#include "wimplan/file.h"
#include "wimplan/program.h"
#include "wimplan/progress.h"
#include "wimplan/provider.h"

#include <stdio.h>

enum wp_commit { WP_COMMIT_AUTO, WP_COMMIT_ALWAYS, WP_COMMIT_NEVER };

/* The options, the same for all commands. */
extern const struct wp_option wp_apply_options[];
extern const struct wp_command wp_apply_check;
extern const struct wp_command wp_apply_run;
extern const struct wp_command wp_apply_status;
extern const struct wp_command wp_apply_watch;

/* The time in which steps may start. Either end may be open (not known). */
struct wp_window {
	struct wp_time start, end;
};

struct wp_apply {
	struct wp_cli *cli;
	/* Options. */
	bool yes, skip_conflicts, wait, wave;
	bool watch; /* after the calls */
	struct wp_number parallel; /* refreshes in flight at a time; 0 or not known: any number */
	struct wp_number pause;    /* seconds between two calls; not known: none */
	enum wp_commit commit;
	const char *for_given, *window_given, *expected_plan, *journal_path, *receipt_path;
	/* Options over configuration over defaults. */
	const char *plan_path, *token_file;
	enum wp_file_target receipt_target; /* whether the user has named the receipt */
	int64_t settle_ms, for_ms; /* how long the effect of a call is looked for, and how long content is watched */
	struct wp_window window;
	struct wp_provider_options connection;
	/* What they lead to. */
	struct wp_plan *plan;
	struct wp_steps steps;
	const char **waves; /* with --wave: names of the groups, in the order of their waves */
	size_t wave_count;
	bool then_watch;      /* the calls are made, and their content is to be watched now */
	struct wp_buf result; /* what the calls came to, for people, until that is over */
	struct wp_lines events;
	bool on_line; /* a progress line stands on standard error */
	char doing[400];  /* what is waited for; "" when nothing is */
	int64_t said_ms;  /* when something was last said on standard error, by wp_clock_ms() */
};

/* The journal and the receipt at their default places: wp_program's files. */
void wp_apply_files(struct wp_cli *cli, const void *arguments, struct wp_named_files *files);

/*
 * Goes from the options in @apply and the configuration to what is in force. 0 or a status with the error in @cli. What was
 * come to is let go of by wp_apply_end().
 */
int wp_apply_begin(struct wp_apply *apply, struct wp_cli *cli);
void wp_apply_end(struct wp_apply **apply);

/* Reads "START/END", ISO 8601 with zones; either may be empty. NULL, or what is wrong with it. */
const char *wp_window_parse(const char *text, struct wp_window *ret);

/* From the start on, up to but not at the end. */
bool wp_window_is_open(const struct wp_window *window, struct wp_time now);
bool wp_window_is_over(const struct wp_window *window, struct wp_time now);

/*
 * Waits until the window opens, where --wait asks for it, and says until when. Returns whether it waited; a signal ends it at
 * once.
 */
bool wp_window_wait(struct wp_apply *apply);

/* Of a window that is not open: a clause with its times, that it is over or when it begins. */
const char *wp_window_closed(struct wp_arena *arena, const struct wp_window *window, struct wp_time now);

#endif
