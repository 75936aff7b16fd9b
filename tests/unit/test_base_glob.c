/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Globs over paths: where they begin, what they pass over, and that none takes for ever. */
#include "wimplan/glob.h"

#include <criterion/criterion.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

/* The path in one piece, or in pieces that begin with separators as a walk through a tree has them. */
static bool fits_in(const char *text, const char *path, bool pieces)
{
	struct wp_glob *glob = wp_glob_new(text);
	bool *places = calloc(wp_glob_places(glob), sizeof *places), fits;
	char *copy = strdup(path);

	wp_glob_begin(glob, places);
	for (char *at = copy, *next; at; at = next) {
		next = pieces ? strchr(at + 1, '\\') : NULL;
		if (next)
			*next = '\0';
		wp_glob_pass(glob, places, at);
		if (next)
			*next = '\\';
	}
	fits = wp_glob_fits(glob, places);
	free(copy);
	free(places);
	wp_glob_free(glob);
	return fits;
}

Test(base, globs)
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
		{ "\\*\\?", "\\a\\b\\c", true },
		{ "b*", "\\a\\b", true },
		{ "a\\*", "\\a", false },
		{ "?", "\\a/b", true },
		{ "\\a\\b", "\\a/b", true },
		{ "**", "\\", true },
		{ "k", "\\\u212a", false },
	};

	cr_assert(setlocale(LC_CTYPE, "C.UTF-8"));
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		for (int pieces = 0; pieces < 2; pieces++)
			cr_expect_eq(fits_in(cases[i].glob, cases[i].path, pieces), cases[i].fits, "%s on %s",
				     cases[i].glob, cases[i].path);
}

Test(base, globs_end)
{
	char path[4096], glob[256];

	memset(path, 'a', sizeof path - 1);
	path[0] = '\\';
	path[sizeof path - 1] = '\0';
	for (size_t i = 0; i < sizeof glob - 2; i++)
		glob[i] = i % 2 ? 'a' : '*';
	glob[sizeof glob - 2] = 'b';
	glob[sizeof glob - 1] = '\0';
	cr_expect_not(fits_in(glob, path, false));
}
