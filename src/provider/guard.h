/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Looks at XML before libxml2 does: what would cost that more than its size is worth is refused. */
#ifndef WIMPLAN_PROVIDER_GUARD_H
#define WIMPLAN_PROVIDER_GUARD_H

#include <stdbool.h>
#include <stddef.h>

/* What is known of a document in UTF-8 so far; zeroed at its beginning. */
struct wp_xml_guard {
	size_t bytes;      /* of the document */
	size_t markup;     /* of the markup that is open; 0: none is */
	size_t attributes; /* in it */
	char kind;         /* of it: its byte behind '<', '-' for a comment, '[' for CDATA */
	char last[2];      /* the two bytes before the next one */
	char quote;        /* in a tag; 0: none is open */
	bool begun;        /* something else than white space was there */
};

/* The next piece of a document. NULL, or what is wrong with it: a clause. */
const char *wp_xml_guard_look(struct wp_xml_guard *guard, const char *bytes, size_t length);

#endif
