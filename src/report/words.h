/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How sizes, numbers and names look to people, in every report. What is returned is in the arena, and not escaped. */
#ifndef WIMPLAN_REPORT_WORDS_H
#define WIMPLAN_REPORT_WORDS_H

#include "wimplan/arena.h"
#include "wimplan/json.h"
#include "wimplan/text.h"
#include "wimplan/time.h"

#include <stdint.h>

/* @text with control characters made visible; "" for NULL. */
const char *wp_words_plain(struct wp_arena *arena, const char *text);

/* The next line of a text as it is shown, blanks for tabs and the rest as above; NULL behind the last. *@at moves on. */
char *wp_words_line(struct wp_arena *arena, const char **at);

/* "4.15 GiB"; "812 bytes" below one KiB. */
char *wp_words_size(struct wp_arena *arena, uint64_t bytes);
/* "5.1 GiB", "310 MiB", "812 bytes", "0": as much as a sentence needs. */
char *wp_words_amount(struct wp_arena *arena, uint64_t bytes);

/* "4,461,218,778" */
char *wp_words_count(struct wp_arena *arena, uint64_t number);
/* The same for the digits in @text; what is no number, or NULL, as it is. */
const char *wp_words_number(struct wp_arena *arena, const char *text);

/* "1 package", "1,204 packages" for the @what "package". */
char *wp_words_counted(struct wp_arena *arena, uint64_t count, const char *what);

/* "64 s", "18 min", "2 h 05 min", "3 days 04 h": rounded up to what is shown. */
char *wp_words_duration(struct wp_arena *arena, uint64_t seconds);

/* "2026-03-07 21:00 (20:00Z)" by the clocks of @zone; "2026-03-07 20:00Z" where it is NULL. NULL when not known. */
char *wp_words_time(struct wp_arena *arena, const struct wp_zone *zone, struct wp_time time);
/* The same for the time that a document has under @key; NULL for anything else. */
char *wp_words_time_of(struct wp_arena *arena, const struct wp_zone *zone, const json_t *object, const char *key);

/*
 * "A to B" for the numbers that a document has under two keys, in @words; "A" where both are the same, NULL when one of
 * them is not known.
 */
char *wp_words_range(struct wp_arena *arena, const json_t *object, const char *least, const char *most,
		     char *(*words)(struct wp_arena *arena, uint64_t value));

/* "3", "1–4, 6": the numbers of images, which are in order. */
char *wp_words_images(struct wp_arena *arena, const uint32_t *images, size_t count);

/* Half a sentence as a whole one: "export again" becomes "Export again."; NULL for NULL. */
char *wp_words_sentence(struct wp_arena *arena, const char *half);

/* The name of a package or an image; "(no name)" for none. */
static inline const char *wp_words_name(const char *name)
{
	return name && *name ? name : "(no name)";
}

#endif
