/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The XML of a WIM: its bytes as text, and from the text, element by element, the metadata: where each element stands,
 * and what becomes of those that the model does not know.
 */
#include "internal.h"
#include "model.h"

#include "wimplan/text.h"

#include <string.h>

static void refuse(struct wp_arena *arena, struct wp_diags *diags, const char *what)
{
	wp_diag_add(arena, diags, WP_SEVERITY_ERROR, "xml-encoding", NULL, "the XML is no UTF-16LE: %s", what);
}

/* What the first bytes say when they are not those of a UTF-16LE text; NULL when they may be. */
static const char *foreign(const uint8_t *bytes, size_t length)
{
	if (length < 2)
		return NULL;
	if ((bytes[0] == 0xfe && bytes[1] == 0xff) || (bytes[0] == 0 && bytes[1] == '<'))
		return "it is big-endian";
	if ((bytes[0] == 0xef && bytes[1] == 0xbb) || (bytes[0] == '<' && bytes[1] >= 0x21 && bytes[1] < 0x7f))
		return "it has one byte for a letter, as in UTF-8";
	return NULL;
}

bool wp_wim_xml_decode(struct wp_arena *arena, const uint8_t *bytes, size_t length, struct wp_arena *text_arena,
		       const char **ret_text, size_t *ret_length, struct wp_diags *diags)
{
	const char *odd = foreign(bytes, length);
	size_t at, start = 0;
	char *text;

	if (odd) {
		refuse(arena, diags, odd);
		return false;
	}
	if (length % 2) {
		refuse(arena, diags, "it has an odd number of bytes");
		return false;
	}
	if (length >= 2 && bytes[0] == 0xff && bytes[1] == 0xfe)
		start = 2;
	/* A terminator is no part of the text; wimlib's parser accepts one as well. */
	while (length > start && bytes[length - 1] == 0 && bytes[length - 2] == 0)
		length -= 2;
	if (wp_utf16_to_utf8(text_arena, bytes + start, length - start, WP_BYTE_ORDER_LITTLE, &text, ret_length, &at)) {
		bool is_nul = bytes[start + at] == 0 && bytes[start + at + 1] == 0;

		refuse(arena, diags, is_nul ? "there is a NUL in it" : "half of a surrogate pair stands alone in it");
		wp_diag_detail(arena, diags, "at byte %zu of the XML", start + at);
		return false;
	}
	*ret_text = text;
	return true;
}

/*
 * The images of a file and their indexes. wimlib (src/xml.c) refuses a file whose indexes are not exactly 1 to n, and
 * so the plan takes such a file for damaged. Here every image with an index of its own is given all the same: who
 * inspects a damaged file wants to see what is in it. What an IMAGE without one holds is kept in the file's "other".
 */
static bool has_index(const struct wp_wim_metadata *metadata, uint64_t index)
{
	for (size_t i = 0; i < metadata->image_count; i++)
		if (metadata->images[i].index == index)
			return true;
	return false;
}

/* Begins this IMAGE; false when it cannot be an image of its own. */
static bool begin_image(struct wp_model *model, const struct wp_xml_element *element)
{
	const struct wp_xml_attribute *attribute = wp_xml_find(element, "INDEX");
	struct wp_wim_metadata *metadata = model->metadata;
	uint64_t index = 0;
	const char *text;

	if (!attribute) {
		wp_model_note(model, "missing-index", "the IMAGE at position %zu has no INDEX", model->metadata->elements);
		return false;
	}
	text = wp_arena_strndup(model->arena, attribute->value, attribute->length);
	if (!wp_parse_u64(text, false, &index) || index < 1 || index > UINT32_MAX) {
		wp_model_note(model, "bad-value", "IMAGE/@INDEX: \"%.40s\" is no number of an image", text);
		return false;
	}
	if (has_index(metadata, index)) {
		wp_model_note(model, "duplicate-index", "more than one IMAGE has the INDEX %ju; the first one counts",
			      (uintmax_t)index);
		return false;
	}
	WP_PUSH(model->arena, metadata->images, metadata->image_count)->index = (uint32_t)index;
	return true;
}

/* Counts what is kept; false, and a diagnostic, when a document does this to fill the memory. */
static bool keep(struct wp_model *model, size_t bytes)
{
	model->kept += bytes;
	if (model->kept <= WP_LIMIT_XML_KEPT)
		return true;
	wp_diag_add(model->arena, model->diags, WP_SEVERITY_ERROR, "xml-structure", NULL,
		    "the XML has more than %u bytes of text and of element names to be kept", WP_LIMIT_XML_KEPT);
	return false;
}

/* Keeps something that the model has no place for. False when a document does this to fill the memory. */
static bool add_other(struct wp_model *model, const char *value, size_t length)
{
	struct wp_wim_image *image = model->in_image ? wp_model_image(model) : NULL;
	struct wp_wim_metadata *metadata = model->metadata;
	/* Text that stands directly in IMAGE or WIM has no path below it. */
	const char *path = model->path.length ? wp_buf_text(&model->path) : ".";
	struct wp_wim_other *other;

	if (++model->other_count > WP_LIMIT_XML_OTHER) {
		wp_diag_add(model->arena, model->diags, WP_SEVERITY_ERROR, "xml-structure", NULL,
			    "the XML has more than %u elements and attributes that no WIM has", WP_LIMIT_XML_OTHER);
		return false;
	}
	/* The path counts each time: it is compared with the one before, and shown with the value. */
	if (!keep(model, WP_XML_ENTRY + strlen(path) + length))
		return false;
	if (image)
		other = WP_PUSH(model->arena, image->other, image->other_count);
	else
		other = WP_PUSH(model->arena, metadata->other, metadata->other_count);
	if (other != (image ? image->other : metadata->other) && strcmp(other[-1].path, path) == 0)
		other->path = other[-1].path;
	else
		other->path = wp_arena_strdup(model->arena, path);
	other->value = wp_arena_strndup(model->arena, value, length);
	return true;
}

static bool add_attribute(struct wp_model *model, const struct wp_xml_attribute *attribute)
{
	size_t length = model->path.length;
	bool kept;

	wp_buf_puts(&model->path, length ? "/@" : "@");
	wp_buf_puts(&model->path, attribute->name);
	kept = add_other(model, attribute->value, attribute->length);
	wp_buf_cut(&model->path, length);
	return kept;
}

static bool is_blank(const char *text)
{
	return text[strspn(text, " \t\r\n")] == '\0';
}

/* Attributes that the model knows: the first INDEX of an IMAGE, the first LANGUAGE of a FALLBACK. */
static bool start_attributes(struct wp_model *model, const struct wp_frame *frame, const struct wp_xml_element *element)
{
	bool is_fallback = frame->element && frame->element->kind == WP_WIM_KIND_FALLBACK;
	const char *known = frame->image ? "INDEX" : is_fallback ? "LANGUAGE" : NULL;

	if (is_fallback)
		model->fallback_language = "";
	for (size_t i = 0; i < element->attribute_count; i++) {
		const struct wp_xml_attribute *attribute = &element->attributes[i];

		if (known && strcmp(attribute->name, known) == 0) {
			known = NULL;
			if (!is_fallback)
				continue;
			if (!keep(model, attribute->length))
				return false;
			model->fallback_language = wp_arena_strndup(model->arena, attribute->value, attribute->length);
		} else if (!add_attribute(model, attribute)) {
			return false;
		}
	}
	return true;
}

static bool start_root(struct wp_model *model, const char *name)
{
	if (strcmp(name, "WIM") == 0)
		return true;
	wp_diag_add(model->arena, model->diags, WP_SEVERITY_ERROR, "xml-structure", NULL,
		    "the XML's outermost element is %.80s instead of WIM", name);
	return false;
}

/* An IMAGE stands below WIM or not at all; one that has no index of its own is kept like an unknown element. */
static bool start_image(struct wp_model *model, struct wp_frame *frame, enum wp_place place,
			const struct wp_xml_element *element)
{
	if (place != WP_PLACE_WIM) {
		wp_diag_add(model->arena, model->diags, WP_SEVERITY_ERROR, "xml-structure", NULL,
			    "the XML has an IMAGE in the wrong place: only those directly below WIM are images");
		return false;
	}
	if (++model->metadata->elements > WP_LIMIT_IMAGES) {
		wp_diag_add(model->arena, model->diags, WP_SEVERITY_ERROR, "too-many-images", NULL,
			    "the XML has more than %u images, and no more are read", WP_LIMIT_IMAGES);
		return false;
	}
	if (!keep(model, WP_XML_IMAGE))
		return false;
	frame->image = begin_image(model, element);
	if (frame->image) {
		frame->inside = WP_PLACE_IMAGE;
		model->seen = 0;
		model->in_image = true;
	}
	return true;
}

static bool model_start(void *context, const struct wp_xml_element *element)
{
	struct wp_model *model = context;
	const char *name = element->name;
	struct wp_frame *parent = model->depth ? &model->frames[model->depth - 1] : NULL;
	struct wp_frame *frame = &model->frames[model->depth++];

	*frame = (struct wp_frame){ .text = model->text.length, .path = model->path.length };
	if (!parent) {
		frame->inside = WP_PLACE_WIM;
		return start_root(model, name) && start_attributes(model, frame, element);
	}
	parent->has_children = true;
	if (name[0] == 'I' && strcmp(name, "IMAGE") == 0) {
		if (!start_image(model, frame, parent->inside, element))
			return false;
	} else {
		frame->element = wp_element_find(model, parent->inside, name);
	}
	if (!frame->image) {
		if (model->path.length)
			wp_buf_putc(&model->path, '/');
		wp_buf_puts(&model->path, name);
	}
	if (frame->element && frame->element->inside) {
		frame->inside = frame->element->inside;
		wp_element_begin_box(model, frame->inside);
	}
	/* wimlib src/xml.c refuses files with this element. */
	if (!model->in_image && strcmp(wp_buf_text(&model->path), "ESD/ENCRYPTED") == 0)
		model->metadata->encrypted = true;
	return start_attributes(model, frame, element);
}

static bool model_text(void *context, const char *bytes, size_t length)
{
	struct wp_model *model = context;

	/* Of all elements that were begun: the bound holds for the text of each. */
	if (length > WP_LIMIT_XML_KEPT - model->text.length) {
		wp_diag_add(model->arena, model->diags, WP_SEVERITY_ERROR, "xml-structure", NULL,
			    "the XML has an element with more than %u bytes of text", WP_LIMIT_XML_KEPT);
		return false;
	}
	wp_buf_add(&model->text, bytes, length);
	return true;
}

static bool model_end(void *context)
{
	struct wp_model *model = context;
	const struct wp_frame *frame = &model->frames[--model->depth];
	const char *text = wp_buf_text(&model->text) + frame->text;
	size_t length = model->text.length - frame->text;
	bool is_leaf = frame->element && !frame->element->inside;
	bool is_unknown = !frame->element && frame->inside == WP_PLACE_NOTHING;
	bool kept = true;

	if (is_leaf) {
		kept = keep(model, length + (wp_element_repeats(frame->element) ? WP_XML_LANGUAGE : 0));
		if (kept)
			wp_element_end_leaf(model, frame->element, text, length);
	} else {
		if ((is_unknown && !frame->has_children) || !is_blank(text))
			kept = add_other(model, text, length);
		wp_element_end_box(model, frame->inside);
	}
	if (frame->image)
		model->in_image = false;
	wp_buf_cut(&model->text, frame->text);
	wp_buf_cut(&model->path, frame->path);
	return kept;
}

static int compare_images(const void *a, const void *b)
{
	uint32_t x = ((const struct wp_wim_image *)a)->index;
	uint32_t y = ((const struct wp_wim_image *)b)->index;

	return (x > y) - (x < y);
}

static void check_gaps(struct wp_model *model)
{
	for (size_t i = 0; i < model->metadata->image_count; i++) {
		if (model->metadata->images[i].index == i + 1)
			continue;
		wp_model_note(model, "missing-index", "there is no image %zu, although there is an image %u", i + 1,
			      model->metadata->images[i].index);
		return;
	}
}

/* After the end of the document: orders and checks the images. NULL when there is none to give. */
static struct wp_wim_metadata *finish(struct wp_model *model, int64_t image_count)
{
	struct wp_wim_metadata *metadata = model->metadata;

	WP_SORT(metadata->images, metadata->image_count, compare_images);
	check_gaps(model);
	if (model->findings > WP_FINDINGS_TOLD)
		wp_diag_add(model->arena, model->diags, WP_SEVERITY_WARNING, "bad-value", NULL,
			    "%zu more values or indexes are bad in the same ways", model->findings - WP_FINDINGS_TOLD);
	if (image_count >= 0 && (uint64_t)image_count != metadata->elements)
		wp_diag_add(model->arena, model->diags, WP_SEVERITY_WARNING, "image-count-mismatch", NULL,
			    "the header counts %jd images and the XML %zu", (intmax_t)image_count,
			    metadata->elements);
	if (metadata->encrypted)
		wp_diag_add(model->arena, model->diags, WP_SEVERITY_WARNING, "encrypted", NULL,
			    "the file is encrypted: its images can be listed but not read");
	if (!metadata->image_count && metadata->elements) {
		wp_diag_add(model->arena, model->diags, WP_SEVERITY_ERROR, "missing-index", NULL,
			    "no IMAGE in the XML has an index by which it could be named");
		return NULL;
	}
	return metadata;
}

static void tell(struct wp_arena *arena, struct wp_diags *diags, const struct wp_xml_outcome *outcome)
{
	if (outcome->end == WP_XML_REFUSED) {
		wp_diag_add(arena, diags, WP_SEVERITY_ERROR, "xml-structure", NULL, "the XML %s", outcome->what);
	} else if (outcome->end == WP_XML_MALFORMED) {
		wp_diag_add(arena, diags, WP_SEVERITY_ERROR, "xml-invalid", NULL, "the XML is not well-formed");
		if (outcome->line)
			wp_diag_detail(arena, diags, "line %zu, column %zu: %s", outcome->line, outcome->column,
				      outcome->what);
	}
}

struct wp_wim_metadata *wp_wim_xml_parse_utf8(struct wp_arena *arena, const char *text, size_t length,
					      int64_t image_count, struct wp_diags *diags)
{
	struct wp_model model = { .arena = arena, .diags = diags };
	const struct wp_xml_handler handler = {
		.start = model_start,
		.text = model_text,
		.end = model_end,
		.context = &model,
		.limit = WP_LIMIT_XML_ELEMENTS,
	};
	struct wp_wim_metadata *metadata = NULL;
	struct wp_xml_outcome outcome;

	if (length >= 3 && !memcmp(text, "\xef\xbb\xbf", 3)) {
		text += 3;
		length -= 3;
	}
	if (wp_utf8_valid(text, length) != length || memchr(text, '\0', length)) {
		wp_diag_add(arena, diags, WP_SEVERITY_ERROR, "xml-encoding", NULL, "the XML is no UTF-8 text");
		return NULL;
	}
	model.metadata = wp_arena_alloc(arena, sizeof *model.metadata);
	if (wp_xml_read_text(text, length, &handler, &outcome) == WP_XML_WHOLE)
		metadata = finish(&model, image_count);
	tell(arena, diags, &outcome);
	wp_buf_free(&model.text);
	wp_buf_free(&model.path);
	return metadata;
}
