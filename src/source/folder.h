/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The folder of an upgrade package beside its install.wim. */
#ifndef WIMPLAN_SOURCE_FOLDER_H
#define WIMPLAN_SOURCE_FOLDER_H

#include "wimplan/source.h"

/* What its other files are. */
struct wp_folder {
	char digest[WP_HASH_TEXT];   /* of the manifest */
	struct wp_manifest manifest; /* text is NULL when it is larger than its limit, or not wanted */
	uint64_t files;
	uint64_t bytes; /* of all of them */
	struct wp_time newest; /* newest mtime of them */
	const char *newest_path; /* the first by name that has it */
};

enum wp_folder_result {
	WP_FOLDER_OK,
	WP_FOLDER_UNREADABLE, /* a folder below cannot be listed, or there are more than @limit names */
	WP_FOLDER_CHANGED,    /* a name vanished while the folder was read */
};

/*
 * Reads the names, sizes and times below the open @folder, but for the file at @skip (relative to it), and nothing that
 * is not below it, whatever links come up meanwhile. The manifest is in @arena; @keep says whether it is wanted.
 * *@ret_detail says what is wrong, naming only what is below the folder.
 */
enum wp_folder_result wp_folder_read(struct wp_arena *arena, int folder, const char *skip, size_t limit,
				     bool keep, struct wp_folder *ret, const char **ret_detail);

#endif
