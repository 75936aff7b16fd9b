/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the two XML shapes share: a reader that pulls from an input, bounded, without DTD, network or entities. */
#ifndef WIMPLAN_IMPORT_XML_ROWS_H
#define WIMPLAN_IMPORT_XML_ROWS_H

#include "row.h"

#include <jansson.h>
#include <libxml/tree.h>
#include <libxml/xmlreader.h>

struct wp_xml_rows {
	struct wp_input *input;
	struct wp_assembler *assembler;
	struct wp_error *err;
	xmlTextReader *reader;
	size_t number;       /* records so far */
	const char *prefix;  /* put in front of the text: a root for several instances; "" */
	size_t prefix_at;
	const char *suffix;
	size_t suffix_at;
	bool stopped; /* @err is filled */
};

/* Moves to the next node: 1, 0 at the end of the document, -1 when it failed (then @err is filled). */
int wp_xml_next(struct wp_xml_rows *xml);

/*
 * The element that the reader stands on, whole. Borrowed until the reader moves on. NULL when it failed, also when it
 * is nested too deep.
 */
xmlNode *wp_xml_whole(struct wp_xml_rows *xml);

/* The next element from @node on, in its row of siblings; NULL. */
xmlNode *wp_xml_element(xmlNode *node);
bool wp_xml_is(const xmlNode *node, const char *name);
/* An attribute, or the text of an element with CDATA joined. NULL when there is no such attribute. xmlFree() it. */
xmlChar *wp_xml_attribute(const xmlNode *node, const char *name);
xmlChar *wp_xml_text(const xmlNode *node);

static inline void wp_xml_freep(xmlChar **text)
{
	xmlFree(*text);
}

/* Text as a JSON string. New reference. */
json_t *wp_xml_json(const xmlChar *text);
void wp_xml_set(json_t *object, const char *name, json_t *value);

/* A row that was made of the node at @line; all but its place is in @found. Takes its properties over. */
int wp_xml_emit(struct wp_xml_rows *xml, size_t line, const struct wp_row *found);

/* From the root element on, on which the reader stands. */
int wp_clixml_rows(struct wp_xml_rows *xml);
int wp_cimxml_rows(struct wp_xml_rows *xml);

#endif
