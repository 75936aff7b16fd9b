/* SPDX-License-Identifier: GPL-3.0-or-later */
/* XML through libxml2's SAX2 interface. */
#include "wimplan/xml.h"

#include "xml_guard.h"

#include "wimplan/error.h"
#include "wimplan/limits.h"
#include "wimplan/text.h"

#include <libxml/parser.h>
#include <libxml/xmlerror.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <threads.h>

/* What a handler of structured errors gets: const since 2.12. */
#if LIBXML_VERSION >= 21200
typedef const xmlError wp_xml_error;
#else
typedef xmlError wp_xml_error;
#endif

struct reader {
	const struct wp_xml_source *source;
	const struct wp_xml_handler *handler;
	struct wp_xml_outcome *outcome;
	struct wp_xml_guard guard;
	xmlParserCtxt *parser;
	size_t nodes; /* elements, attributes and instructions */
	size_t depth;
	/* Declarations of namespaces by each element that was begun and not yet ended, and their sum. */
	size_t declared[WP_LIMIT_NESTING];
	size_t declarations;
};

static once_flag libxml_once = ONCE_FLAG_INIT;

static bool has_ended(const struct reader *reader)
{
	return reader->outcome->end != WP_XML_WHOLE;
}

/* The handler has had enough. */
static void stop(struct reader *reader)
{
	reader->outcome->end = WP_XML_STOPPED;
	xmlStopParser(reader->parser);
}

static void note_refusal(struct reader *reader, const char *what, size_t line, size_t column)
{
	reader->outcome->end = WP_XML_REFUSED;
	snprintf(reader->outcome->what, sizeof reader->outcome->what, "%s", what);
	reader->outcome->line = line;
	reader->outcome->column = column ? column : 1;
}

static size_t line_of(const struct reader *reader)
{
	int line = reader->parser->input ? reader->parser->input->line : 1;

	return line > 0 ? (size_t)line : 1;
}

static void refuse(struct reader *reader, const char *what)
{
	int column = reader->parser->input ? reader->parser->input->col : 1;

	note_refusal(reader, what, line_of(reader), column > 0 ? (size_t)column : 1);
	xmlStopParser(reader->parser);
}

static void count_nodes(struct reader *reader, size_t count)
{
	reader->nodes += count;
	if (reader->handler->limit && reader->nodes > reader->handler->limit)
		refuse(reader, "has too many elements");
}

static void count_element(struct reader *reader, int attribute_count, int namespace_count)
{
	count_nodes(reader, 1 + (size_t)attribute_count);
	if (has_ended(reader))
		return;
	if (reader->depth == WP_LIMIT_NESTING) {
		refuse(reader, "is nested too deeply");
		return;
	}
	reader->declared[reader->depth] = (size_t)namespace_count;
	reader->declarations += (size_t)namespace_count;
	/* libxml2 looks through all declarations in force for every name with a prefix. */
	if (attribute_count > (int)WP_LIMIT_XML_ATTRIBUTES || reader->declarations > WP_LIMIT_XML_ATTRIBUTES)
		refuse(reader, "has too many attributes");
}

static void on_start(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri, int namespace_count,
		     const xmlChar **namespaces, int attribute_count, int default_count, const xmlChar **attributes)
{
	struct wp_xml_attribute list[WP_LIMIT_XML_ATTRIBUTES];
	struct reader *reader = context;
	struct wp_xml_element element = { (const char *)name, list, (size_t)attribute_count, 0, 0 };

	(void)prefix;
	(void)uri;
	(void)namespaces;
	(void)default_count;
	if (has_ended(reader))
		return;
	count_element(reader, attribute_count, namespace_count);
	if (has_ended(reader))
		return;
	for (int i = 0; i < attribute_count; i++) {
		/* Five pointers each: local name, prefix, URI, start and end of the value. */
		const xmlChar **attribute = attributes + (ptrdiff_t)5 * i;

		list[i].name = (const char *)attribute[0];
		list[i].value = (const char *)attribute[3];
		list[i].length = (size_t)(attribute[4] - attribute[3]);
	}
	element.depth = ++reader->depth;
	element.line = line_of(reader);
	if (!reader->handler->start(reader->handler->context, &element))
		stop(reader);
}

static void on_end(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
	struct reader *reader = context;

	(void)name;
	(void)prefix;
	(void)uri;
	if (has_ended(reader) || !reader->depth)
		return;
	reader->declarations -= reader->declared[--reader->depth];
	if (!reader->handler->end(reader->handler->context))
		stop(reader);
}

static void on_text(void *context, const xmlChar *bytes, int length)
{
	struct reader *reader = context;

	if (has_ended(reader) || length <= 0 || !reader->depth)
		return;
	if (!reader->handler->text(reader->handler->context, (const char *)bytes, (size_t)length))
		stop(reader);
}

/* Instructions mean nothing, but libxml2 remembers the name of each. */
static void on_instruction(void *context, const xmlChar *target, const xmlChar *data)
{
	struct reader *reader = context;

	(void)target;
	(void)data;
	if (!has_ended(reader))
		count_nodes(reader, 1);
}

/* Called when a DOCTYPE was seen and before anything in it is read. */
static void on_doctype(void *context, const xmlChar *name, const xmlChar *external, const xmlChar *system)
{
	struct reader *reader = context;

	(void)name;
	(void)external;
	(void)system;
	if (!has_ended(reader))
		refuse(reader, "has a document type definition");
}

static void on_error(void *context, wp_xml_error *error)
{
	struct reader *reader = context;
	struct wp_xml_outcome *outcome = reader->outcome;
	size_t length;

	if (has_ended(reader) || !error || error->level != XML_ERR_FATAL)
		return;
	outcome->end = WP_XML_MALFORMED;
	outcome->line = error->line > 0 ? (size_t)error->line : 1;
	outcome->column = error->int2 > 0 ? (size_t)error->int2 : 1;
	length = error->message ? strcspn(error->message, "\n") : 0;
	length = length < sizeof outcome->what ? length : sizeof outcome->what - 1;
	/* A name of the document that is cut stays valid. */
	length = wp_utf8_valid(error->message, length);
	memcpy(outcome->what, error->message ? error->message : "", length);
	outcome->what[length] = '\0';
}

/* libxml2 takes a short read for little that is left, and what is cut by it for malformed: only the last one may be. */
static ptrdiff_t fill(const struct wp_xml_source *source, char *bytes, size_t room)
{
	size_t length = 0;

	while (length < room) {
		ptrdiff_t got = source->pull(source->context, bytes + length, room - length);

		if (got < 0)
			return WP_E_FAILED;
		if (got == 0)
			break;
		length += (size_t)got;
	}
	return (ptrdiff_t)length;
}

/* Ends the reading by an error of its own: xmlStopParser() would free the buffer that is being filled. */
static int on_read(void *context, char *bytes, int room)
{
	struct reader *reader = context;
	const char *why;
	ptrdiff_t got;

	/* After an error libxml2 goes on in search of more of them. */
	if (has_ended(reader) || room <= 0)
		return 0;
	got = fill(reader->source, bytes, (size_t)room);
	if (got < 0) {
		reader->outcome->end = WP_XML_NO_INPUT;
		return -1;
	}
	why = wp_xml_guard(&reader->guard, bytes, (size_t)got);
	if (why) {
		note_refusal(reader, why, reader->guard.lines + 1, reader->guard.column);
		return -1;
	}
	return (int)got;
}

/*
 * Before libxml2 is used in a thread. What it keeps of each thread it takes with malloc() itself and uses also where it got none
 * (libxml2 2.9, globals.c, xmlGetGlobalState()): so there is to be room, which the C library keeps for the thread that freed it.
 */
static void start_libxml(void)
{
#if LIBXML_VERSION < 21200
	free(wp_take(sizeof(xmlGlobalState)));
#endif
	call_once(&libxml_once, xmlInitParser);
}

static void free_parser(xmlParserCtxt **parser)
{
	if (*parser)
		xmlFreeParserCtxt(*parser);
}

struct text {
	const char *at;
	size_t left;
};

/*
 * NOENT: without it "&amp;" in an attribute arrives as "&#38;" (xmlParseAttValueInternal); there are no entities but XML's own, since a
 * DTD ends the reading. The text is UTF-8 whatever a declaration in it says.
 */
#define OPTIONS (XML_PARSE_NONET | XML_PARSE_IGNORE_ENC | XML_PARSE_NOENT)

/* Of @source or, where that is NULL, of @text, of which libxml2 may get to see everything. */
static enum wp_xml_end read_document(const struct wp_xml_source *source, const struct text *text,
				     const struct wp_xml_handler *handler, struct wp_xml_outcome *ret)
{
	xmlParserCtxt *parser __attribute__((cleanup(free_parser))) = NULL;
	struct reader reader = { .source = source, .handler = handler, .outcome = ret };

	*ret = (struct wp_xml_outcome){ .end = WP_XML_WHOLE };
	/* libxml2's own locks are made by this; wimlib calls it as well. */
	start_libxml();
	parser = reader.parser = wp_must(xmlNewParserCtxt());
	*parser->sax = (xmlSAXHandler){
		.initialized = XML_SAX2_MAGIC,
		.internalSubset = on_doctype,
		.startElementNs = on_start,
		.endElementNs = on_end,
		.characters = on_text,
		.ignorableWhitespace = on_text,
		.cdataBlock = on_text,
		.processingInstruction = on_instruction,
		.serror = on_error,
	};
	parser->userData = &reader;
#if LIBXML_VERSION < 21100
	/*
	 * What is called progressive does not look for more input before each token of the last 250 bytes (libxml2 2.9, parser.c, GROW), where
	 * the whole text is there: a tenth of the work for most texts. Later versions know that of themselves.
	 */
	parser->progressive = !source;
#endif
	if (source)
		xmlCtxtReadIO(parser, on_read, NULL, &reader, NULL, NULL, OPTIONS);
	else
		xmlCtxtReadMemory(parser, text->at, (int)text->left, NULL, NULL, OPTIONS);
	if (!has_ended(&reader) && !parser->wellFormed)
		ret->end = WP_XML_MALFORMED;
	return ret->end;
}

enum wp_xml_end wp_xml_read(const struct wp_xml_source *source, const struct wp_xml_handler *handler,
			    struct wp_xml_outcome *ret)
{
	return read_document(source, NULL, handler, ret);
}

static ptrdiff_t pull_text(void *context, char *bytes, size_t room)
{
	struct text *text = context;
	size_t length = text->left < room ? text->left : room;

	if (length)
		memcpy(bytes, text->at, length);
	text->at += length;
	text->left -= length;
	return (ptrdiff_t)length;
}

enum wp_xml_end wp_xml_read_text(const char *text, size_t length, const struct wp_xml_handler *handler,
				 struct wp_xml_outcome *ret)
{
	struct text rest = { text, length };

	return wp_xml_needs_guard(text, length) ? wp_xml_read(&(struct wp_xml_source){ pull_text, &rest }, handler, ret)
						: read_document(NULL, &rest, handler, ret);
}

static void ignore_error(void *context, wp_xml_error *error)
{
	(void)context;
	(void)error;
}

/* The handler is the thread's own and is put back. */
void wp_xml_quietly(void (*work)(void *context), void *context)
{
	xmlStructuredErrorFunc old;
	void *old_context;

	start_libxml();
	old = xmlStructuredError;
	old_context = xmlStructuredErrorContext;
	xmlSetStructuredErrorFunc(NULL, ignore_error);
	work(context);
	xmlSetStructuredErrorFunc(old_context, old);
}

const struct wp_xml_attribute *wp_xml_find(const struct wp_xml_element *element, const char *name)
{
	for (size_t i = 0; i < element->attribute_count; i++)
		if (!strcmp(element->attributes[i].name, name))
			return &element->attributes[i];
	return NULL;
}
