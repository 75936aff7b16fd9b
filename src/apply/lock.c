/* SPDX-License-Identifier: GPL-3.0-or-later */
/* flock(): the kernel lets go when the process ends, so no lock is ever left behind. */
#include "lock.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

/* Who holds the lock, from the kernel's list (proc_locks(5)); 0 when it does not tell, as in a container. */
static long find_holder(int fd)
{
	FILE *list = fopen("/proc/locks", "re");
	struct stat status;
	char line[256];
	long holder = 0;

	if (!list)
		return 0;
	while (!fstat(fd, &status) && !holder && fgets(line, sizeof line, list)) {
		unsigned int major, minor;
		unsigned long long inode;
		long pid;

		if (sscanf(line, "%*d: FLOCK ADVISORY WRITE %ld %x:%x:%llu", &pid, &major, &minor, &inode) == 4 &&
		    inode == status.st_ino && makedev(major, minor) == status.st_dev)
			holder = pid;
	}
	fclose(list);
	return holder;
}

int wp_lock_file(int fd, const char *path, const char *what, struct wp_error *err)
{
	char who[40] = "another process";
	long holder;

	if (!flock(fd, LOCK_EX | LOCK_NB))
		return WP_OK;
	if (errno != EWOULDBLOCK)
		return wp_fail(err, WP_E_FAILED, "lock", path, "%s cannot be locked: %s", path, strerror(errno));
	holder = find_holder(fd);
	if (holder)
		snprintf(who, sizeof who, "process %ld", holder);
	return wp_fail(err, WP_E_BUSY, "busy", path, "%s is applying %s; wait until it has ended", who, what);
}
