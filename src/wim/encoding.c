/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The XML resource as text: UTF-16LE, with or without BOM. */
#include "internal.h"
#include "wimplan/text.h"

static void refuse(struct wp_arena *arena, struct wp_diags *diags, const char *what)
{
	wp_diag_add(arena, diags, WP_ERROR, "xml-encoding", NULL, "the XML is no UTF-16LE: %s", what);
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
	if (wp_utf16_to_utf8(text_arena, bytes + start, length - start, WP_LITTLE_ENDIAN, &text, ret_length, &at)) {
		bool is_nul = bytes[start + at] == 0 && bytes[start + at + 1] == 0;

		refuse(arena, diags, is_nul ? "there is a NUL in it" : "half of a surrogate pair stands alone in it");
		wp_diag_detail(arena, diags, "at byte %zu of the XML", start + at);
		return false;
	}
	*ret_text = text;
	return true;
}
