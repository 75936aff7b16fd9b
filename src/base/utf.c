/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UTF-8 and UTF-16: strict decoding, repair and conversion. */
#include "wimplan/bytes.h"
#include "wimplan/error.h"
#include "wimplan/text.h"

#include <string.h>

/*
 * Bytes of the character at @text, of which @left (1 or more) can be read; 0 when it is not valid. The bounds of the
 * second byte are those of RFC 3629, section 4: no overlong forms, no surrogates, nothing above U+10FFFF.
 */
static size_t decode(const unsigned char *text, size_t left, uint32_t *ret_character)
{
	unsigned char first, low = 0x80, high = 0xbf;
	size_t size, i;
	uint32_t c;

	first = text[0];
	if (first < 0x80) {
		*ret_character = first;
		return 1;
	}
	if (first < 0xc2 || first > 0xf4)
		return 0;
	if (first < 0xe0) {
		size = 2;
		c = first & 0x1f;
	} else if (first < 0xf0) {
		size = 3;
		c = first & 0x0f;
		if (first == 0xe0)
			low = 0xa0;
		else if (first == 0xed)
			high = 0x9f;
	} else {
		size = 4;
		c = first & 0x07;
		if (first == 0xf0)
			low = 0x90;
		else if (first == 0xf4)
			high = 0x8f;
	}
	if (left < size)
		return 0;
	for (i = 1; i < size; i++) {
		if (text[i] < low || text[i] > high)
			return 0;
		c = c << 6 | (text[i] & 0x3f);
		low = 0x80;
		high = 0xbf;
	}
	*ret_character = c;
	return size;
}

size_t wp_utf8_decode(const char *text, uint32_t *ret_character)
{
	/* The NUL is no continuation byte, so that decoding stops at it without knowing the length. */
	return *text ? decode((const unsigned char *)text, 4, ret_character) : 0;
}

size_t wp_utf8_encode(uint32_t c, char ret_bytes[4])
{
	if (c < 0x80) {
		ret_bytes[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		ret_bytes[0] = (char)(0xc0 | c >> 6);
		ret_bytes[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		ret_bytes[0] = (char)(0xe0 | c >> 12);
		ret_bytes[1] = (char)(0x80 | (c >> 6 & 0x3f));
		ret_bytes[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	ret_bytes[0] = (char)(0xf0 | c >> 18);
	ret_bytes[1] = (char)(0x80 | (c >> 12 & 0x3f));
	ret_bytes[2] = (char)(0x80 | (c >> 6 & 0x3f));
	ret_bytes[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}

size_t wp_utf8_valid(const char *text, size_t length)
{
	size_t at = 0;

	while (at < length) {
		uint64_t eight;
		uint32_t c;
		size_t size;

		/* Nearly all of most texts is ASCII. */
		if (length - at >= sizeof eight) {
			memcpy(&eight, text + at, sizeof eight);
			if (!(eight & UINT64_C(0x8080808080808080))) {
				at += sizeof eight;
				continue;
			}
		}
		size = decode((const unsigned char *)text + at, length - at, &c);

		if (!size)
			break;
		at += size;
	}
	return at;
}

uint32_t wp_utf8_next(const char **at)
{
	uint32_t c;
	size_t size;

	if (!**at)
		return 0;
	size = wp_utf8_decode(*at, &c);
	if (!size) {
		(*at)++;
		return WP_REPLACEMENT;
	}
	*at += size;
	return c;
}

const char *wp_utf8_repair(struct wp_arena *arena, const char *text)
{
	size_t length = strlen(text);
	size_t good = wp_utf8_valid(text, length);
	char *repaired, *to;

	if (good == length)
		return text;
	/* The worst case is one byte that becomes the three of U+FFFD. */
	repaired = wp_arena_alloc(arena, good + 3 * (length - good) + 1);
	memcpy(repaired, text, good);
	to = repaired + good;
	text += good;
	while (*text) {
		uint32_t c = wp_utf8_next(&text);

		to += wp_utf8_encode(c, to);
	}
	*to = '\0';
	return repaired;
}

static uint32_t unit_at(const uint8_t *bytes, enum wp_byte_order order)
{
	if (order == WP_BYTE_ORDER_LITTLE)
		return bytes[0] | (uint32_t)bytes[1] << 8;
	return bytes[1] | (uint32_t)bytes[0] << 8;
}

/* Units and bytes side by side, for which most processors have instructions (GCC manual, "Using Vector Instructions"). */
#define AT_ONCE 8u
typedef uint16_t wp_units __attribute__((vector_size(2 * AT_ONCE)));
typedef uint64_t wp_halves __attribute__((vector_size(2 * AT_ONCE)));
typedef uint8_t wp_letters __attribute__((vector_size(AT_ONCE)));

/* Writes as many units as are looked at at once as bytes; false where one of them is no ASCII, or NUL. */
static bool copy_ascii(const uint8_t *bytes, enum wp_byte_order order, char *to)
{
	const bool little = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__;
	wp_letters letters;
	wp_halves odd;
	wp_units units;

	memcpy(&units, bytes, sizeof units);
	if ((order == WP_BYTE_ORDER_LITTLE) != little)
		units = units >> 8 | units << 8;
	/* One less than 0 has all bits. */
	odd = (wp_halves)((units | (units - 1)) & 0xff80);
	if (odd[0] | odd[1])
		return false;
	letters = __builtin_convertvector(units, wp_letters);
	memcpy(to, &letters, sizeof letters);
	return true;
}

int wp_utf16_to_utf8(struct wp_arena *arena, const uint8_t *bytes, size_t length, enum wp_byte_order order,
		     char **ret_text, size_t *ret_length, size_t *ret_at)
{
	/* A unit of two bytes takes at most three bytes; a pair of units takes four. */
	char *text = wp_arena_alloc(arena, length / 2 * 3 + 1);
	size_t least = order == WP_BYTE_ORDER_LITTLE ? 0 : 1, most = 1 - least; /* significant bytes of a unit */
	size_t used = 0;
	size_t at;

	for (at = 0; at + 2 <= length; at += 2) {
		uint32_t c;

		/* Nearly all of most texts is ASCII. */
		for (; length - at >= 2 * AT_ONCE && copy_ascii(bytes + at, order, text + used); at += 2 * AT_ONCE)
			used += AT_ONCE;
		for (; at + 2 <= length && !bytes[at + most] && bytes[at + least] && bytes[at + least] < 0x80; at += 2)
			text[used++] = (char)bytes[at + least];
		if (at + 2 > length)
			break;
		c = unit_at(bytes + at, order);
		if (c >= 0xd800 && c <= 0xdbff && at + 4 <= length) {
			uint32_t low = unit_at(bytes + at + 2, order);

			if (low >= 0xdc00 && low <= 0xdfff) {
				c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
				at += 2;
			}
		}
		if (!c || (c >= 0xd800 && c <= 0xdfff))
			break;
		used += wp_utf8_encode(c, text + used);
	}
	if (at < length) {
		if (ret_at)
			*ret_at = at;
		return WP_E_FAILED;
	}
	text[used] = '\0';
	*ret_text = text;
	if (ret_length)
		*ret_length = used;
	return 0;
}

int wp_text_decode(struct wp_arena *arena, char *bytes, size_t length, char **ret_text, size_t *ret_length,
		   size_t *ret_at)
{
	bool little = length >= 2 && !memcmp(bytes, "\xff\xfe", 2), big = length >= 2 && !memcmp(bytes, "\xfe\xff", 2);
	size_t mark = length >= 3 && !memcmp(bytes, "\xef\xbb\xbf", 3) ? 3 : 0;

	if (little || big) {
		int status = wp_utf16_to_utf8(arena, (const uint8_t *)bytes + 2, length - 2,
					      little ? WP_BYTE_ORDER_LITTLE : WP_BYTE_ORDER_BIG, ret_text, ret_length, ret_at);

		*ret_at += status ? 2 : 0;
		return status;
	}
	*ret_text = bytes + mark;
	*ret_length = length - mark;
	return 0;
}

size_t wp_utf16_units(const char *text)
{
	size_t units = 0;

	while (*text)
		units += wp_utf8_next(&text) >= 0x10000 ? 2 : 1;
	return units;
}
