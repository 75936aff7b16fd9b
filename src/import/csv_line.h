/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One line of a CSV (RFC 4180) as its cells. */
#ifndef WIMPLAN_IMPORT_CSV_LINE_H
#define WIMPLAN_IMPORT_CSV_LINE_H

#include "input.h"

#include "wimplan/buf.h"

#include <stdbool.h>
#include <stddef.h>

/* Columns of the widest class are about 80. */
#define WP_CSV_COLUMNS 4096u

struct wp_csv_cell {
	size_t at, length; /* in the line's text, where a NUL is behind it */
	bool quoted;
};

struct wp_csv_line {
	struct wp_input *input;
	struct wp_error *err;
	char separator; /* 0 until the first one was met: a comma, a semicolon or a tab */
	bool quotes;    /* some cell so far was in quotes */
	size_t line;    /* where it begins */
	struct wp_buf text;
	struct wp_csv_cell cells[WP_CSV_COLUMNS];
	size_t count;
};

/* Reads the next line: 1, 0 at the end of the text, or below 0 when it failed. */
int wp_csv_read_line(struct wp_csv_line *line);

static inline const char *wp_csv_text(const struct wp_csv_line *line, size_t cell)
{
	return line->text.data + line->cells[cell].at;
}

/* Is there nothing on it? */
static inline bool wp_csv_is_blank(const struct wp_csv_line *line)
{
	return line->count == 1 && !line->cells[0].length && !line->cells[0].quoted;
}

#endif
