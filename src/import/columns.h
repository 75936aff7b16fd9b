/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is only known, or only worth saying, once for a whole column: the order of dates, values that cannot be read. */
#ifndef WIMPLAN_IMPORT_COLUMNS_H
#define WIMPLAN_IMPORT_COLUMNS_H

#include "prepare.h"

struct wp_assembler;

/* One property over the rows of an import, and its dates in the file that is being read. */
struct wp_column {
	size_t bad;            /* values that could not be read */
	const char *bad_value; /* the first of them, and its package */
	const char *bad_id;
	size_t day_first, month_first, open; /* dates that are the one, the other, or could be both */
	const char *evidence; /* the first date that told the order, and one that could be both */
	const char *open_value;
};

struct wp_columns {
	struct wp_column *items; /* in the order of wp_property_at(); owned */
	size_t lost;             /* packages whose name or path has lost letters */
	const char *lost_text, *lost_id;
};

void wp_columns_init(struct wp_columns *columns);
void wp_columns_free(struct wp_columns *columns);

/* Takes in the odd values of a row. */
void wp_columns_take(struct wp_assembler *assembler, const struct wp_row *row, const struct wp_prepared *prepared);
/* Takes in the names and paths of a package, in which a "?" stands for letters that an encoding did not have. */
void wp_columns_look(struct wp_assembler *assembler, const json_t *clean, const char *id);

/* The file has ended: what its dates are, in each of its rows that has such. */
void wp_columns_settle(struct wp_assembler *assembler, json_t *clean);
/* Remarks on the dates of @file, and begins the next one. */
void wp_columns_end_file(struct wp_assembler *assembler, const char *file);
/* Remarks on what the whole import had. */
void wp_columns_finish(struct wp_assembler *assembler);

#endif
