/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A report for a terminal in the making: escaped, wrapped, coloured. */
#ifndef WIMPLAN_REPORT_TEXT_LAYOUT_H
#define WIMPLAN_REPORT_TEXT_LAYOUT_H

#include "wimplan/report.h"

enum wp_tint { WP_TINT_NONE, WP_TINT_GREEN, WP_TINT_YELLOW, WP_TINT_RED, WP_TINT_CYAN, WP_TINT_BOLD };

struct wp_layout {
	struct wp_arena *arena;
	struct wp_buf *buf; /* for what needs no care: text of our own on a line that has room */
	size_t columns;     /* at least 40 */
	bool color;
};

/* A layout that writes to @buf; what it needs besides is in @arena. Both are borrowed. */
struct wp_layout wp_layout_begin(struct wp_arena *arena, const struct wp_report_options *options, struct wp_buf *buf);

/* @text with control characters escaped, so that its width can be measured; "" for NULL. In the layout's arena. */
const char *wp_layout_escape(const struct wp_layout *layout, const char *text);

/* Adds @text, which is our own or escaped, in a colour where there are colours. */
void wp_layout_tint(const struct wp_layout *layout, enum wp_tint tint, const char *text);

/*
 * Adds @text, escaped, word by word, on a line of which @used columns are taken, and goes on below at column @indent. A word
 * is never broken, however long it is. Ends with a new line.
 */
void wp_layout_wrap(const struct wp_layout *layout, const char *text, size_t used, size_t indent);

/* Lines of @text, the first one at column @indent and the others at @below; nothing for NULL. */
void wp_layout_line(const struct wp_layout *layout, size_t indent, size_t below, const char *text);

/* A line at column @indent that begins with @label in @width columns; @text stands beside it, in all its lines. */
void wp_layout_label(const struct wp_layout *layout, size_t indent, const char *label, size_t width, const char *text);

/* What was and what is now, each on lines of its own at column @indent, told apart by "-" and "+" in front; nothing for NULL. */
void wp_layout_change(const struct wp_layout *layout, size_t indent, const char *old, const char *new);

/* A diagnostic: its severity in a colour, then @text. */
void wp_layout_finding(const struct wp_layout *layout, enum wp_severity severity, const char *text);

#endif
