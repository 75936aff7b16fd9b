/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows of SMS_ObjectContentExtraInfo about one package, of which only one can count. */
#ifndef WIMPLAN_IMPORT_COUNTS_H
#define WIMPLAN_IMPORT_COUNTS_H

#include "assembler.h"

/* Some of a row's members in the order of the canonical form. */
struct wp_counts_run {
	struct wp_counts_member *members; /* owned */
	size_t count;
};

/* The row that counts so far. From zeros but for @row. */
struct wp_counts {
	json_t *row;  /* owned */
	bool changed; /* it is another one now, or has more */
	/* All of its members, in runs of which each is longer than the next, so that they are few; what they have is of @arena. */
	struct wp_arena *arena; /* NULL until they are asked for */
	struct wp_counts_run runs[64];
	size_t run_count;
};

/*
 * Joins @row with it. Counts move while they are exported: of two rows that contradict each other the one of the later
 * LastUpdateDate counts, of one time the one with the greater text, in whatever order the two come. The other is left out, with what it
 * had been joined with: of three and more rows with parts of the counts the order may tell what stays.
 */
void wp_counts_join(struct wp_assembler *assembler, struct wp_counts *counts, struct wp_companion *companion,
		    const struct wp_taken_row *row);
void wp_counts_free(struct wp_counts *counts);

#endif
