/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A shared object to put in front of a program (LD_PRELOAD): allocation number FAIL_AT fails, and with FAIL_ONWARD each one
 * behind it. Those of the C library itself are not counted: its name service dies without memory, whoever asked; nor those of
 * the sanitizers, behind whose allocator it stands where a program has them. Writes how many there were to the descriptor
 * COUNT_TO when the program ends.
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

/* AddressSanitizer's, in a program that has it. */
#pragma weak __interceptor_malloc
#pragma weak __interceptor_calloc
#pragma weak __interceptor_realloc
void *__interceptor_malloc(size_t size);
void *__interceptor_calloc(size_t count, size_t size);
void *__interceptor_realloc(void *memory, size_t size);

static atomic_long count;
static long fail_at = -1;
static int onward;

static int fails(void *caller)
{
	const char *text;
	Dl_info where;
	long number;

	static const char *const others[] = { "/libc.so", "/ld-linux", "/libasan.so", "/libubsan.so" };

	if (!dladdr(caller, &where))
		return 0;
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (strstr(where.dli_fname, others[i]))
			return 0;
	/* It gets what its thread has just freed (src/base/xml.c). */
	if (where.dli_sname && !strcmp(where.dli_sname, "xmlGetGlobalState"))
		return 0;
	if (fail_at < 0) {
		text = getenv("FAIL_AT");
		fail_at = text ? atol(text) : 0;
		onward = getenv("FAIL_ONWARD") != NULL;
	}
	number = atomic_fetch_add(&count, 1) + 1;
	if (!fail_at || (onward ? number < fail_at : number != fail_at))
		return 0;
	errno = ENOMEM;
	return 1;
}

void *malloc(size_t size)
{
	if (fails(__builtin_return_address(0)))
		return NULL;
	return __interceptor_malloc ? __interceptor_malloc(size) : __libc_malloc(size);
}

void *calloc(size_t number, size_t size)
{
	if (fails(__builtin_return_address(0)))
		return NULL;
	return __interceptor_calloc ? __interceptor_calloc(number, size) : __libc_calloc(number, size);
}

void *realloc(void *memory, size_t size)
{
	if (fails(__builtin_return_address(0)))
		return NULL;
	return __interceptor_realloc ? __interceptor_realloc(memory, size) : __libc_realloc(memory, size);
}

__attribute__((destructor)) static void report(void)
{
	const char *to = getenv("COUNT_TO");
	char text[32];
	int length = snprintf(text, sizeof text, "%ld\n", (long)count);

	if (to && write(atoi(to), text, (size_t)length) != length)
		_exit(99);
}
