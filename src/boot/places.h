/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the programs that start a computer, and what goes with them, stand in an image. */
#ifndef WIMPLAN_BOOT_PLACES_H
#define WIMPLAN_BOOT_PLACES_H

#include "wimplan/boot.h"
#include "wimplan/limits.h"

struct wp_boot_place {
	const char *path; /* "*" is any folder */
	enum wp_boot_role role;
	bool program;
};

/* All of them, in the order in which their files are told of; *@ret_count is their number. */
const struct wp_boot_place *wp_boot_places(size_t *ret_count);

struct wp_boot_found {
	uint32_t nodes[WP_LIMIT_BOOT_AT_PLACE]; /* files, in the order of the tree */
	size_t count;
	bool more; /* there are others behind them */
};

/* Looks for the files at a place. Pure. */
void wp_boot_place_find(const struct wp_boot_place *place, const struct wp_tree *tree, struct wp_boot_found *ret);

#endif
