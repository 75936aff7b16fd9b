/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wimplan-apply: its commands. */
#include "apply.h"

#include "wimplan/connection.h"
#include "wimplan/database.h"

static const struct wp_command *const commands[] = { &wp_apply_check, &wp_apply_run, &wp_apply_watch, &wp_apply_status, NULL };

static const struct wp_program program = {
	.name = "wimplan-apply",
	.about = "Usage: wimplan-apply COMMAND [OPTION…] PLAN\n"
		 "Carries out a plan of wimplan at a Configuration Manager site.\n",
	.start = "Start with: wimplan-apply check --provider https://HOST/AdminService plan.json\n",
	.commands = commands,
	.takes = WP_TAKES_PROVIDER | WP_TAKES_ONLY | WP_TAKES_EVENTS,
	.files = wp_apply_files,
};

int main(int argc, char **argv)
{
	wp_program_start(argc, argv);
	wp_db_guard_memory();
	return wp_connection_run(&program, argc, argv);
}
