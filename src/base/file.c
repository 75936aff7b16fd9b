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

static int too_large(const char *name, const char *path, size_t limit, struct wp_error *err)
{
	return wp_fail(err, WP_E_FAILED, "too-large", path,
		       "%s is larger than the %zu bytes that are read of such a file; check that it is the right one",
		       name, limit);
}

int wp_file_open(const char *path, size_t limit, int *ret_fd, size_t *ret_size, struct wp_error *err)
{
	/* Opening a pipe without a writer would wait for one for ever. */
	__attribute__((cleanup(wp_closep))) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st;

	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return wp_fail(err, WP_E_NOT_FOUND, "not-found", path, "%s does not exist; check the path", path);
	if (fd < 0)
		return wp_fail(err, WP_E_FAILED, "unreadable", path, "%s cannot be opened: %s", path, strerror(errno));
	if (fstat(fd, &st) != 0)
		return wp_fail(err, WP_E_FAILED, "unreadable", path, "%s cannot be examined: %s", path,
			       strerror(errno));
	if (!S_ISREG(st.st_mode))
		return wp_fail(err, WP_E_FAILED, "not-regular-file", path,
			       "%s is %s where a file is needed; name a file", path, kind_of(st.st_mode));
	if ((uintmax_t)st.st_size > limit)
		return too_large(path, path, limit, err);
	*ret_fd = fd;
	*ret_size = (size_t)st.st_size;
	fd = -1;
	return WP_OK;
}

int wp_file_read(struct wp_arena *arena, const char *path, size_t limit, char **ret_bytes, size_t *ret_length,
		 struct wp_error *err)
{
	bool is_stdin = strcmp(path, "-") == 0;
	const char *name = is_stdin ? "standard input" : path;
	__attribute__((cleanup(wp_closep))) int opened = -1;
	int fd = STDIN_FILENO, status;
	size_t capacity = STREAM_BLOCK;
	size_t length = 0;
	char *bytes;

	if (limit > SIZE_MAX / 4)
		limit = SIZE_MAX / 4;
	if (!is_stdin) {
		size_t size = 0;

		status = wp_file_open(path, limit, &opened, &size, err);
		if (status)
			return status;
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

struct wp_file_writer {
	const char *path;      /* as the caller names it; NULL for standard output */
	char *real;            /* what is replaced: behind a symbolic link the file, not the link */
	struct wp_buf folder;  /* of @real, with its slash, or "" */
	struct wp_buf name;    /* of the temporary file; empty when @fd is written in place */
	int fd;
	int reason; /* the errno of the first failure; 0 while all is well */
	bool probe; /* nothing is put in its place */
};

static void free_writer(struct wp_file_writer *writer)
{
	wp_buf_free(&writer->folder);
	wp_buf_free(&writer->name);
	free(writer->real);
	free(writer);
}

/* @old: the file that is replaced, NULL when there is none. Returns 0 or an errno. */
static int begin_replacing(struct wp_file_writer *writer, const struct stat *old)
{
	const char *slash = strrchr(writer->real, '/');
	mode_t old_mode = old ? old->st_mode & 0777 : 0;

	wp_buf_add(&writer->folder, writer->real, slash ? (size_t)(slash - writer->real) + 1 : 0);
	/* Never wider than the old file, not even for a moment; the umask applies to a new one. */
	writer->fd = open_temporary(wp_buf_text(&writer->folder), old ? old_mode : 0666, &writer->name);
	if (writer->fd < 0)
		return errno;
	/* File systems without modes refuse this; the file is then as narrow as the umask made it. */
	if (old && fchmod(writer->fd, old_mode) != 0 && errno != EPERM && errno != ENOTSUP)
		writer->reason = errno;
	return 0;
}

int wp_file_begin(const char *path, struct wp_file_writer **ret_writer, struct wp_error *err)
{
	struct wp_file_writer *writer = calloc(1, sizeof *writer);
	struct stat st;
	bool exists;

	if (!writer)
		abort();
	*ret_writer = writer;
	writer->fd = STDOUT_FILENO;
	if (!path || strcmp(path, "-") == 0)
		return WP_OK;
	writer->path = path;
	exists = stat(path, &st) == 0;
	/* Devices and pipes cannot be replaced by a file and must not be: they are written to. */
	if (exists && !S_ISREG(st.st_mode)) {
		writer->fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
		if (writer->fd < 0)
			writer->reason = errno;
	} else {
		writer->real = exists ? realpath(path, NULL) : NULL;
		if (!writer->real)
			writer->real = strdup(path);
		if (!writer->real)
			abort();
		writer->reason = begin_replacing(writer, exists ? &st : NULL);
	}
	if (writer->fd >= 0)
		return WP_OK;
	wp_fail(err, WP_E_FAILED, "unwritable", path, "%s cannot be written: %s", path, strerror(writer->reason));
	free_writer(writer);
	*ret_writer = NULL;
	return WP_E_FAILED;
}

void wp_file_add(struct wp_file_writer *writer, const void *bytes, size_t length)
{
	if (!writer->reason && write_all(writer->fd, bytes, length) != 0)
		writer->reason = errno;
}

/* Ends the writing; the file is replaced when nothing failed. */
static void finish(struct wp_file_writer *writer)
{
	if (!writer->path)
		return;
	if (!writer->reason && writer->name.length && fsync(writer->fd) != 0)
		writer->reason = errno;
	/* Network file systems report a full disk as late as here. */
	if (close(writer->fd) != 0 && !writer->reason)
		writer->reason = errno;
	if (!writer->name.length)
		return;
	if (!writer->reason && !writer->probe && rename(writer->name.data, writer->real) != 0)
		writer->reason = errno;
	if (writer->reason || writer->probe)
		unlink(writer->name.data);
	else
		writer->reason = sync_folder(wp_buf_text(&writer->folder));
}

int wp_file_commit(struct wp_file_writer *writer, struct wp_error *err)
{
	int status = WP_OK;

	finish(writer);
	if (writer->reason && !writer->path)
		status = wp_fail(err, WP_E_FAILED, "stdout", NULL, "standard output cannot be written: %s",
				 strerror(writer->reason));
	else if (writer->reason)
		status = wp_fail(err, WP_E_FAILED, "unwritable", writer->path, "%s cannot be written: %s",
				 writer->path, strerror(writer->reason));
	free_writer(writer);
	return status;
}

int wp_file_write(const char *path, const void *bytes, size_t length, struct wp_error *err)
{
	struct wp_file_writer *writer;

	if (wp_file_begin(path, &writer, err))
		return WP_E_FAILED;
	wp_file_add(writer, bytes, length);
	return wp_file_commit(writer, err);
}

int wp_file_probe(const char *path, size_t length, struct wp_error *err)
{
	static const char nothing[4096];
	struct wp_file_writer *writer;
	struct stat st;

	if (!path || !strcmp(path, "-") || (!stat(path, &st) && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode)))
		return WP_OK;
	if (wp_file_begin(path, &writer, err))
		return WP_E_FAILED;
	writer->probe = true;
	for (size_t left = length; left && !writer->reason;) {
		size_t piece = left < sizeof nothing ? left : sizeof nothing;

		wp_file_add(writer, nothing, piece);
		left -= piece;
	}
	return wp_file_commit(writer, err);
}
