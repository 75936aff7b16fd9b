/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Map entries and the Windows paths in them. */
#include "wimplan/source.h"

#include "../../src/source/path.h"

#include <criterion/criterion.h>
#include <string.h>

Test(source, map_takes_entries)
{
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct wp_map map = { 0 };
	struct wp_error err;

	cr_assert_eq(wp_map_add(arena, &map, "\\\\srv\\src$", "/mnt/src", &err), WP_OK);
	cr_assert_eq(wp_map_add(arena, &map, "D:\\src", "/mnt/a=b", &err), WP_OK);
	cr_assert_eq(wp_map_add(arena, &map, "\\\\srv\\src$\\sub", "/mnt/sub", &err), WP_OK);
	cr_assert_eq(map.count, 3);
	cr_expect_str_eq(map.entries[0].prefix, "\\\\srv\\src$");
	cr_expect_str_eq(map.entries[0].folder, "/mnt/src");
	cr_expect_str_eq(map.entries[1].prefix, "D:\\src");
	cr_expect_str_eq(map.entries[1].folder, "/mnt/a=b");
}

Test(source, map_refuses_what_is_wrong)
{
	static const struct {
		const char *prefix, *folder, *part;
	} cases[] = {
		{ "", "/mnt", "neither" },
		{ "share", "/mnt", "neither" },
		{ "\\share", "/mnt", "neither" },
		{ "\\\\", "/mnt", "neither" },
		{ "D:src", "/mnt", "neither" },
		{ "\\\\srv\\..\\share", "/mnt", "neither" },
		{ "\\\\srv\\share", "", "no folder" },
		{ "\\\\SRV\\Taken\\", "/mnt/2", "given twice" },
		{ "//srv/taken", "/mnt/2", "given twice" },
		{ "\\\\?\\UNC\\srv\\taken", "/mnt/2", "given twice" },
		{ "\\\\?\\d:", "/mnt/2", "given twice" },
	};
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct wp_map map = { 0 };
	struct wp_error err;

	cr_assert_eq(wp_map_add(arena, &map, "\\\\srv\\taken", "/mnt/1", NULL), WP_OK);
	cr_assert_eq(wp_map_add(arena, &map, "D:\\", "/mnt/d", NULL), WP_OK);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		cr_expect_eq(wp_map_add(arena, &map, cases[i].prefix, cases[i].folder, &err), WP_E_USAGE, "%s",
			     cases[i].prefix);
		cr_expect_str_eq(err.code, "bad-map", "%s", cases[i].prefix);
		cr_expect(strstr(err.message, cases[i].part), "%s: %s", cases[i].prefix, err.message);
	}
	cr_expect_eq(map.count, 2);
}

Test(source, paths_are_taken_apart)
{
	static const struct {
		const char *text, *key; /* NULL: not a path of Windows */
	} cases[] = {
		{ "\\\\Srv\\Share\\A.wim", "\\\\srv\\share\\a.wim" },
		{ "//Srv/Share//A.wim/", "\\\\srv\\share\\a.wim" },
		{ "\\\\\\\\Srv\\\\Share\\\\A.wim", "\\\\srv\\share\\a.wim" },
		{ "\\\\?\\UNC\\Srv\\Share\\A.wim", "\\\\srv\\share\\a.wim" },
		{ "\\\\?\\unc\\Srv", "\\\\srv" },
		{ "D:\\Src\\A.wim", "d:\\src\\a.wim" },
		{ "\\\\?\\D:\\Src", "d:\\src" },
		{ "d:", "d:" },
		{ "D:/", "d:" },
		{ "", NULL },
		{ "\\", NULL },
		{ "\\\\", NULL },
		{ "\\\\?\\", NULL },
		{ "\\\\?\\UNC\\", NULL },
		{ "\\\\?\\Volume{0}\\a", NULL },
		{ "D:a", NULL },
		{ "DD:\\a", NULL },
		{ "\xc3\xa4:\\a", NULL },
		{ "/mnt/a", NULL },
		{ "a\\b", NULL },
	};
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct wp_windows_path path;
		bool split = wp_windows_path_split(arena, cases[i].text, &path);

		cr_expect_eq(split, cases[i].key != NULL, "%s", cases[i].text);
		if (split)
			cr_expect_str_eq(wp_windows_path_key(arena, &path), cases[i].key, "%s", cases[i].text);
	}
}

Test(source, map_prefixes_in_other_spellings)
{
	static const struct {
		const char *a, *b;
		bool same;
	} cases[] = {
		{ "\\\\srv\\src$", "//SRV/Src$/", true },
		{ "\\\\srv\\src$", "\\\\?\\UNC\\srv\\src$", true },
		{ "D:", "\\\\?\\d:\\", true },
		{ "\\\\srv\\src$", "\\\\srv\\src$\\sub", false },
		{ "\\\\srv\\src$", "\\\\srv\\src", false },
		{ "D:", "E:", false },
		{ "nonsense", "nonsense", false },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		cr_expect_eq(wp_map_same_prefix(cases[i].a, cases[i].b), cases[i].same, "%s, %s", cases[i].a, cases[i].b);
		cr_expect_eq(wp_map_same_prefix(cases[i].b, cases[i].a), cases[i].same, "%s, %s", cases[i].b, cases[i].a);
	}
}

/* Each is compared with all before it: what that takes must not be to take paths apart. */
Test(source, map_of_many_entries, .timeout = 20)
{
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct wp_map map = { 0 };

	for (int i = 0; i < 6000; i++)
		cr_assert_eq(wp_map_add(arena, &map, wp_arena_printf(arena, "\\\\srv%d\\src$", i),
					wp_arena_printf(arena, "/mnt/%d", i), NULL),
			     WP_OK);
	cr_expect_eq(wp_map_add(arena, &map, "//SRV5999/Src$", "/mnt", NULL), WP_E_USAGE);
	cr_expect_eq(wp_map_get(&map, "//SRV5999/Src$/"), &map.entries[5999]);
	cr_expect_null(wp_map_get(&map, "//SRV5999/Src$/a"));
	cr_expect_eq(wp_map_find(&map, "\\\\Srv5999\\src$\\a.wim"), &map.entries[5999]);
	cr_expect_null(wp_map_find(&map, "\\\\srv5999\\src$a\\a.wim"));
}
