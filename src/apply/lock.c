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

int wp_lock_take(const char *path, bool write_pid, const char *what, int *ret_fd, struct wp_error *err)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600), status;
	char text[24];

	if (fd < 0)
		return wp_fail(err, WP_E_FAILED, "lock", path, "%s cannot be opened: %s", path, strerror(errno));
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
	char name[2048], digest[WP_HASH_TEXT], path[4096], what[1200];
	int length = snprintf(name, sizeof name, "%s\n%s", provider, site_code);

	/* Host names and paths of the provider do not tell upper from lower case. */
	for (char *at = name; *at; at++)
		*at = (char)tolower((unsigned char)*at);
	wp_sha256_text(name, (size_t)length < sizeof name ? (size_t)length : sizeof name - 1, digest);
	snprintf(path, sizeof path, "%s/wimplan-apply-%.16s.lock", folder && *folder == '/' ? folder : "/tmp",
		 digest + strlen("sha256:"));
	snprintf(what, sizeof what, "a plan at %s, site %s", provider, site_code);
	return wp_lock_take(path, true, what, ret_fd, err);
}
