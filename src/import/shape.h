/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Of which shape a text is, from how it begins; and what it is when it is of none. */
#ifndef WIMPLAN_IMPORT_SHAPE_H
#define WIMPLAN_IMPORT_SHAPE_H

#include "input.h"

#include <stdbool.h>

struct wp_assembler;

enum wp_shape {
	WP_SHAPE_JSON,
	WP_SHAPE_JSON_TEXT, /* JSON inside of a JSON string */
	WP_SHAPE_XML,
	WP_SHAPE_CSV,
};

/*
 * Passes over what other tools put in front of an export and finds its shape. Fails for an empty text, and with what it
 * is and the next step for texts that are known and no export.
 */
int wp_shape_find(struct wp_input *input, struct wp_assembler *assembler, enum wp_shape *ret, struct wp_error *err);

/*
 * Passes over one thing that is no part of the text that it stands in: a byte order mark, a captured warning (which is
 * remarked on), the line with which SQL Server counts rows. False when there is none.
 */
bool wp_shape_skip(struct wp_input *input, struct wp_assembler *assembler);

/* Why a file that is no text at all cannot be read, from its first @length bytes; NULL when it is not known. */
const char *wp_shape_of_binary(const unsigned char *head, size_t length);

/* Why a document of wimplan's own whose format is @format is no export; NULL for any other. */
const char *wp_shape_of_document(const char *format);

#endif
