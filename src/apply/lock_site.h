/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One run at a time at one site. */
#ifndef WIMPLAN_APPLY_LOCK_SITE_H
#define WIMPLAN_APPLY_LOCK_SITE_H

#include "wimplan/error.h"

/*
 * The lock of one provider and site, for all users of this machine (precisely: of this network namespace). WP_E_BUSY
 * names the process and the user that hold it. @provider is a URL; spellings of one URL are one lock. The caller closes
 * *@ret_fd to let go.
 */
int wp_lock_site(const char *provider, const char *site_code, int *ret_fd, struct wp_error *err);

#endif
