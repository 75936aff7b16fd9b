/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How text leaves a program, and how a terminal answers: nothing else writes to standard output and standard error. */
#ifndef WIMPLAN_PRINT_H
#define WIMPLAN_PRINT_H

#include "wimplan/arena.h"
#include "wimplan/buf.h"
#include "wimplan/error.h"

#include <stdbool.h>

/* What a text is decides what of it may get out as it is. */
enum wp_text_kind {
	WP_TEXT_PLAIN,    /* for people: line feeds and our colours; on standard output in the locale's characters */
	WP_TEXT_DOCUMENT, /* of a format that escapes by itself: all of it, in UTF-8; to a terminal only what it can show */
};

/*
 * Writes to the file @path, or to standard output when it is NULL or "-". A file is written whole or not at all, and in
 * UTF-8 whatever the locale.
 */
int wp_print(const char *path, enum wp_text_kind kind, const struct wp_buf *text, struct wp_error *err);

/* The same piece by piece, each of them whole lines or at least whole characters. A failure is said at the end. */
struct wp_printer;
int wp_print_begin(const char *path, enum wp_text_kind kind, struct wp_printer **ret_printer, struct wp_error *err);
/* A @printer as the function of a struct wp_sink. */
void wp_print_add_to(void *printer, const char *text, size_t length);
/* Frees @printer in any case. */
int wp_print_end(struct wp_printer *printer, struct wp_error *err);
/* Leaves a file as it was, in the place of wp_print_end(). Returns @status. */
int wp_print_abandon(struct wp_printer *printer, int status);

/* Plain text on standard error, as it stands: no line feed is added. */
void wp_tell(const char *text);

/* Puts @text in place of the line on which standard error stands, which it must not be shorter than; NULL empties it. */
void wp_tell_over(const char *text);

/* Reads a line, with its end. False when a signal asks the run to stop before that, or at the end. */
bool wp_terminal_answer(char *room, size_t size);

/*
 * Says @prompt and reads a line, without its end, that is not shown while it is typed. NULL when there is no terminal, or
 * no line.
 */
char *wp_terminal_secret(struct wp_arena *arena, const char *prompt);

#endif
