/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the commands that read exports share. */
#ifndef WIMPLAN_CLI_EXPORTS_H
#define WIMPLAN_CLI_EXPORTS_H

#include "cli.h"

#include "wimplan/import.h"

/* Reads the value of --date-order. Returns 0, or the exit status after having said why not. */
int wp_cli_read_date_order(struct wp_cli *cli, const char *text, enum wp_date_order *ret);

/* Says on standard error what is odd about an export; with --verbose also what is only worth knowing. */
void wp_cli_note_remarks(const struct wp_cli *cli, const struct wp_diags *diags);

#endif
