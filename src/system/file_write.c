/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files written whole or not at all. */
#include "wimplan/file.h"

#include "internal.h"

#include "wimplan/buf.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Temporary names that are tried; each that is taken was left behind by a process with our number. */
#define TEMPORARY_NAMES 1000

struct wp_file_writer {
	const char *path;     /* as the caller names it; NULL for standard output */
	struct wp_buf real;   /* what is replaced: behind a symbolic link the file, not the link */
	struct wp_buf folder; /* of @real, with its slash, or "" */
	struct wp_buf name;   /* of the temporary file; empty when @fd is written in place */
	int fd;
	bool borrowed;      /* @fd was open before us */
	int reason;         /* the errno of the first failure; 0 while all is well */
	const char *whence; /* what failed, where the errno alone would mislead; NULL */
	bool probe;         /* nothing is put in its place */
};

static int write_all(int fd, const char *bytes, size_t length)
{
	while (length) {
		ssize_t put = write(fd, bytes, length);

		if (put < 0) {
			if (!wp_file_wait(fd, POLLOUT))
				return WP_E_FAILED;
			continue;
		}
		bytes += put;
		length -= (size_t)put;
	}
	return 0;
}

/* Opens a new file in the folder @folder (with its slash, or ""), its path in @name. */
static int open_temporary(const char *folder, mode_t mode, struct wp_buf *name)
{
	int number;

	for (number = 0; number < TEMPORARY_NAMES; number++) {
		int fd;

		wp_buf_free(name);
		wp_buf_printf(name, "%s.wimplan-%ld-%d.tmp", folder, (long)getpid(), number);
		fd = wp_open(AT_FDCWD, wp_buf_text(name), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode);
		if (fd >= 0 || errno != EEXIST)
			return fd;
	}
	return WP_E_FAILED;
}

int wp_file_make_beside(const char *path, char **ret_name)
{
	struct wp_buf folder __attribute__((cleanup(wp_buf_free))) = { 0 }, name = { 0 };
	int fd, error;

	wp_buf_add(&folder, path, wp_folder_length(path));
	/* The mode is that of SQLite's own files: who shares a folder shares the files in it. */
	fd = open_temporary(wp_buf_text(&folder), 0666, &name);
	error = fd < 0 ? errno : 0;
	if (!error)
		*ret_name = wp_must(strdup(wp_buf_text(&name)));
	wp_buf_free(&name);
	wp_closep(&fd);
	return error;
}

/* Returns 0 or an errno. Not everything can be synced, such as a pipe. */
static int sync_all(int fd)
{
	int result;

	do
		result = fsync(fd);
	while (result && errno == EINTR);
	return !result || errno == EINVAL || errno == ENOTSUP ? 0 : errno;
}

/*
 * Makes the rename last. Returns 0 or an errno. Some network file systems cannot sync a folder, or do not let it be
 * opened: no reason to fail.
 */
static int sync_folder(const char *folder)
{
	int fd = wp_open(AT_FDCWD, *folder ? folder : ".", O_RDONLY | O_DIRECTORY, 0);
	int reason;

	if (fd < 0)
		return 0;
	reason = sync_all(fd);
	close(fd);
	return reason;
}

static void free_writer(struct wp_file_writer *writer)
{
	wp_buf_free(&writer->real);
	wp_buf_free(&writer->folder);
	wp_buf_free(&writer->name);
	free(writer);
}

/*
 * Gives the new file the owner and mode of the old one, as far as we may. It is never wider than the old one: where the
 * group cannot be kept, another group gets no more than everybody.
 */
static int keep_owner(int fd, const struct stat *old)
{
	mode_t mode = old->st_mode & 0777;
	struct stat now;

	if (fstat(fd, &now))
		return errno;
	if (now.st_uid != old->st_uid && fchown(fd, old->st_uid, (gid_t)-1) && errno != EPERM && errno != ENOTSUP)
		return errno;
	if (now.st_gid != old->st_gid && fchown(fd, (uid_t)-1, old->st_gid))
		mode &= ~(mode_t)070 | (mode & 07) << 3;
	/* File systems without modes refuse this; the file is then as narrow as the umask made it. */
	return fchmod(fd, mode) && errno != EPERM && errno != ENOTSUP ? errno : 0;
}

/* @old: the file that is replaced, NULL when there is none. Returns 0 or an errno. */
static int begin_replacing(struct wp_file_writer *writer, const struct stat *old)
{
	const char *real = wp_buf_text(&writer->real);

	/* The folder's permissions would do for a rename. But who takes the right to write from a plan means it. */
	if (old && faccessat(AT_FDCWD, real, W_OK, AT_EACCESS))
		return errno;
	wp_buf_add(&writer->folder, real, wp_folder_length(real));
	/* Never wider than the old file, not even for a moment; the umask applies to a new one. */
	writer->fd = open_temporary(wp_buf_text(&writer->folder), old ? old->st_mode & 0700 : 0666, &writer->name);
	if (writer->fd < 0) {
		writer->whence = errno == EACCES ? "no file can be made in its folder: " : NULL;
		return errno;
	}
	if (old)
		writer->reason = keep_owner(writer->fd, old);
	return 0;
}

/* Opens what the user has named. Returns 0 or an errno. */
static int open_named(struct wp_file_writer *writer)
{
	struct stat st;
	bool exists;
	int reason = wp_file_follow(writer->path, &writer->real, &writer->fd);

	if (reason)
		return reason;
	if (writer->fd >= 0) {
		writer->borrowed = true;
		return fcntl(writer->fd, F_GETFD) < 0 ? errno : 0;
	}
	exists = stat(wp_buf_text(&writer->real), &st) == 0;
	/* Devices and pipes cannot be replaced by a file and must not be: they are written to. */
	if (!exists || S_ISREG(st.st_mode))
		return begin_replacing(writer, exists ? &st : NULL);
	if (writer->probe && !S_ISDIR(st.st_mode))
		return 0;
	writer->fd = wp_open(AT_FDCWD, wp_buf_text(&writer->real), O_WRONLY | O_NOCTTY, 0);
	return writer->fd < 0 ? errno : 0;
}

/* The same under a name that nobody gave. A link that is planted now is replaced itself, for no rename follows one. */
static int open_beside(struct wp_file_writer *writer)
{
	struct stat st;
	bool exists = lstat(writer->path, &st) == 0;

	wp_buf_puts(&writer->real, writer->path);
	if (!exists || S_ISREG(st.st_mode))
		return begin_replacing(writer, exists ? &st : NULL);
	writer->whence = S_ISLNK(st.st_mode) ? "it is a symbolic link, and nobody has named it: "
					     : "it is no regular file, and nobody has named it: ";
	return EEXIST;
}

static int fail_unwritable(const struct wp_file_writer *writer, struct wp_error *err)
{
	const char *real = wp_buf_text(&writer->real), *path = writer->path;
	bool elsewhere = *real && strcmp(real, path);

	return wp_fail(err, WP_E_FAILED, "unwritable", path, "%s%s%s%s cannot be written: %s%s", path,
		       elsewhere ? ", which leads to " : "", elsewhere ? real : "", elsewhere ? "," : "",
		       writer->whence ? writer->whence : "", strerror(writer->reason));
}

static int begin(const char *path, enum wp_file_target target, bool probe, struct wp_file_writer **ret_writer,
		 struct wp_error *err)
{
	struct wp_file_writer *writer = wp_must(calloc(1, sizeof *writer));
	int reason;

	*writer = (struct wp_file_writer){ .fd = STDOUT_FILENO, .borrowed = true, .probe = probe };
	*ret_writer = writer;
	if (!path || strcmp(path, "-") == 0)
		return WP_OK;
	*writer = (struct wp_file_writer){ .path = path, .fd = -1, .probe = probe };
	reason = target == WP_FILE_TARGET_NAMED ? open_named(writer) : open_beside(writer);
	if (!reason)
		return WP_OK;
	writer->reason = reason;
	fail_unwritable(writer, err);
	free_writer(writer);
	*ret_writer = NULL;
	return WP_E_FAILED;
}

int wp_file_begin(const char *path, enum wp_file_target target, struct wp_file_writer **ret_writer,
		  struct wp_error *err)
{
	return begin(path, target, false, ret_writer, err);
}

void wp_file_add(struct wp_file_writer *writer, const void *bytes, size_t length)
{
	if (!writer->reason && write_all(writer->fd, bytes, length) != 0)
		writer->reason = errno;
}

bool wp_file_has_failed(const struct wp_file_writer *writer)
{
	return writer->reason != 0;
}

/* Ends the writing; the file is replaced when nothing failed. */
static void finish(struct wp_file_writer *writer)
{
	if (!writer->reason && writer->name.length)
		writer->reason = sync_all(writer->fd);
	/* Network file systems report a full disk as late as here. After a signal it is closed all the same (close(2)). */
	if (!writer->borrowed && writer->fd >= 0 && close(writer->fd) != 0 && errno != EINTR && !writer->reason)
		writer->reason = errno;
	if (!writer->name.length)
		return;
	if (!writer->reason && !writer->probe && rename(writer->name.data, wp_buf_text(&writer->real)) != 0)
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
		status = wp_fail(err, WP_E_FAILED, writer->reason == EPIPE ? "broken-pipe" : "stdout", NULL, "standard output cannot be written: %s",
				 strerror(writer->reason));
	else if (writer->reason)
		status = fail_unwritable(writer, err);
	free_writer(writer);
	return status;
}

void wp_file_abandon(struct wp_file_writer *writer)
{
	writer->reason = ECANCELED;
	finish(writer);
	free_writer(writer);
}

int wp_file_probe(const char *path, enum wp_file_target target, size_t length, struct wp_error *err)
{
	static const char nothing[4096];
	struct wp_file_writer *writer;

	if (begin(path, target, true, &writer, err))
		return WP_E_FAILED;
	/* Only into a temporary file: whoever reads a pipe would take it for the result. */
	for (size_t left = writer->name.length ? length : 0; left && !writer->reason;) {
		size_t piece = left < sizeof nothing ? left : sizeof nothing;

		wp_file_add(writer, nothing, piece);
		left -= piece;
	}
	return wp_file_commit(writer, err);
}
