/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text as a report lays it out: escaped for a terminal, wrapped, coloured. */
#ifndef WIMPLAN_REPORT_LAYOUT_H
#define WIMPLAN_REPORT_LAYOUT_H

#include "wimplan/arena.h"
#include "wimplan/buf.h"

#include <stdbool.h>
#include <stddef.h>

enum wp_tint { WP_TINT_NONE, WP_TINT_GREEN, WP_TINT_YELLOW, WP_TINT_RED, WP_TINT_CYAN, WP_TINT_BOLD };

/* @text with control characters escaped, so that its width can be measured; "" for NULL. */
const char *wp_layout_escape(struct wp_arena *arena, const char *text);

/* Adds @text in a colour, or plainly when @color is false. */
void wp_layout_tint(struct wp_buf *buf, bool color, enum wp_tint tint, const char *text);

/*
 * Adds the escaped @text word by word, on a line of which @used columns are taken, and goes on below at column @indent.
 * A word is never broken, however long it is. Ends with a new line.
 */
void wp_layout_wrap(struct wp_buf *buf, const char *text, size_t used, size_t indent, size_t columns);

#endif
