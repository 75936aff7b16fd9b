/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a signal that is caught does to the call that it comes into. */
#include "wimplan/clock.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct helper {
	pthread_t main;
	int pipe; /* its end that is written to */
};

/* Sends a signal into what the other thread waits in, and later that for which it waits. */
static void *interrupt(void *context)
{
	const struct helper *helper = context;
	const struct timespec rest = { .tv_nsec = 50000000 };

	nanosleep(&rest, NULL);
	pthread_kill(helper->main, SIGINT);
	nanosleep(&rest, NULL);
	cr_assert_eq(write(helper->pipe, "x", 1), 1);
	return NULL;
}

Test(system, a_call_goes_on_after_a_signal_and_a_wait_ends_with_it)
{
	struct helper helper = { .main = pthread_self() };
	pthread_t thread;
	int ends[2];
	char byte = 0;

	cr_assert(!pipe(ends));
	helper.pipe = ends[1];
	wp_signals_catch();
	cr_assert(!pthread_create(&thread, NULL, interrupt, &helper));
	cr_expect_eq(read(ends[0], &byte, 1), 1, "%s", strerror(errno));
	pthread_join(thread, NULL);
	cr_expect_eq(wp_signal_caught(), SIGINT);
	/* For a minute, or nobody. */
	wp_clock_wait(60000, NULL, NULL);
	cr_expect_not(wp_clock_wait_input(ends[0]));
	close(ends[0]);
	close(ends[1]);
}
