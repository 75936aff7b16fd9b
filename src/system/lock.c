/* SPDX-License-Identifier: GPL-3.0-or-later */
/* flock() and names that are bound: the kernel lets go when the process ends, so no lock is ever left behind. */
#include "wimplan/lock.h"

#include "wimplan/file.h"

#include <errno.h>
#include <pwd.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>

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

		/* NOLINTNEXTLINE(cert-err34-c): the kernel writes numbers that fit */
		if (sscanf(line, "%*d: FLOCK ADVISORY WRITE %ld %x:%x:%llu", &pid, &major, &minor, &inode) == 4 &&
		    inode == status.st_ino && makedev(major, minor) == status.st_dev)
			holder = pid;
	}
	fclose(list);
	return holder;
}

/* Without waiting, and again after a signal, by which network file systems let it end. False with errno. */
static bool try_lock(int fd, int how)
{
	int result;

	do
		result = flock(fd, how | LOCK_NB);
	while (result && errno == EINTR);
	return !result;
}

int wp_lock_file(int fd, const char *path, const char *what, struct wp_error *err)
{
	char who[40] = "another process";
	long holder;

	if (try_lock(fd, LOCK_EX))
		return WP_OK;
	if (errno != EWOULDBLOCK)
		return wp_fail(err, WP_E_FAILED, "lock", path, "%s cannot be locked: %s", path, strerror(errno));
	holder = find_holder(fd);
	if (holder)
		snprintf(who, sizeof who, "process %ld", holder);
	return wp_fail(err, WP_E_BUSY, "busy", path, "%s is applying %s and holds %s; wait until it has ended", who, what, path);
}

bool wp_lock_share(int fd)
{
	return try_lock(fd, LOCK_SH);
}

/* An abstract name (unix(7)): no file, no permissions. */
static socklen_t make_address(const char *name, struct sockaddr_un *ret)
{
	int length;

	*ret = (struct sockaddr_un){ .sun_family = AF_UNIX };
	length = snprintf(ret->sun_path + 1, sizeof ret->sun_path - 1, "%s", name);
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)length);
}

/*
 * Who listens under the name: a client sees the process that called listen(), and its user (SO_PEERCRED, unix(7)). One
 * that was bound a moment ago and does not listen yet, or has just ended, refuses and stays unknown.
 */
static void describe_holder(const struct sockaddr_un *address, socklen_t length, char *who, size_t room)
{
	/* The holder never accepts: without SOCK_NONBLOCK a full queue would keep connect() waiting for its end. */
	int fd __attribute__((cleanup(wp_closep))) = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	struct ucred holder;
	socklen_t size = sizeof holder;
	const struct passwd *user;
	int at;

	snprintf(who, room, "another process");
	if (fd < 0 || connect(fd, (const struct sockaddr *)address, length) ||
	    getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &holder, &size))
		return;
	/* 0: a process that this PID namespace does not see. */
	at = holder.pid ? snprintf(who, room, "process %ld", (long)holder.pid) : (int)strlen(who);
	user = getpwuid(holder.uid);
	if (user)
		snprintf(who + at, room - (size_t)at, " of the user %s", user->pw_name);
	else
		snprintf(who + at, room - (size_t)at, " of the user %lu", (unsigned long)holder.uid);
}

int wp_lock_name(const char *name, int *ret_fd, char *who, size_t room)
{
	struct sockaddr_un address;
	socklen_t length = make_address(name, &address);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), error;

	if (fd >= 0 && !bind(fd, (struct sockaddr *)&address, length) && !listen(fd, SOMAXCONN)) {
		*ret_fd = fd;
		return 0;
	}
	error = errno;
	wp_closep(&fd);
	if (error == EADDRINUSE)
		describe_holder(&address, length, who, room);
	return error;
}
