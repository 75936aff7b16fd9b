/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A shared object to put in front of a program (LD_PRELOAD): allocation number FAIL_AT fails, all others work. Those of
 * the C library itself are not counted: its name service dies without memory, whoever asked. Writes how many there were
 * to the descriptor COUNT_TO when the program ends.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* glibc's own, under the names that it keeps for this. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);

static atomic_long count;
static long fail_at = -1;

static int fails(void *caller)
{
	const char *text;
	Dl_info where;

	if (!dladdr(caller, &where) || strstr(where.dli_fname, "/libc.so") || strstr(where.dli_fname, "/ld-linux"))
		return 0;
	if (fail_at < 0) {
		text = getenv("FAIL_AT");
		fail_at = text ? atol(text) : 0;
	}
	if (atomic_fetch_add(&count, 1) + 1 != fail_at)
		return 0;
	errno = ENOMEM;
	return 1;
}

void *malloc(size_t size)
{
	return fails(__builtin_return_address(0)) ? NULL : __libc_malloc(size);
}

void *calloc(size_t number, size_t size)
{
	return fails(__builtin_return_address(0)) ? NULL : __libc_calloc(number, size);
}

void *realloc(void *memory, size_t size)
{
	return fails(__builtin_return_address(0)) ? NULL : __libc_realloc(memory, size);
}

__attribute__((destructor)) static void report(void)
{
	const char *to = getenv("COUNT_TO");
	char text[32];
	int length = snprintf(text, sizeof text, "%ld\n", (long)count);

	if (to && write(atoi(to), text, (size_t)length) != length)
		_exit(99);
}
