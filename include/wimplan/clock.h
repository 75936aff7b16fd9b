/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Time for waits, the time of day, and the signals that end a wait. */
#ifndef WIMPLAN_CLOCK_H
#define WIMPLAN_CLOCK_H

#include "wimplan/error.h"
#include "wimplan/time.h"

#include <stdbool.h>
#include <stdint.h>

/* Milliseconds that only ever grow: for waits, whatever happens to the time of day. */
int64_t wp_clock_ms(void);

/* Seconds since 1970 by the clock of this machine: what a later run can compare with. Never a fixed time. */
int64_t wp_clock_unix(void);

/* The same as a time. SOURCE_DATE_EPOCH is for what is printed, and opens no window. */
struct wp_time wp_clock_time(void);

/* Seconds since the machine was started, sleep included: a later run can compare with it until the next start. */
int64_t wp_clock_boot(void);

/*
 * When the clocks of a zone change around @now, a year back and ten ahead, in @arena; a name that this machine does not
 * know is WP_E_USAGE, "zone". Sets TZ for a moment: to be called before there are threads.
 */
int wp_zone_load(struct wp_arena *arena, const char *name, struct wp_time now, struct wp_zone *ret,
		 struct wp_error *err);

/* The name of this machine's zone: $TZ, else where /etc/localtime leads; NULL for UTC, and where neither names one. */
const char *wp_zone_here(struct wp_arena *arena);

/*
 * Installs the handlers: the first SIGINT, SIGTERM or SIGHUP is remembered, a second SIGINT or
 * SIGTERM ends the program at once. A SIGHUP that is ignored stays ignored. Waits end with a signal, other calls go on.
 */
void wp_signals_catch(void);

/* A write has to say what became of it: SIGPIPE and SIGXFSZ end no program any more. */
void wp_signals_ignore_writes(void);

/* Ends this process as one whose reader has gone away, whatever its caller ignores or blocks. */
void wp_signals_end_by_pipe(void);

/* The signal that asks this run to stop; 0 when there was none. */
int wp_signal_caught(void);
/* "INT", "TERM", "HUP". */
const char *wp_signal_name(int number);

/*
 * Sleeps that long, or until a signal asks the run to stop. @tick is called about once a second meanwhile, with
 * @context; NULL: nothing is.
 */
void wp_clock_wait(int64_t milliseconds, void (*tick)(void *context), void *context);

/* Waits until there is something to read, or its end. False when a signal asks the run to stop before that. */
bool wp_clock_wait_input(int fd);

#endif
