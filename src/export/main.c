/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wimplan-export: its one command. */
#include "export.h"

#include "wimplan/connection.h"

static const struct wp_command *const commands[] = { &wp_export_command, NULL };

static const struct wp_program program = { .name = "wimplan-export", .commands = commands };

int main(int argc, char **argv)
{
	wp_program_start(argc, argv);
	return wp_connection_run(&program, argc, argv);
}
