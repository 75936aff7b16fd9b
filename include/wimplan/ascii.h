/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ConfigMgr's names without regard to case, by ASCII alone: strcasecmp() takes I for another letter in Turkish. */
#ifndef WIMPLAN_ASCII_H
#define WIMPLAN_ASCII_H

#include <stdbool.h>

static inline int wp_ascii_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : (unsigned char)c;
}

static inline int wp_ascii_upper(char c)
{
	return c >= 'a' && c <= 'z' ? c - 'a' + 'A' : (unsigned char)c;
}

static inline bool wp_ascii_alnum(char c)
{
	return (c >= '0' && c <= '9') || (wp_ascii_lower(c) >= 'a' && wp_ascii_lower(c) <= 'z');
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

#endif
