/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files of ours: read whole within a bound, written whole or not at all. */
#ifndef WIMPLAN_FILE_H
#define WIMPLAN_FILE_H

#include "wimplan/arena.h"
#include "wimplan/error.h"

#include <stddef.h>
#include <stdio.h>

/*
 * Reads a regular file of at most @limit bytes into @arena, with a NUL behind it. "-" reads standard input.
 * WP_E_NOT_FOUND when there is none, so that a caller may go on without it.
 */
int wp_file_read(struct wp_arena *arena, const char *path, size_t limit, char **ret_bytes, size_t *ret_length,
		 struct wp_error *err);

/*
 * Replaces @path with these bytes: a temporary file in the same folder, fsync, rename, fsync of the folder. Either the
 * old file is there afterwards or the new one, whole. "-" and NULL write to standard output and check that all of it went out.
 */
int wp_file_write(const char *path, const void *bytes, size_t length, struct wp_error *err);

static inline void wp_fclosep(FILE **file)
{
	if (*file)
		fclose(*file);
}

/* close() for cleanup attributes; -1 is allowed. */
void wp_closep(int *fd);

#endif
