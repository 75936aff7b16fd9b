/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Globs over paths of an image, without regard to case. */
#include "wimplan/diff.h"

#include "wimplan/text.h"

#include <string.h>

/* One character of a glob and of a path are the same: letters by the rule for names, either slash for the other. */
static bool same_character(const char *a, size_t a_size, const char *b, size_t b_size)
{
	char x[5] = { 0 }, y[5] = { 0 };

	if (*a == *b && a_size == 1 && b_size == 1)
		return true;
	if ((*a == '/' || *a == '\\') && (*b == '/' || *b == '\\'))
		return true;
	/* Other bytes of ASCII are letters or not the same; most are looked at only to find this out. */
	if (a_size == 1 && b_size == 1 && ((*a ^ *b) != ('a' ^ 'A')))
		return false;
	memcpy(x, a, a_size);
	memcpy(y, b, b_size);
	return wp_text_equal_nocase(x, y);
}

/* Bytes of the character at @text: 1 where it is no valid UTF-8. */
static size_t character_size(const char *text)
{
	unsigned char c = (unsigned char)*text;
	size_t size = c < 0xc0 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;

	return strnlen(text, size) < size ? 1 : size;
}

/*
 * A '*' that was passed is tried again one character further on: no recursion, and at most glob times path steps. The
 * last one is enough, for what stood in front of it has its place. @anywhere is a '*' in front that ends with a '\\'.
 */
static bool matches(const char *glob, const char *path, bool anywhere)
{
	const char *star = NULL, *from = path, *beginning = glob;

	while (*path) {
		size_t size = character_size(path), glob_size = *glob ? character_size(glob) : 0;

		if (*glob == '*') {
			star = ++glob;
			from = path;
		} else if (*glob && (*glob == '?' || same_character(glob, glob_size, path, size))) {
			glob += glob_size;
			path += size;
		} else if (star) {
			from += character_size(from);
			path = from;
			glob = star;
		} else if (anywhere && (from = strchr(from, '\\'))) {
			path = ++from;
			glob = beginning;
		} else {
			return false;
		}
	}
	while (*glob == '*')
		glob++;
	return !*glob;
}

bool wp_path_glob(const char *glob, const char *path)
{
	const char *first = strchr(path, '\\');

	if (*glob == '/' || *glob == '\\' || *glob == '*')
		return matches(glob, path, false);
	return first && matches(glob, first + 1, true);
}
