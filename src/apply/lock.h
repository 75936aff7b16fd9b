/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One run at a time: locks that end with the process that holds them, however it ends. */
#ifndef WIMPLAN_APPLY_LOCK_H
#define WIMPLAN_APPLY_LOCK_H

#include "wimplan/error.h"

/*
 * Locks the open file @fd, until it is closed. WP_E_BUSY names the process that holds it and @what it does; @path is for
 * messages.
 */
int wp_lock_file(int fd, const char *path, const char *what, struct wp_error *err);

/*
 * The lock of one provider and site, for all users of this machine (precisely: of this network namespace). WP_E_BUSY
 * names the process and the user that hold it. @provider is a URL; spellings of one URL are one lock. The caller closes
 * *@ret_fd to let go.
 */
int wp_lock_site(const char *provider, const char *site_code, int *ret_fd, struct wp_error *err);

#endif
