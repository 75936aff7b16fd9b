/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is between the fuzzer and a target: the last two bytes of an input also choose an allocation that fails, and of some inputs
 * that is tried, in a process of its own. The programs end where memory runs out: so the end of that process is in order, nothing
 * of it is left here half done, and what it had not yet freed is no leak. The linker sends our allocations here (--wrap), and the
 * libraries are told to take theirs as the programs have them do it (src/program/start.c).
 */
#include "fuzz.h"

#include "wimplan/arena.h"
#include "wimplan/database.h"

#include <errno.h>
#include <libxml/xmlmemory.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* One of so many inputs is tried so: a process of its own takes as long as hundreds of inputs of a small target. */
#define SELDOM 512u

static atomic_ulong taken; /* allocations of this input */
static unsigned long fail_at; /* 0: none */
static bool onward;
static bool inside; /* the process in which one fails */

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
char *__real_strdup(const char *text);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *memory, size_t size);
char *__wrap_strdup(const char *text);

static bool fails(void)
{
	unsigned long number = atomic_fetch_add(&taken, 1) + 1;

	return inside && (onward ? number >= fail_at : number == fail_at);
}

void *__wrap_malloc(size_t size)
{
	return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
	return fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *memory, size_t size)
{
	return fails() ? NULL : __real_realloc(memory, size);
}

char *__wrap_strdup(const char *text)
{
	return fails() ? NULL : __real_strdup(text);
}

/* As in the programs, but for the sentence. */
_Noreturn void wp_out_of_memory(void)
{
	if (!inside)
		abort();
	fuzz_remove_files();
	_exit(0);
}

static void start(void)
{
	static bool started;

	if (started)
		return;
	started = true;
	json_set_alloc_funcs(wp_take, free);
	xmlMemSetup(free, wp_take, wp_take_more, wp_take_copy);
	wp_db_guard_memory();
}

void fuzz_fail(const uint8_t *data, size_t size, unsigned long at, bool all_behind)
{
	pid_t child = fork();
	int status;

	if (!child) {
		inside = true;
		onward = all_behind;
		fail_at = at;
		taken = 0;
		fuzz_one(data, size);
		_exit(0);
	}
	if (child < 0)
		abort();
	/* The fuzzer has an alarm every second. */
	while (waitpid(child, &status, 0) != child)
		if (errno != EINTR)
			abort();
	if (status)
		abort();
}

/* FNV-1a. Of all bytes: the last ones are the same in most of what a fuzzer makes of an input, and often zeroes. */
static uint32_t hash_of(const uint8_t *data, size_t size)
{
	uint32_t hash = 2166136261;

	for (size_t i = 0; i < size; i++)
		hash = (hash ^ data[i]) * 16777619;
	return hash ^ hash >> 16;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned int choice = size < 2 ? 1 : data[size - 2] << 8 | data[size - 1];
	uint32_t hash = hash_of(data, size);

	start();
	taken = 0;
	fuzz_one(data, size);
	if (taken && hash % SELDOM == 0)
		fuzz_fail(data, size, 1 + choice % taken, hash / SELDOM % 2);
	return 0;
}

unsigned long fuzz_allocations(void)
{
	return taken;
}
