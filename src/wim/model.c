/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The metadata model: which elements it knows, and what becomes of the others. The names are those of real files; no
 * schema of them was ever published.
 */
#include "model.h"
#include "wimplan/text.h"

#include <string.h>

enum kind {
	KIND_BOX,      /* holds other elements */
	KIND_TEXT,
	KIND_NUMBER,
	KIND_BOOLEAN,
	KIND_PART,     /* half of a FILETIME */
	KIND_LANGUAGE, /* may be repeated */
	KIND_FALLBACK, /* may be repeated */
};

/* What the offset is taken from. */
enum base {
	BASE_METADATA,
	BASE_IMAGE,
	BASE_WINDOWS,
	BASE_SERVICING,
	BASE_MODEL,
};

struct wp_element {
	enum wp_place place;
	const char *name;
	enum kind kind;
	enum base base;
	size_t offset;
	enum wp_place inside; /* of a box */
};

#define METADATA(member) BASE_METADATA, offsetof(struct wp_wim_metadata, member), WP_AT_NOTHING
#define IMAGE(member) BASE_IMAGE, offsetof(struct wp_wim_image, member), WP_AT_NOTHING
#define WINDOWS(member) BASE_WINDOWS, offsetof(struct wp_wim_windows, member), WP_AT_NOTHING
#define SERVICING(member) BASE_SERVICING, offsetof(struct wp_wim_servicing, member), WP_AT_NOTHING
#define PART(member) BASE_MODEL, offsetof(struct wp_model, member), WP_AT_NOTHING
#define NO_MEMBER BASE_MODEL, 0

static const struct wp_element elements[] = {
	{ WP_AT_WIM, "TOTALBYTES", KIND_NUMBER, METADATA(total_bytes) },
	{ WP_AT_IMAGE, "NAME", KIND_TEXT, IMAGE(name) },
	{ WP_AT_IMAGE, "DESCRIPTION", KIND_TEXT, IMAGE(description) },
	{ WP_AT_IMAGE, "DISPLAYNAME", KIND_TEXT, IMAGE(display_name) },
	{ WP_AT_IMAGE, "DISPLAYDESCRIPTION", KIND_TEXT, IMAGE(display_description) },
	{ WP_AT_IMAGE, "FLAGS", KIND_TEXT, IMAGE(flags) },
	{ WP_AT_IMAGE, "DIRCOUNT", KIND_NUMBER, IMAGE(dir_count) },
	{ WP_AT_IMAGE, "FILECOUNT", KIND_NUMBER, IMAGE(file_count) },
	{ WP_AT_IMAGE, "TOTALBYTES", KIND_NUMBER, IMAGE(total_bytes) },
	{ WP_AT_IMAGE, "HARDLINKBYTES", KIND_NUMBER, IMAGE(hard_link_bytes) },
	{ WP_AT_IMAGE, "CREATIONTIME", KIND_BOX, NO_MEMBER, WP_AT_CREATION },
	{ WP_AT_IMAGE, "LASTMODIFICATIONTIME", KIND_BOX, NO_MEMBER, WP_AT_MODIFICATION },
	{ WP_AT_IMAGE, "WIMBOOT", KIND_BOOLEAN, IMAGE(wimboot) },
	{ WP_AT_IMAGE, "WINDOWS", KIND_BOX, NO_MEMBER, WP_AT_WINDOWS },
	{ WP_AT_CREATION, "HIGHPART", KIND_PART, PART(high) },
	{ WP_AT_CREATION, "LOWPART", KIND_PART, PART(low) },
	{ WP_AT_MODIFICATION, "HIGHPART", KIND_PART, PART(high) },
	{ WP_AT_MODIFICATION, "LOWPART", KIND_PART, PART(low) },
	{ WP_AT_WINDOWS, "ARCH", KIND_NUMBER, WINDOWS(architecture) },
	{ WP_AT_WINDOWS, "PRODUCTNAME", KIND_TEXT, WINDOWS(product_name) },
	{ WP_AT_WINDOWS, "EDITIONID", KIND_TEXT, WINDOWS(edition_id) },
	{ WP_AT_WINDOWS, "INSTALLATIONTYPE", KIND_TEXT, WINDOWS(installation_type) },
	{ WP_AT_WINDOWS, "PRODUCTTYPE", KIND_TEXT, WINDOWS(product_type) },
	{ WP_AT_WINDOWS, "PRODUCTSUITE", KIND_TEXT, WINDOWS(product_suite) },
	{ WP_AT_WINDOWS, "HAL", KIND_TEXT, WINDOWS(hal) },
	{ WP_AT_WINDOWS, "SYSTEMROOT", KIND_TEXT, WINDOWS(system_root) },
	{ WP_AT_WINDOWS, "LANGUAGES", KIND_BOX, NO_MEMBER, WP_AT_LANGUAGES },
	{ WP_AT_WINDOWS, "VERSION", KIND_BOX, NO_MEMBER, WP_AT_VERSION },
	{ WP_AT_WINDOWS, "SERVICINGDATA", KIND_BOX, NO_MEMBER, WP_AT_SERVICING },
	{ WP_AT_LANGUAGES, "LANGUAGE", KIND_LANGUAGE, NO_MEMBER, WP_AT_NOTHING },
	{ WP_AT_LANGUAGES, "FALLBACK", KIND_FALLBACK, NO_MEMBER, WP_AT_NOTHING },
	{ WP_AT_LANGUAGES, "DEFAULT", KIND_TEXT, WINDOWS(default_language) },
	{ WP_AT_VERSION, "MAJOR", KIND_NUMBER, WINDOWS(major) },
	{ WP_AT_VERSION, "MINOR", KIND_NUMBER, WINDOWS(minor) },
	{ WP_AT_VERSION, "BUILD", KIND_NUMBER, WINDOWS(build) },
	{ WP_AT_VERSION, "SPBUILD", KIND_NUMBER, WINDOWS(service_pack_build) },
	{ WP_AT_VERSION, "SPLEVEL", KIND_NUMBER, WINDOWS(service_pack_level) },
	{ WP_AT_VERSION, "BRANCH", KIND_TEXT, WINDOWS(branch) },
	{ WP_AT_SERVICING, "GDRDUREVISION", KIND_TEXT, SERVICING(gdr_du_revision) },
	{ WP_AT_SERVICING, "PKEYCONFIGVERSION", KIND_TEXT, SERVICING(pkey_config_version) },
	{ WP_AT_SERVICING, "IMAGESTATE", KIND_TEXT, SERVICING(image_state) },
};

_Static_assert(sizeof elements / sizeof elements[0] <= 64, "wp_model.seen has a bit for each element");

void wp_model_free(struct wp_model *model)
{
	wp_buf_free(&model->text);
	wp_buf_free(&model->path);
}

struct wp_wim_image *wp_model_image(struct wp_model *model)
{
	return &model->metadata->images[model->metadata->image_count - 1];
}

/* The element of the model that counts here; NULL when there is none, or when it was there already. */
static const struct wp_element *find_element(struct wp_model *model, enum wp_place place, const char *name)
{
	uint64_t *seen = place == WP_AT_WIM ? &model->seen_file : &model->seen;
	size_t i;

	for (i = 0; i < sizeof elements / sizeof elements[0]; i++) {
		const struct wp_element *element = &elements[i];
		uint64_t bit = UINT64_C(1) << i;

		if (element->place != place || strcmp(element->name, name) != 0)
			continue;
		if (element->kind == KIND_LANGUAGE || element->kind == KIND_FALLBACK)
			return element;
		if (*seen & bit)
			return NULL;
		*seen |= bit;
		return element;
	}
	return NULL;
}

static void *member(struct wp_model *model, const struct wp_element *element)
{
	struct wp_wim_image *image;
	char *base = NULL;

	switch (element->base) {
	case BASE_METADATA:
		base = (char *)model->metadata;
		break;
	case BASE_MODEL:
		base = (char *)model;
		break;
	case BASE_IMAGE:
		base = (char *)wp_model_image(model);
		break;
	case BASE_WINDOWS:
		base = (char *)wp_model_image(model)->windows;
		break;
	case BASE_SERVICING:
		image = wp_model_image(model);
		base = (char *)image->windows->servicing;
		break;
	}
	return base + element->offset;
}

static void cut(struct wp_buf *buf, size_t length)
{
	if (!buf->data)
		return;
	buf->length = length;
	buf->data[length] = '\0';
}

/* Keeps something that the model has no place for. False when a document does this to fill the memory. */
static bool add_other(struct wp_model *model, const char *value, size_t length)
{
	struct wp_wim_image *image = model->in_image ? wp_model_image(model) : NULL;
	struct wp_wim_metadata *metadata = model->metadata;
	/* Text that stands directly in IMAGE or WIM has no path below it. */
	const char *path = model->path.length ? wp_buf_text(&model->path) : ".";
	struct wp_wim_other *other;

	if (image)
		other = WP_PUSH(model->arena, image->other, image->other_count);
	else
		other = WP_PUSH(model->arena, metadata->other, metadata->other_count);
	if (other != (image ? image->other : metadata->other) && strcmp(other[-1].path, path) == 0) {
		other->path = other[-1].path;
	} else {
		other->path = wp_arena_strdup(model->arena, path);
		model->path_bytes += strlen(path);
	}
	other->value = wp_arena_strndup(model->arena, value, length);
	if (++model->other_count > WP_LIMIT_XML_OTHER)
		wp_diag_add(model->arena, model->diags, WP_ERROR, "xml-structure", NULL,
			    "the XML has more than %u elements and attributes that no WIM has", WP_LIMIT_XML_OTHER);
	else if (model->path_bytes > WP_LIMIT_XML_BYTES)
		wp_diag_add(model->arena, model->diags, WP_ERROR, "xml-structure", NULL,
			    "the XML's element names are too long and too deeply nested to be kept");
	else
		return true;
	return false;
}

static bool add_attribute(struct wp_model *model, const struct wp_attribute *attribute)
{
	size_t length = model->path.length;
	bool kept;

	wp_buf_puts(&model->path, length ? "/@" : "@");
	wp_buf_puts(&model->path, attribute->name);
	kept = add_other(model, attribute->value, attribute->length);
	cut(&model->path, length);
	return kept;
}

static bool is_blank(const char *text)
{
	return text[strspn(text, " \t\r\n")] == '\0';
}

/* Attributes that the model knows: the first INDEX of an IMAGE, the first LANGUAGE of a FALLBACK. */
static bool start_attributes(struct wp_model *model, const struct wp_frame *frame,
			     const struct wp_attribute *attributes, size_t count)
{
	bool is_fallback = frame->element && frame->element->kind == KIND_FALLBACK;
	const char *known = frame->image ? "INDEX" : is_fallback ? "LANGUAGE" : NULL;
	size_t i;

	if (is_fallback)
		model->fallback_language = "";
	for (i = 0; i < count; i++) {
		const struct wp_attribute *attribute = &attributes[i];

		if (known && strcmp(attribute->name, known) == 0) {
			known = NULL;
			if (is_fallback)
				model->fallback_language =
					wp_arena_strndup(model->arena, attribute->value, attribute->length);
		} else if (!add_attribute(model, attribute)) {
			return false;
		}
	}
	return true;
}

static void begin_box(struct wp_model *model, enum wp_place inside)
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

static bool start_root(struct wp_model *model, const char *name)
{
	if (strcmp(name, "WIM") == 0)
		return true;
	wp_diag_add(model->arena, model->diags, WP_ERROR, "xml-structure", NULL,
		    "the XML's outermost element is %.80s instead of WIM", name);
	return false;
}

/* An IMAGE stands below WIM or not at all; one that has no index of its own is kept like an unknown element. */
static bool start_image(struct wp_model *model, struct wp_frame *frame, enum wp_place place,
			const struct wp_attribute *attributes, size_t count)
{
	if (place != WP_AT_WIM) {
		wp_diag_add(model->arena, model->diags, WP_ERROR, "xml-structure", NULL,
			    "the XML has an IMAGE in the wrong place: only those directly below WIM are images");
		return false;
	}
	if (++model->image_elements > WP_LIMIT_IMAGES) {
		wp_diag_add(model->arena, model->diags, WP_ERROR, "too-many-images", NULL,
			    "the XML has more than %u images, and no more are read", WP_LIMIT_IMAGES);
		return false;
	}
	frame->image = wp_model_begin_image(model, attributes, count);
	if (frame->image) {
		frame->inside = WP_AT_IMAGE;
		model->seen = 0;
		model->in_image = true;
	}
	return true;
}

bool wp_model_start(struct wp_model *model, const char *name, const struct wp_attribute *attributes, size_t count)
{
	struct wp_frame *parent = model->depth ? &model->frames[model->depth - 1] : NULL;
	struct wp_frame *frame = &model->frames[model->depth++];

	*frame = (struct wp_frame){ .text = model->text.length, .path = model->path.length };
	if (!parent) {
		frame->inside = WP_AT_WIM;
		return start_root(model, name) && start_attributes(model, frame, attributes, count);
	}
	parent->has_children = true;
	if (strcmp(name, "IMAGE") == 0) {
		if (!start_image(model, frame, parent->inside, attributes, count))
			return false;
	} else {
		frame->element = find_element(model, parent->inside, name);
	}
	if (!frame->image) {
		if (model->path.length)
			wp_buf_putc(&model->path, '/');
		wp_buf_puts(&model->path, name);
	}
	if (frame->element && frame->element->kind == KIND_BOX) {
		frame->inside = frame->element->inside;
		begin_box(model, frame->inside);
	}
	/* wimlib src/xml.c refuses files with this element. */
	if (!model->in_image && strcmp(wp_buf_text(&model->path), "ESD/ENCRYPTED") == 0)
		model->encrypted = true;
	return start_attributes(model, frame, attributes, count);
}

bool wp_model_text(struct wp_model *model, const char *bytes, size_t length)
{
	size_t start = model->depth ? model->frames[model->depth - 1].text : 0;

	if (model->text.length - start + length > WP_LIMIT_XML_TEXT) {
		wp_diag_add(model->arena, model->diags, WP_ERROR, "xml-invalid", NULL,
			    "the XML has an element with more than %u bytes of text", WP_LIMIT_XML_TEXT);
		return false;
	}
	wp_buf_add(&model->text, bytes, length);
	return true;
}

/* Notes that @text, the value at the present path, is @what. */
static void bad_value(struct wp_model *model, const char *text, const char *what)
{
	const char *path = wp_buf_text(&model->path);
	size_t room = strnlen(text, 40);
	int shown = (int)wp_utf8_valid(text, room);
	const char *dots = strlen(text) > (size_t)shown ? "…" : "";

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
	if (number->known && element->kind == KIND_BOOLEAN)
		number->known = number->value <= 1;
	if (!number->known) {
		number->value = 0;
		bad_value(model, text, element->kind == KIND_BOOLEAN ? "neither 0 nor 1" : "no number");
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

	if (high->number.known && low->number.known) {
		*ret = wp_time_from_filetime(high->number.value << 32 | low->number.value);
		if (!ret->known)
			wp_model_note(model, "bad-value", "image %u, %s: the time is beyond the year 9999", index,
				      path);
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

static void end_box(struct wp_model *model, enum wp_place inside)
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

static void end_leaf(struct wp_model *model, const struct wp_element *element, const char *text, size_t length)
{
	struct wp_wim_windows *windows;
	struct wp_wim_fallback *fallback;

	switch (element->kind) {
	case KIND_TEXT:
		*(const char **)member(model, element) = wp_arena_strndup(model->arena, text, length);
		break;
	case KIND_NUMBER:
	case KIND_BOOLEAN:
		end_number(model, element, text);
		break;
	case KIND_PART:
		end_part(model, element, text);
		break;
	case KIND_LANGUAGE:
		windows = wp_model_image(model)->windows;
		*WP_PUSH(model->arena, windows->languages, windows->language_count) =
			wp_arena_strndup(model->arena, text, length);
		break;
	case KIND_FALLBACK:
		windows = wp_model_image(model)->windows;
		fallback = WP_PUSH(model->arena, windows->fallbacks, windows->fallback_count);
		fallback->language = model->fallback_language;
		fallback->fallback = wp_arena_strndup(model->arena, text, length);
		break;
	case KIND_BOX:
		break;
	}
}

bool wp_model_end(struct wp_model *model)
{
	const struct wp_frame *frame = &model->frames[--model->depth];
	const char *text = wp_buf_text(&model->text) + frame->text;
	size_t length = model->text.length - frame->text;
	bool is_leaf = frame->element && frame->element->kind != KIND_BOX;
	bool is_unknown = !frame->element && frame->inside == WP_AT_NOTHING;
	bool kept = true;

	if (is_leaf)
		end_leaf(model, frame->element, text, length);
	else if ((is_unknown && !frame->has_children) || !is_blank(text))
		kept = add_other(model, text, length);
	if (!is_leaf)
		end_box(model, frame->inside);
	if (frame->image)
		model->in_image = false;
	cut(&model->text, frame->text);
	cut(&model->path, frame->path);
	return kept;
}
