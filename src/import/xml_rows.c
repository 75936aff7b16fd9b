/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The XML reader under CLIXML and CIM-XML: libxml2's, one record in memory at a time. */
#include "xml_rows.h"
#include "assemble.h"

#include "wimplan/limits.h"

#include <stdlib.h>
#include <string.h>

/* The console writes one INSTANCE without prolog; where several stand one behind the other they need a root. */
static const char several_open[] = "<INSTANCES>";
static const char several_close[] = "</INSTANCES>";

static const char has_dtd[] = "there is a document type (DTD), which no export has";

static int pull(void *context, char *bytes, int size)
{
	struct wp_xml_rows *xml = context;
	size_t left = strlen(xml->prefix + xml->prefix_at);
	ssize_t got;

	if (size <= 0)
		return 0;
	if (left) {
		left = left < (size_t)size ? left : (size_t)size;
		memcpy(bytes, xml->prefix + xml->prefix_at, left);
		xml->prefix_at += left;
		return (int)left;
	}
	got = wp_input_read(xml->input, bytes, (size_t)size);
	if (got)
		return got < 0 ? -1 : (int)got;
	left = strlen(xml->suffix + xml->suffix_at);
	left = left < (size_t)size ? left : (size_t)size;
	memcpy(bytes, xml->suffix + xml->suffix_at, left);
	xml->suffix_at += left;
	return (int)left;
}

static int stop(struct wp_xml_rows *xml, int line, int column, const char *what)
{
	/* libxml2's sentences end with a new line. */
	int length = (int)strcspn(what, "\n");

	if (xml->stopped)
		return -1;
	xml->stopped = true;
	if (line == 1 && column > (int)strlen(xml->prefix))
		column -= (int)strlen(xml->prefix);
	wp_fail(xml->err, WP_E_FAILED, "export-invalid", xml->input->name, "%s: line %d, column %d: %.*s; export again",
		xml->input->name, line, column > 0 ? column : 1, length, what);
	return -1;
}

static void note_error(void *context, xmlErrorPtr error)
{
	struct wp_xml_rows *xml = context;

	/* What the input refused has its own sentence. Relative namespace names and the like are no faults. */
	if (error->level == XML_ERR_FATAL && !xml->input->failed && error->message)
		stop(xml, error->line, error->int2, error->code == XML_ERR_ENTITY_LOOP ? has_dtd : error->message);
}

static int stop_here(struct wp_xml_rows *xml, const char *what)
{
	return stop(xml, xmlTextReaderGetParserLineNumber(xml->reader), xmlTextReaderGetParserColumnNumber(xml->reader),
		    what);
}

int wp_xml_next(struct wp_xml_rows *xml)
{
	int got = xmlTextReaderRead(xml->reader);

	if (xml->input->failed && !xml->stopped) {
		xml->stopped = true;
		wp_input_error(xml->input, xml->err);
	}
	if (xml->stopped)
		return -1;
	if (got < 0)
		return stop_here(xml, "the XML cannot be read");
	if (got == 0)
		return 0;
	if (xmlTextReaderNodeType(xml->reader) == XML_READER_TYPE_DOCUMENT_TYPE)
		return stop_here(xml, has_dtd);
	if (xmlTextReaderNodeType(xml->reader) == XML_READER_TYPE_ELEMENT &&
	    xmlTextReaderDepth(xml->reader) >= (int)WP_LIMIT_NESTING)
		return stop_here(xml, "elements are nested more than 128 deep; is it the right file?");
	return 1;
}

/* Does anything under @node stand deeper than the limit, when @node stands at @depth? */
static bool too_deep(const xmlNode *node, unsigned int depth)
{
	const xmlNode *at = node;

	for (;;) {
		if (at->type == XML_ELEMENT_NODE && depth > WP_LIMIT_NESTING)
			return true;
		if (at->type == XML_ELEMENT_NODE && at->children) {
			at = at->children;
			depth++;
			continue;
		}
		while (at != node && !at->next) {
			at = at->parent;
			depth--;
		}
		if (at == node)
			return false;
		at = at->next;
	}
}

xmlNode *wp_xml_whole(struct wp_xml_rows *xml)
{
	xmlNode *node = xmlTextReaderExpand(xml->reader);

	if (xml->input->failed && !xml->stopped) {
		xml->stopped = true;
		wp_input_error(xml->input, xml->err);
	}
	if (!node && !xml->stopped)
		stop_here(xml, "the XML cannot be read");
	if (!xml->stopped && too_deep(node, (unsigned int)xmlTextReaderDepth(xml->reader) + 1))
		stop_here(xml, "elements are nested more than 128 deep; is it the right file?");
	return xml->stopped ? NULL : node;
}

xmlNode *wp_xml_element(xmlNode *node)
{
	while (node && node->type != XML_ELEMENT_NODE)
		node = node->next;
	return node;
}

bool wp_xml_is(const xmlNode *node, const char *name)
{
	return strcmp((const char *)node->name, name) == 0;
}

xmlChar *wp_xml_attribute(const xmlNode *node, const char *name)
{
	return xmlGetNoNsProp((xmlNode *)node, (const xmlChar *)name);
}

xmlChar *wp_xml_text(const xmlNode *node)
{
	xmlChar *text = xmlNodeGetContent((xmlNode *)node);

	if (!text)
		wp_out_of_memory();
	return text;
}

json_t *wp_xml_json(const xmlChar *text)
{
	json_t *value = json_string((const char *)text);

	if (!value)
		wp_out_of_memory();
	return value;
}

void wp_xml_set(json_t *object, const char *name, json_t *value)
{
	if (json_object_set_new(object, name, value) != 0)
		wp_out_of_memory();
}

int wp_xml_emit(struct wp_xml_rows *xml, size_t line, const struct wp_row *found)
{
	struct wp_row row = *found;
	int status;

	row.where = (struct wp_where){ xml->input->name, ++xml->number, line };
	status = wp_assembler_add(xml->assembler, &row, xml->err);
	json_decref(row.properties);
	wp_input_mark(xml->input);
	if (status)
		xml->stopped = true;
	return status;
}

static int read_document(struct wp_xml_rows *xml)
{
	int got;

	while ((got = wp_xml_next(xml)) == 1) {
		const char *root;

		if (xmlTextReaderNodeType(xml->reader) != XML_READER_TYPE_ELEMENT)
			continue;
		root = (const char *)xmlTextReaderConstLocalName(xml->reader);
		if (strcmp(root, "Objs") == 0)
			got = wp_clixml_rows(xml);
		else if (strcmp(root, "INSTANCE") == 0 || strcmp(root, "INSTANCES") == 0 || strcmp(root, "CIM") == 0 ||
			 strncmp(root, "VALUE.", 6) == 0)
			got = wp_cimxml_rows(xml);
		else
			return wp_fail(
				xml->err, WP_E_FAILED, "export-unknown-shape", xml->input->name,
				"%s: XML of an unknown kind (<%s>); Export-Clixml (<Objs>) and the console's export "
				"(<INSTANCE>) are read",
				xml->input->name, root);
		if (got)
			return xml->err->status;
	}
	return got ? xml->err->status : WP_OK;
}

int wp_xml_rows(struct wp_input *input, struct wp_assembler *assembler, struct wp_error *err)
{
	struct wp_error local;
	struct wp_xml_rows xml = { .input = input, .assembler = assembler, .err = err ? err : &local };
	size_t at;
	int status;

	if (wp_input_peek(input) == WP_INPUT_FAILED)
		return wp_input_error(input, err);
	for (at = input->at; at < input->length && strchr(" \t\r\n", input->text[at]); at++)
		;
	xml.prefix = xml.suffix = "";
	if (input->length - at > 9 && memcmp(input->text + at, "<INSTANCE", 9) == 0 && input->text[at + 9] != 'S') {
		xml.prefix = several_open;
		xml.suffix = several_close;
	}
	/* Not XML_PARSE_HUGE: libxml2 drops its guards with it. The declared encoding is not the input's any more. */
	xml.reader = xmlReaderForIO(pull, NULL, &xml, NULL, "UTF-8", XML_PARSE_NONET | XML_PARSE_IGNORE_ENC);
	if (!xml.reader)
		wp_out_of_memory();
	xmlTextReaderSetStructuredErrorHandler(xml.reader, note_error, &xml);
	status = read_document(&xml);
	xmlFreeTextReader(xml.reader);
	return status;
}
