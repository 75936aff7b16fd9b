/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads the dates of cultures: .NET's short date and long time patterns (CultureInfo), joined by a blank. */
#include "culture_date.h"

#include "wimplan/ascii.h"

#include <stdio.h>
#include <string.h>

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool take_number(const char **at, int digits_most, int *ret_value, int *ret_digits)
{
	int value = 0, digits = 0;

	for (; digits < digits_most && is_digit(**at); digits++, (*at)++)
		value = value * 10 + (**at - '0');
	*ret_value = value;
	*ret_digits = digits;
	return digits > 0 && !is_digit(**at);
}

/* Blanks, those that do not break a line among them: newer versions of .NET put one in front of AM and PM. */
static void skip_blanks(const char **at)
{
	static const char *const blanks[] = { " ", ",", "\xc2\xa0", "\xe2\x80\xaf", "\xe2\x80\x8e" };
	size_t i;

	do {
		for (i = 0; i < sizeof blanks / sizeof *blanks; i++) {
			if (strncmp(*at, blanks[i], strlen(blanks[i])) == 0) {
				*at += strlen(blanks[i]);
				break;
			}
		}
	} while (i < sizeof blanks / sizeof *blanks);
}

/* "AM", "p.m." and the like; moves an hour of 12. */
static bool take_half_day(const char **at, int *hour)
{
	bool afternoon = wp_ascii_lower(**at) == 'p';

	if (wp_ascii_lower(**at) != 'a' && !afternoon)
		return false;
	(*at)++;
	*at += **at == '.';
	if (wp_ascii_lower(**at) != 'm' || *hour < 1 || *hour > 12)
		return false;
	(*at)++;
	*at += **at == '.';
	*hour = *hour % 12 + (afternoon ? 12 : 0);
	return true;
}

static bool read_time(const char *at, struct wp_culture_date *ret)
{
	int digits;
	char separator;

	if (!take_number(&at, 2, &ret->hour, &digits))
		return false;
	separator = *at;
	if (separator != ':' && separator != '.')
		return false;
	at++;
	if (!take_number(&at, 2, &ret->minute, &digits) || digits != 2)
		return false;
	if (*at == separator) {
		at++;
		if (!take_number(&at, 2, &ret->second, &digits) || digits != 2)
			return false;
	}
	skip_blanks(&at);
	if (*at && !take_half_day(&at, &ret->hour))
		return false;
	skip_blanks(&at);
	return !*at;
}

static enum wp_date_order order_of(const struct wp_culture_date *date, const int digits[3], char separator)
{
	int first = date->numbers[0], second = date->numbers[1];

	if (digits[0] == 4)
		return WP_DATE_ORDER_YMD;
	/* No culture puts the month in front of a dot. Of short years nothing tells them from a day. */
	if (separator == '.')
		return WP_DATE_ORDER_DMY;
	if (date->short_year)
		return WP_DATE_ORDER_OPEN;
	if (first > 12 && second <= 12)
		return WP_DATE_ORDER_DMY;
	if (second > 12 && first <= 12)
		return WP_DATE_ORDER_MDY;
	return WP_DATE_ORDER_OPEN;
}

bool wp_culture_date_read(const char *text, struct wp_culture_date *ret)
{
	int digits[3];
	char separator = '\0';

	memset(ret, 0, sizeof *ret);
	skip_blanks(&text);
	for (int i = 0; i < 3; i++) {
		if (!take_number(&text, 4, &ret->numbers[i], &digits[i]) || digits[i] == 3)
			return false;
		if (i == 2)
			break;
		if (!strchr("./-", *text) || !*text || (separator && *text != separator))
			return false;
		separator = *text++;
	}
	/* "31. 1. 2026" has blanks behind its dots; a date with a dot at its end is one of such. */
	if (*text == '.')
		text++;
	if (digits[1] > 2 || (digits[0] == 4 && digits[2] == 4))
		return false;
	ret->short_year = digits[0] != 4 && digits[2] != 4;
	ret->order = order_of(ret, digits, separator);
	if (!*text)
		return true;
	if (*text == 'T')
		text++;
	skip_blanks(&text);
	return !*text || read_time(text, ret);
}

bool wp_culture_date_iso(const struct wp_culture_date *date, enum wp_date_order order, char ret[32])
{
	const int *numbers = date->numbers;
	int year = numbers[order == WP_DATE_ORDER_YMD ? 0 : 2];
	int month = numbers[order == WP_DATE_ORDER_MDY ? 0 : 1];
	int day = numbers[order == WP_DATE_ORDER_MDY ? 1 : order == WP_DATE_ORDER_DMY ? 0 : 2];

	if (order == WP_DATE_ORDER_OPEN || (date->order != WP_DATE_ORDER_OPEN && date->order != order))
		return false;
	/* Two digits are of this century; that they are the year has to be said. */
	if (date->short_year)
		year += 2000;
	snprintf(ret, 32, "%04d-%02d-%02dT%02d:%02d:%02d", year, month, day, date->hour, date->minute, date->second);
	return wp_time_parse(ret).known || year == 1;
}
