/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What Linux tells of the machine, its user and this call. */
#include "wimplan/machine.h"

#include "wimplan/clock.h"
#include "wimplan/text.h"

#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* What holds the place is open the wrong way round, so that a lost result is still an error. */
bool wp_standard_hold(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
			return false;
	return true;
}

void wp_standard_put(enum wp_standard stream, const char *text)
{
	size_t length = strlen(text);

	while (length) {
		ssize_t written = write((int)stream, text, length);

		if (written <= 0)
			return;
		text += written;
		length -= (size_t)written;
	}
}

/* glibc always has C.UTF-8. */
void wp_locale_start(void)
{
	setlocale(LC_CTYPE, "");
	if (strcmp(nl_langinfo(CODESET), "UTF-8"))
		setlocale(LC_CTYPE, "C.UTF-8");
}

/* An empty variable is as if it were not set: scripts and units have no other way to take one back. */
static const char *environment(const char *name)
{
	const char *value = getenv(name);

	return value && *value ? value : NULL;
}

/* https://reproducible-builds.org/specs/source-date-epoch/: outputs must be the same in every run of a test. */
static bool find_fixed_time(struct wp_time *ret)
{
	const char *fixed = environment("SOURCE_DATE_EPOCH");
	uint64_t seconds;

	if (!fixed || !wp_parse_u64(fixed, false, &seconds) || seconds >= INT64_MAX)
		return false;
	*ret = wp_time_from_unix((int64_t)seconds, 0);
	return true;
}

static unsigned int terminal_columns(enum wp_standard stream)
{
	struct winsize size = { 0 };
	uint64_t columns;
	const char *text = environment("COLUMNS");

	if (text && wp_parse_u64(text, false, &columns) && columns >= 40 && columns <= 1000)
		return (unsigned int)columns;
	if (!ioctl((int)stream, TIOCGWINSZ, &size) && size.ws_col >= 40)
		return size.ws_col;
	return 80;
}

static const char *who(struct wp_arena *arena)
{
	const char *user = environment("WIMPLAN_USER"), *host = environment("WIMPLAN_HOST");
	const struct passwd *entry = user ? NULL : getpwuid(geteuid());
	char name[256] = "";

	if (!host && gethostname(name, sizeof name - 1))
		strcpy(name, "localhost");
	return wp_arena_printf(arena, "%s@%s", user ? user : entry ? entry->pw_name : "unknown", host ? host : name);
}

struct wp_env wp_machine_env(enum wp_standard stream)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	struct wp_time now;
	bool fixed = find_fixed_time(&now);

	return (struct wp_env){
		.now = fixed ? now : wp_clock_time(),
		.now_fixed = fixed,
		.who = who,
		.get = environment,
		.stdin_terminal = isatty(STDIN_FILENO),
		.stdout_terminal = isatty(STDOUT_FILENO),
		.stderr_terminal = isatty(STDERR_FILENO),
		.columns = terminal_columns(stream),
		.processors = processors > 0 ? (unsigned int)processors : 1,
	};
}

/* random(4): "generated once" at boot, so the same until the machine stops, and never again after it. */
void wp_machine_boot_id(char *room, size_t size)
{
	FILE *file = fopen("/proc/sys/kernel/random/boot_id", "re");

	room[0] = '\0';
	if (file && !fgets(room, (int)size, file))
		room[0] = '\0';
	room[strcspn(room, "\n")] = '\0';
	if (file)
		fclose(file);
}
