/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The property bag that a site stores of a WIM. */
#include "fuzz.h"

#include "wimplan/record.h"
#include "wimplan/text.h"

int fuzz_one(const uint8_t *data, size_t size)
{
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	/* Readers get text that was checked where it came in. */
	const char *text = wp_utf8_repair(arena, wp_arena_strndup(arena, (const char *)data, size));
	struct wp_site_images images;
	const char *why;

	(void)wp_image_property_parse(arena, text, &images, &why);
	return 0;
}
