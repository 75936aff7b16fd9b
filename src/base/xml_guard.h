/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Looks at a document's bytes before libxml2 gets them: what would cost it too much does not reach it. */
#ifndef WIMPLAN_BASE_XML_GUARD_H
#define WIMPLAN_BASE_XML_GUARD_H

#include <stdbool.h>
#include <stddef.h>

enum wp_xml_guard_state {
	WP_XML_GUARD_IN_TEXT,
	WP_XML_GUARD_BEHIND_LESS,        /* behind a "<" */
	WP_XML_GUARD_IN_TAG,
	WP_XML_GUARD_BEHIND_EXCLAMATION, /* behind "<!", until it is known what that begins */
	WP_XML_GUARD_IN_COMMENT,
	WP_XML_GUARD_IN_CDATA,
	WP_XML_GUARD_IN_INSTRUCTION,
};

/* All 0 at the beginning of a document. */
struct wp_xml_guard {
	enum wp_xml_guard_state state;
	char quote;        /* within the tag: in which an attribute's value stands; 0: in none */
	size_t attributes; /* of the tag */
	size_t length;     /* bytes of the tag or instruction so far */
	size_t run;        /* of "-", "]" or "?", which may be the beginning of its end */
	size_t lines;      /* ended ones */
	size_t column;     /* bytes of the present line */
};

/* Whether there may be anything in a whole document: not where all of it has no more than a single tag may have. */
bool wp_xml_needs_guard(const char *text, size_t length);

/*
 * Passes over the next bytes of the document. NULL, or what the document does that is beyond limits.h; then @lines and
 * @column say where.
 */
const char *wp_xml_guard(struct wp_xml_guard *guard, const char *bytes, size_t length);

#endif
