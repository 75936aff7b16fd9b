/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Folders, and standard streams that lead elsewhere. */
#ifndef FILE_FIXTURE_H
#define FILE_FIXTURE_H

#include "wimplan/arena.h"
#include "wimplan/file.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Replaces the file at @path with these bytes. */
static inline int write_file(const char *path, const void *bytes, size_t length, struct wp_error *err)
{
	struct wp_file_writer *writer;

	if (wp_file_begin(path, WP_FILE_TARGET_NAMED, &writer, err))
		return WP_E_FAILED;
	wp_file_add(writer, bytes, length);
	return wp_file_commit(writer, err);
}

/* A folder of the test's own; its files are removed with it. */
static inline char *make_folder(void)
{
	const char *base = getenv("TMPDIR");
	char *path = NULL;

	cr_assert_geq(asprintf(&path, "%s/wimplan-test-XXXXXX", base && *base ? base : "/tmp"), 0);
	cr_assert_not_null(mkdtemp(path));
	return path;
}

static inline const char *below(struct wp_arena *arena, const char *folder, const char *name)
{
	return wp_arena_printf(arena, "%s/%s", folder, name);
}

static inline void remove_folder(char *folder)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;

	cr_assert_not_null(dir);
	while ((entry = readdir(dir)))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			unlinkat(dirfd(dir), entry->d_name, entry->d_type == DT_DIR ? AT_REMOVEDIR : 0);
	closedir(dir);
	cr_expect_eq(rmdir(folder), 0);
	free(folder);
}

/* Puts @fd in the place of the standard stream @stream; returns a copy of what was there. */
static inline int redirect(int stream, int fd)
{
	int saved;

	fflush(stdout);
	saved = dup(stream);
	cr_assert_geq(saved, 0);
	cr_assert_eq(dup2(fd, stream), stream);
	close(fd);
	return saved;
}

static inline void restore(int stream, int saved)
{
	dup2(saved, stream);
	close(saved);
}

#endif
