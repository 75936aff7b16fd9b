/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The terminal: termios(3). */
#include "wimplan/terminal.h"

#include "wimplan/clock.h"
#include "wimplan/file.h"
#include "wimplan/print.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

static const int ending_signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };

bool wp_terminal_answer(char *room, size_t size)
{
	return wp_clock_wait_input(STDIN_FILENO) && fgets(room, (int)size, stdin);
}

/* Waits for a line on standard input. False when a signal came first, or the end. */
static bool wait_for_line(const sigset_t *signals)
{
	int signal_fd __attribute__((cleanup(wp_closep))) = signalfd(-1, signals, SFD_CLOEXEC);
	struct pollfd fds[] = { { .fd = STDIN_FILENO, .events = POLLIN }, { .fd = signal_fd, .events = POLLIN } };

	while (poll(fds, signal_fd < 0 ? 1 : 2, -1) < 0)
		if (errno != EINTR)
			return false;
	return !fds[1].revents;
}

char *wp_terminal_secret(struct wp_arena *arena, const char *prompt)
{
	struct termios before, silent;
	sigset_t signals, mask;
	char line[512] = "";
	bool got;

	if (!isatty(STDIN_FILENO) || tcgetattr(STDIN_FILENO, &before))
		return NULL;
	/* Whoever gives up with Ctrl+C gets the terminal back as it was: the signal is let through behind that. */
	sigemptyset(&signals);
	for (size_t i = 0; i < sizeof ending_signals / sizeof *ending_signals; i++)
		sigaddset(&signals, ending_signals[i]);
	sigprocmask(SIG_BLOCK, &signals, &mask);
	silent = before;
	silent.c_lflag &= ~(tcflag_t)ECHO;
	wp_tell(prompt);
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
	got = wait_for_line(&signals) && fgets(line, sizeof line, stdin);
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
	wp_tell("\n");
	sigprocmask(SIG_SETMASK, &mask, NULL);
	line[strcspn(line, "\n")] = '\0';
	return got ? wp_arena_strdup(arena, line) : NULL;
}
