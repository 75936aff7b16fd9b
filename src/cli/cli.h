/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the commands of wimplan share: where their cache is, and how what they say looks. */
#ifndef WIMPLAN_CLI_H
#define WIMPLAN_CLI_H

#include "wimplan/cache.h"
#include "wimplan/program.h"
#include "wimplan/report.h"

extern const struct wp_command wp_cmd_inspect;
extern const struct wp_command wp_cmd_diff;
extern const struct wp_command wp_cmd_import;
extern const struct wp_command wp_cmd_snapshot;
extern const struct wp_command wp_cmd_plan;
extern const struct wp_command wp_cmd_show;
extern const struct wp_command wp_cmd_audit;
extern const struct wp_command wp_cmd_verify;
extern const struct wp_command wp_cmd_record;
extern const struct wp_command wp_cmd_baseline;
extern const struct wp_command wp_cmd_log;

/* The options that all of them take. */
#define WP_CLI_TAKES (WP_TAKES_CACHE | WP_TAKES_COLOR)

/* Colours and width for a text report that goes where this call's output goes. */
struct wp_report_options wp_cli_report_options(const struct wp_cli *cli);

/* Where the cache is, or will be; NULL when nothing says it. */
const char *wp_cli_cache_path(struct wp_cli *cli);

/* The cache at its default place: wp_program's files. */
void wp_cli_files(struct wp_cli *cli, const void *arguments, struct wp_named_files *files);

/*
 * Opens the cache at --cache, $WIMPLAN_CACHE, $XDG_CACHE_HOME/wimplan/cache.db or ~/.cache/wimplan/cache.db. 0, or a status
 * with the error in @cli, as of all that takes a call.
 */
int wp_cli_open_cache(struct wp_cli *cli, enum wp_cache_mode mode, struct wp_cache **ret_cache);

/* What the cache knows, for a shell: wp_program's known. Nothing where there is no cache, or not now. */
void wp_cli_known(struct wp_cli *cli, enum wp_known what, const char *begin, struct wp_buf *buf);

/*
 * A table for a terminal: header in bold, columns as wide as they need to be, control characters escaped. What the last column has
 * is broken into lines where there is no room for it, and stands below the others where there is hardly any; where not even these
 * have room, the widest of them are cut. To be given a row.
 */
struct wp_table;
struct wp_table *wp_table_new(const struct wp_cli *cli, const char *const *headings, size_t columns);
/* Adds a row of as many cells as there are columns. A cell that is NULL shows as "-". */
void wp_table_row(struct wp_table *table, const char *const *cells);
/* Adds the table's text to @buf and frees it. */
void wp_table_finish(struct wp_table *table, struct wp_buf *buf);

#endif
