/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows of a site that belong to no package's record: kept once by their key, and reduced to what is used of them. */
#ifndef WIMPLAN_IMPORT_SITE_ROWS_H
#define WIMPLAN_IMPORT_SITE_ROWS_H

#include "assembler.h"

/* Takes a row in. One that differs from an earlier row with its key is left out, and remarked on. */
int wp_site_rows_add(struct wp_assembler *assembler, const struct wp_taken_row *row, struct wp_error *err);

/*
 * Whether the schedule in a column of a row, where it has one, can be; otherwise that is remarked on, with what is @missing then.
 * @subject: whose it is.
 */
bool wp_schedule_check(struct wp_assembler *assembler, const struct wp_where *where, const char *subject, const json_t *row,
		       const char *column, const char *missing);

/* Adds what @row has and @known lacks; false, and nothing is changed, when the two contradict each other. */
bool wp_rows_join(json_t *known, const json_t *row);

/* Says of how many rows of a class, and which first, @why they were left out; nothing where there are none. */
void wp_remark_on_left_out(struct wp_assembler *assembler, const char *class, const struct wp_left_out *left_out,
			   const char *code, const char *why);

/*
 * All rows as wp_site_new() has them, but for those of packages that are not in the export. Remarks on what was left
 * out and on sequences that could not be read. New reference.
 */
json_t *wp_site_rows_finish(struct wp_assembler *assembler);

#endif
