/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The process that this is. */
#include "wimplan/machine.h"

#include "wimplan/limits.h"

#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#define OWN "/proc/self/exe"

int64_t wp_process_id(void)
{
	return getpid();
}

void wp_memory_give_back(void *begin, size_t size)
{
	/* Where it is locked it stays, and what is in it: then it must become 0 all the same. */
	if (madvise(begin, size, MADV_DONTNEED))
		memset(begin, 0, size);
}

void wp_memory_limit_heaps(unsigned int processors)
{
	mallopt(M_ARENA_MAX, processors < WP_LIMIT_JOBS ? 2 * (int)processors : 2 * (int)WP_LIMIT_JOBS);
}

void wp_process_forbid_core(void)
{
	setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 });
}

/*
 * The path of this program's file. Where /proc is not mounted the kernel still tells what was called (getauxval(3), AT_EXECFN), which
 * a link leads on from. 0 or an errno.
 */
static int find_own(char ret_path[WP_PROGRAM_PATH])
{
	ssize_t length = readlink(OWN, ret_path, WP_PROGRAM_PATH - 1);
	const char *called = (const char *)getauxval(AT_EXECFN);

	if (length < 0)
		return called && realpath(called, ret_path) ? 0 : errno;
	ret_path[length] = '\0';
	/* A text that begins otherwise is no path, but says that there is none. */
	return ret_path[0] == '/' ? 0 : ENOENT;
}

int wp_process_become(const char *name, char **argv, char ret_path[WP_PROGRAM_PATH])
{
	int reason = find_own(ret_path);
	size_t length;

	if (reason) {
		strcpy(ret_path, OWN);
		return reason;
	}
	length = strlen(ret_path);
	reason = ENOENT;
	for (int i = 0; i < 2 && (reason == ENOENT || reason == ENOTDIR); i++) {
		const char *slash = memrchr(ret_path, '/', length);

		if (!slash)
			break;
		length = (size_t)(slash - ret_path);
		if (length + 1 + strlen(name) >= WP_PROGRAM_PATH) {
			strcpy(ret_path, OWN);
			return ENAMETOOLONG;
		}
		ret_path[length] = '/';
		strcpy(ret_path + length + 1, name);
		execv(ret_path, argv);
		reason = errno;
	}
	return reason;
}
