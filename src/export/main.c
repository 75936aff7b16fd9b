/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wimplan-export: its one command, and the machine's facts for the call. */
#include "export.h"

#include "wimplan/machine.h"

#include <curl/curl.h>

static const struct wp_command *const commands[] = { &wp_export_command, NULL };

static const struct wp_program program = { .name = "wimplan-export", .commands = commands };

int main(int argc, char **argv)
{
	wp_program_start(argc, argv);

	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct wp_cli cli = { .program = &program, .arena = arena };
	struct wp_env env;

	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
		wp_program_say(program.name, "libcurl cannot be used: it does not start; install it again");
		return WP_EXIT_FAILED;
	}
	/* Of what a terminal shows, only the bar has to fit its width. */
	env = wp_machine_env(arena, WP_STANDARD_ERROR);
	cli.env = &env;
	wp_program_run(&cli, argc, argv);
	curl_global_cleanup();
	return wp_program_end(cli.status);
}
