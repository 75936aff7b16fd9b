/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * XML, one element after the other: the only reader of XML there is. No tree is built, and there is no DTD, no entity
 * besides the five of XML itself, no network. Every count is bounded before libxml2 sees it, so that a hostile document
 * costs no more than an honest one of its size: time and memory are linear in what is read, and what a document's
 * user keeps of it is that user's to bound.
 *
 * A user gives a source of valid UTF-8 without NUL (whatever encoding the document declares is not asked) and a
 * handler. Elements and attributes have their local names: prefixes and namespaces are left out. The text of one
 * element comes in pieces, CDATA joined with the rest, references resolved; comments and instructions do not come.
 */
#ifndef WIMPLAN_XML_H
#define WIMPLAN_XML_H

#include <stdbool.h>
#include <stddef.h>

struct wp_xml_attribute {
	const char *name;
	const char *value; /* has no NUL behind it */
	size_t length;     /* bytes of @value */
};

/* An element that begins. Everything is borrowed for the length of the call. */
struct wp_xml_element {
	const char *name;
	const struct wp_xml_attribute *attributes; /* in document order */
	size_t attribute_count;                    /* at most WP_LIMIT_XML_ATTRIBUTES */
	size_t depth; /* 1: the outermost; at most WP_LIMIT_NESTING */
	size_t line;  /* of the tag's end, from 1 */
};

/* What is done with a document. A function that returns false ends the reading; why is for @context to remember. */
struct wp_xml_handler {
	bool (*start)(void *context, const struct wp_xml_element *element);
	bool (*text)(void *context, const char *bytes, size_t length);
	bool (*end)(void *context);
	void *context;
	size_t limit; /* elements, attributes and instructions of the whole document; 0: no bound */
};

/* Where the bytes come from: fills up to @room of them, gives their number, 0 at the end, negative when it failed. */
struct wp_xml_source {
	ptrdiff_t (*pull)(void *context, char *bytes, size_t room);
	void *context;
};

enum wp_xml_end {
	WP_XML_WHOLE,     /* read to its end */
	WP_XML_STOPPED,   /* by the handler */
	WP_XML_NO_INPUT,  /* the source failed */
	WP_XML_REFUSED,   /* has a DTD, or is beyond a limit of limits.h or the handler's */
	WP_XML_MALFORMED, /* is no well-formed XML */
};

/* How a reading ended. */
struct wp_xml_outcome {
	enum wp_xml_end end;
	/*
	 * REFUSED: what the document does, to be put behind "the XML" or "it": "has too many elements".
	 * MALFORMED: libxml2's own words, valid UTF-8 (they may repeat a name of the document); "" when it has none.
	 */
	char what[256];
	size_t line, column; /* where, from 1; of REFUSED and MALFORMED */
};

/* Reads one document. Returns ret->end. Safe for several threads. */
enum wp_xml_end wp_xml_read(const struct wp_xml_source *source, const struct wp_xml_handler *handler,
			    struct wp_xml_outcome *ret);

/* The same of a text that is in memory. */
enum wp_xml_end wp_xml_read_text(const char *text, size_t length, const struct wp_xml_handler *handler,
				 struct wp_xml_outcome *ret);

/* Calls @work while libxml2 prints nothing of what goes wrong in this thread: for other libraries that use it. */
void wp_xml_quietly(void (*work)(void *context), void *context);

/* The value of the attribute with this name, NULL when there is none. */
const struct wp_xml_attribute *wp_xml_find(const struct wp_xml_element *element, const char *name);

#endif
