/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Export-Clixml: the Obj elements that are records, alone, in lists or in pages ([MS-PSRP] 2.2.5). */
#include "assemble.h"
#include "clixml_value.h"
#include "xml_rows.h"

#include "wimplan/json.h"
#include "wimplan/limits.h"

#include <stdlib.h>
#include <string.h>

/* What stands one level below an Obj and holds others. */
enum part { PART_OTHER, PART_LIST, PART_BAG };

/* An Obj that is being read: a record, or a list or page of them. */
struct object {
	size_t depth; /* of its element */
	size_t line;
	enum part part;
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
	object->part = PART_OTHER;
	if (wp_clixml_is_list(element->name)) {
		object->part = PART_LIST;
		object->holds_records = true;
	} else if (wp_clixml_is_bag(element->name) || strcmp(element->name, "DCT") == 0) {
		object->part = PART_BAG;
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
	if (object->part == PART_LIST) {
		if (strcmp(element->name, "Obj") == 0)
			begin_object(xml->state, element, object->on_page);
	} else if (object->part == PART_BAG && is_page(element)) {
		/* The records of a page of the AdminService are the Objs in its "value". */
		object->holds_records = true;
		object->page = wp_page_begin(xml->assembler,
					     json_string_value(json_object_get(object->properties, "@odata.context")),
					     object->on_page, xml->input->name);
		begin_object(xml->state, element, object->page);
	} else if (object->part == PART_BAG) {
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
		wp_clixml_add_entry(&clixml->types, object->properties, node);
	else if (node->depth == object->depth + 2)
		wp_clixml_add_member(&clixml->types, object->properties, node);
	else if (wp_xml_is(node, "TN"))
		object->type = wp_clixml_learn_type(&clixml->types, node);
	else if (wp_xml_is(node, "TNRef"))
		object->type = wp_clixml_known_type(&clixml->types, node);
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
	struct clixml *clixml = xml->state;

	if (!clixml)
		return;
	while (clixml->count)
		json_decref(clixml->objects[--clixml->count].properties);
	json_decref(clixml->types.names);
	free(clixml);
}

const struct wp_xml_shape wp_clixml_shape = { start, end, built, free_state };
