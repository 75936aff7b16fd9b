/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Real XML, where the folder WIMPLAN_SAMPLES names some: every text of every leaf element and every attribute is found
 * again in the model or beside it. libxml2's tree is the witness.
 */
#include "wim_make.h"

#include <dirent.h>
#include <libxml/parser.h>
#include <libxml/tree.h>

/* What the model holds of one image or of the file: each value once for each time that it stands there. */
struct values {
	struct wp_arena *arena;
	const char **items;
	size_t count;
};

static void add_text(struct values *values, const char *text)
{
	if (text)
		*WP_PUSH(values->arena, values->items, values->count) = text;
}

static void add_number(struct values *values, struct wp_number number)
{
	if (number.known)
		add_text(values, wp_arena_printf(values->arena, "%ju", (uintmax_t)number.value));
}

static void add_time(struct values *values, struct wp_time time)
{
	if (!time.known)
		return;
	add_text(values, wp_arena_printf(values->arena, "0x%08X", (unsigned)((uint64_t)time.ticks >> 32)));
	add_text(values, wp_arena_printf(values->arena, "0x%08X", (unsigned)(time.ticks & 0xffffffff)));
}

static void add_others(struct values *values, const struct wp_wim_other *other, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		add_text(values, other[i].value);
}

static void add_windows(struct values *values, const struct wp_wim_windows *windows)
{
	size_t i;

	add_number(values, windows->architecture);
	add_text(values, windows->product_name);
	add_text(values, windows->edition_id);
	add_text(values, windows->installation_type);
	add_text(values, windows->product_type);
	add_text(values, windows->product_suite);
	add_text(values, windows->hal);
	add_text(values, windows->system_root);
	for (i = 0; i < windows->language_count; i++)
		add_text(values, windows->languages[i]);
	add_text(values, windows->default_language);
	for (i = 0; i < windows->fallback_count; i++) {
		add_text(values, windows->fallbacks[i].language);
		add_text(values, windows->fallbacks[i].fallback);
	}
	add_number(values, windows->major);
	add_number(values, windows->minor);
	add_number(values, windows->build);
	add_number(values, windows->service_pack_build);
	add_number(values, windows->service_pack_level);
	add_text(values, windows->branch);
	if (windows->servicing) {
		add_text(values, windows->servicing->gdr_du_revision);
		add_text(values, windows->servicing->pkey_config_version);
		add_text(values, windows->servicing->image_state);
	}
}

static void add_image(struct values *values, const struct wp_wim_image *image)
{
	add_text(values, wp_arena_printf(values->arena, "%u", image->index));
	add_text(values, image->name);
	add_text(values, image->description);
	add_text(values, image->display_name);
	add_text(values, image->display_description);
	add_text(values, image->flags);
	add_number(values, image->dir_count);
	add_number(values, image->file_count);
	add_number(values, image->total_bytes);
	add_number(values, image->hard_link_bytes);
	add_time(values, image->creation_time);
	add_time(values, image->last_modification_time);
	add_number(values, image->wimboot);
	if (image->windows)
		add_windows(values, image->windows);
	add_others(values, image->other, image->other_count);
}

/* Takes one @text away; an assertion fails when there is none. */
static void take(struct values *values, const char *file, const xmlNode *node, xmlChar *text)
{
	size_t i;

	for (i = 0; i < values->count; i++) {
		if (strcmp(values->items[i], (const char *)text) == 0) {
			values->items[i] = values->items[--values->count];
			xmlFree(text);
			return;
		}
	}
	cr_expect(false, "%s, line %ld: %s with \"%s\" is lost", file, xmlGetLineNo(node), (const char *)node->name,
		  (const char *)text);
	xmlFree(text);
}

/* Takes what stands at and below @node, but no IMAGE below it. */
static void take_all(struct values *values, const char *file, xmlNode *node)
{
	xmlAttr *attribute;
	xmlNode *child;
	bool is_leaf = true;

	for (attribute = node->properties; attribute; attribute = attribute->next)
		take(values, file, node, xmlNodeGetContent((xmlNode *)attribute));
	for (child = node->children; child; child = child->next) {
		if (child->type != XML_ELEMENT_NODE)
			continue;
		is_leaf = false;
		if (strcmp((const char *)child->name, "IMAGE") != 0)
			take_all(values, file, child);
	}
	if (is_leaf)
		take(values, file, node, xmlNodeGetContent(node));
}

static void check_document(struct wp_arena *arena, const char *file, const struct wp_buf *xml)
{
	xmlDoc *document = xmlReadMemory(xml->data, (int)xml->length, NULL, "UTF-8", XML_PARSE_NONET);
	struct wp_diags diags = { 0 };
	struct wp_wim_metadata *metadata = wp_wim_xml_parse_utf8(arena, xml->data, xml->length, -1, &diags);
	struct values values = { .arena = arena };
	xmlNode *root, *child;
	size_t index = 0;

	cr_assert_not_null(document, "%s", file);
	cr_assert_not_null(metadata, "%s", file);
	cr_expect_eq(diags.count, 0, "%s: %s", file, only_code(&diags));
	root = xmlDocGetRootElement(document);
	add_number(&values, metadata->total_bytes);
	add_others(&values, metadata->other, metadata->other_count);
	take_all(&values, file, root);
	cr_expect_eq(values.count, 0, "%s: %zu values of the file stand nowhere", file, values.count);
	for (child = root->children; child; child = child->next) {
		if (strcmp((const char *)child->name, "IMAGE") != 0)
			continue;
		cr_assert_lt(index, metadata->image_count, "%s", file);
		values.count = 0;
		add_image(&values, &metadata->images[index++]);
		take_all(&values, file, child);
		cr_expect_eq(values.count, 0, "%s: %zu values of image %zu stand nowhere", file, values.count, index);
	}
	cr_expect_eq(index, metadata->image_count, "%s", file);
	xmlFreeDoc(document);
}

/* Checks the .xml files of one folder; returns how many there were. */
static size_t check_folder(const char *folder)
{
	DIR *stream = opendir(folder);
	struct dirent *entry;
	size_t count = 0;

	cr_assert_not_null(stream, "%s", folder);
	while ((entry = readdir(stream))) {
		struct wp_arena *arena = wp_arena_new();
		size_t length = strlen(entry->d_name);
		struct wp_buf bytes = { 0 }, xml = { 0 };

		if (length > 4 && strcmp(entry->d_name + length - 4, ".xml") == 0) {
			load(wp_arena_printf(arena, "%s/%s", folder, entry->d_name), &bytes);
			/* A part of a document is made a whole one. */
			if (strncmp(wp_buf_text(&bytes), "<WINDOWS>", 9) == 0)
				wp_buf_printf(&xml, "<WIM><IMAGE INDEX=\"1\">%s</IMAGE></WIM>", wp_buf_text(&bytes));
			else
				wp_buf_puts(&xml, wp_buf_text(&bytes));
			check_document(arena, entry->d_name, &xml);
			count++;
		}
		wp_buf_free(&bytes);
		wp_buf_free(&xml);
		wp_arena_free(arena);
	}
	closedir(stream);
	return count;
}

Test(wim, samples_lose_nothing)
{
	const char *samples = getenv("WIMPLAN_SAMPLES");
	struct wp_arena *arena;

	if (!samples)
		cr_skip("WIMPLAN_SAMPLES names no folder");
	arena = wp_arena_new();
	cr_expect_gt(check_folder(wp_arena_printf(arena, "%s/xml", samples)), 0);
	check_folder(wp_arena_printf(arena, "%s/xml/reconstructed", samples));
	wp_arena_free(arena);
}
