/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Clocks, and signals that ask for the end: a handler only remembers them, the run loop looks between two steps. */
#include "wimplan/clock.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <time.h>

static volatile sig_atomic_t caught;

static void remember(int number)
{
	/* One hang-up is told twice, by the shell and, when that ends, by the kernel: it never kills. */
	if (caught && number == SIGHUP)
		return;
	/* The second one, of the other kind; of the same kind it kills without coming here (SA_RESETHAND). */
	if (caught && caught != SIGHUP) {
		signal(number, SIG_DFL);
		raise(number);
	}
	caught = number;
}

void wp_signals_catch(void)
{
	/*
	 * With SA_RESTART locks and syncs of SQLite's, which it does not try again, go on where a network file system lets a
	 * signal end them; a wait ends all the same (signal(7): ppoll() and poll() are never restarted). With SA_RESETHAND a
	 * second signal kills, which the journal allows for.
	 */
	struct sigaction action = { .sa_handler = remember, .sa_flags = (int)(SA_RESETHAND | SA_RESTART) }, before;

	sigemptyset(&action.sa_mask);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	/* Who started it with nohup(1) wants it to go on. */
	if (sigaction(SIGHUP, NULL, &before) || before.sa_handler == SIG_IGN)
		return;
	action.sa_flags = SA_RESTART;
	sigaction(SIGHUP, &action, NULL);
}

void wp_signals_ignore_writes(void)
{
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
}

void wp_signals_end_by_pipe(void)
{
	sigset_t pipe;

	signal(SIGPIPE, SIG_DFL);
	sigemptyset(&pipe);
	sigaddset(&pipe, SIGPIPE);
	sigprocmask(SIG_UNBLOCK, &pipe, NULL);
	raise(SIGPIPE);
}

int wp_signal_caught(void)
{
	return caught;
}

const char *wp_signal_name(int number)
{
	return sigabbrev_np(number);
}

int64_t wp_clock_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t wp_clock_unix(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec;
}

struct wp_time wp_clock_time(void)
{
	return wp_time_from_unix(wp_clock_unix(), 0);
}

int64_t wp_clock_boot(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return now.tv_sec;
}

/* The signals stay blocked between the look at "caught" and the sleep, so that none is missed. */
static void block_signals(sigset_t *ret_before)
{
	sigset_t block;

	sigemptyset(&block);
	sigaddset(&block, SIGINT);
	sigaddset(&block, SIGTERM);
	sigaddset(&block, SIGHUP);
	sigprocmask(SIG_BLOCK, &block, ret_before);
}

bool wp_clock_wait_input(int fd)
{
	struct pollfd input = { .fd = fd, .events = POLLIN };
	sigset_t before;

	block_signals(&before);
	while (!caught && ppoll(&input, 1, NULL, &before) < 0 && errno == EINTR)
		;
	sigprocmask(SIG_SETMASK, &before, NULL);
	return !caught;
}

static void wait_quietly(int64_t milliseconds)
{
	int64_t end = wp_clock_ms() + milliseconds;
	sigset_t before;

	block_signals(&before);
	while (!caught) {
		int64_t left = end - wp_clock_ms();
		struct timespec rest = { .tv_sec = left / 1000, .tv_nsec = left % 1000 * 1000000 };

		if (left <= 0 || (ppoll(NULL, 0, &rest, &before) < 0 && errno != EINTR))
			break;
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
}

#define TICK_MS 1000

void wp_clock_wait(int64_t milliseconds, void (*tick)(void *context), void *context)
{
	while (milliseconds > 0 && !caught) {
		int64_t piece = tick && milliseconds > TICK_MS ? TICK_MS : milliseconds;

		wait_quietly(piece);
		milliseconds -= piece;
		if (tick)
			tick(context);
	}
}
