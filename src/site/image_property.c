/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ImageProperty: the property bag that a site stores of each image, or a WIM's own XML in its place. */
#include "wimplan/ascii.h"
#include "wimplan/buf.h"
#include "wimplan/limits.h"
#include "wimplan/record.h"
#include "wimplan/text.h"
#include "wimplan/xml.h"

#include <inttypes.h>
#include <string.h>

/* The bag while it is read. */
struct bag {
	struct wp_arena *arena;
	struct wp_site_images *images;
	const char *why;    /* it cannot be used */
	size_t depth;       /* of the innermost element that has not ended */
	struct wp_site_image *image; /* the IMAGE that is being read; NULL */
	const char *name;   /* of the property that is being read; NULL */
	const char *value;  /* of its attribute "value"; NULL */
	struct wp_buf text; /* of it so far */
	bool properties, others; /* an IMAGE has elements called Property, or such that speak for themselves */
};

static bool fail(struct bag *bag, const char *why)
{
	bag->why = why;
	return false;
}

/* The property at the same place of the image before: most of both is alike, and kept once. NULL: there is none. */
static const struct wp_bag_property *before(const struct bag *bag)
{
	const struct wp_site_image *image = bag->images->count > 1 ? bag->image - 1 : NULL;

	return image && bag->image->property_count < image->property_count ? &image->properties[bag->image->property_count]
									   : NULL;
}

/* A copy of an attribute's value, or @same, whatever the case of its name; NULL. */
static const char *attribute(struct wp_arena *arena, const struct wp_xml_element *element, const char *name, const char *same)
{
	for (size_t i = 0; i < element->attribute_count; i++)
		if (wp_ascii_same(element->attributes[i].name, name))
			return wp_arena_keep(arena, element->attributes[i].value, element->attributes[i].length, same);
	return NULL;
}

static bool start_image(struct bag *bag, const struct wp_xml_element *element)
{
	const char *index = attribute(bag->arena, element, "index", NULL);
	uint64_t number;

	if (!index)
		return fail(bag, "an IMAGE has no index");
	if (!wp_parse_u64(index, false, &number) || number == 0 || number > INT32_MAX)
		return fail(bag, wp_arena_printf(bag->arena, "the index \"%.40s\" is no number of an image", index));
	if (bag->images->count == WP_LIMIT_IMAGES)
		return fail(bag, wp_arena_printf(bag->arena, "there are more than %u images", WP_LIMIT_IMAGES));
	bag->image = WP_PUSH(bag->arena, bag->images->items, bag->images->count);
	bag->image->index = (uint32_t)number;
	return true;
}

/* A child of IMAGE: a Property with its name, or an element that speaks for itself. */
static void start_property(struct bag *bag, const struct wp_xml_element *element)
{
	bool named = wp_ascii_same(element->name, "Property");
	const char *same = before(bag) ? before(bag)->name : NULL;

	bag->properties = bag->properties || named;
	bag->others = bag->others || !named;
	bag->name = named ? attribute(bag->arena, element, "name", same)
			  : wp_arena_keep(bag->arena, element->name, strlen(element->name), same);
	bag->value = attribute(bag->arena, element, "value", NULL);
	wp_buf_clear(&bag->text);
}

static bool on_start(void *context, const struct wp_xml_element *element)
{
	struct bag *bag = context;

	bag->depth = element->depth;
	if (element->depth == 1 && !wp_ascii_same(element->name, "WIM"))
		return fail(bag, wp_arena_printf(bag->arena, "its root is <%.40s>, not <WIM>", element->name));
	if (element->depth == 2 && wp_ascii_same(element->name, "IMAGE"))
		return start_image(bag, element);
	if (element->depth == 3 && bag->image)
		start_property(bag, element);
	return true;
}

static bool on_text(void *context, const char *bytes, size_t length)
{
	struct bag *bag = context;

	if (bag->name)
		wp_buf_add(&bag->text, bytes, length);
	return true;
}

/* What stands twice counts once: the first one. */
static void set_field(struct wp_site_image *image, const struct wp_bag_property *property)
{
	const struct wp_site_field *field = wp_site_field_of_property(property->name);
	const char **value = field ? wp_site_image_field(image, field) : NULL;

	if (value && !*value)
		*value = property->value;
}

static bool on_end(void *context)
{
	struct bag *bag = context;
	struct wp_bag_property *property;

	if (bag->depth == 3 && bag->name) {
		const char *same = before(bag) ? before(bag)->value : NULL;

		property = WP_PUSH(bag->arena, bag->image->properties, bag->image->property_count);
		property->name = bag->name;
		property->value = !bag->text.length && bag->value
					  ? bag->value
					  : wp_arena_keep(bag->arena, wp_buf_text(&bag->text), bag->text.length, same);
		set_field(bag->image, property);
		bag->name = NULL;
	} else if (bag->depth == 2) {
		bag->image = NULL;
	}
	bag->depth--;
	return true;
}

static const char *read_wim_xml(struct wp_arena *arena, const char *text, size_t length, struct wp_site_images *ret)
{
	struct wp_diags diags = { 0 };
	struct wp_wim_metadata *metadata = wp_wim_xml_parse_utf8(arena, text, length, -1, &diags);
	const struct wp_diag *worst;

	if (!metadata) {
		worst = wp_diags_worst(&diags, WP_SEVERITY_ERROR);
		return wp_arena_printf(arena, "it is a WIM's own XML, and %s",
				       worst ? worst->summary : "it has no images");
	}
	ret->origin = WP_IMAGE_ORIGIN_WIM_XML;
	for (size_t i = 0; i < metadata->image_count; i++)
		wp_site_image_from_wim(arena, &metadata->images[i], WP_PUSH(arena, ret->items, ret->count));
	return NULL;
}

static const char *sort_images(struct wp_arena *arena, struct wp_site_images *images)
{
	images->origin = WP_IMAGE_ORIGIN_IMAGE_PROPERTY;
	wp_site_images_sort(images);
	for (size_t i = 1; i < images->count; i++)
		if (images->items[i].index == images->items[i - 1].index)
			return wp_arena_printf(arena, "there are two images with index %" PRIu32,
					       images->items[i].index);
	return NULL;
}

static const char *read_bag(struct wp_arena *arena, const char *text, size_t length, struct wp_site_images *ret)
{
	struct bag bag = { .arena = arena, .images = ret };
	struct wp_xml_handler handler = { on_start, on_text, on_end, &bag, WP_LIMIT_XML_ELEMENTS };
	struct wp_xml_outcome outcome;

	wp_xml_read_text(text, length, &handler, &outcome);
	wp_buf_free(&bag.text);
	if (outcome.end == WP_XML_REFUSED)
		return wp_arena_printf(arena, "it %s", outcome.what);
	if (outcome.end == WP_XML_MALFORMED)
		return wp_arena_printf(arena, "it is not XML: line %zu: %s", outcome.line, outcome.what);
	if (bag.why)
		return bag.why;
	/* A WIM's own XML has elements of its own under IMAGE, and no Property. */
	if (!bag.properties && bag.others) {
		memset(ret, 0, sizeof *ret);
		return read_wim_xml(arena, text, length, ret);
	}
	return sort_images(arena, ret);
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
	size_t length;

	memset(ret, 0, sizeof *ret);
	text = skip_prolog(text);
	length = strlen(text);
	*ret_why = length > WP_LIMIT_XML_BYTES
			   ? wp_arena_printf(arena, "it is larger than %u bytes", WP_LIMIT_XML_BYTES)
			   : read_bag(arena, text, length, ret);
	if (!*ret_why)
		return 0;
	memset(ret, 0, sizeof *ret);
	return WP_E_FAILED;
}
