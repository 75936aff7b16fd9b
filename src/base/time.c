/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Instants: the proleptic Gregorian calendar from 1601 to 9999, without the C library's time zones. */
#include "wimplan/time.h"

#define TICKS_PER_MINUTE (60 * WP_TICKS_PER_SECOND)
#define TICKS_PER_DAY (24 * 60 * TICKS_PER_MINUTE)
/* 1601-01-01 begins a cycle of 400 years, after which the calendar repeats itself. */
#define FIRST_YEAR 1601
#define LAST_YEAR 9999
#define DAYS_PER_CYCLE 146097
/* Days from 1601-01-01 to 10000-01-01. */
#define DAYS_IN_RANGE INT64_C(3067671)
#define TICKS_IN_RANGE (DAYS_IN_RANGE * TICKS_PER_DAY)

static const struct wp_time unknown;

static bool is_leap(int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int wp_days_of_month(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	return days[month - 1] + (month == 2 && is_leap(year));
}

static int64_t days_before_year(int year)
{
	int64_t years = year - FIRST_YEAR;

	return years * 365 + years / 4 - years / 100 + years / 400;
}

struct wp_time wp_time_from_ticks(int64_t ticks, bool zone_known)
{
	if (ticks < 0 || ticks >= TICKS_IN_RANGE)
		return unknown;
	return (struct wp_time){ .known = true, .zone_known = zone_known, .ticks = ticks };
}

/* Days from 1601-01-01 to a day of the calendar. */
static int64_t days_to(const struct wp_civil *c)
{
	int64_t days = days_before_year(c->year) + c->day - 1;

	for (int month = 1; month < c->month; month++)
		days += wp_days_of_month(c->year, month);
	return days;
}

struct wp_time wp_time_from_local(const struct wp_civil *c, bool zone_known, int offset)
{
	if (c->year < FIRST_YEAR || c->year > LAST_YEAR || c->month < 1 || c->month > 12 || c->day < 1 ||
	    c->day > wp_days_of_month(c->year, c->month) || c->hour > 23 || c->minute > 59 || c->second > 59)
		return unknown;
	return wp_time_from_ticks(days_to(c) * TICKS_PER_DAY + (c->hour * 60 + c->minute - offset) * TICKS_PER_MINUTE +
					  c->second * WP_TICKS_PER_SECOND + c->fraction,
				  zone_known);
}

struct wp_civil wp_civil_from_ticks(int64_t ticks)
{
	int64_t days = ticks / TICKS_PER_DAY;
	int64_t rest = ticks % TICKS_PER_DAY;
	struct wp_civil c = { .year = FIRST_YEAR, .month = 1 };

	c.year += 400 * (int)(days / DAYS_PER_CYCLE);
	days %= DAYS_PER_CYCLE;
	/* 366 days at most for each year, so this never goes too far; the loop makes up for the leap days. */
	c.year += (int)(days / 366);
	days -= days_before_year((c.year - FIRST_YEAR) % 400 + FIRST_YEAR);
	while (days >= 365 + is_leap(c.year))
		days -= 365 + is_leap(c.year++);
	while (days >= wp_days_of_month(c.year, c.month))
		days -= wp_days_of_month(c.year, c.month++);
	c.day = (int)days + 1;
	c.fraction = (int)(rest % WP_TICKS_PER_SECOND);
	rest /= WP_TICKS_PER_SECOND;
	c.second = (int)(rest % 60);
	c.minute = (int)(rest / 60 % 60);
	c.hour = (int)(rest / 3600);
	return c;
}

struct wp_time wp_time_from_civil(const struct wp_civil *civil)
{
	return wp_time_from_local(civil, true, 0);
}

int wp_civil_weekday(const struct wp_civil *civil)
{
	/* 1601-01-01 was a Monday. */
	return (int)((days_to(civil) + 1) % 7);
}

struct wp_time wp_time_from_filetime(uint64_t filetime)
{
	return filetime > INT64_MAX ? unknown : wp_time_from_ticks((int64_t)filetime, true);
}

struct wp_time wp_time_from_unix(int64_t seconds, uint32_t nanoseconds)
{
	int64_t ticks;

	if (nanoseconds > 999999999 || __builtin_mul_overflow(seconds, WP_TICKS_PER_SECOND, &ticks) ||
	    __builtin_add_overflow(ticks, WP_UNIX_EPOCH_TICKS + nanoseconds / 100, &ticks))
		return unknown;
	return wp_time_from_ticks(ticks, true);
}

/* A local "never" that was made UTC on the way: offsets reach from -12 to +14 hours. */
#define FURTHEST_ZONE (14 * INT64_C(3600) * WP_TICKS_PER_SECOND)

bool wp_time_is_never(struct wp_time time)
{
	static const int years[] = { 1970, 1980, 1990 };

	if (!time.known)
		return true;
	for (size_t i = 0; i < sizeof years / sizeof years[0]; i++) {
		int64_t first = days_before_year(years[i]) * TICKS_PER_DAY;

		if (time.ticks >= first - FURTHEST_ZONE && time.ticks < first + TICKS_PER_DAY + FURTHEST_ZONE)
			return true;
	}
	return false;
}

/* Writes @count digits of @number, and behind them @end. */
static char *put(char *to, int number, int count, char end)
{
	for (int i = count; i--; number /= 10)
		to[i] = (char)('0' + number % 10);
	to[count] = end;
	return to + count + 1;
}

/* Digit by digit, for there are several times in each image. Only what is calculated may be in a year of five. */
static char *format_iso(struct wp_arena *arena, struct wp_time time, bool fraction)
{
	char text[sizeof "12026-02-14T03:10:00.0000000Z"], *to = text;
	struct wp_civil c;

	if (!time.known)
		return NULL;
	c = wp_civil_from_ticks(time.ticks);
	to = put(to, c.year, c.year > 9999 ? 5 : 4, '-');
	to = put(to, c.month, 2, '-');
	to = put(to, c.day, 2, 'T');
	to = put(to, c.hour, 2, ':');
	to = put(to, c.minute, 2, ':');
	to = put(to, c.second, 2, '.');
	if (fraction)
		to = put(to, c.fraction, 7, '.');
	/* In the place of the last point. */
	if (time.zone_known)
		to[-1] = 'Z';
	else
		to--;
	return wp_arena_strndup(arena, text, (size_t)(to - text));
}

char *wp_time_iso(struct wp_arena *arena, struct wp_time time)
{
	return format_iso(arena, time, time.ticks % WP_TICKS_PER_SECOND != 0);
}

char *wp_time_iso_ticks(struct wp_arena *arena, struct wp_time time)
{
	return format_iso(arena, time, true);
}

char *wp_time_minutes(struct wp_arena *arena, struct wp_time time)
{
	struct wp_civil c;

	if (!time.known)
		return wp_arena_strdup(arena, "never");
	c = wp_civil_from_ticks(time.ticks);
	return wp_arena_printf(arena, "%04d-%02d-%02d %02d:%02d%s", c.year, c.month, c.day, c.hour, c.minute,
			       time.zone_known ? "Z" : "");
}
