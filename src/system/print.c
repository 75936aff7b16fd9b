/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The one place where text leaves the programs. Whatever a file or a server has put into it: nothing in it moves a
 * cursor, hides, or turns other text around, and in a locale that is not UTF-8 no byte of UTF-8 gets out.
 */
#include "wimplan/print.h"

#include "wimplan/ascii.h"
#include "wimplan/clock.h"
#include "wimplan/file.h"
#include "wimplan/text.h"

#include <errno.h>
#include <iconv.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <termios.h>
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

struct wp_printer {
	struct wp_file_writer *writer;
	enum wp_text_kind kind;
	bool seen;    /* as it may be seen, in the characters of the locale */
	bool escaped; /* plain text in UTF-8 */
};

int wp_print_begin(const char *path, enum wp_text_kind kind, struct wp_printer **ret_printer, struct wp_error *err)
{
	bool is_stdout = !path || !strcmp(path, "-");
	struct wp_file_writer *writer;
	int status = wp_file_begin(path, WP_FILE_TARGET_NAMED, &writer, err);

	if (status)
		return status;
	*ret_printer = wp_must(malloc(sizeof **ret_printer));
	**ret_printer = (struct wp_printer){
		.writer = writer,
		.kind = kind,
		.seen = is_stdout && (kind == WP_TEXT_PLAIN || isatty(STDOUT_FILENO)),
		.escaped = kind == WP_TEXT_PLAIN,
	};
	return WP_OK;
}

void wp_print_add_to(void *context, const char *text, size_t length)
{
	struct wp_printer *printer = context;
	struct wp_buf visible __attribute__((cleanup(wp_buf_free))) = { 0 };

	if (printer->seen)
		add_visible(&visible, printer->kind, text, length);
	else if (printer->escaped)
		wp_text_escape_but(&visible, text, length, keep_in_plain);
	else
		wp_file_add(printer->writer, text, length);
	wp_file_add(printer->writer, wp_buf_text(&visible), visible.length);
}

int wp_print_end(struct wp_printer *printer, struct wp_error *err)
{
	int status = wp_file_commit(printer->writer, err);

	free(printer);
	return status;
}

int wp_print_abandon(struct wp_printer *printer, int status)
{
	wp_file_abandon(printer->writer);
	free(printer);
	return status;
}

int wp_print(const char *path, enum wp_text_kind kind, const struct wp_buf *text, struct wp_error *err)
{
	struct wp_printer *printer;
	int status = wp_print_begin(path, kind, &printer, err);

	if (status)
		return status;
	wp_print_add_to(printer, wp_buf_text(text), text->length);
	return wp_print_end(printer, err);
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

static const int ending_signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };

bool wp_terminal_answer(char *room, size_t size)
{
	return wp_clock_wait_input(STDIN_FILENO) && fgets(room, (int)size, stdin);
}

/* Waits for a line on standard input. False when a signal came first, or the end. */
static bool wait_for_line(const sigset_t *signals)
{
	int signal_fd __attribute__((cleanup(wp_closep))) = signalfd(-1, signals, SFD_CLOEXEC);
	struct pollfd fds[] = { { .fd = STDIN_FILENO, .events = POLLIN }, { .fd = signal_fd, .events = POLLIN } };

	while (poll(fds, signal_fd < 0 ? 1 : 2, -1) < 0)
		if (errno != EINTR)
			return false;
	return !fds[1].revents;
}

char *wp_terminal_secret(struct wp_arena *arena, const char *prompt)
{
	struct termios before, silent;
	sigset_t signals, mask;
	char line[512] = "";
	bool got;

	if (!isatty(STDIN_FILENO) || tcgetattr(STDIN_FILENO, &before))
		return NULL;
	/* Whoever gives up with Ctrl+C gets the terminal back as it was: the signal is let through behind that. */
	sigemptyset(&signals);
	for (size_t i = 0; i < sizeof ending_signals / sizeof *ending_signals; i++)
		sigaddset(&signals, ending_signals[i]);
	sigprocmask(SIG_BLOCK, &signals, &mask);
	silent = before;
	silent.c_lflag &= ~(tcflag_t)ECHO;
	wp_tell(prompt);
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
	got = wait_for_line(&signals) && fgets(line, sizeof line, stdin);
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
	wp_tell("\n");
	sigprocmask(SIG_SETMASK, &mask, NULL);
	line[strcspn(line, "\n")] = '\0';
	return got ? wp_arena_strdup(arena, line) : NULL;
}
