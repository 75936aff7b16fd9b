/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The images of a file and their indexes. wimlib (src/xml.c) refuses a file whose indexes are not exactly 1 to n, and
 * so the plan takes such a file for damaged. Here every image with an index of its own is given all the same: who
 * inspects a damaged file wants to see what is in it. What an IMAGE without one holds is kept in the file's "other".
 */
#include "model.h"
#include "wimplan/text.h"

#include <stdlib.h>
#include <string.h>

/* More findings of one kind tell a reader nothing new, and a hostile file could have hundreds of thousands. */
#define FINDINGS_TOLD 64u

void wp_model_note(struct wp_model *model, const char *code, const char *format, ...)
{
	va_list args;
	char *text;

	if (++model->findings > FINDINGS_TOLD)
		return;
	va_start(args, format);
	text = wp_arena_vprintf(model->arena, format, args);
	va_end(args);
	wp_diag_add(model->arena, model->diags, WP_SEVERITY_WARNING, code, NULL, "%s", text);
}

static bool has_index(const struct wp_wim_metadata *metadata, uint64_t index)
{
	for (size_t i = 0; i < metadata->image_count; i++)
		if (metadata->images[i].index == index)
			return true;
	return false;
}

bool wp_model_begin_image(struct wp_model *model, const struct wp_xml_element *element)
{
	const struct wp_xml_attribute *attribute = wp_xml_find(element, "INDEX");
	struct wp_wim_metadata *metadata = model->metadata;
	uint64_t index = 0;
	const char *text;

	if (!attribute) {
		wp_model_note(model, "missing-index", "the IMAGE at position %zu has no INDEX", model->image_elements);
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

struct wp_wim_metadata *wp_model_finish(struct wp_model *model, int64_t image_count)
{
	struct wp_wim_metadata *metadata = model->metadata;

	if (metadata->image_count)
		qsort(metadata->images, metadata->image_count, sizeof *metadata->images, compare_images);
	check_gaps(model);
	if (model->findings > FINDINGS_TOLD)
		wp_diag_add(model->arena, model->diags, WP_SEVERITY_WARNING, "bad-value", NULL,
			    "%zu more values or indexes are bad in the same ways", model->findings - FINDINGS_TOLD);
	if (image_count >= 0 && (uint64_t)image_count != model->image_elements)
		wp_diag_add(model->arena, model->diags, WP_SEVERITY_WARNING, "image-count-mismatch", NULL,
			    "the header counts %jd images and the XML %zu", (intmax_t)image_count,
			    model->image_elements);
	if (model->encrypted)
		wp_diag_add(model->arena, model->diags, WP_SEVERITY_WARNING, "encrypted", NULL,
			    "the file is encrypted: its images can be listed but not read");
	if (!metadata->image_count && model->image_elements) {
		wp_diag_add(model->arena, model->diags, WP_SEVERITY_ERROR, "missing-index", NULL,
			    "no IMAGE in the XML has an index by which it could be named");
		return NULL;
	}
	return metadata;
}
