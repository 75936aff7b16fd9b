/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The XML through libxml2's SAX2 interface: no tree, no DTD, no entities, no network, and every count bounded, so that
 * a hostile document costs no more than an honest one of its size.
 */
#include "libxml.h"
#include "model.h"
#include "wim.h"
#include "wimplan/limits.h"
#include "wimplan/text.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct reader {
	struct wp_model model;
	xmlParserCtxt *parser;
	size_t nodes;      /* elements, attributes and processing instructions */
	size_t namespaces; /* declarations of them */
	bool stopped;      /* by us; a diagnostic says why */
	char *error;       /* libxml2's first one that is fatal */
	const char *text;
	size_t left;
};

static pthread_once_t libxml_once = PTHREAD_ONCE_INIT;

static void stop(struct reader *reader)
{
	reader->stopped = true;
	xmlStopParser(reader->parser);
}

static void refuse(struct reader *reader, const char *what)
{
	wp_diag_add(reader->model.arena, reader->model.diags, WP_ERROR, "xml-structure", NULL, "the XML %s", what);
	stop(reader);
}

static void on_start(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri, int namespace_count,
		     const xmlChar **namespaces, int attribute_count, int default_count, const xmlChar **attributes)
{
	struct wp_attribute list[WP_LIMIT_XML_ATTRIBUTES];
	struct reader *reader = context;
	int i;

	(void)prefix;
	(void)uri;
	(void)namespaces;
	(void)default_count;
	if (reader->stopped)
		return;
	reader->nodes += 1 + (size_t)attribute_count;
	reader->namespaces += (size_t)namespace_count;
	if (reader->nodes > WP_LIMIT_XML_ELEMENTS) {
		refuse(reader, "has too many elements");
		return;
	}
	if (reader->model.depth == WP_LIMIT_NESTING) {
		refuse(reader, "is nested too deeply");
		return;
	}
	/* libxml2 looks through all declarations in force for every name with a prefix. */
	if (attribute_count > (int)WP_LIMIT_XML_ATTRIBUTES || reader->namespaces > WP_LIMIT_XML_ATTRIBUTES) {
		refuse(reader, "has too many attributes");
		return;
	}
	for (i = 0; i < attribute_count; i++) {
		/* Five pointers each: local name, prefix, URI, start and end of the value. */
		const xmlChar **attribute = attributes + (ptrdiff_t)5 * i;

		list[i].name = (const char *)attribute[0];
		list[i].value = (const char *)attribute[3];
		list[i].length = (size_t)(attribute[4] - attribute[3]);
	}
	if (!wp_model_start(&reader->model, (const char *)name, list, (size_t)attribute_count))
		stop(reader);
}

static void on_end(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
	struct reader *reader = context;

	(void)name;
	(void)prefix;
	(void)uri;
	if (!reader->stopped && !wp_model_end(&reader->model))
		stop(reader);
}

static void on_text(void *context, const xmlChar *bytes, int length)
{
	struct reader *reader = context;

	if (!reader->stopped && length > 0 && !wp_model_text(&reader->model, (const char *)bytes, (size_t)length))
		stop(reader);
}

/* Instructions mean nothing, but libxml2 remembers the name of each. */
static void on_instruction(void *context, const xmlChar *target, const xmlChar *data)
{
	struct reader *reader = context;

	(void)target;
	(void)data;
	if (!reader->stopped && ++reader->nodes > WP_LIMIT_XML_ELEMENTS)
		refuse(reader, "has too many elements");
}

/* Called when a DOCTYPE was seen and before anything in it is read. */
static void on_doctype(void *context, const xmlChar *name, const xmlChar *external, const xmlChar *system)
{
	struct reader *reader = context;

	(void)name;
	(void)external;
	(void)system;
	if (!reader->stopped)
		refuse(reader, "has a document type definition, which no WIM has");
}

static void on_error(void *context, wp_xml_error *error)
{
	struct reader *reader = context;
	size_t length;

	if (reader->stopped || reader->error || !error || error->level != XML_ERR_FATAL)
		return;
	length = error->message ? strcspn(error->message, "\n") : 0;
	reader->error = wp_arena_printf(reader->model.arena, "line %d, column %d: %.*s", error->line, error->int2,
					length > 200 ? 200 : (int)length, error->message ? error->message : "");
}

static int on_read(void *context, char *buffer, int room)
{
	struct reader *reader = context;
	size_t length = reader->left < (size_t)room ? reader->left : (size_t)room;

	/* After an error libxml2 goes on in search of more of them. */
	if (reader->error)
		return 0;
	if (length)
		memcpy(buffer, reader->text, length);
	reader->text += length;
	reader->left -= length;
	return (int)length;
}

/* Where @mark next stands; the end when nowhere. */
static const char *find(const char *at, const char *end, const char *mark)
{
	const char *found = memmem(at, (size_t)(end - at), mark, strlen(mark));

	return found ? found : end;
}

static bool begins(const char *at, const char *end, const char *mark)
{
	size_t length = strlen(mark);

	return (size_t)(end - at) >= length && memcmp(at, mark, length) == 0;
}

/* Where the comment, CDATA section or instruction at @at ends; NULL when it is a tag. */
static const char *skip(const char *at, const char *end)
{
	if (begins(at, end, "<!--"))
		return find(at + 4, end, "-->");
	if (begins(at, end, "<![CDATA["))
		return find(at + 9, end, "]]>");
	return begins(at, end, "<?") ? find(at + 2, end, "?>") : NULL;
}

/* Counts the attributes of the tag at *@at and moves *@at behind it. */
static size_t count_attributes(const char **at, const char *end)
{
	size_t count = 0;
	char quote = '\0';
	const char *c;

	/* A "<" ends it in any case: the parser takes none inside of a tag. */
	for (c = *at + 1; c < end && *c != '<'; c++) {
		if (quote)
			quote = *c == quote ? '\0' : quote;
		else if (*c == '"' || *c == '\'')
			quote = *c;
		else if (*c == '=')
			count++;
		else if (*c == '>')
			break;
	}
	*at = c;
	return count;
}

/*
 * libxml2 compares each attribute of an element with all before it (parser.c, xmlParseStartTag2; until 2.12), and
 * tells of the element only then: 16 MiB could cost an hour. So they are counted before it gets to see them.
 */
static bool attributes_are_few(const char *text, size_t length)
{
	const char *end = text + length;
	const char *at = text;

	while ((at = memchr(at, '<', (size_t)(end - at)))) {
		const char *behind = end - at > 1 && (at[1] == '!' || at[1] == '?') ? skip(at, end) : NULL;

		if (behind)
			at = behind;
		else if (count_attributes(&at, end) > WP_LIMIT_XML_ATTRIBUTES)
			return false;
	}
	return true;
}

static void free_parser(xmlParserCtxt **parser)
{
	if (*parser)
		xmlFreeParserCtxt(*parser);
}

/* Reads the whole document into reader->model; false when a diagnostic says why not. */
static bool read_document(struct reader *reader)
{
	struct wp_arena *arena = reader->model.arena;
	struct wp_diags *diags = reader->model.diags;
	xmlParserCtxt *parser __attribute__((cleanup(free_parser))) = NULL;

	/* libxml2's own locks are made by this; wimlib calls it as well. */
	pthread_once(&libxml_once, xmlInitParser);
	parser = xmlNewParserCtxt();
	if (!parser)
		abort();
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
	parser->userData = reader;
	reader->parser = parser;
	/* The text is UTF-8 whatever a declaration in it says. */
	xmlCtxtReadIO(parser, on_read, NULL, reader, NULL, NULL, XML_PARSE_NONET | XML_PARSE_IGNORE_ENC);
	if (reader->stopped)
		return false;
	if (!parser->wellFormed || reader->error) {
		wp_diag_add(arena, diags, WP_ERROR, "xml-invalid", NULL, "the XML is not well-formed");
		if (reader->error)
			wp_wim_detail(arena, diags, "%s", wp_utf8_repair(arena, reader->error));
		return false;
	}
	return true;
}

struct wp_wim_metadata *wp_wim_xml_parse_utf8(struct wp_arena *arena, const char *text, size_t length,
					      int64_t image_count, struct wp_diags *diags)
{
	struct reader reader = { .model = { .arena = arena, .diags = diags } };
	struct wp_wim_metadata *metadata = NULL;

	if (begins(text, text + length, "\xef\xbb\xbf")) {
		text += 3;
		length -= 3;
	}
	if (wp_utf8_valid(text, length) != length || memchr(text, '\0', length)) {
		wp_diag_add(arena, diags, WP_ERROR, "xml-encoding", NULL, "the XML is no UTF-8 text");
		return NULL;
	}
	reader.text = text;
	reader.left = length;
	reader.model.metadata = wp_arena_alloc(arena, sizeof *reader.model.metadata);
	if (!attributes_are_few(text, length))
		wp_diag_add(arena, diags, WP_ERROR, "xml-structure", NULL, "the XML has too many attributes");
	else if (read_document(&reader))
		metadata = wp_model_finish(&reader.model, image_count);
	wp_model_free(&reader.model);
	return metadata;
}

struct wp_wim_metadata *wp_wim_xml_parse(struct wp_arena *arena, const uint8_t *bytes, size_t length,
					 int64_t image_count, struct wp_diags *diags)
{
	const char *text;
	size_t text_length;

	if (!wp_wim_xml_decode(arena, bytes, length, &text, &text_length, diags))
		return NULL;
	return wp_wim_xml_parse_utf8(arena, text, text_length, image_count, diags);
}
