/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pieces of a file on a medium, and names. */
#include "internal.h"

#include "wimplan/text.h"

#include <stdlib.h>

const char *wp_pieces_add(const struct wp_reader *reader, struct wp_pieces *pieces, uint64_t offset, uint64_t length)
{
	struct wp_piece *last = pieces->count ? &pieces->items[pieces->count - 1] : NULL;

	if (offset > reader->size || length > reader->size - offset)
		return "it reaches beyond the end of the .iso, which is cut short or damaged";
	/* Many pieces may overlap: together they are still no longer than any file can be. */
	if (length > INT64_MAX - pieces->length)
		return "it is larger than any file can be";
	pieces->length += length;
	if (last && last->offset + last->length == offset) {
		last->length += length;
		return NULL;
	}
	if (pieces->count == WP_LIMIT_MEDIA_PIECES)
		return "it is in too many pieces";
	if ((pieces->count & (pieces->count - 1)) == 0)
		pieces->items = wp_must(reallocarray(pieces->items, pieces->count ? 2 * pieces->count : 1,
						     sizeof *pieces->items));
	pieces->items[pieces->count++] = (struct wp_piece){ offset, length };
	return NULL;
}

void wp_pieces_free(struct wp_pieces *pieces)
{
	free(pieces->items);
}

const char *wp_pieces_load(const struct wp_reader *reader, const struct wp_pieces *pieces, uint8_t **ret_bytes)
{
	uint8_t *bytes = wp_must(malloc(pieces->length ? pieces->length : 1)), *to = bytes;

	for (size_t i = 0; i < pieces->count; to += pieces->items[i++].length) {
		if (wp_reader_read(reader, to, pieces->items[i].length, pieces->items[i].offset))
			continue;
		free(bytes);
		return "it cannot be read";
	}
	*ret_bytes = bytes;
	return NULL;
}

const char *wp_media_name16(struct wp_arena *arena, const uint8_t *bytes, size_t length)
{
	size_t size, at;
	char *text;

	return wp_utf16_to_utf8(arena, bytes, length, WP_BYTE_ORDER_BIG, &text, &size, &at) ? NULL : text;
}
