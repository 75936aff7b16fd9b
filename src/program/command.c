/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From the words of a command line to a command that runs. */
#include "wimplan/program.h"
#include "wimplan/version.h"

#include <string.h>

static void add_overview(const struct wp_program *program, struct wp_buf *buf)
{
	wp_buf_printf(buf, "%s\nCommands:\n", program->about);
	for (size_t i = 0; program->commands[i]; i++)
		wp_buf_printf(buf, "  %-10s %s\n", program->commands[i]->name, program->commands[i]->summary);
	wp_buf_printf(buf, "\n%s help COMMAND describes a command, man %s the whole.\n%s", program->name, program->name,
		      program->start);
}

static int find_command(struct wp_cli *cli, const char *name)
{
	const char *program = cli->program->name;
	struct wp_nearest nearest = { .given = name };

	for (size_t i = 0; cli->program->commands[i]; i++) {
		if (!strcmp(cli->program->commands[i]->name, name))
			cli->command = cli->program->commands[i];
		wp_nearest_try(&nearest, cli->program->commands[i]->name);
	}
	if (cli->command)
		return WP_OK;
	return wp_cli_usage(cli, name, "'%s' is no command of %s%s%s", name, program,
			    nearest.name ? "; did you mean " : "", nearest.name ? nearest.name : "");
}

static int print(struct wp_cli *cli, struct wp_buf *text)
{
	cli->output = NULL;
	return wp_cli_emit(cli, text);
}

static int print_version(struct wp_cli *cli)
{
	struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };

	wp_buf_printf(&text, "%s " WIMPLAN_VERSION "\n", cli->program->name);
	return print(cli, &text);
}

static int print_help(struct wp_cli *cli)
{
	struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };

	if (cli->command) {
		wp_buf_puts(&text, cli->command->help);
		wp_options_help(cli, &text);
	} else {
		add_overview(cli->program, &text);
	}
	return print(cli, &text);
}

/* "list, adopt and forget" */
static const char *list_verbs(struct wp_arena *arena, const struct wp_verb *verbs)
{
	const char *list = verbs->name;

	for (verbs++; verbs->name; verbs++)
		list = wp_arena_printf(arena, "%s%s%s", list, verbs[1].name ? ", " : " and ", verbs->name);
	return list;
}

/* The verb that the first operand names, which is taken away. */
static int find_verb(struct wp_cli *cli, const struct wp_verb **ret)
{
	const struct wp_verb *verbs = cli->command->verbs;
	const char *command = cli->command->name, *name = cli->operand_count ? cli->operands[0] : NULL;

	*ret = verbs;
	if (!verbs->name)
		return WP_OK;
	if (!name)
		return wp_cli_usage(cli, NULL, "%s needs one of %s", command, list_verbs(cli->arena, verbs));
	while ((*ret)->name && strcmp((*ret)->name, name) != 0)
		++*ret;
	if (!(*ret)->name)
		return wp_cli_usage(cli, name, "%s has %s, but not '%s'", command, list_verbs(cli->arena, verbs), name);
	cli->operands++;
	cli->operand_count--;
	return WP_OK;
}

const char *wp_cli_given(const struct wp_cli *cli)
{
	size_t count = cli->operand_count;

	return count ? wp_arena_printf(cli->arena, "there %s %zu", count == 1 ? "is" : "are", count) : "none is given";
}

static int check_operands(struct wp_cli *cli, const struct wp_verb *verb)
{
	size_t count = cli->operand_count;
	const char *name = verb->name ? wp_arena_printf(cli->arena, "%s %s", cli->command->name, verb->name)
				      : cli->command->name ? cli->command->name : cli->program->name;

	if (count >= verb->least && count <= verb->most)
		return WP_OK;
	if (!verb->takes)
		return wp_cli_usage(cli, cli->operands[0], "%s takes no argument, but there is '%s'", name, cli->operands[0]);
	if (verb->most == SIZE_MAX)
		return wp_cli_usage(cli, verb->name, "%s needs %s", name, verb->takes);
	return wp_cli_usage(cli, verb->name, "%s takes %s, but %s", name, verb->takes, wp_cli_given(cli));
}

/* An empty word is what a script makes of a variable that is not set. */
static int check_names(struct wp_cli *cli)
{
	for (size_t i = 0; i < cli->operand_count && cli->command->operands == WP_KNOWN_NOTHING; i++)
		if (!cli->operands[i][0])
			return wp_cli_usage(cli, NULL, "argument %zu is empty, where the name of a file is needed", i + 1);
	return WP_OK;
}

static int run_command(struct wp_cli *cli, int argc, char **argv)
{
	void *arguments = wp_arena_alloc(cli->arena, cli->command->size);
	const struct wp_verb *verb;
	int status = wp_options_read(cli, argc, argv, arguments);

	if (status)
		return status;
	if (cli->help)
		return print_help(cli);
	if (cli->version)
		return print_version(cli);
	status = find_verb(cli, &verb);
	if (!status)
		status = check_operands(cli, verb);
	if (!status)
		status = check_names(cli);
	if (!status)
		status = wp_cli_check_files(cli, arguments);
	return status ? status : verb->run(cli, arguments);
}

static int run(struct wp_cli *cli, int argc, char **argv)
{
	struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };
	const char *name = argc > 1 ? argv[1] : NULL;
	int status;

	if (name && !strcmp(name, WP_COMPLETE))
		return wp_complete(cli, argc - 2, argv + 2);
	cli->command = cli->program->commands[0]->name ? NULL : cli->program->commands[0];
	if (cli->command)
		return run_command(cli, argc, argv);
	if (name && !strcmp(name, "--version"))
		return print_version(cli);
	/* "help plan" is "plan --help". */
	if (name && !strcmp(name, "help") && argc > 2 && argv[2][0] != '-') {
		status = find_command(cli, argv[2]);
		return status ? status : print_help(cli);
	}
	if (name && (!strcmp(name, "--help") || !strcmp(name, "-h") || !strcmp(name, "help")))
		return print_help(cli);
	if (!name || (name[0] == '-' && !cli->json)) {
		add_overview(cli->program, &text);
		wp_tell(wp_buf_text(&text));
		cli->status = WP_EXIT_USAGE;
		return name ? wp_cli_usage(cli, name, "option '%s' stands before a command", name) : WP_OK;
	}
	status = find_command(cli, name);
	return status ? status : run_command(cli, argc - 1, argv + 1);
}

void wp_program_run(struct wp_cli *cli, int argc, char **argv)
{
	cli->argv = argv;
	cli->json = wp_program_wants_json(argc, argv);
	if (run(cli, argc, argv))
		wp_cli_say_error(cli);
}
