/* SPDX-License-Identifier: GPL-3.0-or-later */
/* CIM-XML, as the console's export has it in object.xml: INSTANCE elements (DMTF DSP0201). */
#include "assemble.h"
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

static bool end(struct wp_xml_rows *xml, size_t depth)
{
	(void)xml;
	(void)depth;
	return true;
}

static bool built(struct wp_xml_rows *xml, const struct wp_xml_node *instance)
{
	return wp_xml_emit(xml, instance->line, &(struct wp_row){ .properties = instance_value(instance) });
}

static void free_state(struct wp_xml_rows *xml)
{
	(void)xml;
}

const struct wp_xml_shape wp_cimxml_shape = { start, end, built, free_state };
