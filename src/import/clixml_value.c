/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Elements of CLIXML as JSON values, and the escapes of their texts. */
#include "clixml_value.h"
#include "row.h"

#include "wimplan/ascii.h"
#include "wimplan/json.h"
#include "wimplan/text.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

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

void wp_clixml_unescape(struct wp_buf *buf, const char *text)
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

bool wp_clixml_is_list(const char *element)
{
	return strcmp(element, "LST") == 0 || strcmp(element, "IE") == 0 || strcmp(element, "QUE") == 0 ||
	       strcmp(element, "STK") == 0;
}

bool wp_clixml_is_bag(const char *element)
{
	return strcmp(element, "Props") == 0 || strcmp(element, "MS") == 0;
}

const char *wp_clixml_learn_type(struct wp_clixml_types *types, const struct wp_xml_node *tn)
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

const char *wp_clixml_known_type(const struct wp_clixml_types *types, const struct wp_xml_node *reference)
{
	const char *id = wp_xml_attribute(reference, "RefId");

	return id ? json_string_value(json_object_get(types->names, id)) : NULL;
}

static json_t *text_value(const struct wp_xml_node *node)
{
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };

	wp_clixml_unescape(&buf, node->text);
	return wp_json_must(json_string(wp_buf_text(&buf)));
}

void wp_clixml_add_member(struct wp_clixml_types *types, json_t *object, const struct wp_xml_node *member)
{
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };
	const char *name = wp_xml_attribute(member, "N");

	if (!name)
		return;
	wp_clixml_unescape(&buf, name);
	wp_json_set(object, wp_buf_text(&buf), node_value(types, member));
}

void wp_clixml_add_entry(struct wp_clixml_types *types, json_t *object, const struct wp_xml_node *entry)
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
			wp_clixml_add_entry(types, object, at);
		else
			wp_clixml_add_member(types, object, at);
	}
}

/* An Obj that is a value: a list (whatever members it has besides), an enumeration's number, or an object. */
static json_t *object_value(struct wp_clixml_types *types, const struct wp_xml_node *obj)
{
	json_t *value = NULL, *object = wp_json_must(json_object());
	const char *type = NULL;

	for (const struct wp_xml_node *at = obj->first; at; at = at->next) {
		if (wp_xml_is(at, "TN"))
			type = wp_clixml_learn_type(types, at);
		else if (wp_xml_is(at, "TNRef"))
			type = wp_clixml_known_type(types, at);
		else if (wp_clixml_is_bag(at->name) || wp_xml_is(at, "DCT"))
			add_members(types, object, at);
		else if (!wp_xml_is(at, "ToString") && !value)
			value = wp_clixml_is_list(at->name) ? list_value(types, at) : node_value(types, at);
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
	size_t digits;

	if (wp_xml_is(node, "Nil") || wp_xml_is(node, "Ref"))
		return json_null();
	if (wp_xml_is(node, "Obj"))
		return object_value(types, node);
	if (wp_xml_is(node, "B"))
		return json_boolean(strcmp(node->text, "true") == 0);
	digits = strspn(node->text, "-0123456789");
	if (digits && digits < 19 && !node->text[digits])
		for (size_t i = 0; i < sizeof integers / sizeof *integers; i++)
			if (wp_xml_is(node, integers[i]))
				return wp_json_must(json_integer(strtoll(node->text, NULL, 10)));
	return text_value(node);
}
