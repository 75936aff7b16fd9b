/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One run at a time: locks that end with the process that holds them, however it ends. */
#ifndef WIMPLAN_APPLY_LOCK_H
#define WIMPLAN_APPLY_LOCK_H

#include "wimplan/env.h"
#include "wimplan/error.h"

#include <stdbool.h>

/*
 * Locks a file, making it when there is none. WP_E_BUSY names the process that holds it and @what it holds. @write_pid
 * puts the own id into the file, which is then nothing but a lock. The caller closes *@ret_fd to let go. The file
 * stays. To unlink it is racy: between another process's open() and flock() the name would go, a third would make the
 * file anew, and both would hold "the" lock.
 */
int wp_lock_take(const char *path, bool write_pid, const char *what, int *ret_fd, struct wp_error *err);

/*
 * The lock of one provider and site: in $XDG_RUNTIME_DIR, or else under a name of the user's own in /run/lock or /tmp.
 * A file there that this user may not open, or that is not his, is WP_E_BUSY too: somebody else has it.
 */
int wp_lock_site(const struct wp_env *env, const char *provider, const char *site_code, int *ret_fd,
		 struct wp_error *err);

#endif
