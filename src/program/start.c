/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The facts of the machine and of the call that everything else is handed. */
#include "memory.h"

#include "wimplan/program.h"
#include "wimplan/text.h"

#include <langinfo.h>
#include <locale.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

void wp_program_start(int argc, char **argv)
{
	wp_program_memory(wp_program_wants_json(argc, argv));
	/* A closed pipe is an error that a write reports (exit status 1), not a silent death. */
	signal(SIGPIPE, SIG_IGN);
	/* Widths and case need a UTF-8 locale whatever the user's is; glibc always has C.UTF-8. */
	setlocale(LC_CTYPE, "");
	if (strcmp(nl_langinfo(CODESET), "UTF-8"))
		setlocale(LC_CTYPE, "C.UTF-8");
}

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

static unsigned int terminal_columns(int stream)
{
	struct winsize size = { 0 };
	uint64_t columns;
	const char *text = getenv("COLUMNS");

	if (text && wp_parse_u64(text, false, &columns) && columns >= 40 && columns <= 1000)
		return (unsigned int)columns;
	if (!ioctl(stream, TIOCGWINSZ, &size) && size.ws_col >= 40)
		return size.ws_col;
	return 80;
}

struct wp_env wp_program_env(struct wp_arena *arena, int stream)
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
		.columns = terminal_columns(stream),
		.processors = processors > 0 ? (unsigned int)processors : 1,
	};
}

bool wp_program_wants_json(int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--"); i++)
		if (!strcmp(argv[i], "--json"))
			return true;
	return false;
}
