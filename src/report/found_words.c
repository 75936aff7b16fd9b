/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The attributes of a file by name (winnt.h, FILE_ATTRIBUTE_…). */
#include "found_words.h"

#include <inttypes.h>

static const struct {
	uint32_t bit;
	bool telling; /* it is seldom set, and changes what becomes of the file */
	const char *name;
} attribute_names[] = {
	{ 0x1, true, "read-only" },     { 0x2, true, "hidden" },        { 0x4, true, "system" },
	{ 0x10, false, "folder" },      { 0x20, false, "archive" },     { 0x80, false, "normal" },
	{ 0x100, true, "temporary" },   { 0x200, false, "sparse" },     { 0x400, false, "reparse-point" },
	{ 0x800, false, "compressed" }, { 0x1000, true, "offline" },    { 0x2000, false, "not-indexed" },
	{ 0x4000, true, "encrypted" },
};

struct wp_names wp_attribute_names(struct wp_arena *arena, uint32_t attributes)
{
	struct wp_names names = { 0 };

	for (size_t i = 0; i < sizeof attribute_names / sizeof *attribute_names; i++) {
		if (attributes & attribute_names[i].bit)
			*WP_PUSH(arena, names.items, names.count) = attribute_names[i].name;
		attributes &= ~attribute_names[i].bit;
	}
	if (attributes)
		*WP_PUSH(arena, names.items, names.count) = wp_arena_printf(arena, "0x%" PRIx32, attributes);
	return names;
}

uint32_t wp_attribute_telling(uint32_t attributes)
{
	uint32_t telling = 0;

	for (size_t i = 0; i < sizeof attribute_names / sizeof *attribute_names; i++)
		telling |= attribute_names[i].telling ? attribute_names[i].bit : 0;
	return attributes & telling;
}

const char *wp_attribute_words(struct wp_arena *arena, uint32_t attributes)
{
	struct wp_names names = wp_attribute_names(arena, wp_attribute_telling(attributes));

	return wp_text_join(arena, names.items, names.count);
}
