/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The first and the last of what a program does. */
#include "memory.h"

#include "wimplan/clock.h"
#include "wimplan/machine.h"
#include "wimplan/program.h"

#include <stdlib.h>
#include <string.h>

void wp_program_start(int argc, char **argv)
{
	if (!wp_standard_hold())
		_Exit(WP_EXIT_FAILED);
	wp_program_memory(argc ? argv[0] : "wimplan", wp_program_wants_json(argc, argv));
	/* A write has to say what became of it: a run is not to die of a line of progress, or of a full quota. */
	wp_signals_ignore_writes();
	wp_locale_start();
}

int wp_program_end(int status)
{
	wp_program_memory_end(status);
	/* Whatever the caller ignores or blocks: that is for its own pipes. */
	if (status == WP_EXIT_BROKEN_PIPE)
		wp_signals_end_by_pipe();
	return status;
}

bool wp_program_wants_json(int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--"); i++)
		if (!strcmp(argv[i], "--json"))
			return true;
	return false;
}
