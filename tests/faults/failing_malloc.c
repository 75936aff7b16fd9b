/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A shared object to put in front of a program (LD_PRELOAD): allocation number FAIL_AT fails, and with FAIL_ONWARD each one
 * behind it. Those of the C library itself are not counted: its name service dies without memory, whoever asked; nor those of
 * the sanitizers, behind whose allocator it stands where a program has them. Writes how many there were to the descriptor
 * COUNT_TO when the program ends.
 *
 * To load a program takes longer than to run it. With FAIL_SERVE, a descriptor of a socket, the program is loaded once: it writes
 * how many allocations that has taken, and then for each line that it reads, "FAIL_AT ONWARD FOLDER STDOUT STDERR", a copy of the
 * process runs the program in FOLDER with its output in these files, and how it ended (as waitpid() says it) is the answer.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
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

/* What has been asked of the allocation of a caller: dladdr() goes through all names of a library. */
#define KNOWN 4096
static _Atomic(void *) counted[KNOWN], ignored[KNOWN];

static int counts(void *caller)
{
	static const char *const others[] = { "/libc.so", "/ld-linux", "/libasan.so", "/libubsan.so" };
	size_t at = (size_t)caller % KNOWN;
	Dl_info where;
	int found;

	if (counted[at] == caller)
		return 1;
	if (ignored[at] == caller)
		return 0;
	found = dladdr(caller, &where) != 0;
	for (size_t i = 0; found && i < sizeof others / sizeof *others; i++)
		found = !strstr(where.dli_fname, others[i]);
	/* It gets what its thread has just freed (src/base/xml.c). */
	if (found && where.dli_sname && !strcmp(where.dli_sname, "xmlGetGlobalState"))
		found = 0;
	*(found ? &counted[at] : &ignored[at]) = caller;
	return found;
}

static int fails(void *caller)
{
	const char *text;
	long number;

	if (!counts(caller))
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

/* A copy of the process becomes the call that a line asks for; 0: the line is none. */
static int become(const char *line)
{
	char number[32], folder[256], out[256], err[256];
	int out_file, err_file;

	if (sscanf(line, "%31s %d %255s %255s %255s", number, &onward, folder, out, err) != 5)
		return 0;
	fail_at = atol(number);
	/* For a program that this one becomes. */
	if (setenv("FAIL_AT", number, 1) || (onward && setenv("FAIL_ONWARD", "1", 1)))
		return 0;
	out_file = open(out, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	err_file = open(err, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	return !chdir(folder) && dup2(out_file, STDOUT_FILENO) >= 0 && dup2(err_file, STDERR_FILENO) >= 0 && !close(out_file) &&
	       !close(err_file);
}

__attribute__((constructor)) static void serve(void)
{
	const char *text = getenv("FAIL_SERVE");
	int to = text ? atoi(text) : -1, status;
	char line[1024];
	ssize_t length;
	pid_t child;

	if (to < 0)
		return;
	unsetenv("FAIL_SERVE");
	dprintf(to, "%ld\n", (long)count);
	while ((length = read(to, line, sizeof line - 1)) > 0) {
		line[length] = '\0';
		child = fork();
		if (!child) {
			close(to);
			if (!become(line))
				_exit(99);
			return;
		}
		if (child < 0 || waitpid(child, &status, 0) != child)
			_exit(99);
		dprintf(to, "%d\n", status);
	}
	_exit(0);
}
