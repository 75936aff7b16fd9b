/* SPDX-License-Identifier: GPL-3.0-or-later */
/* flock(): the kernel lets go when the process ends, so no lock is ever left behind. */
#include "lock.h"

#include "wimplan/file.h"

#include <errno.h>
#include <fcntl.h>
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

/*
 * Without O_CREAT first: with fs.protected_regular (sysctl.d(5)) that is refused in a sticky folder for a file of
 * another user, even to root. O_NOFOLLOW and O_NONBLOCK, for anybody may put a link or a FIFO there.
 * The mode is that of SQLite's own files, less the umask: who shares a folder for plans shares the journals in it.
 */
static int open_file(const char *path)
{
	int flags = O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;
	int fd = open(path, flags);

	return fd < 0 && errno == ENOENT ? open(path, flags | O_CREAT, 0666) : fd;
}

int wp_lock_file(const char *path, const char *what, int *ret_fd, struct wp_error *err)
{
	int fd __attribute__((cleanup(wp_closep))) = open_file(path);
	char who[40] = "another process";
	long holder;

	if (fd < 0)
		return wp_fail(err, WP_E_FAILED, "lock", path, "%s cannot be opened: %s", path, strerror(errno));
	if (!flock(fd, LOCK_EX | LOCK_NB)) {
		*ret_fd = fd;
		fd = -1;
		return WP_OK;
	}
	if (errno != EWOULDBLOCK)
		return wp_fail(err, WP_E_FAILED, "lock", path, "%s cannot be locked: %s", path, strerror(errno));
	holder = find_holder(fd);
	if (holder)
		snprintf(who, sizeof who, "process %ld", holder);
	return wp_fail(err, WP_E_BUSY, "busy", path, "%s is applying %s; wait until it has ended", who, what);
}
