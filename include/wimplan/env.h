/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a run takes from the machine it runs on: handed in from main(), so that every output can be reproduced. */
#ifndef WIMPLAN_ENV_H
#define WIMPLAN_ENV_H

#include "wimplan/time.h"

#include <stdbool.h>

struct wp_arena;

struct wp_env {
	struct wp_time now; /* SOURCE_DATE_EPOCH when it is a time */
	bool now_fixed;     /* by it: time stands still */
	/* "user@host", in the arena; asked of the machine only then, for a name may have to be fetched from a directory. */
	const char *(*who)(struct wp_arena *arena);
	const char *(*get)(const char *name); /* getenv(); NULL when unset or empty */
	bool stdin_terminal;
	bool stdout_terminal;
	bool stderr_terminal;
	unsigned int columns;    /* of the terminal; 80 when there is none */
	unsigned int processors; /* online, at least 1 */
};

#endif
