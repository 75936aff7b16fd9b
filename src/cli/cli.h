/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What every command of wimplan shares: the invocation, its options, its streams and its exit status. */
#ifndef WIMPLAN_CLI_H
#define WIMPLAN_CLI_H

#include "wimplan/arena.h"
#include "wimplan/buf.h"
#include "wimplan/cache.h"
#include "wimplan/env.h"
#include "wimplan/error.h"
#include "wimplan/import.h"
#include "wimplan/program.h"
#include "wimplan/report.h"

#include <getopt.h>
#include <jansson.h>
#include <stdbool.h>

enum wp_color { WP_COLOR_AUTO, WP_COLOR_ALWAYS, WP_COLOR_NEVER };

struct wp_command;

/* One call of the program. */
struct wp_cli {
	const struct wp_env *env;
	const struct wp_command *command;
	struct wp_arena *arena; /* for what lives as long as the call */
	bool json;
	bool quiet;
	bool verbose;
	enum wp_color color;
	const char *cache;  /* --cache; NULL: the default place */
	const char *config; /* --config; NULL: the default places */
	const char *output; /* -o; NULL or "-": standard output */
	/* Options that some commands take, with one meaning in all of them. */
	const char *site;     /* --site; NULL: any */
	const char *snapshot; /* --snapshot; NULL: the newest */
	const char **maps;    /* --map: "PREFIX=FOLDER" */
	size_t map_count;
	unsigned int jobs; /* --jobs; 0: as many threads as there are processors */
	enum wp_date_order date_order;
	int status;         /* exit status when wp_cli_option() gave WP_CLI_STOP */
};

struct wp_command {
	const char *name;
	const char *summary; /* one line of wimplan --help */
	const char *help;    /* "Usage: …" and the command's own options; the common ones are added */
	int (*run)(struct wp_cli *cli, int argc, char **argv);
};

extern const struct wp_command wp_cmd_inspect;
extern const struct wp_command wp_cmd_diff;
extern const struct wp_command wp_cmd_import;
extern const struct wp_command wp_cmd_snapshot;
extern const struct wp_command wp_cmd_plan;
extern const struct wp_command wp_cmd_show;
extern const struct wp_command wp_cmd_verify;
extern const struct wp_command wp_cmd_record;
extern const struct wp_command wp_cmd_baseline;
extern const struct wp_command wp_cmd_log;

/* Entries of a command's options that wp_cli_option() takes care of by itself. */
enum { WP_CLI_SITE = 0x2000, WP_CLI_SNAPSHOT, WP_CLI_MAP, WP_CLI_JOBS, WP_CLI_DATE_ORDER };
#define WP_CLI_SITE_OPTION { "site", required_argument, NULL, WP_CLI_SITE }
#define WP_CLI_SNAPSHOT_OPTION { "snapshot", required_argument, NULL, WP_CLI_SNAPSHOT }
#define WP_CLI_MAP_OPTION { "map", required_argument, NULL, WP_CLI_MAP }
#define WP_CLI_JOBS_OPTION { "jobs", required_argument, NULL, WP_CLI_JOBS }
#define WP_CLI_DATE_ORDER_OPTION { "date-order", required_argument, NULL, WP_CLI_DATE_ORDER }

/*
 * Returned by wp_cli_option(): the call is over, with the exit status in cli->status
 * (--help, --version, a bad option).
 */
#define WP_CLI_STOP (-2)

/*
 * The next option of the command, as getopt_long() gives it, or -1 behind the last (optind is then at the first
 * operand). Takes care of the common options by itself. @own ends with an entry without name and has values of 256
 * and above where there is no short letter; @letters are its short options in getopt's form.
 */
int wp_cli_option(struct wp_cli *cli, int argc, char **argv, const char *letters, const struct option *own);

/* Ends a call that is used wrongly: "plan: … ; see wimplan plan --help". Returns exit status 2. */
int wp_cli_usage(struct wp_cli *cli, const char *subject, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * Says an error on standard error, and with --json as a wimplan-error document on standard
 * output. Returns the exit status.
 */
int wp_cli_error(struct wp_cli *cli, const struct wp_error *err);

/* A remark on standard error; nothing with --quiet. */
void wp_cli_note(const struct wp_cli *cli, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Writes a result for people to -o or standard output. Returns 0, or the exit status after having said why not. */
int wp_cli_emit(struct wp_cli *cli, const struct wp_buf *buf);
/* The same with what may be a document. */
int wp_cli_emit_as(struct wp_cli *cli, enum wp_text_kind kind, const struct wp_buf *buf);
/* The same with a JSON document; takes over the reference. */
int wp_cli_emit_json(struct wp_cli *cli, json_t *document);

/* Colours and width for a text report that goes where this call's output goes. */
struct wp_report_options wp_cli_report_options(const struct wp_cli *cli);

/* Opens the cache at --cache, $WIMPLAN_CACHE, $XDG_CACHE_HOME/wimplan/cache.db or ~/.cache/wimplan/cache.db. */
int wp_cli_open_cache(struct wp_cli *cli, enum wp_cache_mode mode, struct wp_cache **ret_cache, struct wp_error *err);

/* A table for a terminal: header in bold, columns as wide as they need to be, control characters escaped. */
struct wp_table;
struct wp_table *wp_table_new(const struct wp_cli *cli, const char *const *headings, size_t columns);
/* Adds a row of as many cells as there are columns. A cell that is NULL shows as "-". */
void wp_table_row(struct wp_table *table, const char *const *cells);
/* Adds the table's text to @buf and frees it. */
void wp_table_finish(struct wp_table *table, struct wp_buf *buf);

#endif
