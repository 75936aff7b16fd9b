/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The kernel's own idea of where an open file is: proc(5), /proc/self/fd. */
#include "inside.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

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

int wp_source_inside(int folder, int fd)
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
