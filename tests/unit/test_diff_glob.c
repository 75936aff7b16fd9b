/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Globs over paths: where they begin, what they pass over, and that none takes for ever. */
#include "wimplan/diff.h"

#include <criterion/criterion.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

Test(diff, globs)
{
	static const struct {
		const char *glob, *path;
		bool fits;
	} cases[] = {
		{ "*.sys", "\\Windows\\System32\\a.SYS", true },
		{ "*.sys", "\\Windows\\a.sys\\b", false },
		{ "\\windows\\*", "\\Windows\\System32\\a.dll", true },
		{ "/windows/inf/*", "\\Windows\\INF\\a.inf", true },
		{ "\\windows", "\\Windows\\a", false },
		{ "system32\\?.dll", "\\Windows\\System32\\a.dll", true },
		{ "system32\\?.dll", "\\Windows\\System32\\ab.dll", false },
		{ "ystem32\\a.dll", "\\Windows\\System32\\a.dll", false },
		{ "Länge?", "\\LÄNGEÖ", true },
		{ "", "\\a", false },
		{ "*", "\\", true },
		{ "a*b*c", "\\a1b2b3c", true },
		{ "a*b*c", "\\a1b2b3", false },
	};

	cr_assert(setlocale(LC_CTYPE, "C.UTF-8"));
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		cr_expect_eq(wp_path_glob(cases[i].glob, cases[i].path), cases[i].fits, "%s on %s", cases[i].glob,
			     cases[i].path);
}

Test(diff, globs_end)
{
	char path[4096], glob[256];

	memset(path, 'a', sizeof path - 1);
	path[0] = '\\';
	path[sizeof path - 1] = '\0';
	for (size_t i = 0; i < sizeof glob - 2; i++)
		glob[i] = i % 2 ? 'a' : '*';
	glob[sizeof glob - 2] = 'b';
	glob[sizeof glob - 1] = '\0';
	cr_expect_not(wp_path_glob(glob, path));
}
