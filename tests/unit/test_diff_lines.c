/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Texts line by line: the hunks make the new text of the old one, and are the shortest within their limits. */
#include "../../src/diff/lines.h"

#include "wimplan/limits.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct wp_lines between(const char *old, const char *new, struct wp_buf *buf)
{
	return wp_lines_diff(old, strlen(old), new, strlen(new), buf);
}

static void expect(const char *old, const char *new, const char *hunks)
{
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };

	between(old, new, &buf);
	cr_expect_str_eq(wp_buf_text(&buf), hunks);
}

/* As patch(1) does it: texts whose lines all end with a line feed. */
static void apply(const char *old, const char *hunks, struct wp_buf *ret)
{
	unsigned long number = 1;

	while (*hunks) {
		unsigned long begin = strtoul(hunks + strlen("@@ -"), NULL, 10);
		const char *end = strchr(hunks, ' ');
		bool nothing = strchr(hunks, ',') && strchr(hunks, ',') < strchr(end + 1, ' ') && !strncmp(strchr(hunks, ','), ",0", 2);

		for (begin += nothing; number < begin; number++) {
			const char *feed = strchr(old, '\n');

			cr_assert(feed);
			wp_buf_add(ret, old, (size_t)(feed - old) + 1);
			old = feed + 1;
		}
		for (hunks = strchr(hunks, '\n') + 1; *hunks && *hunks != '@'; hunks = strchr(hunks, '\n') + 1) {
			size_t length = (size_t)(strchr(hunks, '\n') - hunks);

			if (*hunks != '+') {
				cr_assert(!strncmp(old, hunks + 1, length), "'%.10s' is not '%.10s'", old, hunks + 1);
				old += length;
				number++;
			}
			if (*hunks != '-')
				wp_buf_add(ret, hunks + 1, length);
		}
	}
	wp_buf_puts(ret, old);
}

Test(diff_lines, hunks)
{
	expect("a\n", "a\n", "");
	expect("", "", "");
	expect("", "a\nb\n", "@@ -0,0 +1,2 @@\n+a\n+b\n");
	expect("a\n", "", "@@ -1 +0,0 @@\n-a\n");
	expect("1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nfive\n6\n7\n8\n9\n",
	       "@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n");
	/* Six lines between are one hunk, seven are two. */
	expect("a\n1\n2\n3\n4\n5\n6\nb\n", "A\n1\n2\n3\n4\n5\n6\nB\n", "@@ -1,8 +1,8 @@\n-a\n+A\n 1\n 2\n 3\n 4\n 5\n 6\n-b\n+B\n");
	expect("a\n1\n2\n3\n4\n5\n6\n7\nb\n", "A\n1\n2\n3\n4\n5\n6\n7\nB\n",
	       "@@ -1,4 +1,4 @@\n-a\n+A\n 1\n 2\n 3\n@@ -6,4 +6,4 @@\n 5\n 6\n 7\n-b\n+B\n");
}

Test(diff_lines, ends_of_lines)
{
	expect("a\r\nb\r\n", "a\nb\n", "");
	expect("a\nb", "a\nb\n", "@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+b\n");
	expect("a\nb", "a\nc", "@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+c\n\\ No newline at end of file\n");
	expect("\r\n", "\n\n", "@@ -1 +1,2 @@\n \n+\n");
}

/* The length of the longest common sequence by the textbook's table. */
static size_t common(const char *old, const char *new)
{
	size_t n = strlen(old) / 2, m = strlen(new) / 2, table[21][21] = { { 0 } };

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < m; k++) {
			size_t best = table[i][k + 1] > table[i + 1][k] ? table[i][k + 1] : table[i + 1][k];

			table[i + 1][k + 1] = old[2 * i] == new[2 * k] ? table[i][k] + 1 : best;
		}
	return table[n][m];
}

Test(diff_lines, shortest_and_right)
{
	unsigned int seed = 1;

	for (int round = 0; round < 4000; round++) {
		char texts[2][64];
		struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };
		struct wp_buf made __attribute__((cleanup(wp_buf_free))) = { 0 };
		struct wp_lines lines;

		for (int side = 0; side < 2; side++) {
			size_t count = (seed = seed * 1103515245 + 12345) / 65536 % 20, at = 0;

			for (size_t i = 0; i < count; i++) {
				seed = seed * 1103515245 + 12345;
				texts[side][at++] = (char)('a' + seed / 65536 % 4);
				texts[side][at++] = '\n';
			}
			texts[side][at] = '\0';
		}
		lines = between(texts[0], texts[1], &buf);
		apply(texts[0], wp_buf_text(&buf), &made);
		cr_assert_str_eq(wp_buf_text(&made), texts[1]);
		cr_assert_eq(lines.removed, strlen(texts[0]) / 2 - common(texts[0], texts[1]));
		cr_assert_eq(lines.added, strlen(texts[1]) / 2 - common(texts[0], texts[1]));
	}
}

/* @count lines that the new text has not, with one between them that it has. */
static struct wp_lines gone(size_t count)
{
	struct wp_buf old __attribute__((cleanup(wp_buf_free))) = { 0 };
	struct wp_buf new __attribute__((cleanup(wp_buf_free))) = { 0 };
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };

	for (size_t i = 0; i < count; i++) {
		wp_buf_printf(&old, "gone %zu\nkept %zu\n", i, i);
		wp_buf_printf(&new, "kept %zu\n", i);
	}
	return wp_lines_diff(old.data, old.length, new.data, new.length, &buf);
}

Test(diff_lines, limits)
{
	struct wp_lines within = gone(WP_LIMIT_TEXT_EDITS), beyond = gone(WP_LIMIT_TEXT_EDITS + 1);

	cr_expect_eq(within.removed, WP_LIMIT_TEXT_EDITS);
	cr_expect_eq(within.added, 0);
	/* All but the line that both end with. */
	cr_expect_eq(beyond.removed, 2 * WP_LIMIT_TEXT_EDITS + 1);
	cr_expect_eq(beyond.added, WP_LIMIT_TEXT_EDITS);
}
