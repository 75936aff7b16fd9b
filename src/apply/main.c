/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wimplan-apply: finds the command and hands it the machine's facts. */
#include "apply.h"

#include "wimplan/text.h"
#include "wimplan/version.h"

#include <curl/curl.h>
#include <langinfo.h>
#include <locale.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

static const struct wp_apply_command *const commands[] = { &wp_apply_check, &wp_apply_run, &wp_apply_status };
#define COMMANDS (sizeof commands / sizeof *commands)

static const char *environment(const char *name)
{
	return getenv(name);
}

static struct wp_time current_time(void)
{
	/* https://reproducible-builds.org/specs/source-date-epoch/: outputs must be the same in every run of a test. */
	const char *fixed = getenv("SOURCE_DATE_EPOCH");
	struct timespec now;
	uint64_t seconds;

	if (fixed && wp_parse_u64(fixed, false, &seconds) && seconds < INT64_MAX)
		return wp_time_from_unix((int64_t)seconds, 0);
	clock_gettime(CLOCK_REALTIME, &now);
	return wp_time_from_unix(now.tv_sec, 0);
}

static struct wp_env read_environment(struct wp_arena *arena)
{
	char host[256] = "";
	const struct passwd *user = getpwuid(geteuid());
	struct winsize size = { 0 };

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
		.columns = !ioctl(STDERR_FILENO, TIOCGWINSZ, &size) && size.ws_col >= 40 ? size.ws_col : 80,
		.processors = 1,
	};
}

static void add_overview(struct wp_buf *buf)
{
	wp_buf_puts(buf, "Usage: wimplan-apply COMMAND [OPTION…] PLAN\n"
			 "Carries out a plan of wimplan at a Configuration Manager site.\n\n"
			 "Commands:\n");
	for (size_t i = 0; i < COMMANDS; i++)
		wp_buf_printf(buf, "  %-10s %s\n", commands[i]->name, commands[i]->summary);
	wp_buf_puts(buf, "\n"
			 "wimplan-apply COMMAND --help describes a command, man wimplan-apply the whole.\n"
			 "Start with: wimplan-apply check --provider https://HOST/AdminService plan.json\n");
}

/* Errors must be one JSON document too, also those that come before the options were read. */
static bool wants_json(int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--"); i++)
		if (!strcmp(argv[i], "--json"))
			return true;
	return false;
}

static int run(struct wp_apply *apply, int argc, char **argv)
{
	struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };
	const char *name = argc > 1 ? argv[1] : NULL;
	int status;

	if (name && !strcmp(name, "--version")) {
		wp_buf_puts(&text, "wimplan-apply " WIMPLAN_VERSION "\n");
		return wp_apply_emit(apply, &text);
	}
	if (name && (!strcmp(name, "--help") || !strcmp(name, "help"))) {
		add_overview(&text);
		return wp_apply_emit(apply, &text);
	}
	if (!name) {
		add_overview(&text);
		fputs(wp_buf_text(&text), stderr);
		return WP_EXIT_USAGE;
	}
	for (size_t i = 0; i < COMMANDS; i++)
		if (!strcmp(commands[i]->name, name))
			apply->command = commands[i];
	if (!apply->command)
		return wp_apply_usage(apply, name, name[0] == '-' ? "option '%s' stands before a command"
								  : "'%s' is no command of wimplan-apply", name);
	status = wp_apply_options(apply, argc - 1, argv + 1);
	return status >= 0 ? status : apply->command->run(apply);
}

int main(int argc, char **argv)
{
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct wp_env env;
	struct wp_apply apply = { .arena = arena };
	int status;

	/* A closed pipe is an error that a write reports (exit status 1), not a silent death. */
	signal(SIGPIPE, SIG_IGN);
	setlocale(LC_CTYPE, "");
	if (strcmp(nl_langinfo(CODESET), "UTF-8"))
		setlocale(LC_CTYPE, "C.UTF-8");
	if (curl_global_init(CURL_GLOBAL_DEFAULT))
		return WP_EXIT_FAILED;
	env = read_environment(arena);
	apply.env = &env;
	apply.json = wants_json(argc, argv);
	status = run(&apply, argc, argv);
	wp_steps_end(&apply.steps);
	wp_planned_close(apply.planned);
	curl_global_cleanup();
	return status;
}
