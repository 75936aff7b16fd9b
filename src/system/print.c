/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The one place where text leaves the programs. Whatever a file or a server has put into it: nothing in it moves a
 * cursor, hides, or turns other text around, and in a locale that is not UTF-8 no byte of UTF-8 gets out.
 */
#include "wimplan/print.h"

#include "wimplan/ascii.h"
#include "wimplan/file.h"
#include "wimplan/text.h"

#include <errno.h>
#include <iconv.h>
#include <langinfo.h>
#include <locale.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The locale for characters that the environment names, in POSIX's order (XBD 8.2); "" when it names none. */
static const char *locale_name(void)
{
	static const char *const names[] = { "LC_ALL", "LC_CTYPE", "LANG" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const char *value = getenv(names[i]);

		if (value && *value)
			return value;
	}
	return "";
}

static bool is_utf8_name(const char *name)
{
	return wp_ascii_same(name, "UTF-8") || wp_ascii_same(name, "UTF8");
}

/* The name of the user's character set in @name; false when it is UTF-8. */
static bool find_charset(char *name, size_t room)
{
	locale_t locale = newlocale(LC_CTYPE_MASK, "", (locale_t)0);
	const char *wanted = locale_name(), *dot = strchr(wanted, '.');

	if (locale) {
		snprintf(name, room, "%s", nl_langinfo_l(CODESET, locale));
		freelocale(locale);
		return !is_utf8_name(name);
	}
	/* Not installed here, as when ssh brought it along. The terminal shows what it says all the same. */
	snprintf(name, room, "%.*s", dot ? (int)strcspn(dot + 1, "@") : 0, dot ? dot + 1 : "");
	return !is_utf8_name(name);
}

/* Converts all of @text; what the set lacks becomes the nearest of its characters, or '?'. */
static void convert(iconv_t converter, char *text, size_t left, struct wp_buf *buf)
{
	char bytes[4096], *to;
	size_t room;

	while (left) {
		size_t result;

		to = bytes;
		room = sizeof bytes;
		result = iconv(converter, &text, &left, &to, &room);
		wp_buf_add(buf, bytes, (size_t)(to - bytes));
		if (result != (size_t)-1 || errno == E2BIG)
			continue;
		/* A character without a counterpart, or bytes that are none. */
		wp_buf_putc(buf, '?');
		do {
			text++;
			left--;
		} while (left && ((unsigned char)*text & 0xc0) == 0x80);
	}
	/* A set with states is left in its first one. */
	to = bytes;
	room = sizeof bytes;
	iconv(converter, NULL, NULL, &to, &room);
	wp_buf_add(buf, bytes, (size_t)(to - bytes));
}

/*
 * Adds the UTF-8 @text in the character set of the user's locale: as it is where that is UTF-8, otherwise transliterated,
 * with '?' for what has no counterpart. Never fails.
 */
static void add_in_charset(struct wp_buf *buf, const char *text, size_t length)
{
	/* POSIX's name for ASCII: for sets that iconv does not know, and a locale that is neither installed nor named. */
	static const char ascii[] = "ANSI_X3.4-1968//TRANSLIT";
	char name[64], target[sizeof name + 16];
	iconv_t converter;

	if (!find_charset(name, sizeof name)) {
		wp_buf_add(buf, text, length);
		return;
	}
	snprintf(target, sizeof target, "%s//TRANSLIT", name);
	converter = iconv_open(*name ? target : ascii, "UTF-8");
	if (converter == (iconv_t)-1)
		converter = iconv_open(ascii, "UTF-8");
	if (converter == (iconv_t)-1) {
		/* No converters at all, as in a static build without its modules. */
		for (size_t i = 0; i < length; i++)
			if ((unsigned char)text[i] < 0x80 || ((unsigned char)text[i] & 0xc0) != 0x80)
				wp_buf_putc(buf, (unsigned char)text[i] < 0x80 ? text[i] : '?');
		return;
	}
	convert(converter, (char *)text, length, buf);
	iconv_close(converter);
}

/* A line feed, and the colours of our own: ECMA-48 SGR with one number, of those that reports and tables use. */
static size_t keep_in_plain(const char *text)
{
	static const char *const colors[] = { "\033[0m",  "\033[1m",  "\033[31m", "\033[32m",
					      "\033[33m", "\033[36m" };

	for (size_t i = 0; i < sizeof colors / sizeof *colors; i++)
		if (!strncmp(text, colors[i], strlen(colors[i])))
			return strlen(colors[i]);
	return *text == '\n';
}

/* White space that a document may have and that goes nowhere but right and down. */
static size_t keep_in_document(const char *text)
{
	if (!strncmp(text, "\r\n", 2))
		return 2;
	return *text == '\n' || *text == '\t';
}

/* Adds @text as it may be seen: on a terminal, or by somebody who reads it as text. */
static void add_visible(struct wp_buf *buf, enum wp_text_kind kind, const char *text, size_t length)
{
	struct wp_buf visible __attribute__((cleanup(wp_buf_free))) = { 0 };

	wp_text_escape_but(&visible, text, length, kind == WP_TEXT_PLAIN ? keep_in_plain : keep_in_document);
	add_in_charset(buf, wp_buf_text(&visible), visible.length);
}

int wp_print(const char *path, enum wp_text_kind kind, const struct wp_buf *text, struct wp_error *err)
{
	struct wp_buf visible __attribute__((cleanup(wp_buf_free))) = { 0 };
	bool is_stdout = !path || !strcmp(path, "-");

	if (is_stdout && (kind == WP_TEXT_PLAIN || isatty(STDOUT_FILENO)))
		add_visible(&visible, kind, wp_buf_text(text), text->length);
	else if (kind == WP_TEXT_PLAIN)
		wp_text_escape_but(&visible, wp_buf_text(text), text->length, keep_in_plain);
	else
		return wp_file_write(path, wp_buf_text(text), text->length, err);
	return wp_file_write(path, wp_buf_text(&visible), visible.length, err);
}

void wp_tell(const char *text)
{
	struct wp_buf visible __attribute__((cleanup(wp_buf_free))) = { 0 };

	add_visible(&visible, WP_TEXT_PLAIN, text, strlen(text));
	fputs(wp_buf_text(&visible), stderr);
	fflush(stderr);
}

void wp_tell_over(const char *text)
{
	fputs(text ? "\r" : "\r\033[K", stderr);
	wp_tell(text ? text : "");
}
