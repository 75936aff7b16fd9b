/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the XML shapes share: a reading that builds one record at a time. */
#ifndef WIMPLAN_IMPORT_XML_ROWS_H
#define WIMPLAN_IMPORT_XML_ROWS_H

#include "row.h"

#include "wimplan/buf.h"
#include "wimplan/xml.h"

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

struct wp_xml_rows;

/* A shape. Its functions return false when the reading is over because xml->err is filled. */
struct wp_xml_shape {
	/* An element begins or ends (NULL: nothing to do) while no record is built; @depth is its own. */
	bool (*start)(struct wp_xml_rows *xml, const struct wp_xml_element *element);
	bool (*end)(struct wp_xml_rows *xml, size_t depth);
	/* What wp_xml_tree_start() began is whole. */
	bool (*built)(struct wp_xml_rows *xml, const struct wp_xml_node *node);
	void (*free)(struct wp_xml_rows *xml); /* NULL: there is no state */
};

/* Sets xml->shape by the root; false when it is of none. */
typedef bool wp_xml_find_shape(struct wp_xml_rows *xml, const struct wp_xml_element *root);

extern const struct wp_xml_shape wp_clixml_shape;
extern const struct wp_xml_shape wp_cimxml_shape;
extern const struct wp_xml_shape wp_cimxml_texts_shape;

struct wp_xml_rows {
	struct wp_input *input;
	struct wp_assembler *assembler;
	struct wp_error *err;
	wp_xml_find_shape *find_shape;
	const struct wp_xml_shape *shape; /* NULL until the root is known */
	void *state;                      /* the shape's own; NULL until it makes it */
	struct wp_xml_tree tree;
	size_t depth;        /* of the innermost element that has not ended */
	size_t number;       /* records so far */
	const char *prefix;  /* put in front of the text: a root for several instances; "" */
	size_t prefix_at;
	const char *suffix;
	size_t suffix_at;
};

/* A row that began at @line; all but its place is in @found. Takes its properties over. False: xml->err is filled. */
bool wp_xml_emit(struct wp_xml_rows *xml, size_t line, const struct wp_row *found);

/* Reads all records; the shape is asked for at the root. */
int wp_xml_rows_read(struct wp_input *input, struct wp_assembler *assembler, wp_xml_find_shape *find_shape,
		     struct wp_error *err);

#endif
