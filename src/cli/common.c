/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The common options, and how results and errors leave the program. */
#include "cli.h"
#include "version.h"

#include "wimplan/choice.h"
#include "wimplan/json.h"
#include "wimplan/limits.h"
#include "wimplan/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { OPT_JSON = 0x1000, OPT_COLOR, OPT_CACHE, OPT_CONFIG, OPT_HELP, OPT_VERSION };

static const struct option common_options[] = {
	{ "json", no_argument, NULL, OPT_JSON },
	{ "output", required_argument, NULL, 'o' },
	{ "cache", required_argument, NULL, OPT_CACHE },
	{ "config", required_argument, NULL, OPT_CONFIG },
	{ "color", required_argument, NULL, OPT_COLOR },
	{ "quiet", no_argument, NULL, 'q' },
	{ "verbose", no_argument, NULL, 'v' },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, OPT_VERSION },
};

static const char common_help[] =
	"\nCommon options:\n"
	"      --json            one JSON document on standard output, errors included\n"
	"  -o, --output FILE     write the result to FILE, whole or not at all\n"
	"      --cache FILE      the cache (default ~/.cache/wimplan/cache.db)\n"
	"      --config FILE     the configuration (default: see wimplan.conf(5))\n"
	"      --color WHEN      auto, always or never\n"
	"  -q, --quiet           only results and errors\n"
	"  -v, --verbose         say more on standard error\n"
	"  -h, --help            this text\n"
	"      --version         the version of wimplan\n";

#define COMMON_COUNT (sizeof common_options / sizeof *common_options)
#define MAX_OPTIONS 64

/* Reads a word of a choice. Returns 0, or the exit status after having said which words there are. */
static int choose(struct wp_cli *cli, const char *option, const char *const *words, unsigned int *ret)
{
	if (wp_choice_find(words, optarg, ret))
		return 0;
	return wp_cli_usage(cli, option, "%s is %s, not '%s'", option, wp_choice_list(cli->arena, words), optarg);
}

static int take_color(struct wp_cli *cli)
{
	static const char *const words[] = { "auto", "always", "never", NULL };
	unsigned int color = WP_COLOR_AUTO;
	int status = choose(cli, "--color", words, &color);

	cli->color = (enum wp_color)color;
	return status;
}

static int take_date_order(struct wp_cli *cli)
{
	/* Behind WP_DATE_ORDER_OPEN, which is the option not given. */
	static const char *const words[] = { "dmy", "mdy", "ymd", NULL };
	unsigned int order = 0;
	int status = choose(cli, "--date-order", words, &order);

	cli->date_order = (enum wp_date_order)(WP_DATE_ORDER_DMY + order);
	return status;
}

static int take_jobs(struct wp_cli *cli)
{
	uint64_t jobs;

	if (!wp_parse_u64(optarg, false, &jobs) || jobs < 1 || jobs > WP_LIMIT_JOBS)
		return wp_cli_usage(cli, "--jobs", "--jobs is a number from 1 to %u, not '%s'", WP_LIMIT_JOBS, optarg);
	cli->jobs = (unsigned int)jobs;
	return 0;
}

static int stop(struct wp_cli *cli, int status)
{
	cli->status = status;
	return WP_CLI_STOP;
}

static int print_and_stop(struct wp_cli *cli, const char *text, const char *more)
{
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };

	wp_buf_puts(&buf, text);
	wp_buf_puts(&buf, more);
	cli->output = NULL;
	return stop(cli, wp_cli_emit(cli, &buf));
}

/*
 * Takes a common option: 0 when it was one and the call goes on, WP_CLI_STOP when it ends, 1
 * when it is the command's own.
 */
static int take_common(struct wp_cli *cli, int option)
{
	int status;

	switch (option) {
	case WP_CLI_SITE:
		cli->site = optarg;
		return 0;
	case WP_CLI_SNAPSHOT:
		cli->snapshot = optarg;
		return 0;
	case WP_CLI_MAP:
		*WP_PUSH(cli->arena, cli->maps, cli->map_count) = optarg;
		return 0;
	case WP_CLI_JOBS:
		status = take_jobs(cli);
		return status ? stop(cli, status) : 0;
	case WP_CLI_DATE_ORDER:
		status = take_date_order(cli);
		return status ? stop(cli, status) : 0;
	case OPT_JSON:
		cli->json = true;
		return 0;
	case 'o':
		cli->output = optarg;
		return 0;
	case OPT_CACHE:
		cli->cache = optarg;
		return 0;
	case OPT_CONFIG:
		cli->config = optarg;
		return 0;
	case OPT_COLOR:
		status = take_color(cli);
		return status ? stop(cli, status) : 0;
	case 'q':
		cli->quiet = true;
		return 0;
	case 'v':
		cli->verbose = true;
		return 0;
	case 'h':
		return print_and_stop(cli, cli->command->help, common_help);
	case OPT_VERSION:
		return print_and_stop(cli, "wimplan " WIMPLAN_VERSION, "\n");
	default:
		return 1;
	}
}

int wp_cli_option(struct wp_cli *cli, int argc, char **argv, const char *letters, const struct option *own)
{
	struct option all[MAX_OPTIONS] = { 0 };
	char short_options[64];
	size_t count = 0;

	while (own[count].name && count < MAX_OPTIONS - COMMON_COUNT - 1) {
		all[count] = own[count];
		count++;
	}
	memcpy(&all[count], common_options, sizeof common_options);
	/* ':' in front: getopt tells a missing argument from an unknown option and prints nothing itself. */
	snprintf(short_options, sizeof short_options, ":o:qvh%s", letters);
	opterr = 0;
	for (;;) {
		int option = getopt_long(argc, argv, short_options, all, NULL);
		const char *given = optind > 0 ? argv[optind - 1] : "";

		if (option == '?')
			return stop(cli, wp_cli_usage(cli, given, "%s",
						      wp_program_option_error(cli->arena, all, given, optopt)));
		if (option == ':')
			return stop(cli, wp_cli_usage(cli, given, "option '%s' needs a value", given));

		int taken = option < 0 ? 1 : take_common(cli, option);

		if (taken == 1)
			return option;
		if (taken == WP_CLI_STOP)
			return WP_CLI_STOP;
	}
}

int wp_cli_usage(struct wp_cli *cli, const char *subject, const char *format, ...)
{
	struct wp_error err;
	va_list args;

	va_start(args, format);
	wp_program_usage(&err, "wimplan", cli->command ? cli->command->name : NULL, subject, format, args);
	va_end(args);
	return wp_cli_error(cli, &err);
}

int wp_cli_error(struct wp_cli *cli, const struct wp_error *err)
{
	return wp_program_error("wimplan", cli->json, err, NULL);
}

void wp_cli_note(const struct wp_cli *cli, const char *format, ...)
{
	va_list args;

	if (cli->quiet)
		return;
	va_start(args, format);
	wp_program_say("wimplan", wp_arena_vprintf(cli->arena, format, args));
	va_end(args);
}

int wp_cli_emit_as(struct wp_cli *cli, enum wp_text_kind kind, const struct wp_buf *buf)
{
	struct wp_error err;

	if (wp_print(cli->output, kind, buf, &err))
		return wp_cli_error(cli, &err);
	return WP_EXIT_DONE;
}

int wp_cli_emit(struct wp_cli *cli, const struct wp_buf *buf)
{
	return wp_cli_emit_as(cli, WP_TEXT_PLAIN, buf);
}

int wp_cli_emit_json(struct wp_cli *cli, json_t *document)
{
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };

	wp_json_pretty(&buf, document);
	json_decref(document);
	return wp_cli_emit_as(cli, WP_TEXT_DOCUMENT, &buf);
}

struct wp_report_options wp_cli_report_options(const struct wp_cli *cli)
{
	const char *no_color = cli->env->get("NO_COLOR"), *term = cli->env->get("TERM");
	bool to_terminal = cli->env->stdout_terminal && (!cli->output || !strcmp(cli->output, "-"));
	/* https://no-color.org: counts when it is set and not empty. */
	bool automatic = to_terminal && !(no_color && *no_color) && !(term && !strcmp(term, "dumb"));

	return (struct wp_report_options){
		.color = cli->color == WP_COLOR_ALWAYS || (cli->color == WP_COLOR_AUTO && automatic),
		.columns = cli->env->columns,
	};
}

int wp_cli_open_cache(struct wp_cli *cli, enum wp_cache_mode mode, struct wp_cache **ret_cache, struct wp_error *err)
{
	const char *path = cli->cache ? cli->cache : cli->env->get("WIMPLAN_CACHE");
	const char *xdg = cli->env->get("XDG_CACHE_HOME"), *home = cli->env->get("HOME");

	/* XDG Base Directory Specification: a relative path there is invalid and counts as unset. */
	if (!path && xdg && xdg[0] == '/')
		path = wp_arena_printf(cli->arena, "%s/wimplan/cache.db", xdg);
	else if (!path && home && *home)
		path = wp_arena_printf(cli->arena, "%s/.cache/wimplan/cache.db", home);
	if (!path || !*path)
		return wp_fail(err, WP_E_USAGE, "usage", "--cache",
			       "neither --cache, XDG_CACHE_HOME nor HOME says where the cache is; give --cache FILE");
	return wp_cache_open(path, mode, ret_cache, err);
}
