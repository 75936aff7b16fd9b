/* SPDX-License-Identifier: GPL-3.0-or-later */
/* CIM-XML, as the console's export has it in object.xml: INSTANCE elements (DMTF DSP0201). */
#include "assemble.h"
#include "xml_rows.h"

#include <stdlib.h>
#include <string.h>

static json_t *instance_value(xmlNode *instance);

static json_t *must(json_t *value)
{
	if (!value)
		wp_out_of_memory();
	return value;
}

static xmlNode *child(xmlNode *node, const char *name)
{
	xmlNode *at;

	for (at = wp_xml_element(node->children); at; at = wp_xml_element(at->next))
		if (wp_xml_is(at, name))
			return at;
	return NULL;
}

/* A VALUE of a type. Numbers that are none stay text, for the assembler to remark on. */
static json_t *scalar_value(xmlNode *value, const xmlChar *type)
{
	xmlChar *text __attribute__((cleanup(wp_xml_freep))) = wp_xml_text(value);
	const char *kind = type ? (const char *)type : "string";

	if (strncmp(kind, "uint", 4) == 0 || strncmp(kind, "sint", 4) == 0) {
		const char *digits = (const char *)text + (*text == '-');
		size_t count = strspn(digits, "0123456789");

		if (count > 0 && count < 19 && !digits[count])
			return must(json_integer(strtoll((const char *)text, NULL, 10)));
	}
	if (strcmp(kind, "boolean") == 0 && xmlStrcasecmp(text, BAD_CAST "TRUE") == 0)
		return json_true();
	if (strcmp(kind, "boolean") == 0 && xmlStrcasecmp(text, BAD_CAST "FALSE") == 0)
		return json_false();
	return wp_xml_json(text);
}

static json_t *object_value(xmlNode *holder)
{
	xmlNode *instance = child(holder, "INSTANCE");

	return instance ? instance_value(instance) : json_null();
}

/* The elements of a VALUE.ARRAY or VALUE.OBJECTARRAY. */
static json_t *array_value(xmlNode *array, const xmlChar *type)
{
	json_t *values = must(json_array());
	xmlNode *at;

	for (at = wp_xml_element(array->children); at; at = wp_xml_element(at->next)) {
		json_t *value = NULL;

		if (wp_xml_is(at, "VALUE"))
			value = scalar_value(at, type);
		else if (wp_xml_is(at, "VALUE.OBJECT"))
			value = object_value(at);
		if (value && json_array_append_new(values, value) != 0)
			wp_out_of_memory();
	}
	return values;
}

static json_t *property_value(xmlNode *property)
{
	xmlChar *type __attribute__((cleanup(wp_xml_freep))) = wp_xml_attribute(property, "TYPE");
	xmlNode *at;

	/* The qualifiers have VALUEs of their own, one level down. */
	for (at = wp_xml_element(property->children); at; at = wp_xml_element(at->next)) {
		if (wp_xml_is(at, "VALUE"))
			return scalar_value(at, type);
		if (wp_xml_is(at, "VALUE.ARRAY") || wp_xml_is(at, "VALUE.OBJECTARRAY"))
			return array_value(at, type);
		if (wp_xml_is(at, "VALUE.OBJECT"))
			return object_value(at);
	}
	return json_null();
}

static json_t *instance_value(xmlNode *instance)
{
	xmlChar *class __attribute__((cleanup(wp_xml_freep))) = wp_xml_attribute(instance, "CLASSNAME");
	json_t *object = must(json_object());
	xmlNode *at;

	if (class)
		wp_xml_set(object, "__CLASS", wp_xml_json(class));
	for (at = wp_xml_element(instance->children); at; at = wp_xml_element(at->next)) {
		xmlChar *name __attribute__((cleanup(wp_xml_freep))) = wp_xml_attribute(at, "NAME");

		if (name && strncmp((const char *)at->name, "PROPERTY", 8) == 0)
			wp_xml_set(object, (const char *)name, property_value(at));
	}
	return object;
}

int wp_cimxml_rows(struct wp_xml_rows *xml)
{
	int depth = -1; /* of the INSTANCE that was read whole: what stands in it was seen */
	int got = 1;

	for (; got == 1; got = wp_xml_next(xml)) {
		xmlNode *instance;

		if (depth >= 0 && xmlTextReaderDepth(xml->reader) > depth)
			continue;
		depth = -1;
		if (xmlTextReaderNodeType(xml->reader) != XML_READER_TYPE_ELEMENT ||
		    strcmp((const char *)xmlTextReaderConstLocalName(xml->reader), "INSTANCE") != 0)
			continue;
		depth = xmlTextReaderDepth(xml->reader);
		instance = wp_xml_whole(xml);
		if (!instance)
			return xml->err->status;
		if (wp_xml_emit(xml, (size_t)xmlGetLineNo(instance),
				&(struct wp_row){ .properties = instance_value(instance) }))
			return xml->err->status;
	}
	return got ? xml->err->status : WP_OK;
}
