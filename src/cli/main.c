/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wimplan: finds the command, hands it the machine's facts and turns its result into an exit status. */
#include "cli.h"
#include "version.h"

#include "wimplan/text.h"

#include <locale.h>
#include <langinfo.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

static const struct wp_command *const commands[] = {
	&wp_cmd_inspect, &wp_cmd_diff, &wp_cmd_import, &wp_cmd_snapshot,
	&wp_cmd_plan,    &wp_cmd_show, &wp_cmd_record, &wp_cmd_baseline,
};

static const char *environment(const char *name)
{
	return getenv(name);
}

static struct wp_time current_time(void)
{
	/* https://reproducible-builds.org/specs/source-date-epoch/: outputs must be the same in every run of a test. */
	const char *fixed = getenv("SOURCE_DATE_EPOCH");
	uint64_t seconds;

	if (fixed && wp_parse_u64(fixed, false, &seconds) && seconds < INT64_MAX)
		return wp_time_from_unix((int64_t)seconds, 0);
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return wp_time_from_unix(now.tv_sec, 0);
}

static unsigned int terminal_columns(void)
{
	struct winsize size = { 0 };
	uint64_t columns;
	const char *text = getenv("COLUMNS");

	if (text && wp_parse_u64(text, false, &columns) && columns >= 40 && columns <= 1000)
		return (unsigned int)columns;
	if (!ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) && size.ws_col >= 40)
		return size.ws_col;
	return 80;
}

static struct wp_env read_environment(struct wp_arena *arena)
{
	char host[256] = "";
	const struct passwd *user = getpwuid(geteuid());
	long processors = sysconf(_SC_NPROCESSORS_ONLN);

	if (gethostname(host, sizeof host - 1))
		strcpy(host, "localhost");
	return (struct wp_env){
		.now = current_time(),
		.user = getenv("WIMPLAN_USER") ? getenv("WIMPLAN_USER")
			: user                 ? wp_arena_strdup(arena, user->pw_name)
					       : "unknown",
		.host = getenv("WIMPLAN_HOST") ? getenv("WIMPLAN_HOST") : wp_arena_strdup(arena, host),
		.get = environment,
		.stdin_terminal = isatty(STDIN_FILENO),
		.stdout_terminal = isatty(STDOUT_FILENO),
		.stderr_terminal = isatty(STDERR_FILENO),
		.columns = terminal_columns(),
		.processors = processors > 0 ? (unsigned int)processors : 1,
	};
}

static void add_overview(struct wp_buf *buf)
{
	wp_buf_puts(buf, "Usage: wimplan COMMAND [OPTION…] [ARGUMENT…]\n"
			 "Finds the Configuration Manager packages that no longer match their .wim files.\n\n"
			 "Commands:\n");
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
		wp_buf_printf(buf, "  %-10s %s\n", commands[i]->name, commands[i]->summary);
	wp_buf_puts(buf, "\n"
			 "wimplan COMMAND --help describes a command, man wimplan the whole.\n"
			 "Start with: wimplan import EXPORT.json\n"
			 "            wimplan plan --map '\\\\server\\share=/mnt/share'\n");
}

static const struct wp_command *find_command(const char *name)
{
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
		if (!strcmp(commands[i]->name, name))
			return commands[i];
	return NULL;
}

/* Errors must be one JSON document too, also those that come before the options were read. */
static bool wants_json(int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--"); i++)
		if (!strcmp(argv[i], "--json"))
			return true;
	return false;
}

static int run(struct wp_cli *cli, int argc, char **argv)
{
	struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };
	const char *name = argc > 1 ? argv[1] : NULL;

	if (name && !strcmp(name, "--version")) {
		wp_buf_puts(&text, "wimplan " WIMPLAN_VERSION "\n");
		return wp_cli_emit(cli, &text);
	}
	if (name && (!strcmp(name, "--help") || !strcmp(name, "help"))) {
		add_overview(&text);
		return wp_cli_emit(cli, &text);
	}
	if (!name || (name[0] == '-' && !cli->json)) {
		add_overview(&text);
		fputs(wp_buf_text(&text), stderr);
		return name ? wp_cli_usage(cli, name, "option '%s' stands before a command", name) : WP_EXIT_USAGE;
	}
	cli->command = find_command(name);
	if (!cli->command)
		return wp_cli_usage(cli, name, "'%s' is no command of wimplan", name);
	return cli->command->run(cli, argc - 1, argv + 1);
}

int main(int argc, char **argv)
{
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();

	/* A closed pipe is an error that a write reports (exit status 1), not a silent death. */
	signal(SIGPIPE, SIG_IGN);
	/* Widths and case need a UTF-8 locale whatever the user's is; glibc always has C.UTF-8. */
	setlocale(LC_CTYPE, "");
	if (strcmp(nl_langinfo(CODESET), "UTF-8"))
		setlocale(LC_CTYPE, "C.UTF-8");

	struct wp_env env = read_environment(arena);
	struct wp_cli cli = { .env = &env, .arena = arena, .json = wants_json(argc, argv) };

	return run(&cli, argc, argv);
}
