/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The machine that a program runs on, and the process that it is there. */
#ifndef WIMPLAN_MACHINE_H
#define WIMPLAN_MACHINE_H

#include "wimplan/arena.h"
#include "wimplan/env.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The standard streams, by their numbers. */
enum wp_standard { WP_STANDARD_INPUT, WP_STANDARD_OUTPUT, WP_STANDARD_ERROR };

/*
 * Sees to it that no file of ours gets the number of a standard stream that is closed: what is meant for the stream
 * would end up in it. False when that cannot be.
 */
bool wp_standard_hold(void);

/* Writes a text as it is. Takes no memory and no locks: for the end of a program that has none to spare. */
void wp_standard_put(enum wp_standard stream, const char *text);

/* Letters, their case and their widths as in the user's locale where that is UTF-8, otherwise as in C.UTF-8. */
void wp_locale_start(void);

/* What this call gets from the machine. @stream is the one whose terminal says how many columns there are. */
struct wp_env wp_machine_env(enum wp_standard stream);

/* What tells this time that the machine runs from any other; "" when the system does not say. */
void wp_machine_boot_id(char *room, size_t size);

int64_t wp_process_id(void);

/* Room for the path of a program and its NUL; Linux takes none that is longer (PATH_MAX). */
#define WP_PROGRAM_PATH 4096
/*
 * Puts another program in the place of this one: the file @name, a path from the folder of this program's own file or, where there is
 * none, from the folder above. Nothing else has a part in that, such as PATH, the environment or the working folder. @argv ends with
 * NULL. Returns only when that fails: an errno, and in @ret_path what could not be started. It takes no memory.
 */
int wp_process_become(const char *name, char **argv, char ret_path[WP_PROGRAM_PATH]);

/*
 * Gives memory back to the system that goes on to be the caller's, who has no use for what is in it: it is 0 from then on. Memory of
 * the process's own alone, as malloc() gives it; @begin and @size are multiples of the size of a page.
 */
void wp_memory_give_back(void *begin, size_t size);

/*
 * Has the threads share heaps, two for each processor. The C library makes eight (mallopt(3), M_ARENA_MAX), and what is free in one of
 * them is of no use to the threads of another: of 32 that scan by turns each took its part for good.
 */
void wp_memory_limit_heaps(unsigned int processors);

/* A core file would be one more place for the secrets in memory. systemd-coredump keeps to this too. */
void wp_process_forbid_core(void);

#endif
