/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The characters that the user's terminal can show: the library speaks UTF-8, the locale perhaps another. */
#include "charset.h"

#include "wimplan/ascii.h"

#include <errno.h>
#include <iconv.h>
#include <langinfo.h>
#include <locale.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

void wp_charset_add(struct wp_buf *buf, const char *text, size_t length)
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
