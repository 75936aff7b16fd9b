/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files read whole within a bound, and written whole or not at all. */
#include "wimplan/file.h"
#include "wimplan/buf.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define STREAM_BLOCK ((size_t)64 * 1024)
/* Temporary names that are tried; each that is taken was left behind by a process with our number. */
#define TEMPORARY_NAMES 1000

void wp_closep(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

/* A standard stream may have been made non-blocking by whoever else has it open. True when it is worth a new try. */
static bool wait_for(int fd, short events)
{
	struct pollfd poll_fd = { .fd = fd, .events = events };

	if (errno == EINTR)
		return true;
	if (errno != EAGAIN)
		return false;
	return poll(&poll_fd, 1, -1) >= 0 || errno == EINTR;
}

/* Like read(), which is told to go on. */
static ssize_t read_some(int fd, char *bytes, size_t room)
{
	ssize_t got;

	do {
		got = read(fd, bytes, room);
	} while (got < 0 && wait_for(fd, POLLIN));
	return got;
}

static int write_all(int fd, const char *bytes, size_t length)
{
	while (length) {
		ssize_t put = write(fd, bytes, length);

		if (put < 0) {
			if (!wait_for(fd, POLLOUT))
				return -1;
			continue;
		}
		bytes += put;
		length -= (size_t)put;
	}
	return 0;
}

static const char *kind_of(mode_t mode)
{
	if (S_ISDIR(mode))
		return "a folder";
	if (S_ISFIFO(mode))
		return "a pipe";
	return "a device or a socket";
}

static int open_regular(const char *path, size_t *ret_size, struct wp_error *err)
{
	struct stat st;
	/* Opening a pipe without a writer would wait for one for ever. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (fd < 0) {
		if (errno == ENOENT || errno == ENOTDIR)
			return wp_fail(err, WP_E_NOT_FOUND, "not-found", path, "%s does not exist; check the path",
				       path);
		return wp_fail(err, WP_E_FAILED, "unreadable", path, "%s cannot be opened: %s", path, strerror(errno));
	}
	if (fstat(fd, &st) != 0) {
		int reason = errno;

		close(fd);
		return wp_fail(err, WP_E_FAILED, "unreadable", path, "%s cannot be examined: %s", path,
			       strerror(reason));
	}
	if (!S_ISREG(st.st_mode)) {
		close(fd);
		return wp_fail(err, WP_E_FAILED, "not-regular-file", path,
			       "%s is %s where a file is needed; name a file", path, kind_of(st.st_mode));
	}
	*ret_size = (uintmax_t)st.st_size < SIZE_MAX / 4 ? (size_t)st.st_size : SIZE_MAX / 4;
	return fd;
}

static int too_large(const char *name, const char *path, size_t limit, struct wp_error *err)
{
	return wp_fail(err, WP_E_FAILED, "too-large", path,
		       "%s is larger than the %zu bytes that are read of such a file; check that it is the right one",
		       name, limit);
}

int wp_file_read(struct wp_arena *arena, const char *path, size_t limit, char **ret_bytes, size_t *ret_length,
		 struct wp_error *err)
{
	bool is_stdin = strcmp(path, "-") == 0;
	const char *name = is_stdin ? "standard input" : path;
	__attribute__((cleanup(wp_closep))) int opened = -1;
	int fd = STDIN_FILENO;
	size_t capacity = STREAM_BLOCK;
	size_t length = 0;
	char *bytes;

	if (limit > SIZE_MAX / 4)
		limit = SIZE_MAX / 4;
	if (!is_stdin) {
		size_t size = 0;

		opened = open_regular(path, &size, err);
		if (opened < 0)
			return opened;
		if (size > limit)
			return too_large(name, path, limit, err);
		fd = opened;
		/* One byte for the NUL, and one to see that the file ends where it said. */
		capacity = size + 2;
	}
	bytes = wp_arena_alloc(arena, capacity);
	for (;;) {
		ssize_t got;

		if (length + 1 == capacity) {
			char *more = wp_arena_alloc(arena, 2 * capacity);

			memcpy(more, bytes, length);
			bytes = more;
			capacity *= 2;
		}
		got = read_some(fd, bytes + length, capacity - 1 - length);
		if (got < 0)
			return wp_fail(err, WP_E_FAILED, "unreadable", path, "%s cannot be read: %s", name,
				       strerror(errno));
		if (got == 0)
			break;
		length += (size_t)got;
		if (length > limit)
			return too_large(name, path, limit, err);
	}
	bytes[length] = '\0';
	*ret_bytes = bytes;
	if (ret_length)
		*ret_length = length;
	return WP_OK;
}

static int unwritable(const char *path, int reason, struct wp_error *err)
{
	return wp_fail(err, WP_E_FAILED, "unwritable", path, "%s cannot be written: %s", path, strerror(reason));
}

static int write_stdout(const void *bytes, size_t length, struct wp_error *err)
{
	if (write_all(STDOUT_FILENO, bytes, length) != 0)
		return wp_fail(err, WP_E_FAILED, "stdout", NULL, "standard output cannot be written: %s",
			       strerror(errno));
	return WP_OK;
}

/* Devices and pipes cannot be replaced by a file and must not be: they are written to. */
static int write_in_place(const char *path, const void *bytes, size_t length, struct wp_error *err)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0)
		return unwritable(path, errno, err);
	if (write_all(fd, bytes, length) != 0) {
		int reason = errno;

		close(fd);
		return unwritable(path, reason, err);
	}
	return close(fd) == 0 ? WP_OK : unwritable(path, errno, err);
}

/* Opens a new file in the folder @folder (with its slash, or ""), its path in @name. */
static int open_temporary(const char *folder, mode_t mode, struct wp_buf *name)
{
	int number;

	for (number = 0; number < TEMPORARY_NAMES; number++) {
		int fd;

		wp_buf_free(name);
		wp_buf_printf(name, "%s.wimplan-%ld-%d.tmp", folder, (long)getpid(), number);
		fd = open(wp_buf_text(name), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
		if (fd >= 0 || errno != EEXIST)
			return fd;
	}
	return -1;
}

/*
 * Makes the rename last. Returns 0 or an errno. Some network file systems cannot sync a folder, or do not let it be
 * opened: no reason to fail.
 */
static int sync_folder(const char *folder)
{
	int fd = open(*folder ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int reason;

	if (fd < 0)
		return 0;
	reason = fsync(fd) == 0 || errno == EINVAL || errno == ENOTSUP ? 0 : errno;
	close(fd);
	return reason;
}

/* @old: the file that is replaced, NULL when there is none. Returns 0 or an errno. */
static int replace(const char *path, const struct stat *old, const void *bytes, size_t length)
{
	__attribute__((cleanup(wp_buf_free))) struct wp_buf folder = { 0 };
	__attribute__((cleanup(wp_buf_free))) struct wp_buf name = { 0 };
	const char *slash = strrchr(path, '/');
	mode_t old_mode = old ? old->st_mode & 0777 : 0;
	int reason = 0;
	int fd;

	wp_buf_add(&folder, path, slash ? (size_t)(slash - path) + 1 : 0);
	/* Never wider than the old file, not even for a moment; the umask applies to a new one. */
	fd = open_temporary(wp_buf_text(&folder), old ? old_mode : 0666, &name);
	if (fd < 0)
		return errno;
	/* File systems without modes refuse this; the file is then as narrow as the umask made it. */
	if (old && fchmod(fd, old_mode) != 0 && errno != EPERM && errno != ENOTSUP)
		reason = errno;
	if (!reason && (write_all(fd, bytes, length) != 0 || fsync(fd) != 0))
		reason = errno;
	/* Network file systems report a full disk as late as here. */
	if (close(fd) != 0 && !reason)
		reason = errno;
	if (!reason && rename(wp_buf_text(&name), path) != 0)
		reason = errno;
	if (reason) {
		unlink(wp_buf_text(&name));
		return reason;
	}
	return sync_folder(wp_buf_text(&folder));
}

int wp_file_write(const char *path, const void *bytes, size_t length, struct wp_error *err)
{
	struct stat st;
	char *real = NULL;
	bool exists;
	int reason;

	if (!path || strcmp(path, "-") == 0)
		return write_stdout(bytes, length, err);
	exists = stat(path, &st) == 0;
	if (exists && !S_ISREG(st.st_mode))
		return write_in_place(path, bytes, length, err);
	/* Through a symbolic link the file behind it is replaced, not the link. */
	if (exists)
		real = realpath(path, NULL);
	reason = replace(real ? real : path, exists ? &st : NULL, bytes, length);
	free(real);
	return reason ? unwritable(path, reason, err) : WP_OK;
}
