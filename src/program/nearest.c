/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What somebody who mistyped a word may have meant. */
#include "wimplan/program.h"

#include <string.h>

/* Names are words of commands and options, which have fewer letters. */
#define LONGEST 32

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/*
 * How many letters are missing, too many, wrong or swapped with their neighbour (optimal string alignment distance).
 * Both texts are shorter than LONGEST.
 */
static size_t distance(const char *a, const char *b)
{
	size_t rows[3][LONGEST] = { 0 }, *before = rows[0], *last = rows[1], *row = rows[2];
	size_t length = strlen(b);

	for (size_t k = 0; k <= length; k++)
		last[k] = k;
	for (size_t i = 1; a[i - 1]; i++) {
		size_t *oldest = before;

		row[0] = i;
		for (size_t k = 1; k <= length; k++) {
			row[k] = least(least(last[k], row[k - 1]) + 1, last[k - 1] + (a[i - 1] != b[k - 1]));
			if (i > 1 && k > 1 && a[i - 1] == b[k - 2] && a[i - 2] == b[k - 1])
				row[k] = least(row[k], before[k - 2] + 1);
		}
		before = last;
		last = row;
		row = oldest;
	}
	return last[length];
}

void wp_nearest_try(struct wp_nearest *nearest, const char *name)
{
	size_t given = strlen(nearest->given), far;

	if (given >= LONGEST || strlen(name) >= LONGEST)
		return;
	far = distance(nearest->given, name);
	/* One letter in three may be wrong, two at most: what is further away is another word. */
	if (far > 2 || far * 3 > given || (nearest->name && far >= nearest->distance))
		return;
	nearest->name = name;
	nearest->distance = far;
}
