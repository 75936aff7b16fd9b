/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Texts that many packages have: each is there once. */
#include "assembler.h"

#include "wimplan/json.h"

const char *wp_assembler_word(struct wp_assembler *assembler, const char *text)
{
	const json_t *known = text ? json_object_get(assembler->word_index, text) : NULL;

	if (known)
		return assembler->words[json_integer_value(known)];
	if (!text)
		return NULL;
	wp_json_set(assembler->word_index, text, json_integer((json_int_t)assembler->word_count));
	return *WP_PUSH(assembler->arena, assembler->words, assembler->word_count) = wp_arena_strdup(assembler->arena, text);
}
