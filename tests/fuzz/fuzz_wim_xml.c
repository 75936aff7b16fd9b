/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The XML resource: UTF-16LE as it is in files when the first byte is even, UTF-8 otherwise. */
#include "fuzz.h"

#include "wimplan/wim.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct wp_diags diags = { 0 };

	if (!size)
		return 0;
	if (data[0] % 2)
		(void)wp_wim_xml_parse_utf8(arena, (const char *)data + 1, size - 1, -1, &diags);
	else
		(void)wp_wim_xml_parse(arena, data + 1, size - 1, -1, &diags);
	return 0;
}
