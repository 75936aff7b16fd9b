/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The folder of an upgrade package beside its install.wim. */
#ifndef WIMPLAN_SOURCE_FOLDER_H
#define WIMPLAN_SOURCE_FOLDER_H

#include "wimplan/arena.h"
#include "wimplan/hash.h"
#include "wimplan/time.h"

#include <stdint.h>

/* What its other files are. */
struct wp_folder {
	char manifest[WP_HASH_TEXT]; /* over the sorted lines of all other files */
	uint64_t files;
	uint64_t bytes; /* of all of them */
	struct wp_time newest; /* newest mtime of them */
};

enum wp_folder_result {
	WP_FOLDER_OK,
	WP_FOLDER_UNREADABLE, /* a folder below cannot be listed, or there are more than @limit names */
	WP_FOLDER_CHANGED,    /* a name vanished while the folder was read */
};

/*
 * Reads the names, sizes and times below the open @folder, but for the file at @skip (relative to it), and nothing that
 * is not below it, whatever links come up meanwhile. *@ret_detail says what is wrong, naming only what is below it.
 */
enum wp_folder_result wp_folder_read(struct wp_arena *arena, int folder, const char *skip, size_t limit,
				     struct wp_folder *ret, const char **ret_detail);

#endif
