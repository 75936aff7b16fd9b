/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * libxml2's push parser takes markup only when it is whole: it looks for its end again with every piece, compares each
 * attribute of an element with all before it, and of a document in another encoding everything may be markup. So a tag's
 * length and its attributes are counted here, over the bytes.
 */
#include "guard.h"

#include "wimplan/limits.h"

#include <string.h>

/* Whether '>' ends the open markup; a comment, CDATA and an instruction may hold it as well. */
static bool is_end(const struct wp_xml_guard *guard)
{
	switch (guard->kind) {
	case '-':
		/* Both ends of it: "<!-->" is none. */
		return guard->markup > strlen("<!--->") && guard->last[0] == '-' && guard->last[1] == '-';
	case '[':
		return guard->last[0] == ']' && guard->last[1] == ']';
	case '?':
		return guard->last[1] == '?';
	default:
		return true;
	}
}

static const char *look_into_markup(struct wp_xml_guard *guard, char c)
{
	bool tag = !strchr("-[?", guard->kind);

	if (++guard->markup > WP_LIMIT_METADATA_TAG)
		return "it has a tag or comment that is out of all proportion";
	if (guard->markup == 2 || (guard->markup == 3 && guard->kind == '!')) {
		guard->kind = c;
		if (c != '>')
			return NULL;
	}
	if (tag && guard->quote) {
		if (c == guard->quote)
			guard->quote = 0;
	} else if (tag && (c == '"' || c == '\'')) {
		guard->quote = c;
	} else if (tag && c == '=') {
		if (++guard->attributes > WP_LIMIT_XML_ATTRIBUTES)
			return "it has an element with too many attributes";
	} else if (c == '>' && is_end(guard)) {
		guard->markup = 0;
	}
	return NULL;
}

const char *wp_xml_guard_look(struct wp_xml_guard *guard, const char *bytes, size_t length)
{
	const char *wrong = NULL;

	guard->bytes += length;
	if (guard->bytes > WP_LIMIT_METADATA_BYTES)
		return "it is out of all proportion";
	for (size_t i = 0; i < length && !wrong; i++) {
		char c = bytes[i];

		/* Its beginning shows an encoding that is none of those that keep ASCII as it is. UTF-8's mark may stand there. */
		if (!c || (!guard->begun && !strchr("<\xef\xbb\xbf \t\r\n", c)))
			return "it is no XML";
		guard->begun |= c == '<';
		if (guard->markup) {
			wrong = look_into_markup(guard, c);
		} else if (c == '<') {
			guard->markup = 1;
			guard->attributes = 0;
			guard->kind = '!';
			guard->quote = 0;
		}
		guard->last[0] = guard->last[1];
		guard->last[1] = c;
	}
	return wrong;
}
