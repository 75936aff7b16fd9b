/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is wrong with an option that getopt_long() does not take. */
#include "wimplan/program.h"

#include <string.h>

const char *wp_program_option_error(struct wp_arena *arena, const struct option *options, const char *given,
				    int letter)
{
	const char *fits = NULL, *equals = strchr(given, '=');
	size_t length = equals ? (size_t)(equals - given) : strlen(given);
	struct wp_nearest nearest = { .given = length > 2 ? wp_arena_strndup(arena, given + 2, length - 2) : "" };

	/* A letter comes in a word of letters, or is short for the long option that was given with a value. */
	if (letter && letter < 0x100 && (strncmp(given, "--", 2) != 0 || !equals))
		return wp_arena_printf(arena, "there is no option '-%c'", letter);
	if (letter)
		return wp_arena_printf(arena, "option '%.*s' takes no value", (int)length, given);
	for (; length > 2 && options->name; options++) {
		wp_nearest_try(&nearest, options->name);
		if (!strncmp(options->name, given + 2, length - 2))
			fits = fits ? wp_arena_printf(arena, "%s or --%s", fits, options->name)
				    : wp_arena_printf(arena, "--%s", options->name);
	}
	if (!fits && nearest.name)
		return wp_arena_printf(arena, "there is no option '%.*s'; did you mean --%s", (int)length, given, nearest.name);
	if (!fits)
		return wp_arena_printf(arena, "there is no option '%.*s'", (int)length, given);
	return wp_arena_printf(arena, "option '%.*s' may be %s; write it out", (int)length, given, fits);
}
