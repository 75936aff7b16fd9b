/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * wimplan as it is called: --version and an inspect of what .wim files say are done here, and all else by the program behind it, of
 * main.c. What that one needs is 17 more libraries, which take longer to load than such a file takes to be read and shown.
 */
#include "cli.h"
#include "hand_on.h"

#include "wimplan/machine.h"

#include <string.h>

static const struct wp_command *const commands[] = { &wp_cmd_inspect, NULL };

static const struct wp_program program = { .name = "wimplan", .commands = commands, .takes = WP_CLI_TAKES,
					    .files = wp_cli_files };

static bool is_done_here(int argc, char **argv)
{
	if (argc < 2)
		return false;
	for (size_t i = 0; commands[i]; i++)
		if (!strcmp(argv[1], commands[i]->name))
			return true;
	return !strcmp(argv[1], "--version");
}

int main(int argc, char **argv)
{
	struct wp_cli cli = { .program = &program, .argv = argv };
	int status = is_done_here(argc, argv) ? WP_OK : wp_hand_on(&cli);

	wp_program_start(argc, argv);

	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct wp_env env = wp_machine_env(WP_STANDARD_OUTPUT);

	cli.arena = arena;
	cli.env = &env;
	cli.json = wp_program_wants_json(argc, argv);
	if (status)
		wp_cli_say_error(&cli);
	else
		wp_program_run(&cli, argc, argv);
	return wp_program_end(cli.status);
}
