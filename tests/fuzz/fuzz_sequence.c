/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The XML of a task sequence: what it uses, or half a sentence about what it is. */
#include "fuzz.h"

#include "wimplan/limits.h"
#include "wimplan/sequence.h"
#include "wimplan/text.h"

#include <stdlib.h>

int fuzz_one(const uint8_t *data, size_t size)
{
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	/* Readers get text that was checked where it came in. */
	const char *text = wp_utf8_repair(arena, wp_arena_strndup(arena, (const char *)data, size));
	struct wp_sequence_use *items = NULL;
	size_t count = 0;
	const char *why = NULL;

	if (wp_sequence_parse(arena, text, &items, &count, &why)) {
		if (!why || !*why)
			abort();
		return 0;
	}
	if (count > WP_LIMIT_SEQUENCE_USES)
		abort();
	for (size_t i = 0; i < count; i++)
		if (!items[i].package_id || !*items[i].package_id || !items[i].step || !wp_use_name(items[i].use))
			abort();
	return 0;
}
