/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows of a site that belong to no package's record: kept once by their key, and reduced to what is used of them. */
#ifndef WIMPLAN_IMPORT_SITE_ROWS_H
#define WIMPLAN_IMPORT_SITE_ROWS_H

#include "assembler.h"

/* Takes a row in. One that differs from an earlier row with its key is left out, and remarked on. */
int wp_site_rows_add(struct wp_assembler *assembler, const struct wp_taken_row *row, struct wp_error *err);

/*
 * All rows as wp_site_new() has them, but for those of packages that are not in the export. Remarks on what was left
 * out and on sequences that could not be read. New reference.
 */
json_t *wp_site_rows_finish(struct wp_assembler *assembler);

#endif
