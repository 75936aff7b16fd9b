/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The elements that the model knows, and how the text of each becomes a value of the metadata. The names are those of
 * real files; no schema of them was ever published.
 */
#include "model.h"
#include "wimplan/text.h"

#include <string.h>

#define METADATA(member) WP_WIM_BASE_METADATA, .offset = offsetof(struct wp_wim_metadata, member)
#define IMAGE(member) WP_WIM_BASE_IMAGE, .offset = offsetof(struct wp_wim_image, member)
#define WINDOWS(member) WP_WIM_BASE_WINDOWS, .offset = offsetof(struct wp_wim_windows, member)
#define SERVICING(member) WP_WIM_BASE_SERVICING, .offset = offsetof(struct wp_wim_servicing, member)
#define MODEL(member) WP_WIM_BASE_MODEL, .offset = offsetof(struct wp_model, member)
/* The same name in inspect --json and in a diff. */
#define KEY(name) .key = (name), .fact = (name)
#define LINE(number, text) .label = (text), .line = (number)

const struct wp_wim_field wp_wim_fields[] = {
	{ WP_PLACE_WIM, "TOTALBYTES", WP_WIM_KIND_BYTES, METADATA(total_bytes) },
	{ WP_PLACE_IMAGE, "NAME", WP_WIM_KIND_TEXT, IMAGE(name), KEY("name"), LINE(1, "Name") },
	{ WP_PLACE_IMAGE, "DESCRIPTION", WP_WIM_KIND_TEXT, IMAGE(description), KEY("description"), LINE(2, "Description") },
	{ WP_PLACE_IMAGE, "DISPLAYNAME", WP_WIM_KIND_TEXT, IMAGE(display_name), KEY("display_name"), LINE(3, "Display name") },
	{ WP_PLACE_IMAGE, "DISPLAYDESCRIPTION", WP_WIM_KIND_TEXT, IMAGE(display_description), KEY("display_description"),
	  LINE(4, "Display text") },
	{ WP_PLACE_IMAGE, "FLAGS", WP_WIM_KIND_TEXT, IMAGE(flags), KEY("flags"), LINE(5, "Flags") },
	{ WP_PLACE_IMAGE, "DIRCOUNT", WP_WIM_KIND_NUMBER, IMAGE(dir_count), KEY("dir_count") },
	{ WP_PLACE_IMAGE, "FILECOUNT", WP_WIM_KIND_FILES, IMAGE(file_count), KEY("file_count"), LINE(24, "Files") },
	{ WP_PLACE_IMAGE, "TOTALBYTES", WP_WIM_KIND_BYTES, IMAGE(total_bytes), KEY("total_bytes"), LINE(22, "Size") },
	{ WP_PLACE_IMAGE, "HARDLINKBYTES", WP_WIM_KIND_BYTES, IMAGE(hard_link_bytes), KEY("hard_link_bytes"),
	  LINE(23, "Hard links") },
	{ WP_PLACE_IMAGE, "CREATIONTIME", WP_WIM_KIND_TIME, IMAGE(creation_time), WP_PLACE_CREATION, KEY("creation_time"),
	  LINE(25, "Created") },
	{ WP_PLACE_CREATION, "HIGHPART", WP_WIM_KIND_HALF, MODEL(high) },
	{ WP_PLACE_CREATION, "LOWPART", WP_WIM_KIND_HALF, MODEL(low) },
	{ WP_PLACE_IMAGE, "LASTMODIFICATIONTIME", WP_WIM_KIND_TIME, IMAGE(last_modification_time), WP_PLACE_MODIFICATION,
	  KEY("last_modification_time"), LINE(26, "Modified") },
	{ WP_PLACE_MODIFICATION, "HIGHPART", WP_WIM_KIND_HALF, MODEL(high) },
	{ WP_PLACE_MODIFICATION, "LOWPART", WP_WIM_KIND_HALF, MODEL(low) },
	{ WP_PLACE_IMAGE, "WIMBOOT", WP_WIM_KIND_BOOLEAN, IMAGE(wimboot), KEY("wimboot"), LINE(27, "WIMBoot") },
	{ WP_PLACE_IMAGE, "WINDOWS", WP_WIM_KIND_BOX, IMAGE(windows), WP_PLACE_WINDOWS, .key = "windows" },
	{ WP_PLACE_WINDOWS, "ARCH", WP_WIM_KIND_ARCHITECTURE, WINDOWS(architecture), KEY("architecture"),
	  LINE(9, "Architecture"), .setup = true },
	{ WP_PLACE_WINDOWS, "PRODUCTNAME", WP_WIM_KIND_TEXT, WINDOWS(product_name), KEY("product_name"), LINE(12, "Product") },
	{ WP_PLACE_WINDOWS, "EDITIONID", WP_WIM_KIND_TEXT, WINDOWS(edition_id), KEY("edition_id"), LINE(10, "Edition"),
	  .setup = true },
	{ WP_PLACE_WINDOWS, "INSTALLATIONTYPE", WP_WIM_KIND_TEXT, WINDOWS(installation_type), KEY("installation_type"),
	  LINE(11, "Installation"), .setup = true },
	{ WP_PLACE_WINDOWS, "PRODUCTTYPE", WP_WIM_KIND_TEXT, WINDOWS(product_type), KEY("product_type"),
	  LINE(13, "Product type") },
	{ WP_PLACE_WINDOWS, "PRODUCTSUITE", WP_WIM_KIND_TEXT, WINDOWS(product_suite), KEY("product_suite"), LINE(14, "Suite") },
	{ WP_PLACE_WINDOWS, "HAL", WP_WIM_KIND_TEXT, WINDOWS(hal), KEY("hal"), LINE(15, "HAL") },
	{ WP_PLACE_WINDOWS, "SYSTEMROOT", WP_WIM_KIND_TEXT, WINDOWS(system_root), KEY("system_root"), LINE(16, "System root") },
	{ WP_PLACE_WINDOWS, "LANGUAGES", WP_WIM_KIND_BOX, WP_WIM_BASE_WINDOWS, .inside = WP_PLACE_LANGUAGES },
	{ WP_PLACE_LANGUAGES, "LANGUAGE", WP_WIM_KIND_LANGUAGE, WP_WIM_BASE_WINDOWS, KEY("languages"), LINE(17, "Languages"),
	  .setup = true },
	{ WP_PLACE_LANGUAGES, "DEFAULT", WP_WIM_KIND_TEXT, WINDOWS(default_language), KEY("default_language"), .setup = true },
	{ WP_PLACE_LANGUAGES, "FALLBACK", WP_WIM_KIND_FALLBACK, WP_WIM_BASE_WINDOWS, KEY("fallback_languages"),
	  LINE(18, "Fallbacks") },
	{ WP_PLACE_WINDOWS, "VERSION", WP_WIM_KIND_VERSION, WINDOWS(version), WP_PLACE_VERSION, .key = "version",
	  .fact = "os_version", LINE(6, "Version"), .setup = true },
	{ WP_PLACE_VERSION, "MAJOR", WP_WIM_KIND_NUMBER, WINDOWS(major), .key = "major" },
	{ WP_PLACE_VERSION, "MINOR", WP_WIM_KIND_NUMBER, WINDOWS(minor), .key = "minor" },
	{ WP_PLACE_VERSION, "BUILD", WP_WIM_KIND_NUMBER, WINDOWS(build), .key = "build" },
	{ WP_PLACE_VERSION, "SPBUILD", WP_WIM_KIND_NUMBER, WINDOWS(service_pack_build), .key = "service_pack_build" },
	{ WP_PLACE_VERSION, "SPLEVEL", WP_WIM_KIND_NUMBER, WINDOWS(service_pack_level), KEY("service_pack_level"),
	  LINE(8, "Service pack") },
	{ WP_PLACE_VERSION, "BRANCH", WP_WIM_KIND_TEXT, WINDOWS(branch), KEY("branch"), LINE(7, "Branch") },
	{ WP_PLACE_WINDOWS, "SERVICINGDATA", WP_WIM_KIND_BOX, WINDOWS(servicing), WP_PLACE_SERVICING, .key = "servicing" },
	{ WP_PLACE_SERVICING, "GDRDUREVISION", WP_WIM_KIND_TEXT, SERVICING(gdr_du_revision), KEY("gdr_du_revision"),
	  LINE(21, "GDR/DU") },
	{ WP_PLACE_SERVICING, "PKEYCONFIGVERSION", WP_WIM_KIND_TEXT, SERVICING(pkey_config_version),
	  KEY("pkey_config_version"), LINE(20, "PKeyConfig") },
	{ WP_PLACE_SERVICING, "IMAGESTATE", WP_WIM_KIND_TEXT, SERVICING(image_state), KEY("image_state"),
	  LINE(19, "Image state"), .setup = true },
};

#define FIELDS (sizeof wp_wim_fields / sizeof wp_wim_fields[0])
const size_t wp_wim_field_count = FIELDS;

_Static_assert(FIELDS <= 64, "wp_model.seen has a bit for each element");

void wp_model_note(struct wp_model *model, const char *code, const char *format, ...)
{
	va_list args;
	char *text;

	if (++model->findings > WP_FINDINGS_TOLD)
		return;
	va_start(args, format);
	text = wp_arena_vprintf(model->arena, format, args);
	va_end(args);
	wp_diag_add(model->arena, model->diags, WP_SEVERITY_WARNING, code, NULL, "%s", text);
}

bool wp_element_repeats(const struct wp_wim_field *element)
{
	return element->kind == WP_WIM_KIND_LANGUAGE || element->kind == WP_WIM_KIND_FALLBACK;
}

const struct wp_wim_field *wp_element_find(struct wp_model *model, enum wp_place place, const char *name)
{
	uint64_t *seen = place == WP_PLACE_WIM ? &model->seen_file : &model->seen;

	/* Most elements are those of the image before, in the same order, which is about that of the table. */
	for (size_t k = 0; k < FIELDS; k++) {
		size_t i = (model->found + k) % FIELDS;
		const struct wp_wim_field *element = &wp_wim_fields[i];
		uint64_t bit = UINT64_C(1) << i;

		if (element->place != place || element->element[0] != name[0] || strcmp(element->element, name) != 0)
			continue;
		model->found = i;
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
	case WP_PLACE_WINDOWS:
		wp_model_image(model)->windows = wp_arena_alloc(model->arena, sizeof(struct wp_wim_windows));
		break;
	case WP_PLACE_SERVICING:
		wp_model_image(model)->windows->servicing =
			wp_arena_alloc(model->arena, sizeof(struct wp_wim_servicing));
		break;
	case WP_PLACE_CREATION:
	case WP_PLACE_MODIFICATION:
		model->high = model->low = (struct wp_part){ 0 };
		break;
	default:
		break;
	}
}

/* What keeps the fields of an image that have this base; NULL: it is not there, or is none of the image. */
static const void *base_of(const struct wp_wim_image *image, enum wp_wim_base base)
{
	switch (base) {
	case WP_WIM_BASE_IMAGE:
		return image;
	case WP_WIM_BASE_WINDOWS:
		return image->windows;
	case WP_WIM_BASE_SERVICING:
		return image->windows ? image->windows->servicing : NULL;
	default:
		return NULL;
	}
}

const void *wp_wim_field_value(const struct wp_wim_image *image, const struct wp_wim_field *field)
{
	const char *base = base_of(image, field->base);

	return base ? base + field->offset : NULL;
}

static void *member(struct wp_model *model, const struct wp_wim_field *element)
{
	if (element->base == WP_WIM_BASE_METADATA)
		return (char *)model->metadata + element->offset;
	if (element->base == WP_WIM_BASE_MODEL)
		return (char *)model + element->offset;
	return (void *)wp_wim_field_value(wp_model_image(model), element);
}

/* A copy of the text of @element; that of the image before where it is the same, as most of it is. */
static const char *keep_text(struct wp_model *model, const struct wp_wim_field *element, const char *text, size_t length)
{
	bool second = model->in_image && model->metadata->image_count > 1;
	const char *const *before = second ? wp_wim_field_value(wp_model_image(model) - 1, element) : NULL;

	return wp_arena_keep(model->arena, text, length, before ? *before : NULL);
}

/* Keeps in mind that the value at the present path could not be read. */
static void mark_bad(struct wp_model *model)
{
	struct wp_wim_image *image = model->in_image ? wp_model_image(model) : NULL;

	if (image)
		*WP_PUSH(model->arena, image->bad, image->bad_count) =
			wp_arena_strdup(model->arena, wp_buf_text(&model->path));
}

bool wp_wim_field_is_bad(const struct wp_wim_image *image, const struct wp_wim_field *field)
{
	static const char *const places[] = {
		[WP_PLACE_IMAGE] = "",
		[WP_PLACE_WINDOWS] = "WINDOWS/",
		[WP_PLACE_SERVICING] = "WINDOWS/SERVICINGDATA/",
		[WP_PLACE_LANGUAGES] = "WINDOWS/LANGUAGES/",
		[WP_PLACE_VERSION] = "WINDOWS/VERSION/",
	};
	const char *place = places[field->place];
	size_t above = strlen(place), length = strlen(field->element);

	for (size_t i = 0; i < image->bad_count; i++) {
		const char *path = image->bad[i];

		if (!strncmp(path, place, above) && !strncmp(path + above, field->element, length) &&
		    (!path[above + length] || path[above + length] == '/'))
			return true;
	}
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

static void end_number(struct wp_model *model, const struct wp_wim_field *element, const char *text)
{
	struct wp_number *number = member(model, element);

	number->known = wp_parse_u64(text, false, &number->value);
	if (number->known && element->kind == WP_WIM_KIND_BOOLEAN)
		number->known = number->value <= 1;
	if (!number->known) {
		number->value = 0;
		bad_value(model, text, element->kind == WP_WIM_KIND_BOOLEAN ? "neither 0 nor 1" : "no number");
	}
}

static void end_part(struct wp_model *model, const struct wp_wim_field *element, const char *text)
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
	const struct wp_number *parts[] = { &windows->major, &windows->minor, &windows->build, &windows->service_pack_build };
	const size_t least = 3, most = sizeof parts / sizeof *parts;
	const struct wp_wim_windows *before = model->metadata->image_count > 1 ? wp_model_image(model)[-1].windows : NULL;
	char version[sizeof parts / sizeof *parts * (WP_DIGITS + 1)];
	size_t length = 0, count = 0;

	for (; count < most && parts[count]->known; count++) {
		if (count)
			version[length++] = '.';
		length += wp_text_u64(parts[count]->value, version + length);
	}
	if (count >= least)
		windows->version = wp_arena_keep(model->arena, version, length, before ? before->version : NULL);
}

void wp_element_end_box(struct wp_model *model, enum wp_place inside)
{
	switch (inside) {
	case WP_PLACE_CREATION:
		end_time(model, &wp_model_image(model)->creation_time);
		break;
	case WP_PLACE_MODIFICATION:
		end_time(model, &wp_model_image(model)->last_modification_time);
		break;
	case WP_PLACE_VERSION:
		end_version(model);
		break;
	default:
		break;
	}
}

void wp_element_end_leaf(struct wp_model *model, const struct wp_wim_field *element, const char *text, size_t length)
{
	struct wp_wim_windows *windows;
	struct wp_wim_fallback *fallback;

	switch (element->kind) {
	case WP_WIM_KIND_TEXT:
		*(const char **)member(model, element) = keep_text(model, element, text, length);
		break;
	case WP_WIM_KIND_NUMBER:
	case WP_WIM_KIND_FILES:
	case WP_WIM_KIND_BYTES:
	case WP_WIM_KIND_BOOLEAN:
	case WP_WIM_KIND_ARCHITECTURE:
		end_number(model, element, text);
		break;
	case WP_WIM_KIND_HALF:
		end_part(model, element, text);
		break;
	case WP_WIM_KIND_LANGUAGE:
		windows = wp_model_image(model)->windows;
		*WP_PUSH(model->arena, windows->languages, windows->language_count) =
			wp_arena_strndup(model->arena, text, length);
		break;
	case WP_WIM_KIND_FALLBACK:
		windows = wp_model_image(model)->windows;
		fallback = WP_PUSH(model->arena, windows->fallbacks, windows->fallback_count);
		fallback->language = model->fallback_language;
		fallback->fallback = wp_arena_strndup(model->arena, text, length);
		break;
	case WP_WIM_KIND_BOX:
	case WP_WIM_KIND_VERSION:
	case WP_WIM_KIND_TIME:
		break;
	}
}
