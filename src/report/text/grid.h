/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A table on a terminal that leaves out the columns in which there is nothing to show. */
#ifndef WIMPLAN_REPORT_TEXT_GRID_H
#define WIMPLAN_REPORT_TEXT_GRID_H

#include "layout.h"

struct wp_column {
	const char *heading;
	bool number; /* stands at the right */
	bool always; /* shown even when no row fills it */
	bool spare;  /* says what others say too: left out where there is no room */
};

/*
 * Adds a line of headings and one for each of the @count rows, whose @columns cells stand one after the other in @cells,
 * escaped, "-" where there is nothing. False, and nothing is added, when it needs more columns than the terminal has.
 */
bool wp_table_add(const struct wp_layout *out, const struct wp_column *columns, size_t column_count,
		  const char *const *cells, size_t count);

#endif
