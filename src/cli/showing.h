/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How something is to be shown: the options of every command that ends with a report. */
#ifndef WIMPLAN_CLI_SHOWING_H
#define WIMPLAN_CLI_SHOWING_H

#include "cli.h"

/* The formats of what is no plan; the first one stands for the option not given. */
enum wp_page_format { WP_PAGE_OPEN, WP_PAGE_TEXT, WP_PAGE_MARKDOWN, WP_PAGE_HTML, WP_PAGE_JSON };
extern const char *const wp_page_formats[];

/* The row of that option in a command's table, of which @member of @type holds what was given. */
#define WP_PAGE_FORMAT_OPTION(type, member)                                                                              \
	WP_OPTION(type, member, "format", "FORMAT", CHOICE, "text (default), markdown, html or json",                    \
		  .least = WP_PAGE_TEXT, .words = wp_page_formats)

/* Fails a call that has --json and another format, which is named. Returns the error's status. */
int wp_format_refuse(struct wp_cli *cli, const char *format);
/* Fills in the format where none was given; that of JSON becomes the common option, and text. */
int wp_page_format_check(struct wp_cli *cli, enum wp_page_format *format);

/* The first one stands for the option not given; behind it in the order of enum wp_report_format. */
enum wp_showing_format { WP_SHOWING_OPEN, WP_SHOWING_TEXT, WP_SHOWING_JSON = WP_SHOWING_TEXT + WP_REPORT_POWERSHELL + 1 };
extern const char *const wp_showing_formats[];

struct wp_showing {
	enum wp_showing_format format;
	const char *delimiter, *timezone, *since; /* NULL: not given */
	struct wp_names pairs; /* "NAME=VALUE" */
	bool all, bom;
	struct wp_plan *earlier; /* that of --since, once the options were checked */
};

/* The rows of these options in a command's table, of which @member of @type holds what was given. */
#define WP_SHOWING_OPTIONS(type, member)                                                                                 \
	WP_OPTION(type, member.format, "format", "FORMAT", CHOICE,                                                       \
		  "text (default), markdown, html, csv, powershell (a script that carries a plan out), or json",         \
		  .least = WP_SHOWING_TEXT, .words = wp_showing_formats),                                                \
	WP_OPTION(type, member.all, "all", NULL, FLAG, "unchanged packages too"),                                        \
	WP_OPTION(type, member.pairs, "set", "NAME=VALUE", LIST,                                                         \
		  "markdown, html: say this too, as Change=CHG0012345; repeatable"),                                     \
	WP_OPTION(type, member.timezone, "timezone", "ZONE", TEXT,                                                       \
		  "text, markdown, html: show times by the clocks of a zone, as Europe/Berlin, beside UTC"),             \
	WP_OPTION(type, member.since, "since", "PLAN", TEXT,                                                             \
		  "text, markdown, html, json: say what is new since an earlier plan", .file = WP_FILE_USE_READ),        \
	WP_OPTION(type, member.bom, "bom", NULL, FLAG, "csv: a byte order mark in front, for Excel"),                    \
	WP_OPTION(type, member.delimiter, "delimiter", "C", TEXT,                                                        \
		  "csv: what separates the cells: a comma (default), a semicolon, a bar, or the word tab")

/*
 * Says what is wrong with them, before anything is done, fills in the format where none was given, and reads the plan of --since.
 * What was read is freed by wp_showing_end(), also after a failure.
 */
int wp_showing_check(struct wp_cli *cli, struct wp_showing *showing);
void wp_showing_end(struct wp_showing *const *showing);

/* Fills @ret with what they come to; @when is the time that zones are looked up for. Strings live in cli->arena. */
int wp_showing_options(struct wp_cli *cli, const struct wp_showing *showing, struct wp_time when,
		       struct wp_report_options *ret);

/* Puts what is new since the plan of --since into @document, which is that of @plan; nothing without the option. */
int wp_showing_json(struct wp_cli *cli, const struct wp_showing *showing, const struct wp_plan *plan, json_t *document);
/* Adds @plan as they say, but for JSON, which is the plan file itself. */
int wp_showing_plan(struct wp_cli *cli, const struct wp_showing *showing, const struct wp_plan *plan, struct wp_buf *buf);

/* The format of a report; not of JSON. */
static inline enum wp_report_format wp_showing_report(const struct wp_showing *showing)
{
	return (enum wp_report_format)(showing->format - WP_SHOWING_TEXT);
}

#endif
