/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What became of a folder's files, out of two lists of them. */
#include "wimplan/source.h"

#include <criterion/criterion.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

static struct wp_manifest manifest(const char *text)
{
	return (struct wp_manifest){ text, strlen(text) };
}

/* The words for the change from @old to @new, or NULL. */
static const char *words(struct wp_arena *arena, const char *old, const char *new)
{
	struct wp_manifest a = manifest(old), b = manifest(new);
	struct wp_folder_change change;

	setlocale(LC_CTYPE, "C.UTF-8");
	return wp_manifest_compare(arena, &a, &b, &change) ? wp_folder_change_words(arena, &change) : NULL;
}

Test(source, manifests_are_compared)
{
	static const char lines[] = "a.dll\t1\t10\nB.dll\t2\t10\nsub\\c.dll\t3\t10\n";
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();

	cr_expect_str_eq(words(arena, lines, lines), "");
	cr_expect_str_eq(words(arena, "", ""), "");
	cr_expect_str_eq(words(arena, "", lines), "3 added (a.dll, B.dll, sub\\c.dll)");
	cr_expect_str_eq(words(arena, lines, ""), "3 removed (a.dll, B.dll, sub\\c.dll)");
	cr_expect_str_eq(words(arena, lines, "A.DLL\t1\t10\nb.dll\t2\t11\nnew\t0\t0\n"),
			 "1 added (new), 1 changed (b.dll), 1 removed (sub\\c.dll)", "without regard to case");
	cr_expect_str_eq(words(arena, "", "1\t1\t1\n2\t1\t1\n3\t1\t1\n4\t1\t1\n5\t1\t1\n"), "5 added (1, 2, 3 and 2 more)");
}

Test(source, manifests_name_a_bounded_number)
{
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	char text[WP_LIMIT_FOLDER_NAMES * 40] = "";
	struct wp_manifest none = manifest(""), many;
	struct wp_folder_change change;

	for (unsigned int i = 0; i <= WP_LIMIT_FOLDER_NAMES; i++) {
		many = manifest(text);
		cr_assert(wp_manifest_compare(arena, &none, &many, &change));
		cr_expect_eq(change.counts[WP_MANIFEST_ADDED], i);
		cr_expect_eq(change.named[WP_MANIFEST_ADDED], i);
		sprintf(text + strlen(text), "file%02u\t1\t1\n", i);
	}
	many = manifest(text);
	cr_assert(wp_manifest_compare(arena, &none, &many, &change));
	cr_expect_eq(change.counts[WP_MANIFEST_ADDED], WP_LIMIT_FOLDER_NAMES + 1);
	cr_expect_eq(change.named[WP_MANIFEST_ADDED], WP_LIMIT_FOLDER_NAMES, "one more than are named");
}

/* They come out of a cache, in which somebody else may have written. */
Test(source, manifests_that_are_none)
{
	static const char *const texts[] = { "a", "\n", "\t1\t1\n", "a\t1\t1\nb", "\xff\t1\t1\n", "a\t1\t1\n\n" };
	static const char nul[] = "a\0b\t1\t1\n";
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct wp_manifest bad = { nul, sizeof nul - 1 }, good = manifest("a\t1\t1\n");
	struct wp_folder_change change;

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		cr_expect_null(words(arena, texts[i], "a\t1\t1\n"), "%zu", i);
		cr_expect_null(words(arena, "a\t1\t1\n", texts[i]), "%zu", i);
	}
	cr_expect_not(wp_manifest_compare(arena, &bad, &good, &change));
}
