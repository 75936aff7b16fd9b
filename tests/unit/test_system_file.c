/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files are read within a bound. */
#include "file_fixture.h"

#include <stdint.h>
#include <sys/stat.h>

Test(system, file_read)
{
	struct wp_arena *arena = wp_arena_new();
	char *folder = make_folder();
	const char *path = below(arena, folder, "f");
	struct wp_error err = { 0 };
	char *bytes = NULL;
	size_t length = 99;

	cr_assert_eq(write_file(path, "ab\0cd", 5, &err), 0, "%s", err.message);
	cr_expect_eq(wp_file_read(arena, path, 5, &bytes, &length, &err), 0, "as large as the limit");
	cr_expect_eq(length, 5);
	cr_expect_eq(memcmp(bytes, "ab\0cd", 6), 0, "a NUL stands behind it");
	cr_expect_eq(wp_file_read(arena, path, 4, &bytes, &length, &err), WP_E_FAILED, "one byte beyond the limit");
	cr_expect_str_eq(err.code, "too-large");
	cr_expect_str_eq(err.subject, path);
	cr_expect_eq(wp_file_read(arena, path, SIZE_MAX, &bytes, NULL, NULL), 0, "no limit");

	cr_assert_eq(write_file(path, NULL, 0, &err), 0);
	cr_expect_eq(wp_file_read(arena, path, 0, &bytes, &length, &err), 0, "an empty file");
	cr_expect_eq(length, 0);
	cr_expect_str_eq(bytes, "");
	/* Files of the kernel say that they are empty and are not. */
	cr_expect_eq(wp_file_read(arena, "/proc/self/status", 1 << 20, &bytes, &length, &err), 0);
	cr_expect_gt(length, 100);
	cr_expect_eq(strlen(bytes), length);
	cr_expect_eq(wp_file_read(arena, "/proc/self/status", 100, &bytes, &length, &err), WP_E_FAILED);
	cr_expect_str_eq(err.code, "too-large");
	remove_folder(folder);
	wp_arena_free(arena);
}

Test(system, file_read_refusals)
{
	struct wp_arena *arena = wp_arena_new();
	char *folder = make_folder();
	const char *pipe_path = below(arena, folder, "pipe");
	struct wp_error err = { 0 };
	char *bytes = NULL;

	cr_expect_eq(wp_file_read(arena, below(arena, folder, "none"), 9, &bytes, NULL, &err), WP_E_NOT_FOUND);
	cr_expect_str_eq(err.code, "not-found");
	cr_expect(strstr(err.message, "/none "), "%s", err.message);
	cr_expect_eq(wp_file_read(arena, "/dev/null/x", 9, &bytes, NULL, &err), WP_E_NOT_FOUND);
	cr_expect_eq(wp_file_read(arena, "", 9, &bytes, NULL, &err), WP_E_NOT_FOUND);
	cr_expect_eq(wp_file_read(arena, folder, 9, &bytes, NULL, &err), WP_E_FAILED);
	cr_expect_str_eq(err.code, "not-regular-file");
	cr_expect_eq(wp_file_read(arena, "/dev/zero", 9, &bytes, NULL, &err), WP_E_FAILED);
	cr_expect_str_eq(err.code, "not-regular-file");
	cr_assert_eq(mkfifo(pipe_path, 0600), 0);
	cr_expect_eq(wp_file_read(arena, pipe_path, 9, &bytes, NULL, &err), WP_E_FAILED, "does not wait for a writer");
	cr_expect_str_eq(err.code, "not-regular-file");
	cr_assert_eq(symlink("loop", below(arena, folder, "loop")), 0);
	cr_expect_eq(wp_file_read(arena, below(arena, folder, "loop"), 9, &bytes, NULL, &err), WP_E_FAILED);
	cr_expect_str_eq(err.code, "unreadable");
	remove_folder(folder);
	wp_arena_free(arena);
}

Test(system, file_read_standard_input)
{
	struct wp_arena *arena = wp_arena_new();
	struct wp_error err = { 0 };
	char *bytes = NULL;
	size_t length = 0;
	int ends[2];
	int saved;

	/* A non-blocking pipe that is still empty is waited for; here it is full and then closed. */
	cr_assert_eq(pipe2(ends, O_NONBLOCK), 0);
	cr_assert_eq(write(ends[1], "records", 7), 7);
	close(ends[1]);
	saved = redirect(STDIN_FILENO, ends[0]);
	cr_expect_eq(wp_file_read(arena, "-", 7, &bytes, &length, &err), 0, "%s", err.message);
	cr_expect_eq(length, 7);
	cr_expect_str_eq(bytes, "records");
	restore(STDIN_FILENO, saved);

	saved = redirect(STDIN_FILENO, open("/dev/zero", O_RDONLY));
	cr_expect_eq(wp_file_read(arena, "-", 300000, &bytes, &length, &err), WP_E_FAILED);
	cr_expect_str_eq(err.code, "too-large");
	restore(STDIN_FILENO, saved);

	saved = redirect(STDIN_FILENO, open("/", O_RDONLY));
	cr_expect_eq(wp_file_read(arena, "-", 9, &bytes, &length, &err), WP_E_FAILED);
	cr_expect_str_eq(err.code, "unreadable");
	cr_expect(strstr(err.message, "standard input"), "%s", err.message);
	restore(STDIN_FILENO, saved);
	wp_arena_free(arena);
}

Test(system, file_close_in_cleanup)
{
	int fd = open("/dev/null", O_RDONLY);
	int none = -1;

	wp_closep(&fd);
	cr_expect_eq(fcntl(fd, F_GETFD), -1);
	wp_closep(&none);
}
