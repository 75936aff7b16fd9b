/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Error objects: what they hold, and what happens to texts that do not fit or are no UTF-8. */
#include "wimplan/error.h"
#include "wimplan/text.h"

#include <criterion/criterion.h>
#include <string.h>

/* @count times @text into @to. */
static void repeat(char *to, const char *text, size_t count)
{
	size_t length = strlen(text);
	size_t i;

	for (i = 0; i < count; i++)
		memcpy(to + i * length, text, length);
	to[count * length] = '\0';
}

Test(base, error_is_filled)
{
	struct wp_error err;

	cr_expect_eq(wp_fail(&err, WP_E_BUSY, "cache-busy", "/c.db", "%s is locked by %d", "/c.db", 4), WP_E_BUSY);
	cr_expect_eq(err.status, WP_E_BUSY);
	cr_expect_str_eq(err.code, "cache-busy");
	cr_expect_str_eq(err.subject, "/c.db");
	cr_expect_str_eq(err.message, "/c.db is locked by 4");

	/* Texts of the object itself may go into the new ones. */
	cr_expect_eq(wp_fail(&err, WP_E_FAILED, "x", err.code, "[%s] %s", err.subject, err.message), WP_E_FAILED);
	cr_expect_str_eq(err.code, "x");
	cr_expect_str_eq(err.subject, "cache-busy");
	cr_expect_str_eq(err.message, "[/c.db] /c.db is locked by 4");

	cr_expect_eq(wp_fail(&err, WP_E_USAGE, "x", NULL, "none"), WP_E_USAGE);
	cr_expect_str_eq(err.subject, "");
	cr_expect_eq(wp_fail(NULL, WP_E_REFUSED, "x", "y", "z"), WP_E_REFUSED);
}

Test(base, error_prefix)
{
	struct wp_error err;

	wp_fail(&err, WP_E_NOT_FOUND, "cache-damaged", "/c.db", "disk I/O error");
	cr_expect_eq(wp_fail_prefix(&err, WP_E_FAILED, "reading %s", "the cache"), WP_E_FAILED);
	cr_expect_eq(err.status, WP_E_FAILED);
	cr_expect_str_eq(err.message, "reading the cache: disk I/O error");
	cr_expect_str_eq(err.code, "cache-damaged");
	cr_expect_str_eq(err.subject, "/c.db");
	cr_expect_eq(wp_fail_prefix(NULL, WP_E_BUSY, "x"), WP_E_BUSY);
}

Test(base, error_texts_are_cut_at_a_character)
{
	/* The end of the room falls on each byte of a character of three bytes and of one of four. */
	static const char *const leads[] = { "", "a", "ab", "abc" };
	static const char *const characters[] = { "\xe2\x82\xac", "\xf0\x9f\x98\x80" };
	struct wp_error err;
	char text[4096];
	size_t i, j;

	for (i = 0; i < 4; i++) {
		for (j = 0; j < 2; j++) {
			size_t size = strlen(characters[j]);
			size_t length;

			repeat(text, characters[j], 900);
			wp_fail(&err, WP_E_FAILED, leads[i], text, "%s%s", leads[i], text);
			length = strlen(err.message);
			cr_expect_leq(length, sizeof err.message - 1);
			cr_expect_gt(length, sizeof err.message - 1 - size);
			cr_expect_eq(wp_utf8_valid(err.message, length), length, "case %zu %zu", i, j);
			cr_expect_null(strstr(err.message, "\xef\xbf\xbd"), "case %zu %zu", i, j);
			length = strlen(err.subject);
			cr_expect_eq(length, (sizeof err.subject - 1) / size * size);
			cr_expect_eq(wp_utf8_valid(err.subject, length), length);

			wp_fail_prefix(&err, WP_E_FAILED, "%s%s", leads[i], text);
			length = strlen(err.message);
			cr_expect_gt(length, sizeof err.message - 1 - size);
			cr_expect_eq(wp_utf8_valid(err.message, length), length, "prefix, case %zu %zu", i, j);
		}
	}
	wp_fail(&err, WP_E_FAILED, "a-code-that-is-longer-than-forty-characters", NULL, "x");
	cr_expect_eq(strlen(err.code), sizeof err.code - 1);
}

Test(base, error_texts_are_valid_utf8)
{
	struct wp_error err;

	wp_fail(&err, WP_E_FAILED, "unreadable", "a\xff.wim", "%s: \xc3", "b\xe2\x82");
	cr_expect_str_eq(err.subject, "a\xef\xbf\xbd.wim");
	cr_expect_str_eq(err.message, "b\xef\xbf\xbd\xef\xbf\xbd: \xef\xbf\xbd");
}
