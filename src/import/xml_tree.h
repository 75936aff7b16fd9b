/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One record of an XML export as a tree: built while it is read, gone with the next one. */
#ifndef WIMPLAN_IMPORT_XML_TREE_H
#define WIMPLAN_IMPORT_XML_TREE_H

#include "wimplan/arena.h"
#include "wimplan/buf.h"
#include "wimplan/xml.h"

#include <stdbool.h>
#include <stddef.h>

struct wp_xml_name {
	const char *name, *value;
};

/* An element. What stands around the elements in it is no text of it. */
struct wp_xml_node {
	const char *name;
	const char *text; /* "" when it has elements or nothing */
	struct wp_xml_name *attributes;
	size_t attribute_count;
	size_t line;  /* in the document, from 1 */
	size_t depth; /* in the document; 1: the outermost */
	struct wp_xml_node *parent, *first, *last, *next; /* elements; NULL */
};

/* All 0 while nothing is built. */
struct wp_xml_tree {
	struct wp_arena *arena;
	struct wp_xml_node *at; /* the innermost element that has not ended */
	struct wp_buf text;     /* of it so far */
};

/* Begins an element: the root where nothing is being built. */
void wp_xml_tree_start(struct wp_xml_tree *tree, const struct wp_xml_element *element);
static inline bool wp_xml_tree_is_open(const struct wp_xml_tree *tree)
{
	return tree->at != NULL;
}
void wp_xml_tree_text(struct wp_xml_tree *tree, const char *bytes, size_t length);
/* Ends an element. Gives the root when that was it, else NULL. It lives until the next root or wp_xml_tree_free(). */
const struct wp_xml_node *wp_xml_tree_end(struct wp_xml_tree *tree);
void wp_xml_tree_free(struct wp_xml_tree *tree);

bool wp_xml_is(const struct wp_xml_node *node, const char *name);
/* The value of an attribute, NULL when there is none. */
const char *wp_xml_attribute(const struct wp_xml_node *node, const char *name);

#endif
