/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Globs as a row of places: those that a path may have come to are marked, and each character moves the marks on. */
#include "wimplan/glob.h"

#include "wimplan/arena.h"
#include "wimplan/text.h"

#include <stdlib.h>
#include <string.h>

/* A character of the glob; of '*' and '?' the meaning, of a letter the letter. */
struct sign {
	enum { LETTER, ONE, ANY } kind;
	char letter[5]; /* its UTF-8 */
};

struct wp_glob {
	size_t count;
	struct sign signs[]; /* place i stands in front of sign i */
};

/* Bytes of the character at @text: 1 where it is no valid UTF-8. */
static size_t character_size(const char *text)
{
	unsigned char c = (unsigned char)*text;
	size_t size = c < 0xc0 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;

	return strnlen(text, size) < size ? 1 : size;
}

static void add_sign(struct wp_glob *glob, const char *text, size_t size)
{
	struct sign *sign = &glob->signs[glob->count++];

	*sign = (struct sign){ .kind = *text == '*' ? ANY : *text == '?' ? ONE : LETTER };
	memcpy(sign->letter, *text == '/' ? "\\" : text, size);
}

struct wp_glob *wp_glob_new(const char *text)
{
	/* No more signs than bytes, and two in front. */
	struct wp_glob *glob = wp_must(malloc(sizeof *glob + (strlen(text) + 2) * sizeof *glob->signs));

	glob->count = 0;
	if (*text != '/' && *text != '\\' && *text != '*') {
		add_sign(glob, "*", 1);
		add_sign(glob, "\\", 1);
	}
	for (size_t size; *text; text += size) {
		size = character_size(text);
		add_sign(glob, text, size);
	}
	return glob;
}

void wp_glob_free(struct wp_glob *glob)
{
	free(glob);
}

size_t wp_glob_places(const struct wp_glob *glob)
{
	return glob->count + 1;
}

static bool is_letter(const struct sign *sign, const char *letter)
{
	/* Nearly all of them are ASCII. Two that differ in one bit may be the same letter. */
	if (!sign->letter[1] && !letter[1] && *sign->letter != *letter && (*sign->letter ^ *letter) != ('a' ^ 'A'))
		return false;
	return wp_text_equal_nocase(sign->letter, letter);
}

/* Where a '*' may be passed over without any character. */
static void pass_any(const struct wp_glob *glob, bool *places)
{
	for (size_t i = 0; i < glob->count; i++)
		if (places[i] && glob->signs[i].kind == ANY)
			places[i + 1] = true;
}

void wp_glob_begin(const struct wp_glob *glob, bool *places)
{
	places[0] = true;
	pass_any(glob, places);
}

void wp_glob_pass(const struct wp_glob *glob, bool *places, const char *text)
{
	for (size_t size; *text; text += size) {
		char letter[5] = { 0 };

		size = character_size(text);
		memcpy(letter, *text == '/' ? "\\" : text, size);
		/* From the end, so that no mark moves twice. */
		for (size_t i = glob->count + 1; i-- > 0;) {
			const struct sign *before = i ? &glob->signs[i - 1] : NULL;
			bool stays = i < glob->count && places[i] && glob->signs[i].kind == ANY;
			bool comes = before && places[i - 1] &&
				     (before->kind == ONE || (before->kind == LETTER && is_letter(before, letter)));

			places[i] = stays || comes;
		}
		pass_any(glob, places);
	}
}

bool wp_glob_fits(const struct wp_glob *glob, const bool *places)
{
	return places[glob->count];
}
