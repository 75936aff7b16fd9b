/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Export-Clixml: the Obj elements that are records, alone, in lists or in pages ([MS-PSRP] 2.2.5). */
#include "assemble.h"
#include "clixml_value.h"

#include <stdlib.h>
#include <string.h>

struct clixml {
	struct wp_xml_rows *xml;
	struct wp_clixml_types types;
};

/* What the reader is in, one level below an Obj. */
enum part { PART_OTHER, PART_LIST, PART_BAG };

/* An Obj that is being read. */
struct object {
	int depth; /* of its element */
	int seen;  /* depth of the element below that was read whole; -1 */
	enum part part;
	bool has_members;
	bool holds_records; /* it is a list or a page, no record of its own */
	const char *type;   /* borrowed from the table; NULL */
	const char *list_class;
	size_t page; /* the page that it is itself, and the one that it stands on; 0 */
	size_t on_page;
	json_t *properties;
};

static int read_object(struct clixml *clixml, const char *list_class, size_t page);

/* An element directly below the Obj. */
static int read_part(struct clixml *clixml, struct object *object, const char *name)
{
	xmlNode *node;

	object->part = PART_OTHER;
	if (wp_clixml_is_list(name)) {
		object->part = PART_LIST;
		object->holds_records = true;
	} else if (wp_clixml_is_bag(name) || strcmp(name, "DCT") == 0) {
		object->part = PART_BAG;
		object->has_members = true;
	} else {
		node = wp_xml_whole(clixml->xml);
		if (!node)
			return -1;
		object->seen = object->depth + 1;
		if (strcmp(name, "TN") == 0)
			object->type = wp_clixml_learn_type(&clixml->types, node);
		else if (strcmp(name, "TNRef") == 0)
			object->type = wp_clixml_known_type(&clixml->types, node);
	}
	return 0;
}

static bool is_page(xmlTextReader *reader, const char *name)
{
	xmlChar *key __attribute__((cleanup(wp_xml_freep))) = NULL;

	if (strcmp(name, "Obj") != 0)
		return false;
	key = xmlTextReaderGetAttribute(reader, BAD_CAST "N");
	return key && strcmp((const char *)key, "value") == 0;
}

/* An element two levels below: one of a list, or a member. */
static int read_member(struct clixml *clixml, struct object *object, const char *name)
{
	xmlNode *node;

	if (object->part == PART_LIST)
		return strcmp(name, "Obj") == 0 ? read_object(clixml, object->list_class, object->on_page) : 0;
	if (object->part != PART_BAG)
		return 0;
	/* The records of a page of the AdminService are the Objs in its "value". */
	if (is_page(clixml->xml->reader, name)) {
		const char *context = json_string_value(json_object_get(object->properties, "@odata.context"));

		object->holds_records = true;
		if (!context)
			context = object->list_class;
		object->page = wp_page_begin(clixml->xml->assembler, context, clixml->xml->input->name);
		return read_object(clixml, context, object->page);
	}
	node = wp_xml_whole(clixml->xml);
	if (!node)
		return -1;
	object->seen = object->depth + 2;
	if (strcmp(name, "En") == 0)
		wp_clixml_add_entry(&clixml->types, object->properties, node);
	else
		wp_clixml_add_member(&clixml->types, object->properties, node);
	return 0;
}

/* Reads up to the end of the Obj. */
static int read_parts(struct clixml *clixml, struct object *object)
{
	xmlTextReader *reader = clixml->xml->reader;
	int got;

	while ((got = wp_xml_next(clixml->xml)) == 1) {
		int depth = xmlTextReaderDepth(reader);
		const char *name = (const char *)xmlTextReaderConstLocalName(reader);

		if (depth == object->depth)
			return 0;
		if (object->seen >= 0 && depth > object->seen)
			continue;
		object->seen = -1;
		if (xmlTextReaderNodeType(reader) != XML_READER_TYPE_ELEMENT)
			continue;
		if (depth == object->depth + 1 ? read_part(clixml, object, name) : read_member(clixml, object, name))
			return -1;
	}
	if (got == 0)
		wp_fail(clixml->xml->err, WP_E_FAILED, "export-invalid", clixml->xml->input->name,
			"%s: the XML ends in the middle of a record; export again", clixml->xml->input->name);
	return -1;
}

/* A record, or a list of them: an Obj on whose start the reader stands. */
static int read_object(struct clixml *clixml, const char *list_class, size_t page)
{
	struct wp_xml_rows *xml = clixml->xml;
	struct object object = {
		.depth = xmlTextReaderDepth(xml->reader),
		.seen = -1,
		.list_class = list_class,
		.on_page = page,
	};
	size_t line = (size_t)xmlGetLineNo(xmlTextReaderCurrentNode(xml->reader));
	int status;

	if (xmlTextReaderIsEmptyElement(xml->reader))
		return 0;
	object.properties = json_object();
	if (!object.properties)
		wp_out_of_memory();
	status = read_parts(clixml, &object);
	if (!status && object.has_members && !object.holds_records)
		return wp_xml_emit(xml, line, &(struct wp_row){ .class_text = object.type, .list_class = list_class,
								.page = page, .properties = object.properties });
	if (object.page && json_object_get(object.properties, "@odata.nextLink"))
		wp_page_goes_on(xml->assembler, object.page);
	json_decref(object.properties);
	return status;
}

int wp_clixml_rows(struct wp_xml_rows *xml)
{
	struct clixml clixml = { .xml = xml, .types.names = json_object() };
	int got, status = WP_OK;

	if (!clixml.types.names)
		wp_out_of_memory();
	while (!status && (got = wp_xml_next(xml)) != 0) {
		if (got < 0)
			status = -1;
		else if (xmlTextReaderNodeType(xml->reader) == XML_READER_TYPE_ELEMENT &&
			 xmlTextReaderDepth(xml->reader) == 1 &&
			 strcmp((const char *)xmlTextReaderConstLocalName(xml->reader), "Obj") == 0)
			status = read_object(&clixml, NULL, 0);
	}
	json_decref(clixml.types.names);
	return status ? xml->err->status : WP_OK;
}
