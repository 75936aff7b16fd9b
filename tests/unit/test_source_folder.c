/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The manifest of an upgrade package's folder. */
#include "wimplan/hash.h"

#include "../../src/source/folder.h"

#include "temporary.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct place {
	char root[TEMPORARY_SIZE];
	struct wp_arena *arena;
};

static void setup(struct place *place)
{
	temporary_make(place->root);
	place->arena = wp_arena_new();
}

static void cleanup(struct place *place)
{
	temporary_remove(place->root);
	wp_arena_free(place->arena);
}

static const char *below(struct place *place, const char *path)
{
	return wp_arena_printf(place->arena, "%s/%s", place->root, path);
}

static void make_file(struct place *place, const char *path, const char *text, time_t modified)
{
	struct timespec times[2] = { { .tv_sec = modified }, { .tv_sec = modified } };
	int fd = open(below(place, path), O_WRONLY | O_CREAT | O_TRUNC, 0644);

	cr_assert_geq(fd, 0, "%s", path);
	cr_assert_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	cr_assert_eq(futimens(fd, times), 0);
	close(fd);
}

static void make_media(struct place *place)
{
	mkdir(below(place, "Sources"), 0755);
	mkdir(below(place, "empty"), 0755);
	make_file(place, "setup.exe", "setup", 1000);
	make_file(place, "Sources/install.wim", "wim", 9000);
	make_file(place, "Sources/boot.wim", "boot", 2000);
	make_file(place, "AutoRun.inf", "", 500);
}

static enum wp_folder_result read_folder(struct place *place, const char *path, const char *skip, size_t limit,
					 struct wp_folder *ret, const char **ret_detail)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY);
	enum wp_folder_result result;

	cr_assert_geq(fd, 0, "%s", path);
	result = wp_folder_read(place->arena, fd, skip, limit, true, ret, ret_detail);
	close(fd);
	return result;
}

static struct wp_folder read_all(struct place *place)
{
	struct wp_folder folder = { 0 };
	const char *detail;

	cr_expect_eq(read_folder(place, place->root, "Sources/install.wim", 100, &folder, &detail),
		     WP_FOLDER_OK);
	return folder;
}

Test(source, folder_manifest_has_a_line_per_file)
{
	static const char lines[] = "AutoRun.inf\t0\t500\nsetup.exe\t5\t1000\nSources\\boot.wim\t4\t2000\n";
	struct place place __attribute__((cleanup(cleanup)));
	struct wp_folder folder;
	char expected[WP_HASH_TEXT];

	setup(&place);
	make_media(&place);
	folder = read_all(&place);
	wp_sha256_text(lines, sizeof lines - 1, expected);
	cr_expect_str_eq(folder.digest, expected);
	cr_expect_eq(folder.files, 3);
	cr_expect_eq(folder.newest.ticks, wp_time_from_unix(2000, 0).ticks, "the .wim itself is not among them");
}

Test(source, folder_manifest_tells_changes)
{
	struct place place __attribute__((cleanup(cleanup)));
	struct wp_folder before, after;

	setup(&place);
	make_media(&place);
	before = read_all(&place);
	make_file(&place, "Sources/install.wim", "another wim", 9001);
	after = read_all(&place);
	cr_expect_str_eq(after.digest, before.digest, "the .wim does not count");
	make_file(&place, "setup.exe", "SETUP", 1000);
	after = read_all(&place);
	cr_expect_str_eq(after.digest, before.digest, "same size and time: documented not to be seen");
	make_file(&place, "setup.exe", "setup", 1001);
	after = read_all(&place);
	cr_expect_str_neq(after.digest, before.digest, "time");
	make_file(&place, "setup.exe", "setup1", 1000);
	after = read_all(&place);
	cr_expect_str_neq(after.digest, before.digest, "size");
	make_file(&place, "setup.exe", "setup", 1000);
	make_file(&place, "empty/new", "", 1000);
	after = read_all(&place);
	cr_expect_str_neq(after.digest, before.digest, "a new file");
}

Test(source, folder_follows_no_links_and_skips_devices)
{
	struct place place __attribute__((cleanup(cleanup)));
	struct wp_folder before, after;
	struct timespec times[2] = { { .tv_sec = 700 }, { .tv_sec = 700 } };

	setup(&place);
	make_media(&place);
	before = read_all(&place);
	cr_assert_eq(mkfifo(below(&place, "fifo"), 0644), 0);
	after = read_all(&place);
	cr_expect_str_eq(after.digest, before.digest, "a FIFO is no content");
	cr_assert_eq(symlink("/", below(&place, "Sources/up")), 0);
	cr_assert_eq(utimensat(AT_FDCWD, below(&place, "Sources/up"), times, AT_SYMLINK_NOFOLLOW), 0);
	after = read_all(&place);
	cr_expect_eq(after.files, 4, "the link is one file, not what is behind it");
	cr_expect_str_neq(after.digest, before.digest);
}

Test(source, folder_limits_and_failures)
{
	struct place place __attribute__((cleanup(cleanup)));
	struct wp_folder folder;
	const char *detail;

	setup(&place);
	make_media(&place);
	/* Four files and two folders. */
	cr_expect_eq(read_folder(&place, place.root, "", 6, &folder, &detail), WP_FOLDER_OK);
	cr_expect_eq(read_folder(&place, place.root, "", 5, &folder, &detail), WP_FOLDER_UNREADABLE);
	cr_expect_str_eq(detail, "the folder holds more than 5 files and folders");
}

Test(source, folder_with_an_unreadable_one_below)
{
	struct place place __attribute__((cleanup(cleanup)));
	struct wp_folder folder;
	const char *detail;
	bool root = !geteuid();

	setup(&place);
	make_media(&place);
	mkdir(below(&place, "Zzz"), 0);
	mkdir(below(&place, "Sources/shut"), 0);
	chmod(place.root, 0755);
	/* Permissions bind everyone but root. */
	if (root)
		cr_assert_eq(seteuid(65534), 0);
	cr_expect_eq(read_folder(&place, place.root, "", 100, &folder, &detail), WP_FOLDER_UNREADABLE);
	cr_expect_str_eq(detail, "\"Sources\\shut\" cannot be read: permission denied", "the first by name");
	if (root)
		cr_assert_eq(seteuid(0), 0);
	chmod(below(&place, "Zzz"), 0755);
	chmod(below(&place, "Sources/shut"), 0755);
}
