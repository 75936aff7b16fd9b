/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The WIMs that a call names: files, and what is in installation media. */
#ifndef WIMPLAN_CLI_WIMS_H
#define WIMPLAN_CLI_WIMS_H

#include "cli.h"

#include "wimplan/boot.h"
#include "wimplan/media.h"
#include "wimplan/wim.h"

struct wp_cli_wim {
	struct wp_wim_place place;
	const struct wp_media *media; /* in which it is; NULL: it is a file of its own */
	const struct wp_boot_image *media_boot; /* what starts the medium, where somebody looked; borrowed */
	size_t operand;               /* that led to it */
};

struct wp_cli_wims {
	struct wp_cli_wim *items; /* in the order of the operands, at least one of each */
	size_t count;
	struct wp_media **media; /* all that are open */
	size_t media_count;
};

/*
 * Finds the operands, paths of Windows too (wp_cli_find_operands()). An .iso stands for the WIMs in its folders sources;
 * "w11.iso:sources/boot.wim" for one file in it, unless there is a file of that very name. What is no WIM has diagnostics that say
 * so. To be closed; the rest is in the call's arena.
 */
int wp_cli_find_wims(struct wp_cli *cli, struct wp_cli_wims *ret);
void wp_cli_wims_close(struct wp_cli_wims *wims);

/*
 * The one WIM that an operand stands for; of an .iso with several that is the only install.wim, .esd or .swm. A usage error
 * where there is no telling.
 */
int wp_cli_choose_wim(struct wp_cli *cli, const struct wp_cli_wims *wims, size_t operand, const struct wp_cli_wim **ret);

#endif
