/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Names of strangers in a sentence. Anybody can call a certificate what he likes, also "X, a known certificate": so what is proven
 * stands in front of a name, and the name in quotes, which nothing in it ends or seems to end.
 */
#include "wimplan/boot.h"

#include "wimplan/ascii.h"
#include "wimplan/text.h"

/*
 * What looks like a blank or like quotes, by blocks of Unicode: the no-break space; modifier letters; accents of Hebrew; the blank of
 * Ogham; all of General Punctuation; blanks and quotes of Chinese and Japanese; the wide quotes.
 */
static const struct {
	uint32_t first, last;
} ambiguous[] = {
	{ 0xa0, 0xa0 }, { 0x2b0, 0x2ff }, { 0x5f3, 0x5f4 }, { 0x1680, 0x1680 }, { 0x2000, 0x206f }, { 0x3000, 0x301f }, { 0xff02, 0xff02 },
	{ 0xff07, 0xff07 },
};

static bool is_ambiguous(uint32_t c)
{
	for (size_t i = 0; i < sizeof ambiguous / sizeof *ambiguous; i++)
		if (c >= ambiguous[i].first && c <= ambiguous[i].last)
			return true;
	return false;
}

/* A letter of the Latin script, as far as that is in use: U+00C0 to U+024F, and U+1E00 to U+1EFF for Vietnamese. */
static bool is_latin(uint32_t c)
{
	return c < 0x80 || (c >= 0xc0 && c <= 0x24f) || (c >= 0x1e00 && c <= 0x1eff);
}

static bool has_ascii_letters(const char *name)
{
	for (; *name; name++)
		if (wp_ascii_letter(*name))
			return true;
	return false;
}

const char *wp_boot_name(struct wp_arena *arena, const char *name)
{
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };
	/* A Cyrillic letter beside Latin ones is there to look like one of them. */
	bool latin = has_ascii_letters(name);

	wp_buf_putc(&buf, '"');
	for (uint32_t before = ' ', c; (c = wp_utf8_next(&name)); before = c) {
		/* A blank is seen between two others, an apostrophe where it does not stand twice. */
		bool unseen = c == ' ' ? before == ' ' || !*name : c == '\'' ? before == '\'' : is_ambiguous(c) || (latin && !is_latin(c));
		char bytes[4];

		if (unseen)
			wp_buf_printf(&buf, "<U+%04X>", (unsigned int)c);
		else if (c == '"' || c == '\\')
			wp_buf_printf(&buf, "\\%c", (char)c);
		else
			wp_buf_add(&buf, bytes, wp_utf8_encode(c, bytes));
	}
	wp_buf_putc(&buf, '"');
	return wp_arena_strdup(arena, wp_buf_text(&buf));
}

const char *wp_boot_issuer(struct wp_arena *arena, const struct wp_boot_signature *signature)
{
	if (!signature->issuer)
		return "a certificate that is not known and has no name";
	return wp_arena_printf(arena, "%s %s",
			       signature->known ? "the known certificate" :
			       signature->authority != WP_AUTHORITY_OTHER ? "a certificate that only is named like the known one," :
									    "a certificate that is not known, called",
			       wp_boot_name(arena, signature->issuer));
}
