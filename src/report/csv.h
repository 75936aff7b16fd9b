/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables for spreadsheets and databases. */
#ifndef WIMPLAN_REPORT_CSV_H
#define WIMPLAN_REPORT_CSV_H

#include "wimplan/report.h"

#include <stddef.h>

/* The byte order mark, where one is asked for, and the row of the headings, which are our own. */
void wp_csv_begin(struct wp_buf *buf, const struct wp_report_options *options, const char *const *headings,
		  size_t count);

/* One row, each cell in quotes; NULL is an empty cell. Nothing in it is taken for a formula. */
void wp_csv_row(struct wp_buf *buf, const struct wp_report_options *options, const char *const *cells, size_t count);

#endif
