/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads the weekly and monthly schedules that wp_schedule_words() says. */
#include "wimplan/ascii.h"
#include "wimplan/schedule.h"
#include "wimplan/text.h"

#include <string.h>

#define MOST_WORDS 12

struct sentence {
	const char *words[MOST_WORDS + 1]; /* ended by "" */
	size_t at;
};

static const char *const weekdays[] = { "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday" };
static const char *const orders[] = { "last", "first", "second", "third", "fourth" };

static bool take(struct sentence *s, const char *word)
{
	if (!wp_ascii_same(s->words[s->at], word))
		return false;
	s->at++;
	return true;
}

static bool take_one_of(struct sentence *s, const char *const *words, size_t count, uint8_t *ret)
{
	for (size_t i = 0; i < count; i++) {
		if (!take(s, words[i]))
			continue;
		*ret = (uint8_t)i;
		return true;
	}
	return false;
}

static bool take_number(struct sentence *s, uint64_t least, uint64_t most, uint8_t *ret)
{
	uint64_t number;

	if (!wp_parse_u64(s->words[s->at], false, &number) || number < least || number > most)
		return false;
	s->at++;
	*ret = (uint8_t)number;
	return true;
}

/* "every week", "every 2 weeks" */
static bool take_every(struct sentence *s, const char *unit, const char *units, uint8_t most, uint8_t *ret)
{
	*ret = 1;
	return take(s, "every") && (take(s, unit) || (take_number(s, 1, most, ret) && (take(s, units) || take(s, unit))));
}

/* "at 22:00", and "UTC" behind it; then the end. */
static bool take_clock(struct sentence *s, struct wp_schedule *ret)
{
	const char *clock;

	if (!take(s, "at"))
		return false;
	clock = s->words[s->at];
	if (strlen(clock) != 5 || strspn(clock, "0123456789:") != 5 || clock[2] != ':' || strchr(clock, ':') != clock + 2)
		return false;
	ret->start.hour = (clock[0] - '0') * 10 + clock[1] - '0';
	ret->start.minute = (clock[3] - '0') * 10 + clock[4] - '0';
	s->at++;
	ret->utc = take(s, "UTC");
	return ret->start.hour < 24 && ret->start.minute < 60 && !*s->words[s->at];
}

static bool take_weekly(struct sentence *s, struct wp_schedule *ret)
{
	ret->recurrence = WP_RECURRENCE_WEEKLY;
	if (!take_every(s, "week", "weeks", 4, &ret->weeks) || !take(s, "on") ||
	    !take_one_of(s, weekdays, sizeof weekdays / sizeof *weekdays, &ret->weekday))
		return false;
	ret->weekday++;
	return take_clock(s, ret);
}

/* "on the second Tuesday of …", "on the last day of …", "on day 15 of …" */
static bool take_monthly(struct sentence *s, struct wp_schedule *ret)
{
	if (!take(s, "on"))
		return false;
	ret->recurrence = WP_RECURRENCE_MONTHLY_BY_DATE;
	if (take(s, "day")) {
		if (!take_number(s, 1, 31, &ret->month_day))
			return false;
	} else if (!take(s, "the") || !take_one_of(s, orders, sizeof orders / sizeof *orders, &ret->week_order)) {
		return false;
	} else if (!(ret->week_order == 0 && take(s, "day"))) {
		ret->recurrence = WP_RECURRENCE_MONTHLY_BY_WEEKDAY;
		if (!take_one_of(s, weekdays, sizeof weekdays / sizeof *weekdays, &ret->weekday))
			return false;
		ret->weekday++;
	}
	return take(s, "of") && take_every(s, "month", "months", 12, &ret->months) && take_clock(s, ret);
}

bool wp_schedule_from_words(const char *text, struct wp_schedule *ret)
{
	struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct sentence s = { 0 };
	char *at = wp_arena_strdup(scratch, text);
	size_t count = 0;

	while (*(at += strspn(at, " \t"))) {
		size_t length = strcspn(at, " \t");

		if (count == MOST_WORDS)
			return false;
		s.words[count++] = wp_arena_strndup(scratch, at, length);
		at += length;
	}
	s.words[count] = "";
	/* A Sunday, as the schedules begin that a console makes without a start. */
	*ret = (struct wp_schedule){ .start = { .year = 1970, .month = 2, .day = 1 } };
	return wp_ascii_same(s.words[0], "every") ? take_weekly(&s, ret) : take_monthly(&s, ret);
}
