/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads times as sites write them, in three forms, and durations as people do. */
#include "wimplan/time.h"

#include <string.h>

static const struct wp_time unknown;

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Reads exactly @count digits. */
static bool take_digits(const char **at, int count, int *ret_value)
{
	int value = 0;

	for (; count > 0; count--, (*at)++) {
		if (!is_digit(**at))
			return false;
		value = value * 10 + (**at - '0');
	}
	*ret_value = value;
	return true;
}

static bool take_char(const char **at, char c)
{
	if (**at != c)
		return false;
	(*at)++;
	return true;
}

/* Any number of digits of a fraction, at least one; what is finer than 100 ns is dropped. */
static bool take_fraction(const char **at, int *ret_ticks)
{
	int unit = (int)WP_TICKS_PER_SECOND / 10;
	int ticks = 0;

	if (!is_digit(**at))
		return false;
	for (; is_digit(**at); (*at)++, unit /= 10)
		ticks += (**at - '0') * unit;
	*ret_ticks = ticks;
	return true;
}

/*
 * WMI writes asterisks for what is not known ("Date and Time Format" in Microsoft's documentation of WMI); they occur
 * in the fraction and in the offset.
 */
static struct wp_time parse_dmtf(const char *text)
{
	struct wp_civil c = { 0 };
	bool zone_known = true;
	int offset = 0;
	char sign;

	if (!take_digits(&text, 4, &c.year) || !take_digits(&text, 2, &c.month) || !take_digits(&text, 2, &c.day) ||
	    !take_digits(&text, 2, &c.hour) || !take_digits(&text, 2, &c.minute) || !take_digits(&text, 2, &c.second) ||
	    !take_char(&text, '.'))
		return unknown;
	if (strncmp(text, "******", 6) == 0) {
		text += 6;
	} else {
		if (!take_digits(&text, 6, &c.fraction))
			return unknown;
		c.fraction *= 10;
	}
	sign = *text;
	if (sign != '+' && sign != '-')
		return unknown;
	text++;
	if (strncmp(text, "***", 3) == 0) {
		text += 3;
		zone_known = false;
	} else if (!take_digits(&text, 3, &offset)) {
		return unknown;
	}
	if (*text)
		return unknown;
	return wp_time_from_local(&c, zone_known, sign == '-' ? -offset : offset);
}

/* "Z", "+hh", "+hhmm", "+hh:mm", or nothing at all. */
static bool take_zone(const char **at, bool *ret_known, int *ret_offset)
{
	int hours, minutes = 0;
	char sign = **at;

	*ret_known = sign != '\0';
	*ret_offset = 0;
	if (!*ret_known)
		return true;
	(*at)++;
	if (sign == 'Z' || sign == 'z')
		return true;
	if ((sign != '+' && sign != '-') || !take_digits(at, 2, &hours))
		return false;
	if ((take_char(at, ':') || is_digit(**at)) && !take_digits(at, 2, &minutes))
		return false;
	if (hours > 23 || minutes > 59)
		return false;
	*ret_offset = hours * 60 + minutes;
	if (sign == '-')
		*ret_offset = -*ret_offset;
	return true;
}

static struct wp_time parse_iso(const char *text)
{
	struct wp_civil c = { 0 };
	bool zone_known = false;
	int offset = 0;

	if (!take_digits(&text, 4, &c.year) || !take_char(&text, '-') || !take_digits(&text, 2, &c.month) ||
	    !take_char(&text, '-') || !take_digits(&text, 2, &c.day))
		return unknown;
	if (*text) {
		if (!take_char(&text, 'T') && !take_char(&text, 't') && !take_char(&text, ' '))
			return unknown;
		if (!take_digits(&text, 2, &c.hour) || !take_char(&text, ':') || !take_digits(&text, 2, &c.minute))
			return unknown;
		if (take_char(&text, ':')) {
			if (!take_digits(&text, 2, &c.second))
				return unknown;
			if (take_char(&text, '.') && !take_fraction(&text, &c.fraction))
				return unknown;
		}
		if (!take_zone(&text, &zone_known, &offset) || *text)
			return unknown;
	}
	return wp_time_from_local(&c, zone_known, offset);
}

/* @text stands behind "Date(". The offset only says in which zone the writer was: the milliseconds are UTC. */
static struct wp_time parse_milliseconds(const char *text)
{
	bool negative = take_char(&text, '-');
	int64_t milliseconds = 0;
	int64_t ticks;
	int ignored;

	if (!is_digit(*text))
		return unknown;
	for (; is_digit(*text); text++)
		if (__builtin_mul_overflow(milliseconds, 10, &milliseconds) ||
		    __builtin_add_overflow(milliseconds, *text - '0', &milliseconds))
			return unknown;
	if (negative)
		milliseconds = -milliseconds;
	if ((take_char(&text, '+') || take_char(&text, '-')) && !take_digits(&text, 4, &ignored))
		return unknown;
	if (!take_char(&text, ')'))
		return unknown;
	take_char(&text, '\\');
	if (!take_char(&text, '/') || *text)
		return unknown;
	if (__builtin_mul_overflow(milliseconds, WP_TICKS_PER_SECOND / 1000, &ticks) ||
	    __builtin_add_overflow(ticks, WP_UNIX_EPOCH_TICKS, &ticks))
		return unknown;
	return wp_time_from_ticks(ticks, true);
}

struct wp_time wp_time_parse(const char *text)
{
	if (!text)
		return unknown;
	if (strncmp(text, "/Date(", 6) == 0)
		return parse_milliseconds(text + 6);
	/* The backslash is still there when the text went through something that does not know JSON's escapes. */
	if (strncmp(text, "\\/Date(", 7) == 0)
		return parse_milliseconds(text + 7);
	if (strnlen(text, 5) == 5 && text[4] == '-')
		return parse_iso(text);
	return parse_dmtf(text);
}

bool wp_duration_parse(const char *text, uint64_t *ret_seconds)
{
	static const struct {
		char name;
		unsigned int seconds;
	} units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 } };
	size_t length = strspn(text, "0123456789");
	uint64_t count = 0;

	if (!length || length > 18 || !text[length] || text[length + 1])
		return false;
	for (size_t i = 0; i < length; i++)
		count = 10 * count + (uint64_t)(text[i] - '0');
	for (size_t i = 0; i < sizeof units / sizeof *units; i++)
		if (units[i].name == text[length])
			return !__builtin_mul_overflow(count, units[i].seconds, ret_seconds);
	return false;
}
