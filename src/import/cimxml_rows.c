/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * CIM-XML: INSTANCE elements (DMTF DSP0201), as the console's export has them in object.xml; and as texts, each a document
 * of its own in a "string" of an "ArrayOfString", as it has those in ReferencesInfo.xml.
 */
#include "xml_rows.h"

#include "wimplan/ascii.h"
#include "wimplan/json.h"

#include <stdlib.h>
#include <string.h>

static json_t *instance_value(const struct wp_xml_node *instance);

static const struct wp_xml_node *child(const struct wp_xml_node *node, const char *name)
{
	for (const struct wp_xml_node *at = node->first; at; at = at->next)
		if (wp_xml_is(at, name))
			return at;
	return NULL;
}

/* A VALUE of a type. Numbers that are none stay text, for the assembler to remark on. */
static json_t *scalar_value(const struct wp_xml_node *value, const char *type)
{
	const char *kind = type ? type : "string";

	if (strncmp(kind, "uint", 4) == 0 || strncmp(kind, "sint", 4) == 0) {
		const char *digits = value->text + (*value->text == '-');
		size_t count = strspn(digits, "0123456789");

		if (count > 0 && count < 19 && !digits[count])
			return wp_json_must(json_integer(strtoll(value->text, NULL, 10)));
	}
	if (strcmp(kind, "boolean") == 0 && wp_ascii_same(value->text, "TRUE"))
		return json_true();
	if (strcmp(kind, "boolean") == 0 && wp_ascii_same(value->text, "FALSE"))
		return json_false();
	return wp_json_must(json_string(value->text));
}

static json_t *object_value(const struct wp_xml_node *holder)
{
	const struct wp_xml_node *instance = child(holder, "INSTANCE");

	return instance ? instance_value(instance) : json_null();
}

/* The elements of a VALUE.ARRAY or VALUE.OBJECTARRAY. */
static json_t *array_value(const struct wp_xml_node *array, const char *type)
{
	json_t *values = wp_json_must(json_array());

	for (const struct wp_xml_node *at = array->first; at; at = at->next) {
		json_t *value = NULL;

		if (wp_xml_is(at, "VALUE"))
			value = scalar_value(at, type);
		else if (wp_xml_is(at, "VALUE.OBJECT"))
			value = object_value(at);
		if (value)
			wp_json_push(values, value);
	}
	return values;
}

static json_t *property_value(const struct wp_xml_node *property)
{
	const char *type = wp_xml_attribute(property, "TYPE");

	/* The qualifiers have VALUEs of their own, one level down. */
	for (const struct wp_xml_node *at = property->first; at; at = at->next) {
		if (wp_xml_is(at, "VALUE"))
			return scalar_value(at, type);
		if (wp_xml_is(at, "VALUE.ARRAY") || wp_xml_is(at, "VALUE.OBJECTARRAY"))
			return array_value(at, type);
		if (wp_xml_is(at, "VALUE.OBJECT"))
			return object_value(at);
	}
	return json_null();
}

static json_t *instance_value(const struct wp_xml_node *instance)
{
	const char *class = wp_xml_attribute(instance, "CLASSNAME");
	json_t *object = wp_json_must(json_object());

	if (class)
		wp_json_set(object, "__CLASS", json_string(class));
	for (const struct wp_xml_node *at = instance->first; at; at = at->next) {
		const char *name = wp_xml_attribute(at, "NAME");

		if (name && strncmp(at->name, "PROPERTY", 8) == 0)
			wp_json_set(object, name, property_value(at));
	}
	return object;
}

static bool start(struct wp_xml_rows *xml, const struct wp_xml_element *element)
{
	if (strcmp(element->name, "INSTANCE") == 0)
		wp_xml_tree_start(&xml->tree, element);
	return true;
}

static bool built(struct wp_xml_rows *xml, const struct wp_xml_node *instance)
{
	return wp_xml_emit(xml, instance->line, &(struct wp_row){ .properties = instance_value(instance) });
}

const struct wp_xml_shape wp_cimxml_shape = { .start = start, .built = built };

/* An INSTANCE that is read from a text. */
struct inner {
	struct wp_xml_rows *xml; /* of the document around it */
	struct wp_xml_tree tree;
	size_t line; /* of the text */
	bool emitted;
};

static bool inner_start(void *context, const struct wp_xml_element *element)
{
	struct inner *inner = context;

	if (wp_xml_tree_is_open(&inner->tree) || strcmp(element->name, "INSTANCE") == 0)
		wp_xml_tree_start(&inner->tree, element);
	return true;
}

static bool inner_text(void *context, const char *bytes, size_t length)
{
	struct inner *inner = context;

	if (wp_xml_tree_is_open(&inner->tree))
		wp_xml_tree_text(&inner->tree, bytes, length);
	return true;
}

static bool inner_end(void *context)
{
	struct inner *inner = context;
	const struct wp_xml_node *instance =
		wp_xml_tree_is_open(&inner->tree) ? wp_xml_tree_end(&inner->tree) : NULL;

	if (!instance)
		return true;
	inner->emitted = true;
	return wp_xml_emit(inner->xml, inner->line, &(struct wp_row){ .properties = instance_value(instance) });
}

static bool start_text(struct wp_xml_rows *xml, const struct wp_xml_element *element)
{
	if (strcmp(element->name, "string") == 0)
		wp_xml_tree_start(&xml->tree, element);
	return true;
}

static bool text_built(struct wp_xml_rows *xml, const struct wp_xml_node *string)
{
	struct inner inner = { .xml = xml, .line = string->line };
	const struct wp_xml_handler handler = { inner_start, inner_text, inner_end, &inner, 0 };
	struct wp_xml_outcome outcome;
	enum wp_xml_end ended = wp_xml_read_text(string->text, strlen(string->text), &handler, &outcome);

	wp_xml_tree_free(&inner.tree);
	if (ended == WP_XML_STOPPED || (ended == WP_XML_WHOLE && inner.emitted))
		return ended == WP_XML_WHOLE;
	wp_fail(xml->err, WP_E_FAILED, "export-invalid", xml->input->name,
		"%s: line %zu: the text in <string> is no INSTANCE%s%s; export again", xml->input->name, string->line,
		ended == WP_XML_WHOLE ? "" : ": ", ended == WP_XML_WHOLE ? "" : outcome.what);
	return false;
}

const struct wp_xml_shape wp_cimxml_texts_shape = { .start = start_text, .built = text_built };
