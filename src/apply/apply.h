/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One call of wimplan-apply: its options, its plan and its streams. */
#ifndef WIMPLAN_APPLY_APPLY_H
#define WIMPLAN_APPLY_APPLY_H

#include "step.h"
#include "window.h"

#include "wimplan/env.h"
#include "wimplan/error.h"
#include "wimplan/file.h"
#include "wimplan/program.h"
#include "wimplan/provider.h"

#include <stdio.h>

enum wp_commit { WP_COMMIT_AUTO, WP_COMMIT_ALWAYS, WP_COMMIT_NEVER };

struct wp_apply;

struct wp_apply_command {
	const char *name;
	const char *summary;
	const char *help;
	/* 0, or WP_APPLY_OVER; apply->status has the exit status. */
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
	int status;  /* what the program exits with */
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

/*
 * Returned where the call is over: what is to be said was said, and the exit status is in apply->status. Not a wp_status.
 */
#define WP_APPLY_OVER (-100)

/* Ends the call with an exit status. Returns WP_APPLY_OVER. */
static inline int wp_apply_end(struct wp_apply *apply, int status)
{
	apply->status = status;
	return WP_APPLY_OVER;
}

#endif
