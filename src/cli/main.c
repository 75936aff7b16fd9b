/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The whole of wimplan: its commands, and the machine's facts for the call. front.c calls it. */
#include "cli.h"
#include "inspecting.h"

#include "wimplan/database.h"
#include "wimplan/hash.h"
#include "wimplan/machine.h"

static const struct wp_command *const commands[] = {
	&wp_cmd_inspect, &wp_cmd_diff,	 &wp_cmd_import,   &wp_cmd_snapshot, &wp_cmd_plan, &wp_cmd_show, &wp_cmd_audit,
	&wp_cmd_verify,	 &wp_cmd_record, &wp_cmd_baseline, &wp_cmd_log,	     NULL,
};

static const struct wp_program program = {
	.name = "wimplan",
	.about = "Usage: wimplan COMMAND [OPTION…] [ARGUMENT…]\n"
		 "Finds the Configuration Manager packages that no longer match their .wim files.\n",
	.start = "Start with: wimplan import EXPORT.json\n"
		 "            wimplan plan --map '\\\\server\\share=/mnt/share'\n",
	.commands = commands,
	.takes = WP_CLI_TAKES,
	.known = wp_cli_known,
	.files = wp_cli_files,
	.inside = &wp_cli_inside,
};

int main(int argc, char **argv)
{
	wp_program_start(argc, argv);
	wp_db_guard_memory();
	wp_hash_guard_memory();
	wp_hash_alone();

	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct wp_env env = wp_machine_env(WP_STANDARD_OUTPUT);
	struct wp_cli cli = { .program = &program, .env = &env, .arena = arena };

	wp_memory_limit_heaps(env.processors);
	wp_program_run(&cli, argc, argv);
	return wp_program_end(cli.status);
}
