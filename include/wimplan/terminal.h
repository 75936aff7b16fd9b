/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Asking whoever sits at the terminal of standard input. */
#ifndef WIMPLAN_TERMINAL_H
#define WIMPLAN_TERMINAL_H

#include "wimplan/arena.h"

#include <stdbool.h>
#include <stddef.h>

/* Reads a line, with its end. False when a signal asks the run to stop before that, or at the end. */
bool wp_terminal_answer(char *room, size_t size);

/*
 * Says @prompt and reads a line, without its end, that is not shown while it is typed. NULL when there is no terminal, or
 * no line.
 */
char *wp_terminal_secret(struct wp_arena *arena, const char *prompt);

#endif
