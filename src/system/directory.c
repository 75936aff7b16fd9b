/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Folders by open descriptors, and the kernel's own idea of where an open file is: proc(5), /proc/self/fd. */
#include "wimplan/directory.h"

#include "internal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

int wp_directory_open(const char *path, bool file, int *ret_fd)
{
	/* A folder that the file server has elsewhere is only mounted when it is opened to be read. */
	*ret_fd = wp_open(AT_FDCWD, path, O_RDONLY | O_DIRECTORY, 0);
	if (*ret_fd < 0 && errno == ENOTDIR && file)
		*ret_fd = wp_open(AT_FDCWD, path, O_PATH, 0);
	return *ret_fd < 0 ? errno : 0;
}

/* openat2(2), for which the C library of Debian 12 has no function. */
int wp_directory_open_inside(int folder, const char *relative, bool file, int *ret_fd)
{
	struct open_how how = { .flags = O_CLOEXEC | (file ? O_PATH : O_RDONLY | O_DIRECTORY), .resolve = RESOLVE_BENEATH };
	int fd = (int)syscall(SYS_openat2, folder, *relative ? relative : ".", &how, sizeof how);
	struct wp_file_status status;
	int error = fd < 0 ? errno : 0;

	/* A folder is opened to be read, as above. */
	if (!error && file) {
		error = wp_file_look_open(fd, &status);
		if (!error && status.kind == WP_FILE_KIND_FOLDER)
			error = EISDIR;
	}
	if (!error)
		*ret_fd = fd;
	else
		wp_closep(&fd);
	return error;
}

int wp_directory_open_below(int folder, const char *relative, int *ret_fd)
{
	*ret_fd = wp_open(folder, *relative ? relative : ".", O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0);
	return *ret_fd < 0 ? errno : 0;
}

static void closedirp(DIR **directory)
{
	if (*directory)
		closedir(*directory);
}

int wp_directory_list(int folder, int (*take)(void *context, const char *name), void *context)
{
	DIR *directory __attribute__((cleanup(closedirp))) = fdopendir(folder);
	int result = 0;

	if (!directory) {
		result = errno;
		close(folder);
	}
	while (!result) {
		struct dirent *dirent;

		errno = 0;
		dirent = readdir(directory);
		if (!dirent)
			return errno;
		if (strcmp(dirent->d_name, ".") && strcmp(dirent->d_name, ".."))
			result = take(context, dirent->d_name);
	}
	return result;
}

/* Returns 0 or an errno. A path that is longer than the kernel tells is none. */
static int place_of(int fd, char ret[PATH_MAX])
{
	char link[40];
	ssize_t length;

	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	length = readlink(link, ret, PATH_MAX);
	if (length < 0)
		return errno == ENOENT ? ENOTSUP : errno; /* no /proc is mounted */
	if (length == PATH_MAX)
		return ENAMETOOLONG;
	ret[length] = '\0';
	return 0;
}

int wp_directory_inside(int folder, int fd)
{
	char outer[PATH_MAX], inner[PATH_MAX];
	int error = place_of(folder, outer);
	size_t length;

	if (!error)
		error = place_of(fd, inner);
	if (error)
		return error;
	length = strcmp(outer, "/") ? strlen(outer) : 0;
	return strncmp(outer, inner, length) || (inner[length] && inner[length] != '/') ? EXDEV : 0;
}

const char *wp_directory_reason(int error)
{
	static const struct {
		int error;
		const char *words;
	} reasons[] = {
		{ EACCES, "permission denied" },
		{ EPERM, "not permitted" },
		{ EIO, "input/output error" },
		{ ELOOP, "too many symbolic links" },
		{ ENAMETOOLONG, "its path is too long for this system" },
		{ EOVERFLOW, "it holds too many names" },
		{ EMFILE, "too many files are open" },
		{ ENFILE, "too many files are open" },
		{ ESTALE, "the file server has lost it" },
		{ EHOSTDOWN, "the file server does not answer" },
		{ ENOTSUP, "where it is cannot be told, for /proc is not mounted" },
		{ ETIMEDOUT, "the file server does not answer" },
	};
	const char *name = strerrorname_np(error);

	for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
		if (reasons[i].error == error)
			return reasons[i].words;
	return name ? name : "unknown error";
}
