/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How sizes, numbers and names look to people, in every report. What is returned is in the arena, and not escaped. */
#ifndef WIMPLAN_REPORT_WORDS_H
#define WIMPLAN_REPORT_WORDS_H

#include "wimplan/arena.h"

#include <stdint.h>

/* @text with control characters made visible; "" for NULL. */
const char *wp_words_plain(struct wp_arena *arena, const char *text);

/* "4.15 GiB"; "812 bytes" below one KiB. */
char *wp_words_size(struct wp_arena *arena, uint64_t bytes);
/* "5.1 GiB", "310 MiB", "812 bytes", "0": as much as a sentence needs. */
char *wp_words_amount(struct wp_arena *arena, uint64_t bytes);

/* "4,461,218,778" */
char *wp_words_count(struct wp_arena *arena, uint64_t number);
/* The same for the digits in @text; what is no number, or NULL, as it is. */
const char *wp_words_number(struct wp_arena *arena, const char *text);

/* What makes a word of @count things a plural. */
static inline const char *wp_plural(uint64_t count)
{
	return count == 1 ? "" : "s";
}
/* "1 package", "1,204 packages" for the @what "package". */
char *wp_words_counted(struct wp_arena *arena, uint64_t count, const char *what);

/* The name of a package or an image; "(no name)" for none. */
static inline const char *wp_words_name(const char *name)
{
	return name && *name ? name : "(no name)";
}

#endif
