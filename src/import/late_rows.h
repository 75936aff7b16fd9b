/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Rows that say more of what is kept outside of memory already. To read that back, join a row with it and keep it again costs its
 * length, however little the row has: so rows wait until together they are as long, and what they cost grows with what was read.
 * They are joined in their order; the first that cannot be is what the import fails with, as if none had waited.
 */
#ifndef WIMPLAN_IMPORT_LATE_ROWS_H
#define WIMPLAN_IMPORT_LATE_ROWS_H

#include "kept.h"
#include "row.h"

#include <stdbool.h>
#include <stddef.h>

struct wp_assembler;
struct wp_taken_row;

struct wp_late_row {
	size_t number; /* of struct wp_taken_row */
	struct wp_where where;
	struct wp_kept clean;
};

/* Those of one package or companion. From zeros. */
struct wp_late_rows {
	struct wp_late_row *items; /* owned */
	size_t count;
	size_t bytes; /* of what they say */
};

/*
 * Lets @row wait, and says so, where it and those that wait are shorter than the @known bytes that they are to be joined with.
 * @beside: bytes that the row has beside its properties.
 */
int wp_late_add(struct wp_assembler *assembler, struct wp_late_rows *late, const struct wp_taken_row *row, size_t beside, size_t known,
		bool *ret_waits, struct wp_error *err);

/*
 * Hands the rows that wait, and behind them @last (NULL: none), to @join until it fails; then none waits any more. Those behind one
 * that has failed already are passed over.
 */
int wp_late_join(struct wp_assembler *assembler, struct wp_late_rows *late, const struct wp_taken_row *last,
		 int (*join)(void *context, const struct wp_taken_row *row, struct wp_error *err), void *context, struct wp_error *err);

void wp_late_free(struct wp_late_rows *late);

#endif
