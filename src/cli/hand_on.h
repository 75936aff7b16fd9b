/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wimplan is two programs: a small one that starts quickly, and the whole one behind it. */
#ifndef WIMPLAN_CLI_HAND_ON_H
#define WIMPLAN_CLI_HAND_ON_H

#include "wimplan/program.h"

/*
 * Puts the whole program in the place of this one, with the arguments of the call (cli->argv), whose order getopt may have
 * changed, not their meaning. It takes no memory. Returns only when that fails: WP_E_FAILED with the error in @cli.
 */
int wp_hand_on(struct wp_cli *cli);

#endif
