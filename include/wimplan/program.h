/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the two programs do alike and the library never does: read the environment, print, and end with a status. */
#ifndef WIMPLAN_PROGRAM_H
#define WIMPLAN_PROGRAM_H

#include "wimplan/arena.h"
#include "wimplan/config.h"
#include "wimplan/diag.h"
#include "wimplan/env.h"
#include "wimplan/error.h"
#include "wimplan/plan.h"
#include "wimplan/print.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdbool.h>

/* Exit statuses, as the manual pages list them. 1, 2, 4 and 5 also come from a wp_status, see wp_program_error(). */
enum {
	WP_EXIT_DONE = 0,
	WP_EXIT_FAILED = 1,
	WP_EXIT_USAGE = 2,
	WP_EXIT_INCOMPLETE = 3,
	WP_EXIT_REFUSED = 4,
	WP_EXIT_BUSY = 5,
	WP_EXIT_LEFT = 6,
	WP_EXIT_CHANGES = 10,
	/* As a shell shows the end by SIGPIPE: for wp_program_end(). */
	WP_EXIT_BROKEN_PIPE = 141,
};

/*
 * Comes first in main(): what becomes of it without memory; the locale; that a closed pipe and a limit on the size of
 * files are errors of a write; and that no file of ours gets the number of a standard stream that is closed.
 */
void wp_program_start(int argc, char **argv);

/*
 * Comes last in main(), with its exit status: returns it. A program whose standard output was read by one who went away
 * (`| head`) ends here as others do, by SIGPIPE, and without a word.
 */
int wp_program_end(int status);

/* Whether --json is among the arguments: errors must be one JSON document also before the options were read. */
bool wp_program_wants_json(int argc, char **argv);

/*
 * What is in force: the defaults, and over them the file @path, or else the first that exists of the places that
 * wimplan.conf(5) names. WP_E_USAGE when something is wrong with it. Strings live in @arena.
 */
int wp_program_config(const struct wp_env *env, struct wp_arena *arena, const char *path, struct wp_config *ret,
		      struct wp_error *err);

/* The name that is nearest to a word that was given; begin with only @given set. */
struct wp_nearest {
	const char *given;
	const char *name; /* NULL: none is near */
	size_t distance;  /* letters that differ */
};
/* Takes @name when it is nearer than what there was. */
void wp_nearest_try(struct wp_nearest *nearest, const char *name);

/*
 * When the configured window is open, with the zone that it names; *@ret_zone has no changes where it names none. WP_E_USAGE
 * for a zone that this machine does not know. Strings live in @arena.
 */
int wp_program_window(struct wp_arena *arena, const struct wp_window_settings *settings, struct wp_time now,
		      struct wp_zone *ret_zone, struct wp_time *ret_start, struct wp_time *ret_end, struct wp_error *err);

/*
 * Reads the plan at @path ("-": standard input) as a whole, as wp_plan_parse() does. The caller frees *@ret_plan.
 */
int wp_program_plan(const char *path, struct wp_plan **ret_plan, struct wp_error *err);

/*
 * What is wrong with an option that getopt_long() answered with '?': there is none of that name, it is short for
 * several, or it takes no value; and which one may have been meant. @given is the word, @letter is optopt.
 */
const char *wp_program_option_error(struct wp_arena *arena, const struct option *options, const char *given,
				    int letter);

/* One line on standard error: "wimplan: …". */
void wp_program_say(const char *program, const char *message);

/* Fills @err for a call that is used wrongly: "… ; see wimplan plan --help". @command NULL: none is known yet. */
void wp_program_usage(struct wp_error *err, const char *program, const char *command, const char *subject,
		      const char *format, va_list args) __attribute__((format(printf, 5, 0)));

/*
 * Says an error and the findings of @more (NULL: none) on standard error, with @json as a wimplan-error document on
 * standard output too. That the reader of standard output has gone away is not said. Returns the exit status.
 */
int wp_program_error(const char *program, bool json, const struct wp_error *err, const struct wp_diags *more);

#endif
