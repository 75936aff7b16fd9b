/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Builds the tree of one record. */
#include "xml_tree.h"

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
