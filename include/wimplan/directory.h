/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Folders: opened without going astray over links, and listed. All functions return 0 or an errno. */
#ifndef WIMPLAN_DIRECTORY_H
#define WIMPLAN_DIRECTORY_H

#include "wimplan/file.h"

#include <stdbool.h>

/*
 * Opens a folder to list it. What is no folder is opened only to know it again where @file allows it, and is ENOTDIR
 * otherwise.
 */
int wp_directory_open(const char *path, bool file, int *ret_fd);

/*
 * Opens what stands at @relative below the open folder, as above, where the system can tell at once that no link on the way leads out
 * of it. Any errno says only that this was not possible.
 */
int wp_directory_open_inside(int folder, const char *relative, bool file, int *ret_fd);

/* Opens the folder at @relative below the open one, "" for itself. A link at its end is an error. */
int wp_directory_open_below(int folder, const char *relative, int *ret_fd);

/*
 * Where the open file is, is looked at, not where a name would lead: nobody can put a link in between. 0 when @fd is
 * @folder or stands below it, EXDEV when it does not, as openat2() answers for RESOLVE_BENEATH, and another errno where
 * that cannot be told. (openat2() itself also refuses absolute links that lead back into the folder: hence both.)
 */
int wp_directory_inside(int folder, int fd);

/*
 * Calls @take with each name in the open folder but "." and "..", in the order of the disk, and closes it. What @take
 * returns, when it is not 0, ends the listing and is returned.
 */
int wp_directory_list(int folder, int (*take)(void *context, const char *name), void *context);

/* What a name in the open folder is, be it a link. */
int wp_directory_look(int folder, const char *name, struct wp_file_status *ret);

/* Words for an errno, the same in every locale: they become part of a plan. Never NULL. */
const char *wp_directory_reason(int error);

#endif
