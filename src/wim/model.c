/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The walk through the XML's elements: where each stands, and what becomes of those that the model does not know. */
#include "elements.h"

#include <string.h>

void wp_model_free(struct wp_model *model)
{
	wp_buf_free(&model->text);
	wp_buf_free(&model->path);
}

bool wp_model_keep(struct wp_model *model, size_t bytes)
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
	if (!wp_model_keep(model, WP_XML_ENTRY + strlen(path) + length))
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
			if (!wp_model_keep(model, attribute->length))
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
	if (++model->image_elements > WP_LIMIT_IMAGES) {
		wp_diag_add(model->arena, model->diags, WP_SEVERITY_ERROR, "too-many-images", NULL,
			    "the XML has more than %u images, and no more are read", WP_LIMIT_IMAGES);
		return false;
	}
	if (!wp_model_keep(model, WP_XML_IMAGE))
		return false;
	frame->image = wp_model_begin_image(model, element);
	if (frame->image) {
		frame->inside = WP_PLACE_IMAGE;
		model->seen = 0;
		model->in_image = true;
	}
	return true;
}

bool wp_model_start(void *context, const struct wp_xml_element *element)
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
	if (strcmp(name, "IMAGE") == 0) {
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
		model->encrypted = true;
	return start_attributes(model, frame, element);
}

bool wp_model_text(void *context, const char *bytes, size_t length)
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

bool wp_model_end(void *context)
{
	struct wp_model *model = context;
	const struct wp_frame *frame = &model->frames[--model->depth];
	const char *text = wp_buf_text(&model->text) + frame->text;
	size_t length = model->text.length - frame->text;
	bool is_leaf = frame->element && !frame->element->inside;
	bool is_unknown = !frame->element && frame->inside == WP_PLACE_NOTHING;
	bool kept = true;

	if (is_leaf) {
		kept = wp_model_keep(model, length + (wp_element_repeats(frame->element) ? WP_XML_LANGUAGE : 0));
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
