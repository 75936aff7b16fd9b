/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files read, piece by piece or whole within a bound. */
#include "wimplan/file.h"

#include "internal.h"

#include "wimplan/directory.h"
#include "wimplan/text.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define STREAM_BLOCK ((size_t)64 * 1024)

void wp_closep(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

const char *wp_file_error_text(int error)
{
	const char *text = strerrordesc_np(error);

	return text ? text : "unknown error";
}

/* A standard stream may have been made non-blocking by whoever else has it open. */
bool wp_file_wait(int fd, short events)
{
	struct pollfd poll_fd = { .fd = fd, .events = events };

	if (errno == EINTR)
		return true;
	if (errno != EAGAIN)
		return false;
	return poll(&poll_fd, 1, -1) >= 0 || errno == EINTR;
}

ptrdiff_t wp_file_read_some(int fd, void *bytes, size_t room)
{
	ssize_t got;

	do {
		got = read(fd, bytes, room);
	} while (got < 0 && wp_file_wait(fd, POLLIN));
	return got < 0 ? -errno : got;
}

ptrdiff_t wp_file_read_at(int fd, void *bytes, size_t length, uint64_t offset)
{
	size_t done = 0;

	while (done < length) {
		ssize_t got = pread(fd, (char *)bytes + done, length - done, (off_t)(offset + done));

		if (got < 0 && !wp_file_wait(fd, POLLIN))
			return -errno;
		if (got == 0)
			break;
		if (got > 0)
			done += (size_t)got;
	}
	return (ptrdiff_t)done;
}

int64_t wp_file_seek(int fd, int64_t offset, int whence)
{
	return lseek(fd, offset, whence);
}

int wp_file_descriptor(const char *path)
{
	static const char *const streams[] = { "/dev/stdin", "/dev/stdout", "/dev/stderr" };
	static const char *const folders[] = { "/dev/fd/", "/proc/self/fd/" };
	uint64_t number;

	for (int i = 0; i < 3; i++)
		if (!strcmp(path, streams[i]))
			return i;
	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
		if (!strncmp(path, folders[i], strlen(folders[i])) &&
		    wp_parse_u64(path + strlen(folders[i]), false, &number) && number <= INT_MAX)
			return (int)number;
	return WP_E_FAILED;
}

/* The limits of real files are whole MiB. */
static int too_large(const char *name, const char *path, size_t limit, struct wp_error *err)
{
	bool in_mebibytes = limit && limit % ((size_t)1 << 20) == 0;

	return wp_fail(err, WP_E_FAILED, "too-large", path,
		       "%s is larger than %zu %s, and no more is read of such a file; check that it is the right one", name,
		       in_mebibytes ? limit >> 20 : limit, in_mebibytes ? "MiB" : "bytes");
}

static const char *kind_of(enum wp_file_kind kind)
{
	switch (kind) {
	case WP_FILE_KIND_FOLDER:
		return "a folder";
	case WP_FILE_KIND_PIPE:
		return "a pipe";
	default:
		return "a device or a socket";
	}
}

/* Opens a regular file of at most @limit bytes for reading. WP_E_NOT_FOUND when there is none. */
static int open_limited(const char *path, size_t limit, int *ret_fd, size_t *ret_size, struct wp_error *err)
{
	__attribute__((cleanup(wp_closep))) int fd = -1;
	struct wp_file_status file;
	int error = wp_file_open_any(path, WP_FILE_HOW_FOLLOW, &fd, &file);

	if (error == ENOENT || error == ENOTDIR)
		return wp_fail(err, WP_E_NOT_FOUND, "not-found", path, "%s does not exist; check the path", path);
	if (error)
		return wp_fail(err, WP_E_FAILED, "unreadable", path, "%s cannot be opened: %s", path, strerror(error));
	if (file.kind != WP_FILE_KIND_REGULAR)
		return wp_fail(err, WP_E_FAILED, "not-regular-file", path,
			       "%s is %s where a file is needed; name a file", path, kind_of(file.kind));
	if (file.size > limit)
		return too_large(path, path, limit, err);
	*ret_fd = fd;
	*ret_size = (size_t)file.size;
	fd = -1;
	return WP_OK;
}

int wp_file_read(struct wp_arena *arena, const char *path, size_t limit, char **ret_bytes, size_t *ret_length,
		 struct wp_error *err)
{
	int fd = strcmp(path, "-") ? wp_file_descriptor(path) : STDIN_FILENO, status;
	const char *name = fd == STDIN_FILENO ? "standard input" : path;
	__attribute__((cleanup(wp_closep))) int opened = -1;
	size_t capacity = STREAM_BLOCK;
	size_t length = 0;
	char *bytes;

	if (limit > SIZE_MAX / 4)
		limit = SIZE_MAX / 4;
	if (fd < 0) {
		size_t size = 0;

		status = open_limited(path, limit, &opened, &size, err);
		if (status)
			return status;
		fd = opened;
		/* One byte for the NUL, and one to see that the file ends where it said. */
		capacity = size + 2;
	}
	bytes = wp_arena_alloc(arena, capacity);
	for (;;) {
		ptrdiff_t got;

		if (length + 1 == capacity) {
			char *more = wp_arena_alloc(arena, 2 * capacity);

			memcpy(more, bytes, length);
			bytes = more;
			capacity *= 2;
		}
		got = wp_file_read_some(fd, bytes + length, capacity - 1 - length);
		if (got < 0)
			return wp_fail(err, WP_E_FAILED, "unreadable", path, "%s cannot be read: %s", name,
				       strerror((int)-got));
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

int wp_file_read_text(struct wp_arena *arena, const char *path, size_t limit, char **ret_text, size_t *ret_length,
		      struct wp_error *err)
{
	char *bytes;
	size_t length, at = 0;
	int status = wp_file_read(arena, path, limit, &bytes, &length, err);

	if (!status && wp_text_decode(arena, bytes, length, ret_text, ret_length, &at))
		status = wp_fail(err, WP_E_FAILED, "not-text", path,
				 "%s begins as UTF-16 does and is none at byte %zu; write it again, or give it in UTF-8",
				 strcmp(path, "-") ? path : "standard input", at);
	return status;
}

static enum wp_file_kind kind_of_mode(mode_t mode)
{
	if (S_ISREG(mode))
		return WP_FILE_KIND_REGULAR;
	if (S_ISDIR(mode))
		return WP_FILE_KIND_FOLDER;
	if (S_ISLNK(mode))
		return WP_FILE_KIND_LINK;
	if (S_ISFIFO(mode))
		return WP_FILE_KIND_PIPE;
	if (S_ISBLK(mode))
		return WP_FILE_KIND_DISK;
	return S_ISCHR(mode) ? WP_FILE_KIND_DEVICE : WP_FILE_KIND_SOCKET;
}

/* @result is that of the call which filled @file. */
static int take(int result, const struct stat *file, struct wp_file_status *ret)
{
	if (result)
		return errno;
	*ret = (struct wp_file_status){
		.kind = kind_of_mode(file->st_mode),
		.size = (uint64_t)file->st_size,
		.permissions = file->st_mode & 07777,
		.modified = wp_time_from_unix(file->st_mtim.tv_sec, (uint32_t)file->st_mtim.tv_nsec),
		.modified_unix = file->st_mtim.tv_sec,
		.device = file->st_dev,
		.inode = file->st_ino,
	};
	return 0;
}

int wp_file_look(const char *path, struct wp_file_status *ret)
{
	struct stat file;

	return take(stat(path, &file), &file, ret);
}

int wp_file_look_itself(const char *path, struct wp_file_status *ret)
{
	struct stat file;

	return take(lstat(path, &file), &file, ret);
}

int wp_file_look_open(int fd, struct wp_file_status *ret)
{
	struct stat file;

	return take(fstat(fd, &file), &file, ret);
}

int wp_directory_look(int folder, const char *name, struct wp_file_status *ret)
{
	struct stat file;

	return take(fstatat(folder, name, &file, AT_SYMLINK_NOFOLLOW), &file, ret);
}

bool wp_file_is_folder(const char *path)
{
	struct wp_file_status file;

	return !wp_file_look(path, &file) && file.kind == WP_FILE_KIND_FOLDER;
}

int wp_file_may_write(const char *path)
{
	int mode = wp_file_is_folder(path) ? W_OK | X_OK : W_OK;

	return faccessat(AT_FDCWD, path, mode, AT_EACCESS) ? errno : 0;
}

int wp_open(int folder, const char *path, int flags, mode_t mode)
{
	int fd;

	do
		fd = openat(folder, path, flags | O_CLOEXEC, mode);
	while (fd < 0 && errno == EINTR);
	return fd;
}

int wp_file_open_any(const char *path, enum wp_file_how how, int *ret_fd, struct wp_file_status *ret)
{
	/* O_NONBLOCK: opening a pipe waits for its writer; O_NOCTTY: a terminal must not become ours. */
	int flags = O_NONBLOCK | O_NOCTTY | (how == WP_FILE_HOW_CHANGE ? O_RDWR : O_RDONLY);
	int fd = wp_open(AT_FDCWD, path, flags | (how == WP_FILE_HOW_FOLLOW ? 0 : O_NOFOLLOW), 0);
	int error = fd < 0 ? errno : wp_file_look_open(fd, ret);

	if (!error)
		*ret_fd = fd;
	else if (fd >= 0)
		close(fd);
	return error;
}

int wp_file_open_input(int *ret_fd)
{
	*ret_fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	return *ret_fd < 0 ? errno : 0;
}

int wp_file_resolve(const char *path, char **ret_real)
{
	const char *slash = strrchr(path, '/');
	char *folder = slash ? strndup(path, (size_t)(slash - path) + 1) : strdup(".");
	char *real = folder ? realpath(folder, NULL) : NULL;
	int error = real ? 0 : errno;

	free(folder);
	if (!error && asprintf(ret_real, "%s/%s", real, slash ? slash + 1 : path) < 0)
		wp_out_of_memory();
	free(real);
	return error;
}

int wp_file_put_new(const char *temporary, const char *path)
{
	int error = link(temporary, path) ? errno : 0;

	if (!error || error == EEXIST) {
		unlink(temporary);
		return 0;
	}
	/* Not every file system has links. */
	if (access(path, F_OK) && !rename(temporary, path))
		return 0;
	unlink(temporary);
	return error;
}

void wp_file_remove(const char *path)
{
	unlink(path);
}

int wp_file_make_folders(const char *path)
{
	char *folder = wp_must(strdup(path));
	int error = 0;

	for (char *slash = strchr(folder + 1, '/'); slash && !error; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		error = mkdir(folder, 0700) ? errno : 0;
		/* A read-only file system says so of folders that are there, too. */
		if (error == EEXIST || (error && !access(folder, F_OK)))
			error = 0;
		*slash = '/';
	}
	free(folder);
	return error;
}
