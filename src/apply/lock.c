/* SPDX-License-Identifier: GPL-3.0-or-later */
/* flock(): the kernel lets go when the process ends, so no lock is ever left behind. */
#include "lock.h"

#include "wimplan/hash.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* Who holds the lock, from the kernel's list (proc_locks(5)); 0 when it does not tell. */
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

static int busy(const char *path, int fd, bool read_pid, const char *what, struct wp_error *err)
{
	long holder = find_holder(fd);
	char text[24] = "";

	/* In a container the list may be empty: then what the holder wrote has to do. */
	if (!holder && read_pid && pread(fd, text, sizeof text - 1, 0) > 0)
		holder = strtol(text, NULL, 10);
	if (!holder)
		return wp_fail(err, WP_E_BUSY, "busy", path, "another process is applying %s; wait until it has ended",
			       what);
	return wp_fail(err, WP_E_BUSY, "busy", path, "process %ld is applying %s; wait until it has ended", holder,
		       what);
}

/* Somebody else's file stands where the lock is: like a lock that is held, it is no failure of this program. */
static int not_permitted(const char *path, const char *why, struct wp_error *err)
{
	return wp_fail(err, WP_E_BUSY, "lock-not-permitted", path,
		       "the lock file %s cannot be used: %s; wait until its owner's run has ended and have the file "
		       "removed, or set XDG_RUNTIME_DIR to a folder of your own",
		       path, why);
}

/*
 * Without O_CREAT first: with fs.protected_regular (sysctl.d(5)) that is refused in a sticky folder for a file of
 * another user, even to root. O_NOFOLLOW and O_NONBLOCK, for anybody may put a link or a FIFO there.
 */
static int open_lock(const char *path)
{
	int flags = O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;
	int fd = open(path, flags);

	return fd < 0 && errno == ENOENT ? open(path, flags | O_CREAT, 0600) : fd;
}

/* In a folder that all may write to, a file of another user may be a hard link to one that matters. */
static bool is_own(int fd)
{
	struct stat status;

	return !fstat(fd, &status) && S_ISREG(status.st_mode) && status.st_uid == geteuid() && status.st_nlink == 1;
}

int wp_lock_take(const char *path, bool write_pid, const char *what, int *ret_fd, struct wp_error *err)
{
	int fd = open_lock(path), status;
	char text[24];

	if (fd < 0 && write_pid && (errno == EACCES || errno == EPERM || errno == ELOOP || errno == ENXIO))
		return not_permitted(path, strerror(errno), err);
	if (fd < 0)
		return wp_fail(err, WP_E_FAILED, "lock", path, "%s cannot be opened: %s", path, strerror(errno));
	if (write_pid && !is_own(fd)) {
		close(fd);
		return not_permitted(path, "it is not a file of your own", err);
	}
	if (flock(fd, LOCK_EX | LOCK_NB)) {
		status = errno == EWOULDBLOCK ? busy(path, fd, write_pid, what, err)
					      : wp_fail(err, WP_E_FAILED, "lock", path, "%s cannot be locked: %s", path,
							strerror(errno));
		close(fd);
		return status;
	}
	if (write_pid) {
		int length = snprintf(text, sizeof text, "%ld\n", (long)getpid());

		if (ftruncate(fd, 0) || pwrite(fd, text, (size_t)length, 0) != length) {
			close(fd);
			return wp_fail(err, WP_E_FAILED, "lock", path, "%s cannot be written: %s", path,
				       strerror(errno));
		}
	}
	*ret_fd = fd;
	return WP_OK;
}

int wp_lock_site(const struct wp_env *env, const char *provider, const char *site_code, int *ret_fd,
		 struct wp_error *err)
{
	const char *folder = env->get("XDG_RUNTIME_DIR");
	char name[2048], digest[WP_HASH_TEXT], path[4096], what[1200], user[24] = "";
	int length = snprintf(name, sizeof name, "%s\n%s", provider, site_code);

	/* Host names and paths of the provider do not tell upper from lower case. */
	for (char *at = name; *at; at++)
		*at = (char)tolower((unsigned char)*at);
	wp_sha256_text(name, (size_t)length < sizeof name ? (size_t)length : sizeof name - 1, digest);
	/* Without a folder of the user's own, the name is: nobody's leftover file stands in another's way. */
	if (!folder || *folder != '/') {
		folder = access("/run/lock", W_OK | X_OK) ? "/tmp" : "/run/lock";
		snprintf(user, sizeof user, "%lu-", (unsigned long)geteuid());
	}
	snprintf(path, sizeof path, "%s/wimplan-apply-%s%.16s.lock", folder, user, digest + strlen("sha256:"));
	snprintf(what, sizeof what, "a plan at %s, site %s", provider, site_code);
	return wp_lock_take(path, true, what, ret_fd, err);
}
