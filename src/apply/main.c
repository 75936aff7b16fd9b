/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wimplan-apply: finds the command and hands it the machine's facts. */
#include "options.h"
#include "say.h"

#include "wimplan/clock.h"
#include "wimplan/machine.h"
#include "wimplan/version.h"

#include <curl/curl.h>
#include <string.h>

static const struct wp_apply_command *const commands[] = { &wp_apply_check, &wp_apply_run, &wp_apply_status };
#define COMMANDS (sizeof commands / sizeof *commands)

static void add_overview(struct wp_buf *buf)
{
	wp_buf_puts(buf, "Usage: wimplan-apply COMMAND [OPTION…] PLAN\n"
			 "Carries out a plan of wimplan at a Configuration Manager site.\n\n"
			 "Commands:\n");
	for (size_t i = 0; i < COMMANDS; i++)
		wp_buf_printf(buf, "  %-10s %s\n", commands[i]->name, commands[i]->summary);
	wp_buf_puts(buf, "\n"
			 "wimplan-apply help COMMAND describes a command, man wimplan-apply the whole.\n"
			 "Start with: wimplan-apply check --provider https://HOST/AdminService plan.json\n");
}

static const struct wp_apply_command *find_command(const char *name)
{
	for (size_t i = 0; i < COMMANDS; i++)
		if (!strcmp(commands[i]->name, name))
			return commands[i];
	return NULL;
}

static int unknown_command(struct wp_apply *apply, const char *name)
{
	struct wp_nearest nearest = { .given = name };

	if (name[0] == '-')
		return wp_apply_usage(apply, name, "option '%s' stands before a command", name);
	for (size_t i = 0; i < COMMANDS; i++)
		wp_nearest_try(&nearest, commands[i]->name);
	if (nearest.name)
		return wp_apply_usage(apply, name, "'%s' is no command of wimplan-apply; did you mean %s", name,
				      nearest.name);
	return wp_apply_usage(apply, name, "'%s' is no command of wimplan-apply", name);
}

static int run(struct wp_apply *apply, int argc, char **argv)
{
	struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };
	const char *name = argc > 1 ? argv[1] : NULL;
	int status;

	if (name && !strcmp(name, "--version")) {
		wp_buf_puts(&text, "wimplan-apply " WIMPLAN_VERSION "\n");
		return wp_apply_emit(apply, WP_TEXT_PLAIN, &text);
	}
	/* "help run" is "run --help". */
	if (name && !strcmp(name, "help") && argc > 2 && argv[2][0] != '-') {
		static char option[] = "--help";
		char *words[] = { argv[2], option, NULL };

		apply->command = find_command(argv[2]);
		return apply->command ? wp_apply_options(apply, 2, words) : unknown_command(apply, argv[2]);
	}
	if (name && (!strcmp(name, "--help") || !strcmp(name, "-h") || !strcmp(name, "help"))) {
		add_overview(&text);
		return wp_apply_emit(apply, WP_TEXT_PLAIN, &text);
	}
	if (!name) {
		add_overview(&text);
		wp_tell(wp_buf_text(&text));
		return wp_apply_end(apply, WP_EXIT_USAGE);
	}
	apply->command = find_command(name);
	if (!apply->command)
		return unknown_command(apply, name);
	status = wp_apply_options(apply, argc - 1, argv + 1);
	return status ? status : apply->command->run(apply);
}

int main(int argc, char **argv)
{
	wp_program_start(argc, argv);

	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct wp_env env;
	struct wp_apply apply = { .arena = arena, .argv = argv };

	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
		wp_program_say("wimplan-apply", "libcurl cannot be used: it does not start; install it again");
		return WP_EXIT_FAILED;
	}
	/* Of what a terminal shows, only the line of progress has to fit its width. */
	env = wp_machine_env(arena, WP_STANDARD_ERROR);
	apply.env = &env;
	apply.said_ms = wp_clock_ms();
	apply.json = wp_program_wants_json(argc, argv);
	run(&apply, argc, argv);
	wp_steps_end(&apply.steps);
	wp_plan_free(apply.plan);
	curl_global_cleanup();
	return wp_program_end(apply.status);
}
