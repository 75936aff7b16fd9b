/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The one place where text leaves the programs. Whatever a file or a server has put into it: nothing in it moves a
 * cursor, hides, or turns other text around, and in a locale that is not UTF-8 no byte of UTF-8 gets out.
 */
#include "charset.h"

#include "wimplan/file.h"
#include "wimplan/print.h"
#include "wimplan/text.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

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
	wp_charset_add(buf, wp_buf_text(&visible), visible.length);
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
