/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What stands at a path, and opening it whatever it is. */
#include "wimplan/file.h"

#include "wimplan/directory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum wp_file_kind kind_of(mode_t mode)
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
		.kind = kind_of(file->st_mode),
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

int wp_file_open_any(const char *path, enum wp_file_how how, int *ret_fd, struct wp_file_status *ret)
{
	/* O_NONBLOCK: opening a pipe waits for its writer; O_NOCTTY: a terminal must not become ours. */
	int flags = O_CLOEXEC | O_NONBLOCK | O_NOCTTY | (how == WP_FILE_HOW_CHANGE ? O_RDWR : O_RDONLY);
	int fd = open(path, flags | (how == WP_FILE_HOW_FOLLOW ? 0 : O_NOFOLLOW));
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
