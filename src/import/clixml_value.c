/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Elements of CLIXML as JSON values ([MS-PSRP] 2.2.5.1 and 2.2.5.2). */
#include "clixml_value.h"
#include "clixml_text.h"

#include "wimplan/arena.h"

#include <stdlib.h>
#include <string.h>

static json_t *node_value(struct wp_clixml_types *types, xmlNode *node);

static json_t *must(json_t *value)
{
	if (!value)
		wp_out_of_memory();
	return value;
}

bool wp_clixml_is_list(const char *element)
{
	return strcmp(element, "LST") == 0 || strcmp(element, "IE") == 0 || strcmp(element, "QUE") == 0 ||
	       strcmp(element, "STK") == 0;
}

bool wp_clixml_is_bag(const char *element)
{
	return strcmp(element, "Props") == 0 || strcmp(element, "MS") == 0;
}

const char *wp_clixml_learn_type(struct wp_clixml_types *types, xmlNode *tn)
{
	xmlChar *id __attribute__((cleanup(wp_xml_freep))) = wp_xml_attribute(tn, "RefId");
	json_t *name = NULL;
	xmlNode *at;

	if (!id)
		return "";
	/* The first one of a class is the most derived. */
	for (at = wp_xml_element(tn->children); at && !name; at = wp_xml_element(at->next)) {
		xmlChar *text __attribute__((cleanup(wp_xml_freep))) = wp_xml_text(at);
		char class[128];

		if (wp_class_in_text((const char *)text, class, sizeof class))
			name = wp_xml_json(text);
	}
	/* A name that was given out stays: callers hold on to it. */
	if (json_object_get(types->names, (const char *)id))
		json_decref(name);
	else
		wp_xml_set(types->names, (const char *)id, name ? name : must(json_string("")));
	return json_string_value(json_object_get(types->names, (const char *)id));
}

const char *wp_clixml_known_type(const struct wp_clixml_types *types, const xmlNode *reference)
{
	xmlChar *id __attribute__((cleanup(wp_xml_freep))) = wp_xml_attribute(reference, "RefId");

	return id ? json_string_value(json_object_get(types->names, (const char *)id)) : NULL;
}

static json_t *text_value(const xmlNode *node)
{
	xmlChar *text __attribute__((cleanup(wp_xml_freep))) = wp_xml_text(node);
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };

	wp_clixml_unescape(&buf, (const char *)text);
	return must(json_string(wp_buf_text(&buf)));
}

void wp_clixml_add_member(struct wp_clixml_types *types, json_t *object, xmlNode *member)
{
	xmlChar *name __attribute__((cleanup(wp_xml_freep))) = wp_xml_attribute(member, "N");
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };

	if (!name)
		return;
	wp_clixml_unescape(&buf, (const char *)name);
	wp_xml_set(object, wp_buf_text(&buf), node_value(types, member));
}

void wp_clixml_add_entry(struct wp_clixml_types *types, json_t *object, xmlNode *entry)
{
	json_t *key = NULL, *value = NULL;
	xmlNode *at;

	for (at = wp_xml_element(entry->children); at; at = wp_xml_element(at->next)) {
		xmlChar *name __attribute__((cleanup(wp_xml_freep))) = wp_xml_attribute(at, "N");

		if (name && !key && strcmp((const char *)name, "Key") == 0)
			key = text_value(at);
		else if (name && !value && strcmp((const char *)name, "Value") == 0)
			value = node_value(types, at);
	}
	if (key && value)
		wp_xml_set(object, json_string_value(key), json_incref(value));
	json_decref(key);
	json_decref(value);
}

static json_t *list_value(struct wp_clixml_types *types, xmlNode *list)
{
	json_t *values = must(json_array());
	xmlNode *at;

	for (at = wp_xml_element(list->children); at; at = wp_xml_element(at->next))
		if (json_array_append_new(values, node_value(types, at)) != 0)
			wp_out_of_memory();
	return values;
}

static void add_members(struct wp_clixml_types *types, json_t *object, xmlNode *holder)
{
	xmlNode *at;

	for (at = wp_xml_element(holder->children); at; at = wp_xml_element(at->next)) {
		if (wp_xml_is(at, "En"))
			wp_clixml_add_entry(types, object, at);
		else
			wp_clixml_add_member(types, object, at);
	}
}

/* An Obj that is a value: a list (whatever members it has besides), an enumeration's number, or an object. */
static json_t *object_value(struct wp_clixml_types *types, xmlNode *obj)
{
	json_t *value = NULL, *object = must(json_object());
	const char *type = NULL;
	xmlNode *at;

	for (at = wp_xml_element(obj->children); at; at = wp_xml_element(at->next)) {
		const char *kind = (const char *)at->name;

		if (strcmp(kind, "TN") == 0)
			type = wp_clixml_learn_type(types, at);
		else if (strcmp(kind, "TNRef") == 0)
			type = wp_clixml_known_type(types, at);
		else if (wp_clixml_is_bag(kind) || strcmp(kind, "DCT") == 0)
			add_members(types, object, at);
		else if (strcmp(kind, "ToString") != 0 && !value)
			value = wp_clixml_is_list(kind) ? list_value(types, at) : node_value(types, at);
	}
	if (value) {
		json_decref(object);
		return value;
	}
	/* Under the name that the AdminService has for it. */
	if (type && *type)
		wp_xml_set(object, "@odata.type", must(json_string(type)));
	return object;
}

static json_t *node_value(struct wp_clixml_types *types, xmlNode *node)
{
	static const char *const integers[] = { "By", "SB", "I16", "U16", "I32", "U32", "I64", "U64" };
	const char *kind = (const char *)node->name;
	xmlChar *text __attribute__((cleanup(wp_xml_freep))) = NULL;
	size_t digits;

	if (strcmp(kind, "Nil") == 0 || strcmp(kind, "Ref") == 0)
		return json_null();
	if (strcmp(kind, "Obj") == 0)
		return object_value(types, node);
	text = wp_xml_text(node);
	if (strcmp(kind, "B") == 0)
		return json_boolean(strcmp((const char *)text, "true") == 0);
	digits = strspn((const char *)text, "-0123456789");
	if (digits && digits < 19 && !text[digits])
		for (size_t i = 0; i < sizeof integers / sizeof *integers; i++)
			if (strcmp(kind, integers[i]) == 0)
				return must(json_integer(strtoll((const char *)text, NULL, 10)));
	return text_value(node);
}
