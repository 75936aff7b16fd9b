/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Feeds files and folders of files to a fuzz target, so that corpora are replayed by any compiler; each file also in some
 * forms that the target's mutator, where it has one, makes of it, always the same.
 */
#include "fuzz.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#pragma weak LLVMFuzzerCustomMutator

#define MUTATIONS 100u
#define ROOM 65536u
#define FAILURES 8u

static size_t replayed;

/* A target without a mutator of its own has no use for this. */
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size)
{
	if (size)
		data[rand() % (int)size] ^= (uint8_t)(1 << rand() % 8);
	return size < max_size ? size : max_size;
}

/* An exact copy, so that the sanitizers see a read behind the end. */
static void run(const uint8_t *data, size_t size)
{
	uint8_t *exact = malloc(size ? size : 1);

	if (!exact)
		abort();
	memcpy(exact, data, size);
	LLVMFuzzerTestOneInput(exact, size);
	free(exact);
}

/* Each form is made of the one before, and now and then of the file itself again. */
static void mutate(const uint8_t *data, size_t size)
{
	uint8_t *form = malloc(size + ROOM);
	size_t length = 0;

	if (!form)
		abort();
	srand(1);
	for (unsigned int i = 0; LLVMFuzzerCustomMutator && i < MUTATIONS; i++) {
		if (i % 5 == 0) {
			memcpy(form, data, size);
			length = size;
		}
		length = LLVMFuzzerCustomMutator(form, length, size + ROOM, i + 1);
		run(form, length);
	}
	free(form);
}

/* Some of its allocations fail, spread over all of them. */
static void fail(const uint8_t *data, size_t size)
{
	unsigned long count = fuzz_allocations();

	for (unsigned long i = 1; i <= FAILURES && i <= count; i++)
		fuzz_fail(data, size, count * i / FAILURES, i % 2);
}

static int replay_file(const char *path)
{
	FILE *file = fopen(path, "rb");
	uint8_t *data = NULL;
	size_t size = 0, got;

	if (!file) {
		perror(path);
		return 1;
	}
	do {
		data = realloc(data, size + 65536);
		if (!data)
			abort();
		got = fread(data + size, 1, 65536, file);
		size += got;
	} while (got);
	fclose(file);
	run(data, size);
	fail(data, size);
	mutate(data, size);
	free(data);
	replayed++;
	return 0;
}

static int replay(const char *path)
{
	struct stat status;
	struct dirent **names;
	int count, failed = 0;

	if (stat(path, &status)) {
		perror(path);
		return 1;
	}
	if (!S_ISDIR(status.st_mode))
		return replay_file(path);
	count = scandir(path, &names, NULL, alphasort);
	for (int i = 0; i < count; i++) {
		char *name = NULL;

		if (names[i]->d_name[0] != '.' && strcmp(names[i]->d_name, "README.md") != 0 && asprintf(&name, "%s/%s", path, names[i]->d_name) > 0)
			failed |= replay(name);
		free(name);
		free(names[i]);
	}
	if (count >= 0)
		free(names);
	return failed;
}

int main(int argc, char **argv)
{
	int failed = 0;

	for (int i = 1; i < argc; i++)
		failed |= replay(argv[i]);
	if (!replayed)
		fputs("nothing was replayed\n", stderr);
	return failed || !replayed;
}
