/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The XML of a WIM: its bytes as text, and from the text, which model.c is told element by element, the metadata. */
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

/* The XML of a WIM: from its text, which model.c is told element by element, to the metadata. */

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
		wp_diag_add(arena, diags, WP_SEVERITY_ERROR, "xml-encoding", NULL, "the XML is no UTF-8 text");
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
