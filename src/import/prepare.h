/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What can be told of a row by itself, before it is joined with others. */
#ifndef WIMPLAN_IMPORT_PREPARE_H
#define WIMPLAN_IMPORT_PREPARE_H

#include "normalize.h"
#include "row.h"

/* A value that is kept as it stands. */
struct wp_odd_value {
	const struct wp_property *property;
	enum wp_value_kind kind;
	json_t *value; /* owned */
};

struct wp_prepared {
	struct wp_row_facts facts; /* what they borrow is of the row */
	struct wp_identity identity;
	json_t *clean;     /* the properties that are kept, in their normal form; owned; NULL where the row is of no use */
	const char *twice; /* a property that the row has twice with different values; of the row; NULL */
	bool dates;        /* some of @clean are written as a culture writes them */
	struct wp_odd_value *odd; /* owned */
	size_t odd_count;
};

/* @page_class: of the page that the row stands on; "" when nothing says it. */
void wp_row_prepare(const struct wp_row *row, const char *page_class, struct wp_prepared *ret);
void wp_prepared_free(struct wp_prepared *prepared);

#endif
