/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The elements that the model knows, and how the text of each becomes a value of the metadata. The names are those of
 * real files; no schema of them was ever published.
 */
#include "elements.h"
#include "wimplan/text.h"

#include <string.h>

#define METADATA(member) WP_BASE_METADATA, offsetof(struct wp_wim_metadata, member), WP_AT_NOTHING
#define IMAGE(member) WP_BASE_IMAGE, offsetof(struct wp_wim_image, member), WP_AT_NOTHING
#define WINDOWS(member) WP_BASE_WINDOWS, offsetof(struct wp_wim_windows, member), WP_AT_NOTHING
#define SERVICING(member) WP_BASE_SERVICING, offsetof(struct wp_wim_servicing, member), WP_AT_NOTHING
#define PART(member) WP_BASE_MODEL, offsetof(struct wp_model, member), WP_AT_NOTHING
#define NO_MEMBER WP_BASE_MODEL, 0

static const struct wp_element elements[] = {
	{ WP_AT_WIM, "TOTALBYTES", WP_KIND_NUMBER, METADATA(total_bytes) },
	{ WP_AT_IMAGE, "NAME", WP_KIND_TEXT, IMAGE(name) },
	{ WP_AT_IMAGE, "DESCRIPTION", WP_KIND_TEXT, IMAGE(description) },
	{ WP_AT_IMAGE, "DISPLAYNAME", WP_KIND_TEXT, IMAGE(display_name) },
	{ WP_AT_IMAGE, "DISPLAYDESCRIPTION", WP_KIND_TEXT, IMAGE(display_description) },
	{ WP_AT_IMAGE, "FLAGS", WP_KIND_TEXT, IMAGE(flags) },
	{ WP_AT_IMAGE, "DIRCOUNT", WP_KIND_NUMBER, IMAGE(dir_count) },
	{ WP_AT_IMAGE, "FILECOUNT", WP_KIND_NUMBER, IMAGE(file_count) },
	{ WP_AT_IMAGE, "TOTALBYTES", WP_KIND_NUMBER, IMAGE(total_bytes) },
	{ WP_AT_IMAGE, "HARDLINKBYTES", WP_KIND_NUMBER, IMAGE(hard_link_bytes) },
	{ WP_AT_IMAGE, "CREATIONTIME", WP_KIND_BOX, NO_MEMBER, WP_AT_CREATION },
	{ WP_AT_IMAGE, "LASTMODIFICATIONTIME", WP_KIND_BOX, NO_MEMBER, WP_AT_MODIFICATION },
	{ WP_AT_IMAGE, "WIMBOOT", WP_KIND_BOOLEAN, IMAGE(wimboot) },
	{ WP_AT_IMAGE, "WINDOWS", WP_KIND_BOX, NO_MEMBER, WP_AT_WINDOWS },
	{ WP_AT_CREATION, "HIGHPART", WP_KIND_PART, PART(high) },
	{ WP_AT_CREATION, "LOWPART", WP_KIND_PART, PART(low) },
	{ WP_AT_MODIFICATION, "HIGHPART", WP_KIND_PART, PART(high) },
	{ WP_AT_MODIFICATION, "LOWPART", WP_KIND_PART, PART(low) },
	{ WP_AT_WINDOWS, "ARCH", WP_KIND_NUMBER, WINDOWS(architecture) },
	{ WP_AT_WINDOWS, "PRODUCTNAME", WP_KIND_TEXT, WINDOWS(product_name) },
	{ WP_AT_WINDOWS, "EDITIONID", WP_KIND_TEXT, WINDOWS(edition_id) },
	{ WP_AT_WINDOWS, "INSTALLATIONTYPE", WP_KIND_TEXT, WINDOWS(installation_type) },
	{ WP_AT_WINDOWS, "PRODUCTTYPE", WP_KIND_TEXT, WINDOWS(product_type) },
	{ WP_AT_WINDOWS, "PRODUCTSUITE", WP_KIND_TEXT, WINDOWS(product_suite) },
	{ WP_AT_WINDOWS, "HAL", WP_KIND_TEXT, WINDOWS(hal) },
	{ WP_AT_WINDOWS, "SYSTEMROOT", WP_KIND_TEXT, WINDOWS(system_root) },
	{ WP_AT_WINDOWS, "LANGUAGES", WP_KIND_BOX, NO_MEMBER, WP_AT_LANGUAGES },
	{ WP_AT_WINDOWS, "VERSION", WP_KIND_BOX, NO_MEMBER, WP_AT_VERSION },
	{ WP_AT_WINDOWS, "SERVICINGDATA", WP_KIND_BOX, NO_MEMBER, WP_AT_SERVICING },
	{ WP_AT_LANGUAGES, "LANGUAGE", WP_KIND_LANGUAGE, NO_MEMBER, WP_AT_NOTHING },
	{ WP_AT_LANGUAGES, "FALLBACK", WP_KIND_FALLBACK, NO_MEMBER, WP_AT_NOTHING },
	{ WP_AT_LANGUAGES, "DEFAULT", WP_KIND_TEXT, WINDOWS(default_language) },
	{ WP_AT_VERSION, "MAJOR", WP_KIND_NUMBER, WINDOWS(major) },
	{ WP_AT_VERSION, "MINOR", WP_KIND_NUMBER, WINDOWS(minor) },
	{ WP_AT_VERSION, "BUILD", WP_KIND_NUMBER, WINDOWS(build) },
	{ WP_AT_VERSION, "SPBUILD", WP_KIND_NUMBER, WINDOWS(service_pack_build) },
	{ WP_AT_VERSION, "SPLEVEL", WP_KIND_NUMBER, WINDOWS(service_pack_level) },
	{ WP_AT_VERSION, "BRANCH", WP_KIND_TEXT, WINDOWS(branch) },
	{ WP_AT_SERVICING, "GDRDUREVISION", WP_KIND_TEXT, SERVICING(gdr_du_revision) },
	{ WP_AT_SERVICING, "PKEYCONFIGVERSION", WP_KIND_TEXT, SERVICING(pkey_config_version) },
	{ WP_AT_SERVICING, "IMAGESTATE", WP_KIND_TEXT, SERVICING(image_state) },
};

_Static_assert(sizeof elements / sizeof elements[0] <= 64, "wp_model.seen has a bit for each element");

bool wp_element_repeats(const struct wp_element *element)
{
	return element->kind == WP_KIND_LANGUAGE || element->kind == WP_KIND_FALLBACK;
}

const struct wp_element *wp_element_find(struct wp_model *model, enum wp_place place, const char *name)
{
	uint64_t *seen = place == WP_AT_WIM ? &model->seen_file : &model->seen;
	size_t i;

	for (i = 0; i < sizeof elements / sizeof elements[0]; i++) {
		const struct wp_element *element = &elements[i];
		uint64_t bit = UINT64_C(1) << i;

		if (element->place != place || strcmp(element->name, name) != 0)
			continue;
		if (wp_element_repeats(element))
			return element;
		if (*seen & bit)
			return NULL;
		*seen |= bit;
		return element;
	}
	return NULL;
}

void wp_element_begin_box(struct wp_model *model, enum wp_place inside)
{
	switch (inside) {
	case WP_AT_WINDOWS:
		wp_model_image(model)->windows = wp_arena_alloc(model->arena, sizeof(struct wp_wim_windows));
		break;
	case WP_AT_SERVICING:
		wp_model_image(model)->windows->servicing =
			wp_arena_alloc(model->arena, sizeof(struct wp_wim_servicing));
		break;
	case WP_AT_CREATION:
	case WP_AT_MODIFICATION:
		model->high = model->low = (struct wp_part){ 0 };
		break;
	default:
		break;
	}
}

static void *member(struct wp_model *model, const struct wp_element *element)
{
	struct wp_wim_image *image;
	char *base = NULL;

	switch (element->base) {
	case WP_BASE_METADATA:
		base = (char *)model->metadata;
		break;
	case WP_BASE_MODEL:
		base = (char *)model;
		break;
	case WP_BASE_IMAGE:
		base = (char *)wp_model_image(model);
		break;
	case WP_BASE_WINDOWS:
		base = (char *)wp_model_image(model)->windows;
		break;
	case WP_BASE_SERVICING:
		image = wp_model_image(model);
		base = (char *)image->windows->servicing;
		break;
	}
	return base + element->offset;
}

/* Keeps in mind that the value at the present path could not be read. */
static void mark_bad(struct wp_model *model)
{
	struct wp_wim_image *image = model->in_image ? wp_model_image(model) : NULL;

	if (image)
		*WP_PUSH(model->arena, image->bad, image->bad_count) =
			wp_arena_strdup(model->arena, wp_buf_text(&model->path));
}

bool wp_wim_image_is_bad(const struct wp_wim_image *image, const char *path)
{
	size_t length = strlen(path);

	for (size_t i = 0; i < image->bad_count; i++)
		if (!strncmp(image->bad[i], path, length) && (!image->bad[i][length] || image->bad[i][length] == '/'))
			return true;
	return false;
}

/* Notes that @text, the value at the present path, is @what. */
static void bad_value(struct wp_model *model, const char *text, const char *what)
{
	const char *path = wp_buf_text(&model->path);
	size_t room = strnlen(text, 40);
	int shown = (int)wp_utf8_valid(text, room);
	const char *dots = strlen(text) > (size_t)shown ? "…" : "";

	mark_bad(model);
	if (model->in_image)
		wp_model_note(model, "bad-value", "image %u, %s: \"%.*s%s\" is %s",
			      wp_model_image(model)->index, path, shown, text, dots, what);
	else
		wp_model_note(model, "bad-value", "%s: \"%.*s%s\" is %s", path, shown, text, dots, what);
}

static void end_number(struct wp_model *model, const struct wp_element *element, const char *text)
{
	struct wp_number *number = member(model, element);

	number->known = wp_parse_u64(text, false, &number->value);
	if (number->known && element->kind == WP_KIND_BOOLEAN)
		number->known = number->value <= 1;
	if (!number->known) {
		number->value = 0;
		bad_value(model, text, element->kind == WP_KIND_BOOLEAN ? "neither 0 nor 1" : "no number");
	}
}

static void end_part(struct wp_model *model, const struct wp_element *element, const char *text)
{
	struct wp_part *part = member(model, element);

	part->present = true;
	part->number.known = wp_parse_u64(text, true, &part->number.value) && part->number.value <= UINT32_MAX;
	if (!part->number.known)
		bad_value(model, text, "no half of a FILETIME");
}

static void end_time(struct wp_model *model, struct wp_time *ret)
{
	const struct wp_part *high = &model->high, *low = &model->low;
	const char *path = wp_buf_text(&model->path);
	unsigned int index = wp_model_image(model)->index;

	if (high->number.known && low->number.known)
		*ret = wp_time_from_filetime(high->number.value << 32 | low->number.value);
	if (ret->known)
		return;
	mark_bad(model);
	if (high->number.known && low->number.known) {
		wp_model_note(model, "bad-value", "image %u, %s: the time is beyond the year 9999", index, path);
	} else if (!high->present || !low->present) {
		wp_model_note(model, "bad-value", "image %u, %s: there is no %s", index, path,
			      high->present ? "LOWPART" : "HIGHPART");
	}
}

/* Only the numbers up to the first that is missing are a version that one could compare. */
static void end_version(struct wp_model *model)
{
	struct wp_wim_windows *windows = wp_model_image(model)->windows;
	char *version;

	if (!windows->major.known || !windows->minor.known || !windows->build.known)
		return;
	version = wp_arena_printf(model->arena, "%ju.%ju.%ju", (uintmax_t)windows->major.value,
				  (uintmax_t)windows->minor.value, (uintmax_t)windows->build.value);
	if (windows->service_pack_build.known)
		version = wp_arena_printf(model->arena, "%s.%ju", version,
					  (uintmax_t)windows->service_pack_build.value);
	windows->version = version;
}

void wp_element_end_box(struct wp_model *model, enum wp_place inside)
{
	switch (inside) {
	case WP_AT_CREATION:
		end_time(model, &wp_model_image(model)->creation_time);
		break;
	case WP_AT_MODIFICATION:
		end_time(model, &wp_model_image(model)->last_modification_time);
		break;
	case WP_AT_VERSION:
		end_version(model);
		break;
	default:
		break;
	}
}

void wp_element_end_leaf(struct wp_model *model, const struct wp_element *element, const char *text, size_t length)
{
	struct wp_wim_windows *windows;
	struct wp_wim_fallback *fallback;

	switch (element->kind) {
	case WP_KIND_TEXT:
		*(const char **)member(model, element) = wp_arena_strndup(model->arena, text, length);
		break;
	case WP_KIND_NUMBER:
	case WP_KIND_BOOLEAN:
		end_number(model, element, text);
		break;
	case WP_KIND_PART:
		end_part(model, element, text);
		break;
	case WP_KIND_LANGUAGE:
		windows = wp_model_image(model)->windows;
		*WP_PUSH(model->arena, windows->languages, windows->language_count) =
			wp_arena_strndup(model->arena, text, length);
		break;
	case WP_KIND_FALLBACK:
		windows = wp_model_image(model)->windows;
		fallback = WP_PUSH(model->arena, windows->fallbacks, windows->fallback_count);
		fallback->language = model->fallback_language;
		fallback->fallback = wp_arena_strndup(model->arena, text, length);
		break;
	case WP_KIND_BOX:
		break;
	}
}
