/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The images that a site stores of a package: their fields in one table, whatever they were read from. */
#include "wimplan/record.h"

#include "wimplan/ascii.h"
#include "wimplan/text.h"

#include <stddef.h>
#include <string.h>

#define FIELD(member) offsetof(struct wp_site_image, member)

/*
 * Names in a bag: "OS version", "Language" and "Image description" were seen in scripts that read them; the rest
 * follows the columns of SMS_ImageInformation. How the site derives product and HAL type, size and creation date is inferred
 * from its class descriptions and not confirmed by a real record. The form of its creation date is not established, so
 * a diff does not hold that against a WIM.
 */
const struct wp_site_field wp_site_fields[WP_SITE_FIELDS] = {
	{ "name", "Name", "name", { "imagename", "name" }, WP_SITE_FIELD_TEXT, true, FIELD(name) },
	{ "description", "Description", "description", { "imagedescription", "description" }, WP_SITE_FIELD_TEXT, true,
	  FIELD(description) },
	{ "os_version", "OSVersion", "os_version", { "osversion", "imageosversion" }, WP_SITE_FIELD_TEXT, true,
	  FIELD(os_version) },
	{ "architecture", "Architecture", "architecture", { "architecture", "arch", "processorarchitecture" },
	  WP_SITE_FIELD_ARCHITECTURE, true, FIELD(architecture) },
	{ "language", "Language", "default_language", { "language", "defaultlanguage" }, WP_SITE_FIELD_TAG, true,
	  FIELD(language) },
	{ "product_type", "ProductType", "product_type", { "producttype" }, WP_SITE_FIELD_TEXT, false, FIELD(product_type) },
	{ "hal_type", "HALType", "hal", { "haltype", "hal" }, WP_SITE_FIELD_TEXT, false, FIELD(hal_type) },
	{ "size", "Size", "total_bytes", { "size", "imagesize", "totalbytes" }, WP_SITE_FIELD_SIZE, false, FIELD(size) },
	{ "creation_date", "CreationDate", NULL, { "creationdate", "creationtime" }, WP_SITE_FIELD_DATE, false,
	  FIELD(creation_date) },
};

const struct wp_site_field *wp_site_field_of_wim(const char *wim)
{
	for (size_t i = 0; i < WP_SITE_FIELDS; i++)
		if (wp_site_fields[i].wim && !strcmp(wp_site_fields[i].wim, wim))
			return &wp_site_fields[i];
	return NULL;
}

const char **wp_site_image_field(struct wp_site_image *image, const struct wp_site_field *field)
{
	return (const char **)(void *)((char *)image + field->offset);
}

const char *wp_site_image_value(const struct wp_site_image *image, const struct wp_site_field *field)
{
	return *(const char *const *)(const void *)((const char *)image + field->offset);
}

/* What is left out of a name before it is looked up. */
static bool is_filler(char c)
{
	return c == ' ' || c == '_' || c == '.' || c == '-' || c == '\t' || c == '\r' || c == '\n';
}

/* Equal to a name of the table? */
static bool same_name(const char *name, const char *known)
{
	for (; *name; name++) {
		if (is_filler(*name))
			continue;
		if (wp_ascii_lower(*name) != *known)
			return false;
		known++;
	}
	return !*known;
}

const struct wp_site_field *wp_site_field_of_property(const char *name)
{
	for (size_t i = 0; i < WP_SITE_FIELDS; i++)
		for (size_t k = 0; k < WP_SITE_FIELD_ALIASES && wp_site_fields[i].aliases[k]; k++)
			if (same_name(name, wp_site_fields[i].aliases[k]))
				return &wp_site_fields[i];
	return NULL;
}

static int compare_index(const void *a, const void *b)
{
	uint32_t x = ((const struct wp_site_image *)a)->index;
	uint32_t y = ((const struct wp_site_image *)b)->index;

	return (x > y) - (x < y);
}

void wp_site_images_sort(struct wp_site_images *images)
{
	WP_SORT(images->items, images->count, compare_index);
}

bool wp_site_images_next(const struct wp_site_images *a, const struct wp_site_images *b, size_t *i, size_t *k,
			 const struct wp_site_image **ret_a, const struct wp_site_image **ret_b)
{
	*ret_a = *i < a->count ? &a->items[*i] : NULL;
	*ret_b = *k < b->count ? &b->items[*k] : NULL;
	if (*ret_a && *ret_b && (*ret_a)->index < (*ret_b)->index)
		*ret_b = NULL;
	else if (*ret_a && *ret_b && (*ret_a)->index > (*ret_b)->index)
		*ret_a = NULL;
	*i += *ret_a != NULL;
	*k += *ret_b != NULL;
	return *ret_a || *ret_b;
}

const char *wp_site_language(const struct wp_wim_windows *windows)
{
	const char *language = windows->default_language;

	return (!language || !*language) && windows->language_count ? windows->languages[0] : language;
}

static const char *number_text(struct wp_arena *arena, uint64_t value)
{
	char text[WP_DIGITS];

	return wp_arena_strndup(arena, text, wp_text_u64(value, text));
}

void wp_site_image_from_wim(struct wp_arena *arena, const struct wp_wim_image *image, struct wp_site_image *ret)
{
	const struct wp_wim_windows *windows = image->windows;

	memset(ret, 0, sizeof *ret);
	ret->index = image->index;
	ret->name = image->name;
	ret->description = image->description;
	if (image->total_bytes.known)
		ret->size = number_text(arena, image->total_bytes.value);
	ret->creation_date = wp_time_iso(arena, image->creation_time);
	if (!windows)
		return;
	ret->os_version = windows->version;
	if (windows->architecture.known)
		ret->architecture = number_text(arena, windows->architecture.value);
	ret->language = wp_site_language(windows);
	ret->product_type = windows->product_type;
	ret->hal_type = windows->hal;
}
