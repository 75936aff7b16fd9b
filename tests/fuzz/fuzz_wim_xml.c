/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The XML resource: UTF-16LE as it is in files when the first byte is even, UTF-8 otherwise. */
#include "fuzz.h"

#include "../../src/wim/internal.h"

int fuzz_one(const uint8_t *data, size_t size)
{
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct wp_diags diags = { 0 };
	const char *text;
	size_t length;

	if (!size)
		return 0;
	if (data[0] % 2)
		(void)wp_wim_xml_parse_utf8(arena, (const char *)data + 1, size - 1, -1, &diags);
	else if (wp_wim_xml_decode(arena, data + 1, size - 1, arena, &text, &length, &diags))
		(void)wp_wim_xml_parse_utf8(arena, text, length, -1, &diags);
	return 0;
}
