/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the programs do alike and the library never does: read the command line and the environment, print, end with a status. */
#ifndef WIMPLAN_PROGRAM_H
#define WIMPLAN_PROGRAM_H

#include "wimplan/arena.h"
#include "wimplan/config.h"
#include "wimplan/diag.h"
#include "wimplan/env.h"
#include "wimplan/error.h"
#include "wimplan/json.h"
#include "wimplan/number.h"
#include "wimplan/option.h"
#include "wimplan/plan.h"
#include "wimplan/print.h"

#include <stdbool.h>

/* Exit statuses, as the manual pages list them. 1, 2, 4 and 5 also come from a wp_status, see wp_cli_say_error(). */
enum {
	WP_EXIT_DONE = 0,
	WP_EXIT_FAILED = 1,
	WP_EXIT_USAGE = 2,
	WP_EXIT_INCOMPLETE = 3,
	WP_EXIT_REFUSED = 4,
	WP_EXIT_BUSY = 5,
	WP_EXIT_LEFT = 6,
	WP_EXIT_CHANGES = 10,
	WP_EXIT_FOUND = 11, /* goes before 10 and 3 */
	/* As a shell shows the end by SIGPIPE: for wp_program_end(). */
	WP_EXIT_BROKEN_PIPE = 141,
};

struct wp_cli;
struct wp_inspect_inside;

/* Words that a cache knows. */
enum wp_known { WP_KNOWN_NOTHING, WP_KNOWN_PACKAGES, WP_KNOWN_SNAPSHOTS, WP_KNOWN_SITES };

/* What a command does with its operands. */
struct wp_verb {
	const char *name; /* the word behind the command's name; NULL: the command has no such words */
	size_t least, most; /* how many operands it takes; SIZE_MAX: any number */
	const char *takes; /* "one plan file"; NULL where it says itself what is wrong, or takes none */
	/* @arguments is what the command's options have filled. WP_OK, or a status with the error in @cli. */
	int (*run)(struct wp_cli *cli, void *arguments);
};

struct wp_command {
	const char *name; /* NULL: the program has no other, and it needs no word */
	const char *summary; /* one line of --help of the program */
	const char *help; /* "Usage: …" and what it does; the options are added */
	const struct wp_option *options; /* its own; NULL: none */
	size_t size; /* bytes of what they fill */
	unsigned int takes; /* of enum wp_option_set */
	enum wp_known operands; /* what stands behind the verb; WP_KNOWN_NOTHING: files */
	const struct wp_verb *verbs; /* one without a name, or several that end with an empty one */
};

/* A file that a call has to do with. */
struct wp_named_file {
	const char *who; /* "--cache", "the journal" */
	const char *path;
	enum wp_file_use use;
};

struct wp_named_files {
	struct wp_named_file *items;
	size_t count;
};

struct wp_program {
	const char *name;
	const char *about; /* "Usage: …" and what it is for */
	const char *start; /* what to begin with: the last lines of --help */
	const struct wp_command *const *commands; /* NULL behind the last */
	unsigned int takes; /* by all of them */
	/* Adds the words that begin with @begin for a shell, see wp_complete(); NULL: it has no cache. */
	void (*known)(struct wp_cli *cli, enum wp_known what, const char *begin, struct wp_buf *buf);
	/* Adds the files that no option names, as a cache at its default place; @arguments as for a verb. NULL: there are none. */
	void (*files)(struct wp_cli *cli, const void *arguments, struct wp_named_files *files);
	/* Of wimplan: what looks inside of WIMs (src/cli/inspecting.h); NULL: that is another program (src/cli/hand_on.h). */
	const struct wp_inspect_inside *inside;
};

/* A value of an option that goes over the configuration. */
struct wp_given {
	const struct wp_option *option;
	const char *value;
};

/* One call of a program. */
struct wp_cli {
	const struct wp_program *program;
	const struct wp_command *command; /* NULL: none is known */
	const struct wp_env *env;
	struct wp_arena *arena; /* for what lives as long as the call */
	char **argv; /* of main() */
	char **operands; /* behind the options and the verb */
	size_t operand_count;
	int status; /* exit status of the call; done unless a command says otherwise */
	struct wp_error err; /* of a command that failed */
	struct wp_diags more; /* findings that go with it */
	/* What options have filled. */
	bool help, version;
	bool json, quiet, verbose;
	bool detailed; /* --detailed-exitcode */
	unsigned int color; /* enum wp_color */
	unsigned int date_order; /* enum wp_date_order; 0: not given */
	const char *cache; /* --cache; NULL: the default place */
	const char *config; /* --config; NULL: the default places */
	const char *output; /* -o; NULL or "-": standard output */
	const char *site; /* --site; NULL: any */
	const char *snapshot; /* --snapshot; NULL: the newest */
	const char *events; /* --events; NULL: none */
	const char *provider; /* --provider; NULL: not given */
	const char *proxy; /* --proxy; NULL: none */
	struct wp_names maps; /* --map: "PREFIX=FOLDER" */
	struct wp_names only, exclude; /* --only, --exclude: PackageIDs */
	struct wp_names fail_on; /* --fail-on: what makes the call end with WP_EXIT_FOUND */
	const char *taken_at; /* --taken-at; NULL: not given */
	const char *profile; /* --profile; NULL: not given, "none": without one */
	struct wp_number jobs; /* --jobs; not known: as many threads as there are processors */
	struct wp_given *given;
	size_t given_count;
};

enum wp_color { WP_COLOR_AUTO, WP_COLOR_ALWAYS, WP_COLOR_NEVER };

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
 * Finds the command, reads its options and runs it, or answers --help and --version; says what went wrong. @cli has its
 * program, env and arena, and afterwards the exit status.
 */
void wp_program_run(struct wp_cli *cli, int argc, char **argv);

/* The options that a call takes, those of its command first, with headings. In the call's arena. */
struct wp_options {
	const struct wp_option **rows;
	size_t count, own; /* how many are the command's own */
};
struct wp_options wp_options_of(const struct wp_cli *cli);

/*
 * Reads the options of a command into @cli and @arguments, and what stands behind them into cli->operands. Stops behind
 * --help and --version. WP_E_USAGE with the error in @cli.
 */
int wp_options_read(struct wp_cli *cli, int argc, char **argv, void *arguments);
/* Adds the options that the command of the call takes, as --help shows them. */
void wp_options_help(const struct wp_cli *cli, struct wp_buf *buf);

/* The word before those of a command line that a shell wants to have completed. */
#define WP_COMPLETE "--complete"
/*
 * Prints what the last of @count words, which stand behind the program's name, may become: a line each, the word and behind a
 * tab what it is. In place of a word may stand ":files", ":folders" or ":packages", which wimplan knows. Says no error.
 */
int wp_complete(struct wp_cli *cli, int count, char **words);

/* Fails a call that is used wrongly: "… ; see wimplan plan --help" in cli->err. Returns WP_E_USAGE. */
int wp_cli_usage(struct wp_cli *cli, const char *subject, const char *format, ...)
	__attribute__((format(printf, 3, 4), cold));
/* How many operands there are, for such a sentence: "there are 3", "none is given". */
const char *wp_cli_given(const struct wp_cli *cli) __attribute__((returns_nonnull));
/*
 * Says cli->err and what goes with it on standard error, with --json as a wimplan-error document on standard output too, and
 * puts its exit status into @cli. That the reader of standard output has gone away is not said.
 */
void wp_cli_say_error(struct wp_cli *cli);
/* A remark on standard error; nothing with --quiet. */
void wp_cli_note(const struct wp_cli *cli, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* One line on standard error: "wimplan: …". */
void wp_program_say(const char *program, const char *message);

/* Writes a result for people to -o or standard output. Like the next two, 0 or a status with the error in @cli. */
int wp_cli_emit(struct wp_cli *cli, const struct wp_buf *buf);
/* The same with what may be a document. */
int wp_cli_emit_as(struct wp_cli *cli, enum wp_text_kind kind, const struct wp_buf *buf);
/* The same with a JSON document; takes over the reference. */
int wp_cli_emit_json(struct wp_cli *cli, json_t *document);
/* The same with a document of a format and its version, and with the members that are given, NULL behind the last. */
#define wp_cli_emit_document(cli, format, version, ...)                                                              \
	wp_cli_emit_json((cli), wp_json_put(wp_json_document((format), (version)), __VA_ARGS__))

/*
 * What is in force: the defaults, over them the file of --config, or else the first that exists of the places that
 * wimplan.conf(5) names, and over that the options that are settings. WP_E_USAGE when something is wrong with it. Strings
 * live in cli->arena.
 */
int wp_cli_config(struct wp_cli *cli, struct wp_config *ret);

/* Where the configuration is looked for without --config; NULL: not there. */
struct wp_config_places {
	const char *items[2];
};
struct wp_config_places wp_cli_config_places(const struct wp_cli *cli);

/*
 * Makes sure, before a call does anything, that what it writes is nothing that it reads, and nothing else that it writes, and takes the
 * place of no .wim, medium or database: WP_E_USAGE with a sentence that names both. @arguments is what the command's options have
 * filled.
 */
int wp_cli_check_files(struct wp_cli *cli, const void *arguments);
/* How messages name an option: "-o", "--cache". */
const char *wp_option_shown(struct wp_arena *arena, const struct wp_option *option);

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
 * for a zone that this machine does not know; the times are given all the same where they need none. Strings live in @arena.
 */
int wp_program_window(struct wp_arena *arena, const struct wp_window_settings *settings, struct wp_time now,
		      struct wp_zone *ret_zone, struct wp_time *ret_start, struct wp_time *ret_end, struct wp_error *err);

/* The threads that share the work of a call: as many as --jobs says, or as there are processors. */
struct wp_crew wp_program_crew(const struct wp_cli *cli);

/*
 * Reads the plan at @path ("-": standard input) as a whole, as wp_plan_parse() does. The caller frees *@ret_plan.
 */
int wp_program_plan(const struct wp_cli *cli, const char *path, struct wp_plan **ret_plan, struct wp_error *err);

#endif
