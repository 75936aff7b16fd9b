/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text as wimplan knows it: valid UTF-8, checked where it comes in, escaped only where it goes out. */
#ifndef WIMPLAN_TEXT_H
#define WIMPLAN_TEXT_H

#include "wimplan/arena.h"
#include "wimplan/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* U+FFFD, which stands where bytes were no character. */
#define WP_REPLACEMENT UINT32_C(0xfffd)

/*
 * Decodes the character at @text, which is NUL-terminated. Returns its bytes, 0 when they are not valid or @text is at
 * its end.
 */
size_t wp_utf8_decode(const char *text, uint32_t *ret_character);

/* Writes the character @c, which is no surrogate and at most U+10FFFF. Returns its bytes. */
size_t wp_utf8_encode(uint32_t c, char ret_bytes[4]);

/* Length of the longest prefix that is valid UTF-8 (RFC 3629: no surrogates, no overlong forms, up to U+10FFFF). */
size_t wp_utf8_valid(const char *text, size_t length);

/* Decodes one character at *@at of a text that is known to be valid and moves *@at behind it; 0 at the end. */
uint32_t wp_utf8_next(const char **at);

/* @text with each invalid byte replaced by U+FFFD; @text itself when it is valid. */
const char *wp_utf8_repair(struct wp_arena *arena, const char *text) __attribute__((nonnull));

enum wp_byte_order { WP_BYTE_ORDER_LITTLE, WP_BYTE_ORDER_BIG };

/*
 * UTF-16 without BOM to UTF-8. Returns -1 and the offset in bytes of the offence in *@ret_at when there is a lone
 * surrogate, a NUL or an odd number of bytes; otherwise 0, and the text with its length.
 */
int wp_utf16_to_utf8(struct wp_arena *arena, const uint8_t *bytes, size_t length, enum wp_byte_order order,
		     char **ret_text, size_t *ret_length, size_t *ret_at);

/*
 * What a file says, as UTF-8: a byte order mark is taken off, and UTF-16 behind one, as PowerShell's ">" writes it, is
 * converted into @arena; all other bytes are given as they stand. Returns -1 and the offset of the offence in *@ret_at
 * where the UTF-16 is none, otherwise 0.
 */
int wp_text_decode(struct wp_arena *arena, char *bytes, size_t length, char **ret_text, size_t *ret_length,
		   size_t *ret_at);

/* A copy of @length bytes with A to Z in lower case, whatever the locale. */
char *wp_text_lower(struct wp_arena *arena, const char *text, size_t length)
	__attribute__((returns_nonnull, nonnull));

/* How many UTF-16 code units the valid UTF-8 @text takes: the unit in which Windows limits a path. */
size_t wp_utf16_units(const char *text);

/*
 * Equal without regard to case: ASCII by rule, other letters as towlower() in a UTF-8
 * locale has it. NULL equals NULL.
 */
bool wp_text_equal_nocase(const char *a, const char *b);
/* Byte by byte; NULL equals NULL alone. */
bool wp_text_equal(const char *a, const char *b);

/*
 * An order without regard to case, like strcmp(): 0 for the texts that are equal by the rule above. ASCII letters stand
 * where their capitals do, as in the folders of NTFS.
 */
int wp_text_compare_nocase(const char *a, const char *b) __attribute__((nonnull));

/* A case-folded copy, for keys: two names are the same to Windows when their folds are the same bytes. */
char *wp_text_fold(struct wp_arena *arena, const char *text) __attribute__((nonnull));

/*
 * Adds the words of @text in lines of @width columns at most, where no word is longer, with a line feed behind the last: the first
 * stands at @margin already, the others are indented to it.
 */
void wp_text_wrap(struct wp_buf *buf, const char *text, size_t margin, size_t width);

/* Columns that the text takes in a terminal: double-width characters 2, combining ones 0. Escapes are not counted. */
size_t wp_text_width(const char *text);

/* Whether nobody would see @c, or it would control a terminal or reorder the text around it. */
bool wp_text_is_hidden(uint32_t c);

/* Texts in a list of their own. */
struct wp_names {
	const char **items;
	size_t count;
};

/* For qsort() of an array of texts: by their bytes. */
int wp_text_compare_items(const void *a, const void *b);

/* Whether @text is one of them, whatever the letter case. */
bool wp_names_have(struct wp_names names, const char *text);

/* "a, b, c"; "" for none. */
char *wp_text_join(struct wp_arena *arena, const char *const *items, size_t count);

/* "a", "a and b", "a, b and 3 more": of @count names at most @most and one are shown. */
const char *wp_text_names(struct wp_arena *arena, const char *const *names, size_t count, size_t most);

/* @text, which is escaped, or its beginning with "…" where it takes more than @width columns. */
const char *wp_text_cut(struct wp_arena *arena, const char *text, size_t width) __attribute__((nonnull));

/* Adds @text for people: what is hidden becomes \x1b (ASCII, and bytes that are no text) or <U+202E>. */
void wp_text_escape(struct wp_buf *buf, const char *text);

/*
 * The same for the @length bytes at @text, behind which a NUL stands. @keep says of what is hidden how many bytes from
 * there on stay as they are, 0 for none.
 */
void wp_text_escape_but(struct wp_buf *buf, const char *text, size_t length, size_t (*keep)(const char *text));

/* Adds one line for people, whatever texts are put into it: all of it escaped as above, then a line feed. */
void wp_text_line(struct wp_buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3), nonnull));

/* Adds @text escaped as above, then spaces up to @width columns. Returns the columns written. */
size_t wp_text_pad(struct wp_buf *buf, const char *text, size_t width);

/* @text without ASCII white space at its ends: cut behind, and a pointer into it. */
char *wp_text_trim(char *text) __attribute__((nonnull, returns_nonnull));
/* A copy of @length bytes without the white space (of ASCII) at both ends. */
char *wp_text_trimmed(struct wp_arena *arena, const char *text, size_t length) __attribute__((returns_nonnull));

/*
 * Strict decimal (or, where @hex, 0x…) with white space around it allowed: false when it
 * is anything else or overflows.
 */
bool wp_parse_u64(const char *text, bool hex, uint64_t *ret_value);

/* Bytes that the digits of a uint64_t take at most. */
#define WP_DIGITS 20u
/* Writes the decimal digits of @value, without a NUL behind them, and returns how many there are. */
size_t wp_text_u64(uint64_t value, char ret_digits[WP_DIGITS]);

/* Defines a function that gives the name of each of an enum's values: of those in order, or [VALUE] = "name". */
#define WP_NAMES(function, type, ...) \
	const char *function(type value) \
	{ \
		static const char *const names[] = { __VA_ARGS__ }; \
\
		return names[value]; \
	}

/* The value of @word; false when it is none of @words. */
bool wp_choice_find(const char *const *words, const char *word, unsigned int *ret);

/* "auto, always or never", in @arena. */
const char *wp_choice_list(struct wp_arena *arena, const char *const *words);

/* What makes a word of @count things a plural. */
static inline const char *wp_plural(uint64_t count)
{
	return count == 1 ? "" : "s";
}

#endif
