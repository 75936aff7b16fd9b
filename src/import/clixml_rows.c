/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Export-Clixml: the Obj elements that are records, alone, in lists or in pages ([MS-PSRP] 2.2.5). */
#include "assembler.h"
#include "xml_rows.h"

#include "wimplan/ascii.h"
#include "wimplan/buf.h"
#include "wimplan/json.h"
#include "wimplan/limits.h"
#include "wimplan/text.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* RefId of a TN → the name in it that tells a class. */
struct wp_clixml_types {
	json_t *names;
};

/* "_xHHHH_" is 7 bytes. */
#define ESCAPE 7

static bool is_escape(const char *text, uint32_t *ret_unit)
{
	int unit = text[0] == '_' && text[1] == 'x' ? wp_ascii_hex4(text + 2) : -1;

	if (unit < 0 || text[6] != '_')
		return false;
	*ret_unit = (uint32_t)unit;
	return true;
}

static void add_character(struct wp_buf *buf, uint32_t c)
{
	char bytes[4];

	wp_buf_add(buf, bytes, wp_utf8_encode(c == 0 || (c >= 0xd800 && c <= 0xdfff) ? WP_REPLACEMENT : c, bytes));
}

/* Adds @text unescaped. Halves of pairs without the other one and U+0000 become U+FFFD. */
static void unescape(struct wp_buf *buf, const char *text)
{
	while (*text) {
		const char *next = strchr(text + 1, '_');
		uint32_t unit, low;

		if (!is_escape(text, &unit)) {
			size_t length = next ? (size_t)(next - text) : strlen(text);

			wp_buf_add(buf, text, length);
			text += length;
			continue;
		}
		text += ESCAPE;
		if (unit >= 0xd800 && unit <= 0xdbff && is_escape(text, &low) && low >= 0xdc00 && low <= 0xdfff) {
			unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
			text += ESCAPE;
		}
		add_character(buf, unit);
	}
}

/* Elements of CLIXML as JSON values ([MS-PSRP] 2.2.5.1 and 2.2.5.2). */

/* Bytes of a type's name; that of a class in a deep namespace has about a hundred. */
#define LONGEST_TYPE 1024

static json_t *node_value(struct wp_clixml_types *types, const struct wp_xml_node *node);

/* "LST" and the like, which hold elements; "Props" and "MS", which hold named ones. */
static bool is_list(const char *element)
{
	return strcmp(element, "LST") == 0 || strcmp(element, "IE") == 0 || strcmp(element, "QUE") == 0 ||
	       strcmp(element, "STK") == 0;
}

static bool is_bag(const char *element)
{
	return strcmp(element, "Props") == 0 || strcmp(element, "MS") == 0;
}

/* Remembers a TN; gives the name that tells a class, "" when none does. Borrowed from the table. */
static const char *learn_type(struct wp_clixml_types *types, const struct wp_xml_node *tn)
{
	const char *id = wp_xml_attribute(tn, "RefId");
	const char *name = "";
	char class[128];

	if (!id)
		return "";
	/* The first one of a class is the most derived. */
	for (const struct wp_xml_node *at = tn->first; at && !*name; at = at->next)
		if (strlen(at->text) <= LONGEST_TYPE && wp_class_in_text(at->text, class, sizeof class))
			name = at->text;
	/* A name that was given out stays: callers hold on to it. */
	if (!json_object_get(types->names, id))
		wp_json_set(types->names, id, wp_json_must(json_string(name)));
	return json_string_value(json_object_get(types->names, id));
}

/* What a TNRef refers to; NULL. */
static const char *known_type(const struct wp_clixml_types *types, const struct wp_xml_node *reference)
{
	const char *id = wp_xml_attribute(reference, "RefId");

	return id ? json_string_value(json_object_get(types->names, id)) : NULL;
}

static json_t *text_value(const struct wp_xml_node *node)
{
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };

	unescape(&buf, node->text);
	return wp_json_must(json_string(wp_buf_text(&buf)));
}

/* Sets the element as a property under its name N; one without a name is passed over. */
static void add_member(struct wp_clixml_types *types, json_t *object, const struct wp_xml_node *member)
{
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };
	const char *name = wp_xml_attribute(member, "N");

	if (!name)
		return;
	unescape(&buf, name);
	wp_json_set(object, wp_buf_text(&buf), node_value(types, member));
}

/* Sets one En of a dictionary. */
static void add_entry(struct wp_clixml_types *types, json_t *object, const struct wp_xml_node *entry)
{
	json_t *key = NULL, *value = NULL;

	for (const struct wp_xml_node *at = entry->first; at; at = at->next) {
		const char *name = wp_xml_attribute(at, "N");

		if (name && !key && strcmp(name, "Key") == 0)
			key = text_value(at);
		else if (name && !value && strcmp(name, "Value") == 0)
			value = node_value(types, at);
	}
	if (key && value)
		wp_json_set(object, json_string_value(key), json_incref(value));
	json_decref(key);
	json_decref(value);
}

static json_t *list_value(struct wp_clixml_types *types, const struct wp_xml_node *list)
{
	json_t *values = wp_json_must(json_array());

	for (const struct wp_xml_node *at = list->first; at; at = at->next)
		wp_json_push(values, node_value(types, at));
	return values;
}

static void add_members(struct wp_clixml_types *types, json_t *object, const struct wp_xml_node *holder)
{
	for (const struct wp_xml_node *at = holder->first; at; at = at->next) {
		if (wp_xml_is(at, "En"))
			add_entry(types, object, at);
		else
			add_member(types, object, at);
	}
}

/* An Obj that is a value: a list (whatever members it has besides), an enumeration's number, or an object. */
static json_t *object_value(struct wp_clixml_types *types, const struct wp_xml_node *obj)
{
	json_t *value = NULL, *object = wp_json_must(json_object());
	const char *type = NULL;

	for (const struct wp_xml_node *at = obj->first; at; at = at->next) {
		if (wp_xml_is(at, "TN"))
			type = learn_type(types, at);
		else if (wp_xml_is(at, "TNRef"))
			type = known_type(types, at);
		else if (is_bag(at->name) || wp_xml_is(at, "DCT"))
			add_members(types, object, at);
		else if (!wp_xml_is(at, "ToString") && !value)
			value = is_list(at->name) ? list_value(types, at) : node_value(types, at);
	}
	if (value) {
		json_decref(object);
		return value;
	}
	/* Under the name that the AdminService has for it. */
	if (type && *type)
		wp_json_set(object, "@odata.type", wp_json_must(json_string(type)));
	return object;
}

static json_t *node_value(struct wp_clixml_types *types, const struct wp_xml_node *node)
{
	static const char *const integers[] = { "By", "SB", "I16", "U16", "I32", "U32", "I64", "U64" };
	const char *number = node->text + (node->text[0] == '-');
	size_t digits = strspn(number, "0123456789");

	if (wp_xml_is(node, "Nil") || wp_xml_is(node, "Ref"))
		return json_null();
	if (wp_xml_is(node, "Obj"))
		return object_value(types, node);
	if (wp_xml_is(node, "B"))
		return json_boolean(strcmp(node->text, "true") == 0);
	if (digits && digits < 19 && !number[digits])
		for (size_t i = 0; i < sizeof integers / sizeof *integers; i++)
			if (wp_xml_is(node, integers[i]))
				return wp_json_must(json_integer(strtoll(node->text, NULL, 10)));
	return text_value(node);
}

/* An Obj that is being read: a record, or a list or page of them. */
struct object {
	size_t depth; /* of its element */
	size_t line;
	bool in_list; /* what holds others one level below it is a list of them, or else it has their names */
	bool has_members;
	bool holds_records; /* it is a list or a page, no record of its own */
	const char *type;   /* borrowed from the table; NULL */
	size_t page;        /* the page that it is itself, and the one that it stands on; 0 */
	size_t on_page;
	json_t *properties;
};

struct clixml {
	struct wp_clixml_types types;
	struct object objects[WP_LIMIT_NESTING]; /* each in the one before it */
	size_t count;
};

static struct clixml *state_of(struct wp_xml_rows *xml)
{
	struct clixml *clixml = xml->state;

	if (!clixml) {
		clixml = wp_must(calloc(1, sizeof *clixml));
		clixml->types.names = wp_json_must(json_object());
		xml->state = clixml;
	}
	return clixml;
}

static void begin_object(struct clixml *clixml, const struct wp_xml_element *element, size_t on_page)
{
	clixml->objects[clixml->count++] = (struct object){
		.depth = element->depth,
		.line = element->line,
		.on_page = on_page,
		.properties = wp_json_must(json_object()),
	};
}

/* An element directly below the Obj. */
static void start_part(struct wp_xml_rows *xml, struct object *object, const struct wp_xml_element *element)
{
	object->in_list = is_list(element->name);
	if (object->in_list) {
		object->holds_records = true;
	} else if (is_bag(element->name) || strcmp(element->name, "DCT") == 0) {
		object->has_members = true;
	} else {
		wp_xml_tree_start(&xml->tree, element);
	}
}

static bool is_page(const struct wp_xml_element *element)
{
	const struct wp_xml_attribute *name = wp_xml_find(element, "N");

	return strcmp(element->name, "Obj") == 0 && name && name->length == 5 && memcmp(name->value, "value", 5) == 0;
}

/* An element two levels below: one of a list, or a member. */
static void start_member(struct wp_xml_rows *xml, struct object *object, const struct wp_xml_element *element)
{
	if (object->in_list) {
		if (strcmp(element->name, "Obj") == 0)
			begin_object(xml->state, element, object->on_page);
	} else if (is_page(element)) {
		/* The records of a page of the AdminService are the Objs in its "value". */
		object->holds_records = true;
		object->page = wp_page_begin(xml->assembler,
					     json_string_value(json_object_get(object->properties, "@odata.context")),
					     object->on_page, xml->input->name);
		begin_object(xml->state, element, object->page);
	} else {
		wp_xml_tree_start(&xml->tree, element);
	}
}

static bool start(struct wp_xml_rows *xml, const struct wp_xml_element *element)
{
	struct clixml *clixml = state_of(xml);
	struct object *object = clixml->count ? &clixml->objects[clixml->count - 1] : NULL;

	if (!object && element->depth == 2 && strcmp(element->name, "Obj") == 0)
		begin_object(clixml, element, 0);
	else if (object && element->depth == object->depth + 1)
		start_part(xml, object, element);
	else if (object && element->depth == object->depth + 2)
		start_member(xml, object, element);
	return true;
}

static bool built(struct wp_xml_rows *xml, const struct wp_xml_node *node)
{
	struct clixml *clixml = xml->state;
	struct object *object = &clixml->objects[clixml->count - 1];

	if (node->depth == object->depth + 2 && wp_xml_is(node, "En"))
		add_entry(&clixml->types, object->properties, node);
	else if (node->depth == object->depth + 2)
		add_member(&clixml->types, object->properties, node);
	else if (wp_xml_is(node, "TN"))
		object->type = learn_type(&clixml->types, node);
	else if (wp_xml_is(node, "TNRef"))
		object->type = known_type(&clixml->types, node);
	return true;
}

static bool end(struct wp_xml_rows *xml, size_t depth)
{
	struct clixml *clixml = state_of(xml);
	struct object *object = clixml->count ? &clixml->objects[clixml->count - 1] : NULL;

	if (!object || object->depth != depth)
		return true;
	clixml->count--;
	if (object->has_members && !object->holds_records)
		return wp_xml_emit(xml, object->line,
				   &(struct wp_row){ .class_text = object->type, .page = object->on_page,
						     .properties = object->properties });
	if (object->page && json_object_get(object->properties, "@odata.nextLink"))
		wp_page_goes_on(xml->assembler, object->page);
	json_decref(object->properties);
	return true;
}

static void free_state(struct wp_xml_rows *xml)
{
	struct clixml *clixml = xml->state; /* made with the first element, which told the shape */

	while (clixml->count)
		json_decref(clixml->objects[--clixml->count].properties);
	json_decref(clixml->types.names);
	free(clixml);
}

const struct wp_xml_shape wp_clixml_shape = { start, end, built, free_state };
