/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a program does without memory. */
#ifndef WIMPLAN_PROGRAM_MEMORY_H
#define WIMPLAN_PROGRAM_MEMORY_H

#include <stdbool.h>

/*
 * Has the libraries take memory as wimplan does; before any other call of theirs. @path: how the program was called; @json:
 * --json was given.
 */
void wp_program_memory(const char *path, bool json);

/* The results are out: what the libraries do from here on, on their way out, changes nothing in the exit status. */
void wp_program_memory_end(int status);

#endif
