/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What can be told of a row by itself, before it is joined with others. */
#ifndef WIMPLAN_IMPORT_PREPARE_H
#define WIMPLAN_IMPORT_PREPARE_H

#include "normalize.h"
#include "row.h"

#include "wimplan/buf.h"
#include "wimplan/import.h"

/* A value that is kept as it stands. */
struct wp_odd_value {
	const struct wp_property *property;
	enum wp_value_kind kind;
	json_t *value; /* owned */
};

/* What remarks say of a record's images. Texts are owned, and NULL where there is nothing to say. */
struct wp_image_facts {
	bool fetched; /* ImageProperty was */
	char *image_error, *probed_error;
};

struct wp_prepared {
	struct wp_row_facts facts; /* what they borrow is of the row */
	struct wp_identity identity;
	json_t *clean;     /* the properties that are kept, in their normal form; owned; NULL where the row is of no use */
	const char *twice; /* a property that the row has twice with different values; of the row; NULL */
	bool dates;        /* some of @clean are written as a culture writes them */
	struct wp_odd_value *odd; /* owned */
	size_t odd_count;
	/* Where @clean is to be kept outside of memory: its canonical text, and what is known of a record besides. */
	struct wp_buf text;
	struct wp_image_facts images;
	struct wp_buf brief; /* of the record as far as this row has it, where that is wanted and can be said already */
};

/* @page_class: of the page that the row stands on; "" when nothing says it. @options say whether texts and briefs are wanted. */
void wp_row_prepare(const struct wp_row *row, const char *page_class, const struct wp_import_options *options, struct wp_prepared *ret);
void wp_prepared_free(struct wp_prepared *prepared);

/* A record as far as one row has it, whose class is known. New reference. */
json_t *wp_row_document(const struct wp_prepared *prepared);

/* Of a record with these properties. Freed by wp_image_facts_free(). */
void wp_image_facts_read(const json_t *properties, struct wp_image_facts *ret);
void wp_image_facts_free(struct wp_image_facts *facts);

#endif
