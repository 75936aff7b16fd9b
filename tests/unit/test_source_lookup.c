/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finding files by the paths that a site has for them. */
#include "wimplan/limits.h"
#include "wimplan/source.h"

#include "temporary.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <locale.h>
#include <pthread.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A folder for one test and a map of it. */
struct place {
	char root[TEMPORARY_SIZE];
	struct wp_arena *arena;
	struct wp_map map;
	struct wp_lookup *lookup;
};

static void setup(struct place *place)
{
	memset(place, 0, sizeof *place);
	setlocale(LC_CTYPE, "C.UTF-8");
	temporary_make(place->root);
	place->arena = wp_arena_new();
}

static void cleanup(struct place *place)
{
	temporary_remove(place->root);
	wp_lookup_free(place->lookup);
	wp_arena_free(place->arena);
}

static const char *below(struct place *place, const char *path)
{
	return wp_arena_printf(place->arena, "%s/%s", place->root, path);
}

static void make_folder(struct place *place, const char *path)
{
	cr_assert_eq(mkdir(below(place, path), 0755), 0, "%s", path);
}

static void make_file(struct place *place, const char *path)
{
	int fd = open(below(place, path), O_WRONLY | O_CREAT, 0644);

	cr_assert_geq(fd, 0, "%s", path);
	close(fd);
}

static void map(struct place *place, const char *prefix, const char *folder)
{
	const char *text = wp_arena_printf(place->arena, "%s=%s", prefix, below(place, folder));

	cr_assert_eq(wp_map_add(place->arena, &place->map, text, NULL), WP_OK, "%s", text);
}

/* What finding @path gives; the local path below the root in *@ret_path, or the detail. */
static enum wp_found find(struct place *place, const char *path, const char **ret_path)
{
	const char *detail;
	char *local;
	enum wp_found found;

	if (!place->lookup)
		place->lookup = wp_lookup_new(&place->map);
	found = wp_lookup_find(place->lookup, place->arena, path, &local, &detail);
	cr_expect_eq(found == WP_FOUND, local != NULL, "%s", path);
	cr_expect_eq(found == WP_FOUND, detail == NULL, "%s", path);
	if (detail)
		cr_expect(!strstr(detail, place->root), "%s: a detail names this machine's folder: %s", path, detail);
	*ret_path = local ? local + strlen(place->root) + 1 : detail;
	return found;
}

static void expect(struct place *place, const char *path, enum wp_found expected, const char *text)
{
	const char *got;
	enum wp_found found = find(place, path, &got);

	cr_expect_eq(found, expected, "%s: %d: %s", path, (int)found, got);
	if (found == WP_FOUND)
		cr_expect_str_eq(got, text, "%s", path);
	else
		cr_expect(strstr(got, text), "%s: %s", path, got);
}

Test(source, lookup_is_case_blind_and_longest_prefix_wins)
{
	struct place place __attribute__((cleanup(cleanup)));

	setup(&place);
	make_folder(&place, "src");
	make_folder(&place, "src/Win11");
	make_file(&place, "src/Win11/Install.WIM");
	make_file(&place, "src/\xc3\x84ndern.wim");
	make_folder(&place, "src/sub");
	make_folder(&place, "other");
	make_file(&place, "other/a.wim");
	map(&place, "\\\\srv\\src$", "src");
	map(&place, "\\\\srv\\src$\\sub", "other");
	map(&place, "D:\\media", "src/Win11/");
	expect(&place, "\\\\SRV\\SRC$\\wIN11\\install.wim", WP_FOUND, "src/Win11/Install.WIM");
	expect(&place, "//srv/src$//WIN11/install.wim/", WP_FOUND, "src/Win11/Install.WIM");
	expect(&place, "\\\\?\\UNC\\srv\\src$\\win11\\install.wim", WP_FOUND, "src/Win11/Install.WIM");
	expect(&place, "\\\\srv\\src$\\\xc3\xa4NDERN.wim", WP_FOUND, "src/\xc3\x84ndern.wim");
	expect(&place, "d:\\MEDIA\\install.wim", WP_FOUND, "src/Win11/Install.WIM");
	expect(&place, "\\\\?\\d:\\media", WP_FOUND, "src/Win11/");
	expect(&place, "\\\\srv\\src$\\SUB\\A.wim", WP_FOUND, "other/a.wim");
	expect(&place, "\\\\srv\\src$\\sub", WP_FOUND, "other");
	expect(&place, "\\\\srv\\src$\\win11", WP_FOUND, "src/Win11");
	/* A prefix ends at a name's end. */
	expect(&place, "\\\\srv\\src$x\\win11", WP_FOUND_NOT_MAPPED, "--map '\\\\srv\\src$x=FOLDER'");
	expect(&place, "\\\\srv2\\src$\\win11", WP_FOUND_NOT_MAPPED, "\\\\srv2\\src$=");
	expect(&place, "D:\\other\\install.wim", WP_FOUND_NOT_MAPPED, "'D:=FOLDER'");
	expect(&place, "D:\\", WP_FOUND_NOT_MAPPED, "'D:=FOLDER'");
	expect(&place, "\\\\srv", WP_FOUND_NOT_MAPPED, "'\\\\srv=FOLDER'");
	expect(&place, "install.wim", WP_FOUND_NOT_MAPPED, "neither");
	expect(&place, "", WP_FOUND_NOT_MAPPED, "neither");
}

Test(source, lookup_says_what_is_missing)
{
	struct place place __attribute__((cleanup(cleanup)));

	setup(&place);
	make_folder(&place, "src");
	make_file(&place, "src/a.wim");
	make_file(&place, "src/b\xff.wim");
	cr_assert_eq(symlink("nowhere", below(&place, "src/dangling")), 0);
	cr_assert_eq(symlink("loop", below(&place, "src/loop")), 0);
	map(&place, "\\\\srv\\src", "src");
	map(&place, "\\\\srv\\gone", "gone");
	map(&place, "\\\\srv\\file", "src/a.wim");
	expect(&place, "\\\\srv\\src\\B\\a.wim", WP_FOUND_MISSING, "no \"B\" in \"\\\\srv\\src\"");
	expect(&place, "\\\\srv\\src\\b.wim", WP_FOUND_MISSING, "no \"b.wim\"");
	expect(&place, "\\\\srv\\src\\a.wim\\b", WP_FOUND_MISSING, "\"\\\\srv\\src\\a.wim\" is not a folder");
	expect(&place, "\\\\srv\\src\\dangling\\b", WP_FOUND_MISSING, "\"\\\\srv\\src\\dangling\" does not exist");
	expect(&place, "\\\\srv\\src\\loop\\b", WP_FOUND_UNREADABLE, "too many symbolic links");
	expect(&place, "\\\\srv\\src\\.\\a.wim", WP_FOUND_MISSING, "\"..\"");
	expect(&place, "\\\\srv\\src\\x\\..\\a.wim", WP_FOUND_MISSING, "\"..\"");
	expect(&place, "\\\\.\\src\\a.wim", WP_FOUND_MISSING, "\"..\"");
	expect(&place, "\\\\srv\\gone\\a.wim", WP_FOUND_MISSING, "does not exist for \"\\\\srv\\gone\"");
	expect(&place, "\\\\srv\\gone", WP_FOUND_MISSING, "does not exist for \"\\\\srv\\gone\"");
	expect(&place, "\\\\srv\\file\\a.wim", WP_FOUND_MISSING, "not a folder for \"\\\\srv\\file\"");
}

Test(source, lookup_says_what_cannot_be_listed)
{
	struct place place __attribute__((cleanup(cleanup)));
	bool root = !geteuid();

	setup(&place);
	chmod(place.root, 0755);
	make_folder(&place, "src");
	make_folder(&place, "src/Shut");
	make_file(&place, "src/Shut/a.wim");
	cr_assert_eq(chmod(below(&place, "src/Shut"), 0), 0);
	map(&place, "\\\\srv\\src", "src");
	/* Permissions bind everyone but root. */
	if (root)
		cr_assert_eq(seteuid(65534), 0);
	expect(&place, "\\\\srv\\src\\shut\\a.wim", WP_FOUND_UNREADABLE,
	       "\"\\\\srv\\src\\shut\" cannot be listed: permission denied");
	if (root)
		cr_assert_eq(seteuid(0), 0);
	cr_assert_eq(chmod(below(&place, "src/Shut"), 0755), 0);
}

Test(source, lookup_refuses_names_that_differ_in_case_only)
{
	struct place place __attribute__((cleanup(cleanup)));

	setup(&place);
	make_folder(&place, "src");
	make_file(&place, "src/install.wim");
	make_file(&place, "src/Install.wim");
	make_file(&place, "src/INSTALL.wim");
	make_folder(&place, "src/Media");
	make_folder(&place, "src/media");
	make_file(&place, "src/media/a.wim");
	make_file(&place, "src/alone.wim");
	map(&place, "\\\\srv\\src", "src");
	expect(&place, "\\\\srv\\src\\install.wim", WP_FOUND_AMBIGUOUS,
	       "\"INSTALL.wim\" and \"Install.wim\" in \"\\\\srv\\src\"");
	expect(&place, "\\\\srv\\src\\media\\a.wim", WP_FOUND_AMBIGUOUS, "\"Media\" and \"media\"");
	expect(&place, "\\\\srv\\src\\ALONE.wim", WP_FOUND, "src/alone.wim");
}

Test(source, lookup_limits_the_path)
{
	struct place place __attribute__((cleanup(cleanup)));
	char *path;

	setup(&place);
	make_folder(&place, "src");
	map(&place, "\\\\srv\\src", "src");
	path = wp_arena_alloc(place.arena, WP_LIMIT_PATH_UNITS + 2);
	memset(path, 'x', WP_LIMIT_PATH_UNITS);
	memcpy(path, "\\\\srv\\src\\", 10);
	expect(&place, path, WP_FOUND_MISSING, "there is no \"xxx");
	path[WP_LIMIT_PATH_UNITS] = 'x';
	expect(&place, path, WP_FOUND_MISSING, "longer than 32767");
}

#define THREADS 4
#define FILES 2000

struct finder {
	struct wp_lookup *lookup;
	pthread_t thread;
	size_t found;
};

static void *find_all(void *context)
{
	struct finder *finder = context;
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();

	for (int i = 0; i < FILES; i++) {
		const char *detail;
		char *path;

		finder->found += wp_lookup_find(finder->lookup, arena, wp_arena_printf(arena, "\\\\S\\S\\D%d\\F%d.WIM",
						i % 10, i), &path, &detail) == WP_FOUND;
	}
	return NULL;
}

Test(source, lookup_serves_several_threads)
{
	struct place place __attribute__((cleanup(cleanup)));
	struct finder finders[THREADS] = { 0 };

	setup(&place);
	for (int i = 0; i < 10; i++)
		make_folder(&place, wp_arena_printf(place.arena, "d%d", i));
	for (int i = 0; i < FILES; i++)
		make_file(&place, wp_arena_printf(place.arena, "d%d/f%d.wim", i % 10, i));
	map(&place, "\\\\s\\s", "");
	place.lookup = wp_lookup_new(&place.map);
	for (int i = 0; i < THREADS; i++) {
		finders[i].lookup = place.lookup;
		cr_assert_eq(pthread_create(&finders[i].thread, NULL, find_all, &finders[i]), 0);
	}
	for (int i = 0; i < THREADS; i++) {
		pthread_join(finders[i].thread, NULL);
		cr_expect_eq(finders[i].found, FILES);
	}
}
