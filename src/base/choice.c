/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words of an enum: reading one, and naming all of them where none was read. */
#include "wimplan/choice.h"

#include "wimplan/buf.h"

#include <string.h>

bool wp_choice_find(const char *const *words, const char *word, unsigned int *ret)
{
	unsigned int i = 0;

	while (words[i] && strcmp(words[i], word) != 0)
		i++;
	if (words[i])
		*ret = i;
	return words[i];
}

const char *wp_choice_list(struct wp_arena *arena, const char *const *words)
{
	struct wp_buf list __attribute__((cleanup(wp_buf_free))) = { 0 };

	for (size_t i = 0; words[i]; i++)
		wp_buf_printf(&list, "%s%s", !i ? "" : words[i + 1] ? ", " : " or ", words[i]);
	return wp_arena_strdup(arena, wp_buf_text(&list));
}
