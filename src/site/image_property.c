/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ImageProperty: the property bag that a site stores of each image, or a WIM's own XML in its place. */
#include "wimplan/ascii.h"
#include "wimplan/limits.h"
#include "wimplan/record.h"
#include "wimplan/text.h"

#include <inttypes.h>
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/*
 * Property names without spaces, dots, hyphens, underscores and case. "OS version", "Language" and "Image description"
 * were seen in scripts that read them; the rest follows the columns of SMS_ImageInformation.
 */
static const struct {
	const char *name;
	size_t field;
} fields[] = {
	{ "imagename", offsetof(struct wp_site_image, name) },
	{ "name", offsetof(struct wp_site_image, name) },
	{ "imagedescription", offsetof(struct wp_site_image, description) },
	{ "description", offsetof(struct wp_site_image, description) },
	{ "osversion", offsetof(struct wp_site_image, os_version) },
	{ "imageosversion", offsetof(struct wp_site_image, os_version) },
	{ "architecture", offsetof(struct wp_site_image, architecture) },
	{ "arch", offsetof(struct wp_site_image, architecture) },
	{ "processorarchitecture", offsetof(struct wp_site_image, architecture) },
	{ "language", offsetof(struct wp_site_image, language) },
	{ "defaultlanguage", offsetof(struct wp_site_image, language) },
	{ "producttype", offsetof(struct wp_site_image, product_type) },
	{ "haltype", offsetof(struct wp_site_image, hal_type) },
	{ "hal", offsetof(struct wp_site_image, hal_type) },
	{ "size", offsetof(struct wp_site_image, size) },
	{ "imagesize", offsetof(struct wp_site_image, size) },
	{ "totalbytes", offsetof(struct wp_site_image, size) },
	{ "creationdate", offsetof(struct wp_site_image, creation_date) },
	{ "creationtime", offsetof(struct wp_site_image, creation_date) },
};

/* Equal to a name of the table? */
static bool same_name(const char *name, const char *known)
{
	for (; *name; name++) {
		if (strchr(" \t\r\n_.-", *name))
			continue;
		if (wp_ascii_lower(*name) != *known)
			return false;
		known++;
	}
	return !*known;
}

static void set_field(struct wp_site_image *image, const char *name, const char *value)
{
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
		const char **field = (const char **)((char *)image + fields[i].field);

		if (!same_name(name, fields[i].name))
			continue;
		if (!*field)
			*field = value;
		return;
	}
}

static bool is_element(const xmlNode *node, const char *name)
{
	return node->type == XML_ELEMENT_NODE && wp_ascii_same((const char *)node->name, name);
}

/* Text of an attribute, whatever the case of its name, in @arena; NULL. */
static const char *attribute(struct wp_arena *arena, xmlNode *node, const char *name)
{
	xmlAttr *at;

	for (at = node->properties; at; at = at->next) {
		xmlChar *text;
		const char *copy;

		if (!wp_ascii_same((const char *)at->name, name))
			continue;
		text = xmlNodeGetContent((xmlNode *)at);
		copy = wp_arena_strdup(arena, text ? (const char *)text : "");
		xmlFree(text);
		return copy;
	}
	return NULL;
}

static const char *content(struct wp_arena *arena, xmlNode *node)
{
	xmlChar *text = xmlNodeGetContent(node);
	const char *copy = wp_arena_strdup(arena, text ? (const char *)text : "");

	xmlFree(text);
	return copy;
}

/* One child of IMAGE: a Property with its name, or an element that speaks for itself. */
static void add_property(struct wp_arena *arena, struct wp_site_image *image, xmlNode *node)
{
	const char *name = is_element(node, "Property") ? attribute(arena, node, "name") : (const char *)node->name;
	const char *value = content(arena, node);
	struct wp_bag_property *property;

	if (!name)
		return;
	if (!*value && attribute(arena, node, "value"))
		value = attribute(arena, node, "value");
	property = WP_PUSH(arena, image->properties, image->property_count);
	property->name = wp_arena_strdup(arena, name);
	property->value = value;
	set_field(image, name, value);
}

static const char *add_image(struct wp_arena *arena, struct wp_site_images *images, xmlNode *node)
{
	const char *index = attribute(arena, node, "index");
	struct wp_site_image *image;
	uint64_t number;
	xmlNode *at;

	if (!index)
		return "an IMAGE has no index";
	if (!wp_parse_u64(index, false, &number) || number == 0 || number > INT32_MAX)
		return wp_arena_printf(arena, "the index \"%.40s\" is no number of an image", index);
	if (images->count == WP_LIMIT_IMAGES)
		return wp_arena_printf(arena, "there are more than %u images", WP_LIMIT_IMAGES);
	for (size_t i = 0; i < images->count; i++)
		if (images->items[i].index == number)
			return wp_arena_printf(arena, "there are two images with index %" PRIu64, number);
	image = WP_PUSH(arena, images->items, images->count);
	image->index = (uint32_t)number;
	for (at = node->children; at; at = at->next)
		if (at->type == XML_ELEMENT_NODE)
			add_property(arena, image, at);
	return NULL;
}

static int compare_index(const void *a, const void *b)
{
	uint32_t x = ((const struct wp_site_image *)a)->index;
	uint32_t y = ((const struct wp_site_image *)b)->index;

	return (x > y) - (x < y);
}

/* A WIM's own XML has elements of its own under IMAGE, and no Property. */
static bool is_wim_xml(const xmlNode *root)
{
	const xmlNode *image, *at;
	bool other = false;

	for (image = root->children; image; image = image->next)
		for (at = image->type == XML_ELEMENT_NODE ? image->children : NULL; at; at = at->next) {
			if (is_element(at, "Property"))
				return false;
			other = other || at->type == XML_ELEMENT_NODE;
		}
	return other;
}

static bool too_deep(const xmlNode *node, unsigned int depth)
{
	const xmlNode *at;

	if (depth > WP_LIMIT_NESTING)
		return true;
	for (at = node->children; at; at = at->next)
		if (at->type == XML_ELEMENT_NODE && too_deep(at, depth + 1))
			return true;
	return false;
}

static const char *read_wim_xml(struct wp_arena *arena, const char *text, size_t length, struct wp_site_images *ret)
{
	struct wp_diags diags = { 0 };
	struct wp_wim_metadata *metadata = wp_wim_xml_parse_utf8(arena, text, length, -1, &diags);
	const struct wp_diag *worst;

	if (!metadata) {
		worst = wp_diags_worst(&diags, WP_ERROR);
		return wp_arena_printf(arena, "it is a WIM's own XML, and %s",
				       worst ? worst->summary : "it has no images");
	}
	ret->origin = WP_FROM_WIM_XML;
	for (size_t i = 0; i < metadata->image_count; i++)
		wp_site_image_from_wim(arena, &metadata->images[i], WP_PUSH(arena, ret->items, ret->count));
	return NULL;
}

static const char *read_document(struct wp_arena *arena, xmlDoc *doc, const char *text, size_t length,
				 struct wp_site_images *ret)
{
	xmlNode *root = xmlDocGetRootElement(doc);
	const char *why = NULL;
	xmlNode *at;

	if (doc->intSubset || doc->extSubset)
		return "it has a document type (DTD)";
	if (!root || !is_element(root, "WIM"))
		return wp_arena_printf(arena, "its root is <%s>, not <WIM>", root ? (const char *)root->name : "");
	if (too_deep(root, 1))
		return wp_arena_printf(arena, "its elements are nested more than %u deep", WP_LIMIT_NESTING);
	if (is_wim_xml(root))
		return read_wim_xml(arena, text, length, ret);
	ret->origin = WP_FROM_IMAGE_PROPERTY;
	for (at = root->children; at && !why; at = at->next)
		if (is_element(at, "IMAGE"))
			why = add_image(arena, ret, at);
	if (ret->count)
		qsort(ret->items, ret->count, sizeof *ret->items, compare_index);
	return why;
}

/* Behind a byte order mark, white space and the prolog, whose encoding is not that of this text. */
static const char *skip_prolog(const char *text)
{
	const char *end;

	if (strncmp(text, "\xef\xbb\xbf", 3) == 0)
		text += 3;
	text += strspn(text, " \t\r\n");
	if (strncmp(text, "<?xml", 5) == 0 && (end = strstr(text, "?>")))
		text = end + 2;
	return text;
}

int wp_image_property_parse(struct wp_arena *arena, const char *text, struct wp_site_images *ret, const char **ret_why)
{
	const char *why = NULL;
	xmlParserCtxt *context;
	size_t length;
	xmlDoc *doc;

	memset(ret, 0, sizeof *ret);
	text = skip_prolog(text);
	length = strlen(text);
	if (length > WP_LIMIT_XML_BYTES) {
		*ret_why = wp_arena_printf(arena, "it is larger than %u bytes", WP_LIMIT_XML_BYTES);
		return -1;
	}
	context = xmlNewParserCtxt();
	if (!context)
		wp_out_of_memory();
	doc = xmlCtxtReadMemory(context, text, (int)length, NULL, "UTF-8", XML_PARSE_NONET | XML_PARSE_NOERROR |
				XML_PARSE_NOWARNING | XML_PARSE_NOCDATA);
	if (doc) {
		why = read_document(arena, doc, text, length, ret);
	} else {
		const xmlError *error = xmlCtxtGetLastError(context);
		const char *message = error && error->message ? error->message : "it cannot be read";

		why = wp_arena_printf(arena, "it is not XML: line %d: %.*s", error ? error->line : 1,
				      (int)strcspn(message, "\n"), message);
	}
	xmlFreeDoc(doc);
	xmlFreeParserCtxt(context);
	if (!why)
		return 0;
	memset(ret, 0, sizeof *ret);
	*ret_why = why;
	return -1;
}

void wp_site_image_from_wim(struct wp_arena *arena, const struct wp_wim_image *image, struct wp_site_image *ret)
{
	const struct wp_wim_windows *windows = image->windows;

	memset(ret, 0, sizeof *ret);
	ret->index = image->index;
	ret->name = wp_arena_strdup(arena, image->name);
	ret->description = wp_arena_strdup(arena, image->description);
	if (image->total_bytes.known)
		ret->size = wp_arena_printf(arena, "%" PRIu64, image->total_bytes.value);
	ret->creation_date = wp_time_iso(arena, image->creation_time);
	if (!windows)
		return;
	ret->os_version = wp_arena_strdup(arena, windows->version);
	if (windows->architecture.known)
		ret->architecture = wp_arena_printf(arena, "%" PRIu64, windows->architecture.value);
	ret->language = wp_arena_strdup(arena, windows->default_language);
	if ((!ret->language || !*ret->language) && windows->language_count)
		ret->language = wp_arena_strdup(arena, windows->languages[0]);
	ret->product_type = wp_arena_strdup(arena, windows->product_type);
	ret->hal_type = wp_arena_strdup(arena, windows->hal);
}
