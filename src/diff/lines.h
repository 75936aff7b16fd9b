/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two texts line by line, as the hunks of a unified diff. */
#ifndef WIMPLAN_DIFF_LINES_H
#define WIMPLAN_DIFF_LINES_H

#include "wimplan/buf.h"

#include <stddef.h>

/* Lines that only one of the texts has. */
struct wp_lines {
	size_t added, removed;
};

/*
 * Adds the hunks that make @new of @old, each with three lines around it, as POSIX "diff -u" has them, from "@@" on; nothing where no
 * line differs. A carriage return at the end of a line is not part of it. Texts that have next to nothing in common are one hunk
 * (WP_LIMIT_TEXT_EDITS, WP_LIMIT_TEXT_STEPS), which is as true and not the shortest.
 */
struct wp_lines wp_lines_diff(const char *old, size_t old_length, const char *new, size_t new_length, struct wp_buf *buf);

#endif
