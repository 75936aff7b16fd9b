/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The facts of the machine and of the call that everything else is handed. */
#include "memory.h"

#include "wimplan/program.h"
#include "wimplan/text.h"

#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

/*
 * The next file that is opened would get the number of a standard stream that is closed, and what is meant for the
 * stream would end up in it. What holds the place is open the wrong way round, so that a lost result is still an error.
 */
static void hold_streams(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
			_exit(WP_EXIT_FAILED);
}

void wp_program_start(int argc, char **argv)
{
	hold_streams();
	wp_program_memory(wp_program_wants_json(argc, argv));
	/* A write has to say what became of it: a run is not to die of a line of progress, or of a full quota. */
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	/* Widths and case need a UTF-8 locale whatever the user's is; glibc always has C.UTF-8. */
	setlocale(LC_CTYPE, "");
	if (strcmp(nl_langinfo(CODESET), "UTF-8"))
		setlocale(LC_CTYPE, "C.UTF-8");
}

int wp_program_end(int status)
{
	sigset_t pipe;

	wp_program_memory_end(status);
	if (status != WP_EXIT_BROKEN_PIPE)
		return status;
	/* Whatever the caller ignores or blocks: that is for its own pipes. */
	signal(SIGPIPE, SIG_DFL);
	sigemptyset(&pipe);
	sigaddset(&pipe, SIGPIPE);
	sigprocmask(SIG_UNBLOCK, &pipe, NULL);
	raise(SIGPIPE);
	return status;
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
