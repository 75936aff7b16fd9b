/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The process that this is. */
#include "wimplan/machine.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

int64_t wp_process_id(void)
{
	return getpid();
}

void wp_process_forbid_core(void)
{
	setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 });
}

int wp_process_become(const char *name, char **argv, char ret_path[WP_PROGRAM_PATH])
{
	static const char own[] = "/proc/self/exe";
	ssize_t read = readlink(own, ret_path, WP_PROGRAM_PATH);
	size_t length = read > 0 ? (size_t)read : 0, name_length = strlen(name);
	int reason = read < 0 ? errno : ENOENT;

	/* A text that begins otherwise is no path, but says that there is none. */
	if (!length || ret_path[0] != '/') {
		strcpy(ret_path, own);
		return reason;
	}
	for (int i = 0; i < 2 && (reason == ENOENT || reason == ENOTDIR); i++) {
		const char *slash = memrchr(ret_path, '/', length);

		if (!slash)
			break;
		length = (size_t)(slash - ret_path);
		if (length + 1 + name_length >= WP_PROGRAM_PATH) {
			strcpy(ret_path, own);
			return ENAMETOOLONG;
		}
		ret_path[length] = '/';
		strcpy(ret_path + length + 1, name);
		execv(ret_path, argv);
		reason = errno;
	}
	return reason;
}
