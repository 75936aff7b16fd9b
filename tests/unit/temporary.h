/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Folders and files for one test. No shell: what it runs would be traced by valgrind as well. */
#ifndef WIMPLAN_TESTS_TEMPORARY_H
#define WIMPLAN_TESTS_TEMPORARY_H

#include <criterion/criterion.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Room for the path of a folder. */
#define TEMPORARY_SIZE 64

static inline void temporary_make(char ret_path[TEMPORARY_SIZE])
{
	strcpy(ret_path, "/tmp/wimplan-test-XXXXXX");
	cr_assert(mkdtemp(ret_path));
}

static inline int temporary_remove_one(const char *path, const struct stat *status, int type, struct FTW *place)
{
	(void)status;
	(void)type;
	(void)place;
	return remove(path);
}

/* Removes the folder with everything in it. */
static inline void temporary_remove(const char *path)
{
	cr_expect_eq(nftw(path, temporary_remove_one, 16, FTW_DEPTH | FTW_PHYS), 0, "%s", path);
}

/* The bytes of a file, which the caller frees. */
static inline char *temporary_read(const char *path, size_t *ret_length)
{
	FILE *file = fopen(path, "r");
	char *bytes = NULL;

	cr_assert(file, "%s", path);
	cr_assert_eq(fseek(file, 0, SEEK_END), 0);
	*ret_length = (size_t)ftell(file);
	rewind(file);
	bytes = malloc(*ret_length + 1);
	cr_assert_eq(fread(bytes, 1, *ret_length, file), *ret_length, "%s", path);
	fclose(file);
	return bytes;
}

static inline void temporary_write(const char *path, const void *bytes, size_t length)
{
	FILE *file = fopen(path, "w");

	cr_assert(file, "%s", path);
	cr_assert_eq(fwrite(bytes, 1, length, file), length, "%s", path);
	cr_assert_eq(fclose(file), 0, "%s", path);
}

static inline void temporary_copy(const char *from, const char *to)
{
	size_t length;
	char *bytes = temporary_read(from, &length);

	temporary_write(to, bytes, length);
	free(bytes);
}

#endif
