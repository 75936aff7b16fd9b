/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The XML of a WIM: from its text, which model.c is told element by element, to the metadata. */
#include "model.h"
#include "internal.h"

#include "wimplan/text.h"

#include <string.h>

static void tell(struct wp_arena *arena, struct wp_diags *diags, const struct wp_xml_outcome *outcome)
{
	if (outcome->end == WP_XML_REFUSED) {
		wp_diag_add(arena, diags, WP_ERROR, "xml-structure", NULL, "the XML %s", outcome->what);
	} else if (outcome->end == WP_XML_MALFORMED) {
		wp_diag_add(arena, diags, WP_ERROR, "xml-invalid", NULL, "the XML is not well-formed");
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
		.start = wp_model_start,
		.text = wp_model_text,
		.end = wp_model_end,
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
		wp_diag_add(arena, diags, WP_ERROR, "xml-encoding", NULL, "the XML is no UTF-8 text");
		return NULL;
	}
	model.metadata = wp_arena_alloc(arena, sizeof *model.metadata);
	if (wp_xml_read_text(text, length, &handler, &outcome) == WP_XML_WHOLE)
		metadata = wp_model_finish(&model, image_count);
	tell(arena, diags, &outcome);
	wp_model_free(&model);
	return metadata;
}

struct wp_wim_metadata *wp_wim_xml_parse(struct wp_arena *arena, const uint8_t *bytes, size_t length,
					 int64_t image_count, struct wp_diags *diags)
{
	const char *text;
	size_t text_length;

	if (!wp_wim_xml_decode(arena, bytes, length, arena, &text, &text_length, diags))
		return NULL;
	return wp_wim_xml_parse_utf8(arena, text, text_length, image_count, diags);
}
