/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One run at a time: locks that end with the process that holds them, however it ends. */
#ifndef WIMPLAN_LOCK_H
#define WIMPLAN_LOCK_H

#include "wimplan/error.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * Locks the open file @fd, until it is closed. WP_E_BUSY names the process that holds it and @what it does; @path is for
 * messages.
 */
int wp_lock_file(int fd, const char *path, const char *what, struct wp_error *err);

/* True when no process has locked the open file like this; none can until it is closed. */
bool wp_lock_share(int fd);

/*
 * A name that only one process of the machine can have at a time (precisely: of this network namespace), whoever its user
 * is. 0, and the caller closes *@ret_fd to let go; EADDRINUSE, and @who, of @room bytes, gets "process 123 of the user
 * admin"; or another errno.
 */
int wp_lock_name(const char *name, int *ret_fd, char *who, size_t room);

#endif
