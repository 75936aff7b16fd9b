/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Options: the rows that commands share, reading by a table of rows, what --help shows, and what a mistyped word may mean. */
#include "wimplan/limits.h"
#include "wimplan/program.h"
#include "wimplan/text.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

static const char *const color_words[] = { "auto", "always", "never", NULL };
/* Behind WP_DATE_ORDER_OPEN, which is the option not given. */
static const char *const date_order_words[] = { "dmy", "mdy", "ymd", NULL };
/* For completion alone: where they are taken they are checked. */
static const char *const auth_words[] = { "negotiate", "ntlm", "bearer", "none", NULL };
static const char *const fail_on_words[] = { "changes", "blocked", "unproven", "dp-failed", "below-expected", "risk:", NULL };

static const struct wp_option shared[] = {
	{ .help = "Records and sources:", .set = WP_TAKES_SITE | WP_TAKES_SNAPSHOT | WP_TAKES_MAP | WP_TAKES_JOBS | WP_TAKES_PROFILE },
	WP_OPTION(struct wp_cli, site, "site", "CODE", TEXT, "the site that is meant, where that is not plain",
	  .set = WP_TAKES_SITE),
	WP_OPTION(struct wp_cli, snapshot, "snapshot", "ID", TEXT, "the snapshot (default: the newest)",
	  .set = WP_TAKES_SNAPSHOT),
	WP_OPTION(struct wp_cli, date_order, "date-order", "ORDER", CHOICE,
	  "dmy, mdy or ymd: how dates such as 1/9/2026 are read in an export, where the column they stand in does not tell",
	  .set = WP_TAKES_DATE_ORDER, .least = 1, .words = date_order_words),
	WP_OPTION(struct wp_cli, taken_at, "taken-at", "TIME", TEXT, "when the export was made, such as 2026-02-20T02:10:00Z",
	  .set = WP_TAKES_TAKEN_AT),
	WP_OPTION(struct wp_cli, profile, "profile", "FILE", TEXT,
	  "what wimplan-export --site-check has found out of the site; 'none': without it", .set = WP_TAKES_PROFILE,
	  .file = WP_FILE_USE_READ),
	WP_OPTION(struct wp_cli, maps, "map", "PREFIX=DIR", LIST,
	  "where a share or drive is on this machine; repeatable", .set = WP_TAKES_MAP),
	WP_OPTION(struct wp_cli, jobs, "jobs", "N", COUNT, "threads that look (default: 32 to find sources, one per processor to read them)",
	  .set = WP_TAKES_JOBS, .least = 1, .most = WP_LIMIT_JOBS),
	{ .help = "The provider:", .set = WP_TAKES_PROVIDER },
	WP_OPTION(struct wp_cli, provider, "provider", "URL", TEXT, "https://HOST/AdminService", .set = WP_TAKES_PROVIDER),
	WP_SETTING("auth", "auth", "KIND", "negotiate (Kerberos, default), ntlm, bearer or none", .set = WP_TAKES_PROVIDER,
	  .words = auth_words),
	WP_SETTING("user", "user", "NAME", "for ntlm; the password comes from WIMPLAN_PASSWORD or is asked for",
	  .set = WP_TAKES_PROVIDER),
	WP_SETTING("token_file", "token-file", "FILE", "for bearer; otherwise WIMPLAN_TOKEN", .set = WP_TAKES_PROVIDER,
	  .file = WP_FILE_USE_READ),
	WP_SETTING("ca_file", "ca-file", "FILE", "certificates to trust, instead of the system's", .set = WP_TAKES_PROVIDER,
	  .file = WP_FILE_USE_READ),
	WP_OPTION(struct wp_cli, proxy, "proxy", "URL", TEXT, "through a proxy; the environment's is never used",
	  .set = WP_TAKES_PROVIDER),
	WP_SETTING("timeout", "timeout", "SECONDS", "for one request (default 300)", .set = WP_TAKES_PROVIDER),
	{ .help = "Common options:" },
	WP_OPTION(struct wp_cli, only, "only", "PACKAGEID", LIST, "this package only; repeatable", .set = WP_TAKES_ONLY),
	WP_OPTION(struct wp_cli, exclude, "exclude", "PACKAGEID", LIST, "leave this package out; repeatable",
	  .set = WP_TAKES_EXCLUDE),
	WP_OPTION(struct wp_cli, fail_on, "fail-on", "WHAT", LIST,
	  "exit status 11 when there is something of it: changes, blocked, unproven, dp-failed, below-expected or risk:CODE, the "
	  "code of a note; repeatable", .set = WP_TAKES_FAIL_ON, .words = fail_on_words),
	WP_OPTION(struct wp_cli, events, "events", "FILE", TEXT, "write what happens to FILE, as lines of JSON",
	  .set = WP_TAKES_EVENTS, .file = WP_FILE_USE_WRITTEN),
	WP_OPTION(struct wp_cli, detailed, "detailed-exitcode", NULL, FLAG, "exit status 10 when something differs",
	  .set = WP_TAKES_DETAILED),
	WP_OPTION(struct wp_cli, json, "json", NULL, FLAG, "one JSON document on standard output, errors included"),
	WP_OPTION(struct wp_cli, output, "output", "FILE", TEXT, "write the result to FILE, whole or not at all", .letter = 'o',
	  .file = WP_FILE_USE_WRITTEN),
	WP_OPTION(struct wp_cli, cache, "cache", "FILE", TEXT, "the cache (default ~/.cache/wimplan/cache.db)",
	  .set = WP_TAKES_CACHE, .file = WP_FILE_USE_DATABASE),
	WP_OPTION(struct wp_cli, config, "config", "FILE", TEXT, "the configuration (default: see wimplan.conf(5))",
	  .file = WP_FILE_USE_READ),
	WP_OPTION(struct wp_cli, color, "color", "WHEN", CHOICE, "auto, always or never", .set = WP_TAKES_COLOR,
	  .words = color_words),
	WP_OPTION(struct wp_cli, quiet, "quiet", NULL, FLAG, "only results and errors", .letter = 'q'),
	WP_OPTION(struct wp_cli, verbose, "verbose", NULL, FLAG, "say more on standard error", .letter = 'v'),
	WP_OPTION(struct wp_cli, help, "help", NULL, FLAG, "this text", .letter = 'h'),
	WP_OPTION(struct wp_cli, version, "version", NULL, FLAG, "the version"),
	{ 0 },
};

struct wp_options wp_options_of(const struct wp_cli *cli)
{
	static const struct wp_option none[] = { { 0 } };
	unsigned int takes = cli->program->takes | cli->command->takes;
	const struct wp_option *row = cli->command->options ? cli->command->options : none;
	struct wp_options table = { 0 };

	for (; row->help; row++)
		*WP_PUSH(cli->arena, table.rows, table.count) = row;
	table.own = table.count;
	for (row = shared; row->help; row++)
		if (!row->set || (row->set & takes))
			*WP_PUSH(cli->arena, table.rows, table.count) = row;
	return table;
}

/* Columns to the left of what is said of an option, and on a line. */
#define MARGIN 24u
#define WIDTH 80u

void wp_options_help(const struct wp_cli *cli, struct wp_buf *buf)
{
	struct wp_options table = wp_options_of(cli);

	for (size_t i = 0; i < table.count; i++) {
		const struct wp_option *row = table.rows[i];
		char name[80];
		int length;

		if (!i || !row->name)
			wp_buf_putc(buf, '\n');
		if (!row->name) {
			wp_buf_printf(buf, "%s\n", row->help);
			continue;
		}
		length = snprintf(name, sizeof name, "  %c%c%c --%s%s%s", row->letter ? '-' : ' ',
				  row->letter ? row->letter : ' ', row->letter ? ',' : ' ', row->name,
				  row->argument ? " " : "", row->argument ? row->argument : "");
		wp_buf_puts(buf, name);
		if ((size_t)length + 2 > MARGIN) {
			wp_buf_putc(buf, '\n');
			length = 0;
		}
		wp_buf_pad(buf, ' ', MARGIN - (size_t)length);
		wp_text_wrap(buf, row->help, MARGIN, WIDTH);
	}
}

/* Names are words of commands and options, which have fewer letters. */
#define LONGEST 32

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/*
 * How many letters are missing, too many, wrong or swapped with their neighbour (optimal string alignment distance).
 * Both texts are shorter than LONGEST.
 */
static size_t distance(const char *a, const char *b)
{
	size_t rows[3][LONGEST] = { 0 }, *before = rows[0], *last = rows[1], *row = rows[2];
	size_t length = strlen(b);

	for (size_t k = 0; k <= length; k++)
		last[k] = k;
	for (size_t i = 1; a[i - 1]; i++) {
		size_t *oldest = before;

		row[0] = i;
		for (size_t k = 1; k <= length; k++) {
			row[k] = least(least(last[k], row[k - 1]) + 1, last[k - 1] + (a[i - 1] != b[k - 1]));
			if (i > 1 && k > 1 && a[i - 1] == b[k - 2] && a[i - 2] == b[k - 1])
				row[k] = least(row[k], before[k - 2] + 1);
		}
		before = last;
		last = row;
		row = oldest;
	}
	return last[length];
}

void wp_nearest_try(struct wp_nearest *nearest, const char *name)
{
	size_t given = strlen(nearest->given), far;

	if (given >= LONGEST || strlen(name) >= LONGEST)
		return;
	far = distance(nearest->given, name);
	/* One letter in three may be wrong, two at most: what is further away is another word. */
	if (far > 2 || far * 3 > given || (nearest->name && far >= nearest->distance))
		return;
	nearest->name = name;
	nearest->distance = far;
}

/*
 * What is wrong with an option that getopt_long() answered with '?': there is none of that name, it is short for several,
 * or it takes no value; and which one may have been meant. @given is the word, @letter is optopt.
 */
static int fail_unknown(struct wp_cli *cli, const struct option *options, const char *given, int letter)
{
	const char *fits = NULL, *equals = strchr(given, '=');
	size_t length = equals ? (size_t)(equals - given) : strlen(given);
	struct wp_nearest nearest = { .given = length > 2 ? wp_arena_strndup(cli->arena, given + 2, length - 2) : "" };

	/* A letter comes in a word of letters, or is short for the long option that was given with a value. */
	if (letter && letter < 0x100 && (strncmp(given, "--", 2) != 0 || !equals))
		return wp_cli_usage(cli, given, "there is no option '-%c'", letter);
	if (letter)
		return wp_cli_usage(cli, given, "option '%.*s' takes no value", (int)length, given);
	for (; length > 2 && options->name; options++) {
		wp_nearest_try(&nearest, options->name);
		if (!strncmp(options->name, given + 2, length - 2))
			fits = fits ? wp_arena_printf(cli->arena, "%s or --%s", fits, options->name)
				    : wp_arena_printf(cli->arena, "--%s", options->name);
	}
	if (fits)
		return wp_cli_usage(cli, given, "option '%.*s' may be %s; write it out", (int)length, given, fits);
	return wp_cli_usage(cli, given, "there is no option '%.*s'%s%s", (int)length, given,
			    nearest.name ? "; did you mean --" : "", nearest.name ? nearest.name : "");
}

static int take_count(struct wp_cli *cli, const struct wp_option *row, const char *text, struct wp_number *ret)
{
	ret->known = wp_parse_u64(text, false, &ret->value) && ret->value >= row->least && ret->value <= row->most;
	return ret->known ? WP_OK
			  : wp_cli_usage(cli, wp_arena_printf(cli->arena, "--%s", row->name),
					 "--%s is a number from %ju to %ju, not '%s'", row->name, (uintmax_t)row->least,
					 (uintmax_t)row->most, text);
}

static int take_choice(struct wp_cli *cli, const struct wp_option *row, const char *text, unsigned int *ret)
{
	unsigned int word;

	if (!wp_choice_find(row->words, text, &word))
		return wp_cli_usage(cli, wp_arena_printf(cli->arena, "--%s", row->name), "--%s is %s, not '%s'",
				    row->name, wp_choice_list(cli->arena, row->words), text);
	*ret = (unsigned int)row->least + word;
	return WP_OK;
}

const char *wp_option_shown(struct wp_arena *arena, const struct wp_option *option)
{
	return option->letter ? wp_arena_printf(arena, "-%c", option->letter) : wp_arena_printf(arena, "--%s", option->name);
}

static int take(struct wp_cli *cli, const struct wp_option *row, const char *value, void *base)
{
	void *field = (char *)base + row->field;
	struct wp_names *names = field;

	if (row->file && !*value)
		return wp_cli_usage(cli, wp_option_shown(cli->arena, row), "%s needs the name of a file, and what is given is empty",
				    wp_option_shown(cli->arena, row));
	switch (row->kind) {
	case WP_OPTION_FLAG:
		*(bool *)field = true;
		break;
	case WP_OPTION_TEXT:
		*(const char **)field = value;
		break;
	case WP_OPTION_LIST:
		*WP_PUSH(cli->arena, names->items, names->count) = value;
		break;
	case WP_OPTION_COUNT:
		return take_count(cli, row, value, field);
	case WP_OPTION_CHOICE:
		return take_choice(cli, row, value, field);
	case WP_OPTION_SETTING:
		*WP_PUSH(cli->arena, cli->given, cli->given_count) = (struct wp_given){ row, value };
		break;
	}
	return WP_OK;
}

int wp_options_read(struct wp_cli *cli, int argc, char **argv, void *arguments)
{
	struct wp_options table = wp_options_of(cli);
	struct option *options = wp_arena_alloc(cli->arena, (table.count + 1) * sizeof *options);
	struct wp_buf letters __attribute__((cleanup(wp_buf_free))) = { 0 };
	size_t count = 0;
	int found;

	/* ':' in front: getopt tells a missing argument from an unknown option and prints nothing itself. */
	wp_buf_putc(&letters, ':');
	for (size_t i = 0; i < table.count; i++) {
		const struct wp_option *row = table.rows[i];

		if (!row->name)
			continue;
		options[count++] = (struct option){ row->name, row->argument ? required_argument : no_argument, NULL,
						    0x100 + (int)i };
		if (row->letter)
			wp_buf_printf(&letters, "%c%s", row->letter, row->argument ? ":" : "");
	}
	opterr = 0;
	while (!cli->help && !cli->version &&
	       (found = getopt_long(argc, argv, wp_buf_text(&letters), options, NULL)) >= 0) {
		const char *given = optind > 0 ? argv[optind - 1] : "";
		size_t i = (size_t)found - 0x100;
		int status;

		if (found == '?')
			return fail_unknown(cli, options, given, optopt);
		if (found == ':')
			return wp_cli_usage(cli, given, "option '%s' needs a value", given);
		for (size_t k = 0; found < 0x100 && k < table.count; k++)
			if (table.rows[k]->letter == found)
				i = k;
		status = take(cli, table.rows[i], optarg, i < table.own ? arguments : cli);
		if (status)
			return status;
	}
	if (cli->events && !strcmp(cli->events, "-"))
		return wp_cli_usage(cli, "--events", "--events needs a file: standard output is for the result");
	cli->operands = argv + optind;
	cli->operand_count = (size_t)(argc - optind);
	return WP_OK;
}
