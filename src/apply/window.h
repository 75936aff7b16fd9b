/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The time in which steps may start. */
#ifndef WIMPLAN_APPLY_WINDOW_H
#define WIMPLAN_APPLY_WINDOW_H

#include "wimplan/arena.h"
#include "wimplan/time.h"

#include <stdbool.h>

/* Either end may be open (not known). */
struct wp_window {
	struct wp_time start, end;
};

/* Reads "START/END", ISO 8601 with zones; either may be empty. NULL, or what is wrong with it. */
const char *wp_window_parse(const char *text, struct wp_window *ret);

/* From the start on, up to but not at the end. */
bool wp_window_is_open(const struct wp_window *window, struct wp_time now);
bool wp_window_is_over(const struct wp_window *window, struct wp_time now);

/* Of a window that is not open: a clause with its times, that it is over or when it begins. */
const char *wp_window_closed(struct wp_arena *arena, const struct wp_window *window, struct wp_time now);

#endif
