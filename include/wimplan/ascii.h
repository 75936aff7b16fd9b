/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ConfigMgr's names without regard to case, by ASCII alone: strcasecmp() takes I for another letter in Turkish. */
#ifndef WIMPLAN_ASCII_H
#define WIMPLAN_ASCII_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

static inline int wp_ascii_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : (unsigned char)c;
}

static inline int wp_ascii_upper(char c)
{
	return c >= 'a' && c <= 'z' ? c - 'a' + 'A' : (unsigned char)c;
}

static inline bool wp_ascii_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline bool wp_ascii_letter(char c)
{
	return wp_ascii_lower(c) >= 'a' && wp_ascii_lower(c) <= 'z';
}

static inline bool wp_ascii_alnum(char c)
{
	return wp_ascii_digit(c) || wp_ascii_letter(c);
}

/* The value of a hex digit, in either case; -1 for anything else. */
static inline int wp_ascii_hex(char c)
{
	if (wp_ascii_digit(c))
		return c - '0';
	c = (char)wp_ascii_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The value of the four hex digits at @text, which ends with a NUL; -1 when there are not four. */
static inline int wp_ascii_hex4(const char *text)
{
	int value = 0;

	for (int i = 0; i < 4; i++) {
		if (wp_ascii_hex(text[i]) < 0)
			return -1;
		value = value << 4 | wp_ascii_hex(text[i]);
	}
	return value;
}

static inline int wp_ascii_compare(const char *a, const char *b)
{
	while (*a && wp_ascii_lower(*a) == wp_ascii_lower(*b)) {
		a++;
		b++;
	}
	return wp_ascii_lower(*a) - wp_ascii_lower(*b);
}

static inline bool wp_ascii_same(const char *a, const char *b)
{
	return wp_ascii_compare(a, b) == 0;
}

/* Does @text begin with @start? */
static inline bool wp_ascii_begins(const char *text, const char *start)
{
	while (*start && wp_ascii_lower(*text) == wp_ascii_lower(*start)) {
		text++;
		start++;
	}
	return !*start;
}

/* Does it end with @end? */
static inline bool wp_ascii_ends(const char *text, const char *end)
{
	size_t length = strlen(text), size = strlen(end);

	return length >= size && wp_ascii_same(text + length - size, end);
}

/* The first place where @part stands in @text; NULL when there is none. */
static inline const char *wp_ascii_find(const char *text, const char *part)
{
	for (;; text++) {
		if (wp_ascii_begins(text, part))
			return text;
		if (!*text)
			return NULL;
	}
}

#endif
