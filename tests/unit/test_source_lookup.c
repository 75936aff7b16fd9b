/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finding files by the paths that a site has for them. */
#include "wimplan/limits.h"
#include "wimplan/source.h"

#include "temporary.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <locale.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A folder for one test and a map of it. */
struct place {
	char root[TEMPORARY_SIZE];
	struct wp_arena *arena;
	struct wp_map map;
	struct wp_lookup *lookup;
	bool follow;
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
	cr_assert_eq(wp_map_add(place->arena, &place->map, prefix, below(place, folder), NULL), WP_OK, "%s", prefix);
}

/* What finding @path gives; the local path below the root in *@ret_path, or the detail. */
static enum wp_found find(struct place *place, const char *path, const char **ret_path)
{
	struct wp_located located __attribute__((cleanup(wp_located_close)));
	const char *detail, *local;
	enum wp_found found;

	if (!place->lookup)
		place->lookup = wp_lookup_new(&place->map, place->follow);
	found = wp_lookup_find(place->lookup, place->arena, path, &located);
	local = located.path;
	detail = located.detail;
	cr_expect_eq(found == WP_FOUND, located.fd >= 0, "%s", path);
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
	       "\"\\\\srv\\src\\shut\" cannot be opened: permission denied");
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
		struct wp_located located __attribute__((cleanup(wp_located_close)));

		finder->found += wp_lookup_find(finder->lookup, arena, wp_arena_printf(arena, "\\\\S\\S\\D%d\\F%d.WIM",
						i % 10, i), &located) == WP_FOUND;
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
	place.lookup = wp_lookup_new(&place.map, false);
	for (int i = 0; i < THREADS; i++) {
		finders[i].lookup = place.lookup;
		cr_assert_eq(pthread_create(&finders[i].thread, NULL, find_all, &finders[i]), 0);
	}
	for (int i = 0; i < THREADS; i++) {
		pthread_join(finders[i].thread, NULL);
		cr_expect_eq(finders[i].found, FILES);
	}
}

/* A link stays within the mapped folder or is not followed, whether it stands at the end or on the way. */
Test(source, lookup_stays_in_the_mapped_folder)
{
	static const char outside[] = "leads out of the mapped folder";
	struct place place __attribute__((cleanup(cleanup)));

	setup(&place);
	make_folder(&place, "src");
	make_folder(&place, "src/in");
	make_folder(&place, "src-more");
	make_file(&place, "src/in/a.wim");
	make_file(&place, "src-more/b.wim");
	cr_assert_eq(symlink("in/a.wim", below(&place, "src/relative.wim")), 0);
	cr_assert_eq(symlink(below(&place, "src/in"), below(&place, "src/absolute")), 0);
	cr_assert_eq(symlink("../../src/in/a.wim", below(&place, "src/in/around.wim")), 0);
	cr_assert_eq(symlink("../src-more/b.wim", below(&place, "src/out.wim")), 0);
	cr_assert_eq(symlink("..", below(&place, "src/up")), 0);
	cr_assert_eq(symlink("src", below(&place, "mounted")), 0);
	cr_assert_eq(symlink("src-more/b.wim", below(&place, "one.wim")), 0);
	map(&place, "\\\\srv\\src", "src");
	map(&place, "\\\\srv\\link", "mounted");
	map(&place, "\\\\srv\\file", "one.wim");
	for (int i = 0; i < 2; i++) {
		expect(&place, "\\\\srv\\src\\relative.wim", WP_FOUND, "src/relative.wim");
		expect(&place, "\\\\srv\\src\\absolute\\a.wim", WP_FOUND, "src/absolute/a.wim");
		expect(&place, "\\\\srv\\src\\in\\around.wim", WP_FOUND, "src/in/around.wim");
		expect(&place, "\\\\srv\\link\\in\\a.wim", WP_FOUND, "mounted/in/a.wim");
		expect(&place, "\\\\srv\\file", WP_FOUND, "one.wim");
		if (place.follow) {
			expect(&place, "\\\\srv\\src\\out.wim", WP_FOUND, "src/out.wim");
			expect(&place, "\\\\srv\\src\\up\\src-more\\b.wim", WP_FOUND, "src/up/src-more/b.wim");
			expect(&place, "\\\\srv\\src\\up", WP_FOUND, "src/up");
		} else {
			expect(&place, "\\\\srv\\src\\out.wim", WP_FOUND_UNREADABLE, outside);
			expect(&place, "\\\\srv\\link\\out.wim", WP_FOUND_UNREADABLE, outside);
			expect(&place, "\\\\srv\\src\\up\\src-more\\b.wim", WP_FOUND_UNREADABLE,
			       "\"\\\\srv\\src\\up\" is a link");
			expect(&place, "\\\\srv\\src\\up", WP_FOUND_UNREADABLE, outside);
		}
		wp_lookup_free(place.lookup);
		place.lookup = NULL;
		place.follow = true;
	}
}

struct swap {
	const char *link, *inside, *outside;
	pthread_t thread;
	bool stop;
};

static void *swap_links(void *context)
{
	struct swap *swap = context;
	char other[256];

	snprintf(other, sizeof other, "%s.new", swap->link);
	for (int i = 0; !__atomic_load_n(&swap->stop, __ATOMIC_RELAXED); i++)
		if (symlink(i % 2 ? swap->inside : swap->outside, other) || rename(other, swap->link))
			break;
	return NULL;
}

/* Whatever somebody does to a link meanwhile: what was found stands below the mapped folder. */
Test(source, lookup_of_a_link_that_changes)
{
	struct place place __attribute__((cleanup(cleanup)));
	struct swap swap = { 0 };
	struct stat inside, found;
	size_t there = 0, refused = 0;

	setup(&place);
	make_folder(&place, "src");
	make_file(&place, "src/a.wim");
	make_file(&place, "b.wim");
	swap.link = below(&place, "src/link.wim");
	swap.inside = "a.wim";
	swap.outside = "../b.wim";
	cr_assert_eq(symlink("a.wim", swap.link), 0);
	cr_assert_eq(stat(below(&place, "src/a.wim"), &inside), 0);
	map(&place, "\\\\srv\\src", "src");
	place.lookup = wp_lookup_new(&place.map, false);
	cr_assert_eq(pthread_create(&swap.thread, NULL, swap_links, &swap), 0);
	/* However long a busy machine lets the thread stand still: both are to be seen. */
	for (int i = 0; i < 5000 || (i < 500000 && (!there || !refused)); i++) {
		struct wp_located located __attribute__((cleanup(wp_located_close)));

		if (wp_lookup_find(place.lookup, place.arena, "\\\\srv\\src\\link.wim", &located) != WP_FOUND) {
			refused++;
			sched_yield();
			continue;
		}
		there++;
		cr_assert_eq(fstat(located.fd, &found), 0);
		cr_assert_eq(found.st_ino, inside.st_ino);
	}
	__atomic_store_n(&swap.stop, true, __ATOMIC_RELAXED);
	pthread_join(swap.thread, NULL);
	cr_expect_gt(there, 0);
	cr_expect_gt(refused, 0);
}
