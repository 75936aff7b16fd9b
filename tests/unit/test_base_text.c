/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UTF-8 and UTF-16, case, columns, escapes and numbers. */
#include "wimplan/ascii.h"
#include "wimplan/hash.h"
#include "wimplan/text.h"

#include <criterion/criterion.h>
#include <inttypes.h>
#include <locale.h>
#include <string.h>

/* A string literal with its length, so that it may hold a NUL. */
#define BYTES(literal) (literal), sizeof(literal) - 1
#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

Test(base, utf8_valid_prefix)
{
	static const struct {
		const char *text;
		size_t length, valid;
		const char *what;
	} cases[] = {
		{ BYTES(""), 0, "nothing" },
		{ BYTES("abc"), 3, "ASCII" },
		{ BYTES("a\0b"), 3, "NUL" },
		{ BYTES("\x7f\xc2\x80\xdf\xbf"), 5, "ends of one and two bytes" },
		{ BYTES("\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbf"), 12, "ends of three bytes" },
		{ BYTES("\xf0\x90\x80\x80\xf4\x8f\xbf\xbf"), 8, "ends of four bytes" },
		{ BYTES("a\x80"), 1, "lone continuation" },
		{ BYTES("a\xc0\x80"), 1, "overlong NUL" },
		{ BYTES("a\xc1\xbf"), 1, "overlong of two bytes" },
		{ BYTES("a\xe0\x9f\xbf"), 1, "overlong of three bytes" },
		{ BYTES("a\xf0\x8f\xbf\xbf"), 1, "overlong of four bytes" },
		{ BYTES("ab\xed\xa0\x80"), 2, "first surrogate" },
		{ BYTES("ab\xed\xbf\xbf"), 2, "last surrogate" },
		{ BYTES("ab\xed\xa0\xbd\xed\xb8\x80"), 2, "pair of surrogates" },
		{ BYTES("\xf4\x90\x80\x80"), 0, "U+110000" },
		{ BYTES("\xf5\x80\x80\x80"), 0, "lead byte F5" },
		{ BYTES("\xf8\x88\x80\x80\x80"), 0, "five bytes" },
		{ BYTES("\xff"), 0, "FF" },
		{ BYTES("x\xc3"), 1, "two bytes cut" },
		{ BYTES("x\xe2\x82"), 1, "three bytes cut" },
		{ BYTES("x\xf0\x9f\x98"), 1, "four bytes cut" },
		{ BYTES("x\xe2\x82z"), 1, "cut by a letter" },
		{ BYTES("x\xf0\x9f\xc3\xa9"), 1, "cut by another character" },
	};
	size_t i;

	for (i = 0; i < COUNT(cases); i++)
		cr_expect_eq(wp_utf8_valid(cases[i].text, cases[i].length), cases[i].valid, "%s", cases[i].what);
	cr_expect_eq(wp_utf8_valid("\xe2\x82\xac", 2), 0, "the length counts, not what stands behind it");
}

Test(base, utf8_decode_and_repair)
{
	static const uint32_t expected[] = { 'a', 0xe9, 0x20ac, 0xffff, 0x10000, 0x10ffff };
	static const struct {
		const char *text, *repaired;
	} cases[] = {
		{ "\xff", "\xef\xbf\xbd" },
		{ "a\xc3", "a\xef\xbf\xbd" },
		{ "\xe2\x82z", "\xef\xbf\xbd\xef\xbf\xbdz" },
		{ "\xc3\xa9\x80\xc3\xa9", "\xc3\xa9\xef\xbf\xbd\xc3\xa9" },
		{ "\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
	};
	const char *text = "a\xc3\xa9\xe2\x82\xac\xef\xbf\xbf\xf0\x90\x80\x80\xf4\x8f\xbf\xbf";
	struct wp_arena *arena = wp_arena_new();
	const char *at = text;
	size_t i;

	for (i = 0; i < COUNT(expected); i++)
		cr_expect_eq(wp_utf8_next(&at), expected[i], "character %zu", i);
	cr_expect_eq(wp_utf8_next(&at), 0);
	cr_expect_eq(wp_utf8_next(&at), 0, "stays at the end");
	cr_expect_eq(at, text + strlen(text));

	cr_expect_eq(wp_utf8_repair(arena, text), text, "valid text is not copied");
	for (i = 0; i < COUNT(cases); i++)
		cr_expect_str_eq(wp_utf8_repair(arena, cases[i].text), cases[i].repaired, "case %zu", i);
	wp_arena_free(arena);
}

Test(base, utf16_to_utf8)
{
	static const struct {
		const char *bytes;
		size_t length;
		const char *text; /* NULL: refused at @at */
		size_t at;
		const char *what;
	} cases[] = {
		{ BYTES(""), "", 0, "nothing" },
		{ BYTES("a\0\xe9\0\xac\x20"), "a\xc3\xa9\xe2\x82\xac", 0, "one to three bytes" },
		{ BYTES("a\0b\0c\0d\0\x7f\0\x01\0g\0h\0i\0"), "abcd\x7f\x01ghi", 0, "ASCII" },
		{ BYTES("a\0b\0c\0\x80\0e\0\xff\0g\0h\0i\0j\0\0\x01l\0"), "abc\xc2\x80"
									       "e\xc3\xbfghij\xc4\x80l", 0, "nearly ASCII" },
		{ BYTES("a\0b\0c\0\0\0"), NULL, 6, "NUL behind letters" },
		{ BYTES("a\0b\0c\0d\0\0\0f\0g\0h\0"), NULL, 8, "NUL in front of letters" },
		{ BYTES("\xff\xd7\x00\xe0"), "\xed\x9f\xbf\xee\x80\x80", 0, "beside the surrogates" },
		{ BYTES("\x00\xd8\x00\xdc\xff\xdb\xff\xdf"), "\xf0\x90\x80\x80\xf4\x8f\xbf\xbf", 0,
		  "first and last pair" },
		{ BYTES("\xff\xfe"), "\xef\xbb\xbf", 0, "BOM is a character" },
		{ BYTES("a\0\x00\xd8"), NULL, 2, "high surrogate at the end" },
		{ BYTES("a\0\x00\xd8z\0"), NULL, 2, "high surrogate before a letter" },
		{ BYTES("a\0\x00\xd8\x00\xd8\x00\xdc"), NULL, 2, "high surrogate before a pair" },
		{ BYTES("a\0b\0\x00\xdc"), NULL, 4, "low surrogate" },
		{ BYTES("a\0\0\0b\0"), NULL, 2, "NUL" },
		{ BYTES("a\0b"), NULL, 2, "odd length" },
		{ BYTES("\x00\xd8\x00"), NULL, 0, "odd length within a pair" },
	};
	struct wp_arena *arena = wp_arena_new();
	char *text = NULL;
	size_t length = 0, at = 0, i;

	for (i = 0; i < COUNT(cases); i++) {
		/* A copy of exactly this size lets the sanitizer see a read behind the end. */
		uint8_t *swapped = malloc(cases[i].length + 1);
		uint8_t *bytes = malloc(cases[i].length ? cases[i].length : 1);
		size_t even = cases[i].length & ~(size_t)1;
		size_t j;
		int r;

		memcpy(bytes, cases[i].bytes, cases[i].length);
		memcpy(swapped, cases[i].bytes, cases[i].length);
		for (j = 0; j < even; j += 2) {
			swapped[j] = bytes[j + 1];
			swapped[j + 1] = bytes[j];
		}
		r = wp_utf16_to_utf8(arena, bytes, cases[i].length, WP_BYTE_ORDER_LITTLE, &text, &length, &at);
		if (cases[i].text) {
			cr_expect_eq(r, 0, "%s", cases[i].what);
			cr_expect_str_eq(text, cases[i].text, "%s", cases[i].what);
			cr_expect_eq(length, strlen(cases[i].text), "%s", cases[i].what);
			cr_expect_eq(wp_utf16_units(text), cases[i].length / 2, "%s", cases[i].what);
		} else {
			cr_expect_eq(r, -1, "%s", cases[i].what);
			cr_expect_eq(at, cases[i].at, "%s: %zu", cases[i].what, at);
		}
		cr_expect_eq(wp_utf16_to_utf8(arena, swapped, cases[i].length, WP_BYTE_ORDER_BIG, &text, &length, &at), r,
			     "%s, big endian", cases[i].what);
		if (cases[i].text)
			cr_expect_str_eq(text, cases[i].text, "%s, big endian", cases[i].what);
		free(swapped);
		free(bytes);
	}
	wp_arena_free(arena);
}

Test(base, text_without_regard_to_case)
{
	static const struct {
		const char *a, *b;
		bool equal;
		const char *what;
	} cases[] = {
		{ "", "", true, "empty" },
		{ "Install.WIM", "iNSTALL.wim", true, "ASCII" },
		{ "a", "ab", false, "prefix" },
		{ "ab", "a", false, "prefix, the other way" },
		{ "[", "{", false, "no letters, 0x20 apart" },
		{ "@", "`", false, "no letters, 0x20 apart" },
		{ "\xc3\x84pfel", "\xc3\xa4PFEL", true, "A with diaeresis" },
		{ "\xd0\xaf", "\xd1\x8f", true, "Cyrillic ya" },
		{ "\xce\xa9", "\xcf\x89", true, "Greek omega" },
		{ "\xc8\xba", "\xe2\xb1\xa5", true, "U+023A, whose lower case is longer" },
		{ "\xf0\x90\x90\x80", "\xf0\x90\x90\xa8", true, "Deseret, above U+FFFF" },
		{ "stra\xc3\x9f" "e", "STRASSE", false, "sharp s is not expanded" },
		{ "\xc4\xb0", "i", false, "I with dot is a letter of its own" },
		{ "\xe2\x84\xaa", "k", false, "Kelvin sign is a letter of its own" },
		{ "\xff", "\xff", true, "bytes that are no text" },
		{ "\xff", "\xfe", false, "other bytes that are no text" },
		{ "\xc3", "\xc3\xa9", false, "half a character" },
		{ "a\xc3\x84", "a\xc3", false, "half a character, the other way" },
	};
	struct wp_arena *arena = wp_arena_new();
	size_t i;

	cr_assert(setlocale(LC_CTYPE, "C.UTF-8"));
	for (i = 0; i < COUNT(cases); i++) {
		const char *a = wp_text_fold(arena, cases[i].a);
		const char *b = wp_text_fold(arena, cases[i].b);

		cr_expect_eq(wp_text_equal_nocase(cases[i].a, cases[i].b), cases[i].equal, "%s", cases[i].what);
		cr_expect_eq(wp_text_equal_nocase(cases[i].b, cases[i].a), cases[i].equal, "%s, swapped",
			     cases[i].what);
		cr_expect_eq(strcmp(a, b) == 0, cases[i].equal, "%s, folded", cases[i].what);
		cr_expect_str_eq(wp_text_fold(arena, a), a, "%s, folded twice", cases[i].what);
	}
	cr_expect(wp_text_equal_nocase(NULL, NULL));
	cr_expect_not(wp_text_equal_nocase(NULL, ""));
	cr_expect_not(wp_text_equal_nocase("", NULL));
	wp_arena_free(arena);
}

Test(base, text_hidden)
{
	static const uint32_t hidden[] = {
		0x0,    0x1b,   0x1f,   0x7f,   0x80,   0x9f,   0xad,   0x34f,   0x61c,   0x115f,  0x1160,
		0x17b4, 0x180b, 0x180e, 0x200b, 0x200c, 0x200d, 0x200e,  0x200f,  0x2028,  0x2029,  0x202a,
		0x202e, 0x2060, 0x2064, 0x2066, 0x2069, 0x206f, 0x2800,  0x3164,  0xfe00,  0xfe0f,  0xfeff,
		0xffa0, 0xfff9, 0xfffb, 0x1d173, 0xe0000, 0xe0001, 0xe0041, 0xe007f, 0xe0100, 0xe0fff,
		0xfdd0, 0xfdef, 0xfffe, 0xffff, 0x1fffe, 0xdffff, 0x10ffff,
	};
	static const uint32_t seen[] = {
		' ',    '~',    0xa0,   0xac,    0xae,    0x300,  0x34e,  0x350,  0x115e,   0x1161,   0x200a, 0x2010,
		0x2027, 0x202f, 0x205f, 0x2070,  0x27ff,  0x2801, 0x3000, 0x3163, 0xfdff,   0xfe10,   0xff9f, 0xffa1,
		0xfffc, 0xfffd, 0x1f600, 0xdfffd, 0xe1000, 0xfdcf, 0xfdf0, 0x10fffd,
	};
	struct wp_buf buf = { 0 };

	for (size_t i = 0; i < COUNT(hidden); i++)
		cr_expect(wp_text_is_hidden(hidden[i]), "U+%04X", hidden[i]);
	for (size_t i = 0; i < COUNT(seen); i++)
		cr_expect_not(wp_text_is_hidden(seen[i]), "U+%04X", seen[i]);
	wp_text_escape(&buf, "in\xe2\x80\x8bstall\xc2\xad.wim\xf3\xa0\x81\x81");
	cr_expect_str_eq(buf.data, "in<U+200B>stall<U+00AD>.wim<U+E0041>");
	wp_buf_free(&buf);
	wp_text_line(&buf, "site %s, %d %s", "P\n01", 2, "\033[2Jb");
	cr_expect_str_eq(buf.data, "site P\\x0a01, 2 \\x1b[2Jb\n");
	wp_buf_free(&buf);
}

Test(base, text_columns_and_padding)
{
	static const struct {
		const char *text;
		size_t width;
		const char *escaped;
		size_t escaped_width;
		const char *what;
	} cases[] = {
		{ "", 0, "", 0, "empty" },
		{ "C:\\x", 4, "C:\\x", 4, "a backslash stays" },
		{ "\xe6\x97\xa5\xe6\x9c\xac", 4, "\xe6\x97\xa5\xe6\x9c\xac", 4, "double width" },
		{ "e\xcc\x81", 1, "e\xcc\x81", 1, "combining accent" },
		{ "\xc3\xa9", 1, "\xc3\xa9", 1, "letter with accent" },
		{ "a\tb\n", 2, "a\\x09b\\x0a", 10, "tab and new line" },
		{ "\x1b[31m", 4, "\\x1b[31m", 8, "escape sequence" },
		{ "\x7f", 0, "\\x7f", 4, "DEL" },
		{ "\xc2\x80\xc2\x9f\xc2\xa0", 1, "<U+0080><U+009F>\xc2\xa0", 17, "C1, and what follows it" },
		{ "\xc2\x9b" "31m", 3, "<U+009B>31m", 11, "CSI of C1" },
		{ "\xe2\x80\xae" "cod", 3, "<U+202E>cod", 11, "right-to-left override" },
		{ "\xe2\x80\x8e\xe2\x80\x8f", 0, "<U+200E><U+200F>", 16, "marks" },
		{ "\xe2\x81\xa6\xe2\x81\xa9", 0, "<U+2066><U+2069>", 16, "isolates" },
		{ "\xe2\x80\xa8\xe2\x80\xa9", 0, "<U+2028><U+2029>", 16, "line and paragraph" },
		{ "\xff" "a\xc3", 1, "\\xffa\\xc3", 9, "bytes that are no text" },
	};
	size_t i;

	cr_assert(setlocale(LC_CTYPE, "C.UTF-8"));
	for (i = 0; i < COUNT(cases); i++) {
		struct wp_buf buf = { 0 };
		size_t width = cases[i].escaped_width;
		size_t length;

		cr_expect_eq(wp_text_width(cases[i].text), cases[i].width, "%s: %zu", cases[i].what,
			     wp_text_width(cases[i].text));
		wp_text_escape(&buf, cases[i].text);
		cr_expect_str_eq(wp_buf_text(&buf), cases[i].escaped, "%s: %s", cases[i].what, wp_buf_text(&buf));
		wp_buf_free(&buf);

		wp_buf_puts(&buf, ">");
		cr_expect_eq(wp_text_pad(&buf, cases[i].text, width + 2), width + 2, "%s", cases[i].what);
		length = strlen(cases[i].escaped);
		cr_expect_eq(buf.length, length + 3, "%s", cases[i].what);
		cr_expect_str_eq(wp_buf_text(&buf) + 1 + length, "  ", "%s", cases[i].what);
		cr_expect_eq(wp_text_pad(&buf, cases[i].text, 0), width, "%s, no room", cases[i].what);
		wp_buf_free(&buf);
	}
}

Test(base, numbers)
{
	static const struct {
		const char *text;
		bool hex, good;
		uint64_t value;
	} cases[] = {
		{ "0", false, true, 0 },
		{ "18446744073709551615", false, true, UINT64_MAX },
		{ "18446744073709551616", false, false, 0 },
		{ "184467440737095516150", false, false, 0 },
		{ "00000000000000000000000000007", false, true, 7 },
		{ " \t\r\n17763\n ", false, true, 17763 },
		{ "", false, false, 0 },
		{ "  ", false, false, 0 },
		{ "+1", false, false, 0 },
		{ "-1", false, false, 0 },
		{ "1 2", false, false, 0 },
		{ "1.0", false, false, 0 },
		{ "1a", false, false, 0 },
		{ "0x10", false, false, 0 },
		{ "0x10", true, true, 16 },
		{ "0X1f", true, true, 31 },
		{ " 0x01D4DEADBEEF ", true, true, UINT64_C(0x01d4deadbeef) },
		{ "10", true, true, 10 },
		{ "ff", true, false, 0 },
		{ "0x", true, false, 0 },
		{ "0x ", true, false, 0 },
		{ "0xg", true, false, 0 },
		{ "0xffffffffffffffff", true, true, UINT64_MAX },
		{ "0x10000000000000000", true, false, 0 },
		{ "\xd9\xa1", false, false, 0 },
	};
	size_t i;

	for (i = 0; i < COUNT(cases); i++) {
		uint64_t value = 99;

		cr_expect_eq(wp_parse_u64(cases[i].text, cases[i].hex, &value), cases[i].good, "\"%s\"", cases[i].text);
		cr_expect_eq(value, cases[i].good ? cases[i].value : 99, "\"%s\": %" PRIu64, cases[i].text, value);
	}
	cr_expect_not(wp_parse_u64(NULL, false, NULL));
}

Test(base, text_of_files)
{
	static const struct {
		const char *label, *bytes;
		size_t length;
		const char *text; /* NULL: none */
		size_t at;
	} cases[] = {
		{ "plain", BYTES("a\xc3\xa4"), "a\xc3\xa4", 0 },
		{ "no text at all", BYTES("\xff\xfd"), "\xff\xfd", 0 },
		{ "UTF-8 with a mark", BYTES("\xef\xbb\xbf" "a"), "a", 0 },
		{ "a mark alone", BYTES("\xef\xbb\xbf"), "", 0 },
		{ "half a mark", BYTES("\xef\xbb"), "\xef\xbb", 0 },
		{ "little endian", BYTES("\xff\xfe" "a\0\xe4\0"), "a\xc3\xa4", 0 },
		{ "big endian", BYTES("\xfe\xff\0a\0\xe4"), "a\xc3\xa4", 0 },
		{ "a second mark is a character", BYTES("\xff\xfe\xff\xfe"), "\xef\xbb\xbf", 0 },
		{ "its mark alone", BYTES("\xff\xfe"), "", 0 },
		{ "half a unit", BYTES("\xff\xfe" "a\0b"), NULL, 4 },
		{ "half a pair", BYTES("\xfe\xff\xd8\0\0a"), NULL, 2 },
		{ "nothing", "", 0, "", 0 },
	};
	struct wp_arena *arena = wp_arena_new();

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char *bytes = wp_arena_strndup(arena, cases[i].bytes, cases[i].length), *text = NULL;
		size_t length = 0, at = 0;

		memcpy(bytes, cases[i].bytes, cases[i].length);
		cr_expect_eq(wp_text_decode(arena, bytes, cases[i].length, &text, &length, &at), cases[i].text ? 0 : -1, "%s",
			     cases[i].label);
		cr_expect_eq(at, cases[i].at, "%s", cases[i].label);
		if (!cases[i].text || !text)
			continue;
		cr_expect_eq(length, strlen(cases[i].text), "%s", cases[i].label);
		cr_expect(!memcmp(text, cases[i].text, length), "%s", cases[i].label);
	}
	wp_arena_free(arena);
}

/* By ASCII alone: in tr_TR.UTF-8 the library of C takes I and i for two letters. */
Test(base, ascii_parts_of_names)
{
	cr_assert(wp_ascii_ends("A.MUM", ".mum") && wp_ascii_ends(".mum", ".mum") && wp_ascii_ends("x", ""));
	cr_assert(!wp_ascii_ends("mum", ".mum") && !wp_ascii_ends("a.mum ", ".mum"));
	cr_assert_str_eq(wp_ascii_find("Error in SMS_Extendedstatus {", "sms_extendedSTATUS"), "SMS_Extendedstatus {");
	cr_assert_str_eq(wp_ascii_find("aab", "AB"), "ab");
	cr_assert_str_eq(wp_ascii_find("a", ""), "a");
	cr_assert_null(wp_ascii_find("aab", "abc"));
	cr_assert_null(wp_ascii_find("", "a"));
	cr_assert(!wp_ascii_letter('\xc4') && !wp_ascii_letter('@') && !wp_ascii_letter('[') && wp_ascii_letter('Z'));
}

Test(base, hex_digits)
{
	static const struct {
		const char *text;
		int value;
	} units[] = { { "00e4", 0xe4 }, { "FFfd rest", 0xfffd }, { "12", -1 }, { "", -1 }, { "12g4", -1 } };
	uint8_t bytes[2] = { 0 };

	for (size_t i = 0; i < COUNT(units); i++)
		cr_assert_eq(wp_ascii_hex4(units[i].text), units[i].value, "%s", units[i].text);
	cr_assert(wp_hex_parse("0fa0", bytes, 2) && bytes[0] == 0x0f && bytes[1] == 0xa0);
	cr_assert(!wp_hex_parse("0FA0", bytes, 2), "digests are written in lower case");
	cr_assert(!wp_hex_parse("0fa", bytes, 2) && !wp_hex_parse("0fa00", bytes, 2) && !wp_hex_parse("", bytes, 2));
}

Test(base, digest_of_a_document)
{
	char text[WP_HASH_TEXT + 1];

	wp_sha256_text("abc", 3, text);
	cr_assert(wp_hash_is(text));
	strcat(text, "0");
	cr_assert(!wp_hash_is(text));
	text[7 + 63] = '\0';
	cr_assert(!wp_hash_is(text) && !wp_hash_is("sha256:") && !wp_hash_is("") && !wp_hash_is(NULL));
	wp_sha256_text("abc", 3, text);
	text[8] = 'A';
	cr_assert(!wp_hash_is(text));
}
