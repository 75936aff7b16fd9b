/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The first and the last of what a program does, and its end where it gets no memory: a sentence, wherever it happens. */
#include "wimplan/arena.h"
#include "wimplan/clock.h"
#include "wimplan/machine.h"
#include "wimplan/program.h"
#include "wimplan/thread.h"

#include <jansson.h>
#include <libxml/xmlmemory.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define SENTENCE "there is not enough memory for this; free some or raise the limit (ulimit -v), and call it again"

/* What cannot be handed to wp_out_of_memory(), which is called from everywhere: who says it, and is --json given? */
static const char *program_name = "wimplan";
static bool wants_document;

/* The exit status when all that is left is the libraries' own end (libcrypto takes memory for it); -1: there is more. */
static int end_status = -1;

/* Takes no memory and no locks: any thread may be the one, and another may hold those of stdio. Where several are, one says it. */
_Noreturn void wp_out_of_memory(void)
{
	static atomic_flag is_said = ATOMIC_FLAG_INIT;

	if (end_status >= 0)
		_Exit(end_status);
	if (atomic_flag_test_and_set(&is_said))
		wp_thread_wait_for_end();
	wp_standard_put(WP_STANDARD_ERROR, program_name);
	wp_standard_put(WP_STANDARD_ERROR, ": " SENTENCE "\n");
	if (wants_document)
		wp_standard_put(WP_STANDARD_OUTPUT,
			      "{\n  \"format\": \"wimplan-error\",\n  \"format_version\": \"1.0\",\n  \"diagnostics\": [\n    {\n"
		    "      \"severity\": \"error\",\n      \"code\": \"out-of-memory\",\n      \"summary\": \"" SENTENCE
		    "\",\n      \"detail\": null,\n      \"subject\": null\n    }\n  ]\n}\n");
	_Exit(WP_EXIT_FAILED);
}

/*
 * Has the libraries of every program take memory as wimplan does; before any other call of theirs. @path: how the program was
 * called; @json: --json was given.
 */
static void guard_memory(const char *path, bool json)
{
	const char *slash = strrchr(path, '/');

	program_name = slash ? slash + 1 : path;
	wants_document = json;
	/*
	 * jansson and libxml2 go on without what they could not get, and few of their callers can tell: a value would be
	 * left out of a record, a text out of a document.
	 */
	json_set_alloc_funcs(wp_take, free);
	xmlMemSetup(free, wp_take, wp_take_more, wp_take_copy);
}

void wp_program_start(int argc, char **argv)
{
	if (!wp_standard_hold())
		_Exit(WP_EXIT_FAILED);
	guard_memory(argc ? argv[0] : "wimplan", wp_program_wants_json(argc, argv));
	/* A write has to say what became of it: a run is not to die of a line of progress, or of a full quota. */
	wp_signals_ignore_writes();
	wp_locale_start();
}

int wp_program_end(int status)
{
	/* What the libraries do from here on, on their way out, changes nothing in the exit status. */
	end_status = status;
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
