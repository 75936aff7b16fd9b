/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From the small program to the whole one. */
#include "hand_on.h"

#include "wimplan/machine.h"

#include <string.h>

/* Where it is, from the folder of the small one or that above: in the folder of a build, and in one that `make install` fills. */
#define WHOLE "libexec/wimplan/wimplan"

int wp_hand_on(struct wp_cli *cli)
{
	char path[WP_PROGRAM_PATH];
	int reason = wp_process_become(WHOLE, cli->argv, path);

	return wp_fail(&cli->err, WP_E_FAILED, "not-installed", path,
		       "%s cannot be started: %s; it is the part of wimplan that does all but --version and a plain inspect: install "
		       "wimplan again", path, strerror(reason));
}
