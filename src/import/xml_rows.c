/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reads an XML export record by record, each as a tree that is built while it is read, and says what is wrong with it
 * and where.
 */
#include "xml_rows.h"
#include "assembler.h"
#include "feed.h"

#include <string.h>

void wp_xml_tree_start(struct wp_xml_tree *tree, const struct wp_xml_element *element)
{
	struct wp_xml_node *node, *parent = tree->at;

	if (!parent) {
		wp_xml_tree_free(tree);
		tree->arena = wp_arena_new();
	}
	node = wp_arena_alloc(tree->arena, sizeof *node);
	node->name = wp_arena_strdup(tree->arena, element->name);
	node->text = "";
	node->line = element->line;
	node->depth = element->depth;
	node->parent = parent;
	node->attributes = wp_arena_alloc(tree->arena, element->attribute_count * sizeof *node->attributes);
	node->attribute_count = element->attribute_count;
	for (size_t i = 0; i < element->attribute_count; i++) {
		const struct wp_xml_attribute *attribute = &element->attributes[i];

		node->attributes[i].name = wp_arena_strdup(tree->arena, attribute->name);
		node->attributes[i].value = wp_arena_strndup(tree->arena, attribute->value, attribute->length);
	}
	if (parent && parent->last)
		parent->last->next = node;
	else if (parent)
		parent->first = node;
	if (parent)
		parent->last = node;
	tree->at = node;
	wp_buf_clear(&tree->text);
}

void wp_xml_tree_text(struct wp_xml_tree *tree, const char *bytes, size_t length)
{
	if (!tree->at->first)
		wp_buf_add(&tree->text, bytes, length);
}

const struct wp_xml_node *wp_xml_tree_end(struct wp_xml_tree *tree)
{
	struct wp_xml_node *node = tree->at;

	if (!node->first && tree->text.length)
		node->text = wp_arena_strndup(tree->arena, tree->text.data, tree->text.length);
	wp_buf_clear(&tree->text);
	tree->at = node->parent;
	return tree->at ? NULL : node;
}

void wp_xml_tree_free(struct wp_xml_tree *tree)
{
	wp_arena_free(tree->arena);
	wp_buf_free(&tree->text);
	*tree = (struct wp_xml_tree){ 0 };
}

bool wp_xml_is(const struct wp_xml_node *node, const char *name)
{
	return strcmp(node->name, name) == 0;
}

const char *wp_xml_attribute(const struct wp_xml_node *node, const char *name)
{
	for (size_t i = 0; i < node->attribute_count; i++)
		if (strcmp(node->attributes[i].name, name) == 0)
			return node->attributes[i].value;
	return NULL;
}

/* The console writes one INSTANCE without prolog; where several stand one behind the other they need a root. */
static const char several_open[] = "<INSTANCES>";
static const char several_close[] = "</INSTANCES>";

static ptrdiff_t take(const char *text, size_t *at, char *bytes, size_t room)
{
	size_t left = strlen(text + *at);

	left = left < room ? left : room;
	memcpy(bytes, text + *at, left);
	*at += left;
	return (ptrdiff_t)left;
}

static ptrdiff_t pull(void *context, char *bytes, size_t room)
{
	struct wp_xml_rows *xml = context;
	ptrdiff_t got = take(xml->prefix, &xml->prefix_at, bytes, room);

	if (!got)
		got = wp_input_read(xml->input, bytes, room);
	return got ? got : take(xml->suffix, &xml->suffix_at, bytes, room);
}

bool wp_xml_emit(struct wp_xml_rows *xml, size_t line, const struct wp_row *found)
{
	struct wp_row row = *found;
	int status;

	row.where = (struct wp_where){ xml->input->name, ++xml->number, line };
	status = wp_feed_row(xml->assembler->feed, &row, xml->err);
	wp_input_mark(xml->input);
	return status == WP_OK;
}

static bool on_start(void *context, const struct wp_xml_element *element)
{
	struct wp_xml_rows *xml = context;

	xml->depth = element->depth;
	if (!xml->shape && !xml->find_shape(xml, element))
		return false;
	if (!wp_xml_tree_is_open(&xml->tree))
		return xml->shape->start(xml, element);
	wp_xml_tree_start(&xml->tree, element);
	return true;
}

static bool on_text(void *context, const char *bytes, size_t length)
{
	struct wp_xml_rows *xml = context;

	if (wp_xml_tree_is_open(&xml->tree))
		wp_xml_tree_text(&xml->tree, bytes, length);
	return true;
}

static bool on_end(void *context)
{
	struct wp_xml_rows *xml = context;
	const struct wp_xml_node *root;
	size_t depth = xml->depth--;

	if (!wp_xml_tree_is_open(&xml->tree))
		return !xml->shape->end || xml->shape->end(xml, depth);
	root = wp_xml_tree_end(&xml->tree);
	return !root || xml->shape->built(xml, root);
}

/* Why the reading ended, when the reason is not in xml->err already. */
static int fail(struct wp_xml_rows *xml, const struct wp_xml_outcome *outcome)
{
	size_t column = outcome->column, length = strlen(xml->prefix);

	if (outcome->end == WP_XML_NO_INPUT || xml->input->failed)
		return wp_input_error(xml->input, xml->err);
	if (outcome->end == WP_XML_STOPPED)
		return xml->err->status;
	if (outcome->line == 1 && column > length)
		column -= length;
	if (outcome->end == WP_XML_REFUSED)
		return wp_fail(xml->err, WP_E_FAILED, "export-invalid", xml->input->name,
			       "%s: line %zu, column %zu: the XML %s, which no export does; is it the right file?",
			       xml->input->name, outcome->line, column, outcome->what);
	return wp_fail(xml->err, WP_E_FAILED, "export-invalid", xml->input->name,
		       "%s: line %zu, column %zu: %s; export again", xml->input->name, outcome->line, column,
		       outcome->what[0] ? outcome->what : "the XML cannot be read");
}

int wp_xml_rows_read(struct wp_input *input, struct wp_assembler *assembler, wp_xml_find_shape *find_shape,
		     struct wp_error *err)
{
	struct wp_error local = { 0 };
	struct wp_xml_rows xml = { .input = input, .assembler = assembler, .err = err ? err : &local,
				   .find_shape = find_shape };
	struct wp_xml_handler handler = { on_start, on_text, on_end, &xml, 0 };
	struct wp_xml_outcome outcome;
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
	wp_xml_read(&(struct wp_xml_source){ pull, &xml }, &handler, &outcome);
	status = outcome.end == WP_XML_WHOLE ? WP_OK : fail(&xml, &outcome);
	if (xml.shape && xml.shape->free)
		xml.shape->free(&xml);
	wp_xml_tree_free(&xml.tree);
	return status;
}
