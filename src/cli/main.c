/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wimplan: finds the command, hands it the machine's facts and turns its result into an exit status. */
#include "cli.h"
#include "version.h"

#include "wimplan/machine.h"

#include <stdio.h>
#include <string.h>

static const struct wp_command *const commands[] = {
	&wp_cmd_inspect, &wp_cmd_diff, &wp_cmd_import, &wp_cmd_snapshot,
	&wp_cmd_plan,    &wp_cmd_show, &wp_cmd_verify, &wp_cmd_record, &wp_cmd_baseline, &wp_cmd_log,
};

static void add_overview(struct wp_buf *buf)
{
	wp_buf_puts(buf, "Usage: wimplan COMMAND [OPTION…] [ARGUMENT…]\n"
			 "Finds the Configuration Manager packages that no longer match their .wim files.\n\n"
			 "Commands:\n");
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
		wp_buf_printf(buf, "  %-10s %s\n", commands[i]->name, commands[i]->summary);
	wp_buf_puts(buf, "\n"
			 "wimplan help COMMAND describes a command, man wimplan the whole.\n"
			 "Start with: wimplan import EXPORT.json\n"
			 "            wimplan plan --map '\\\\server\\share=/mnt/share'\n");
}

static const struct wp_command *find_command(const char *name)
{
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
		if (!strcmp(commands[i]->name, name))
			return commands[i];
	return NULL;
}

static int unknown_command(struct wp_cli *cli, const char *name)
{
	struct wp_nearest nearest = { .given = name };

	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
		wp_nearest_try(&nearest, commands[i]->name);
	if (nearest.name)
		return wp_cli_usage(cli, name, "'%s' is no command of wimplan; did you mean %s", name, nearest.name);
	return wp_cli_usage(cli, name, "'%s' is no command of wimplan", name);
}

/* wimplan help COMMAND */
static int help(struct wp_cli *cli, char *name)
{
	static char option[] = "--help";
	char *words[] = { name, option, NULL };

	cli->command = find_command(name);
	return cli->command ? cli->command->run(cli, 2, words) : unknown_command(cli, name);
}

static int run(struct wp_cli *cli, int argc, char **argv)
{
	struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };
	const char *name = argc > 1 ? argv[1] : NULL;

	if (name && !strcmp(name, "--version")) {
		wp_buf_puts(&text, "wimplan " WIMPLAN_VERSION "\n");
		return wp_cli_emit(cli, &text);
	}
	if (name && !strcmp(name, "help") && argc > 2 && argv[2][0] != '-')
		return help(cli, argv[2]);
	if (name && (!strcmp(name, "--help") || !strcmp(name, "-h") || !strcmp(name, "help"))) {
		add_overview(&text);
		return wp_cli_emit(cli, &text);
	}
	if (!name || (name[0] == '-' && !cli->json)) {
		add_overview(&text);
		wp_tell(wp_buf_text(&text));
		return name ? wp_cli_usage(cli, name, "option '%s' stands before a command", name) : WP_EXIT_USAGE;
	}
	cli->command = find_command(name);
	if (!cli->command)
		return unknown_command(cli, name);
	return cli->command->run(cli, argc - 1, argv + 1);
}

int main(int argc, char **argv)
{
	wp_program_start(argc, argv);

	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct wp_env env = wp_machine_env(arena, WP_STANDARD_OUTPUT);
	struct wp_cli cli = { .env = &env, .arena = arena, .json = wp_program_wants_json(argc, argv) };

	return wp_program_end(run(&cli, argc, argv));
}
