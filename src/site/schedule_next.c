/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When a schedule runs next. Each answer takes a bounded number of steps, however long ago the schedule began. */
#include "wimplan/schedule.h"

#define MINUTE (60 * WP_TICKS_PER_SECOND)
#define DAY (1440 * MINUTE)

/* A place on the clocks of the schedule: local ticks, or UTC ones for a token in UTC. */
static int64_t to_utc(const struct wp_schedule *s, const struct wp_zone *zone, int64_t local)
{
	return s->utc ? local : wp_zone_to_utc(zone, local);
}

static int64_t round_up(int64_t value, int64_t unit)
{
	return value <= 0 ? 0 : (value + unit - 1) / unit * unit;
}

static int64_t next_interval(const struct wp_schedule *s, const struct wp_zone *zone, int64_t start, int64_t after)
{
	int64_t span = s->days * DAY + (s->hours * 60 + s->minutes) * MINUTE;
	int64_t first, local, utc;

	if (s->utc || s->hours || s->minutes) {
		first = to_utc(s, zone, start);
		return first + round_up(after - first, span);
	}
	/* Whole days are counted on the local clocks; a change of them may leave the first guess short of @after. */
	local = start + round_up(wp_zone_to_local(zone, after) - start, span);
	utc = wp_zone_to_utc(zone, local);
	return utc >= after ? utc : wp_zone_to_utc(zone, local + span);
}

static int64_t next_weekly(const struct wp_schedule *s, const struct wp_zone *zone, int64_t start, int64_t after)
{
	const int64_t span = s->weeks * 7 * DAY;
	int64_t first = start + (s->weekday - 1 - wp_civil_weekday(&s->start) + 7) % 7 * DAY;
	int64_t now = s->utc ? after : wp_zone_to_local(zone, after);
	int64_t local = first + round_up(now - first, span), utc = to_utc(s, zone, local);

	return utc >= after ? utc : to_utc(s, zone, local + span);
}

/* The day on which a monthly token runs in a month. */
static int day_in(const struct wp_schedule *s, int year, int month)
{
	int days = wp_days_of_month(year, month), first, day;
	struct wp_civil civil = { .year = year, .month = month, .day = 1 };

	if (s->recurrence == WP_RECURRENCE_MONTHLY_BY_DATE)
		return s->month_day && s->month_day < days ? s->month_day : days;
	first = 1 + (s->weekday - 1 - wp_civil_weekday(&civil) + 7) % 7;
	if (s->week_order)
		return first + (s->week_order - 1) * 7;
	day = first + 28;
	return day <= days ? day : day - 7;
}

static struct wp_time next_monthly(const struct wp_schedule *s, const struct wp_zone *zone, int64_t start,
				   int64_t after)
{
	struct wp_civil now = wp_civil_from_ticks(after > start ? after : start), run = s->start;
	int begin = s->start.year * 12 + s->start.month - 1;
	/* From the run before on: @now is in UTC, and the run of its month may be over. */
	int month = begin + (now.year * 12 + now.month - 1 - begin) / s->months * s->months - s->months;

	for (int tries = 0; tries < 5; tries++, month += s->months) {
		struct wp_time time;

		if (month < begin)
			continue;
		run.year = month / 12;
		run.month = month % 12 + 1;
		if (run.year > 9999)
			break;
		run.day = day_in(s, run.year, run.month);
		time = wp_time_from_civil(&run);
		if (!time.known || time.ticks < start)
			continue;
		time.ticks = to_utc(s, zone, time.ticks);
		if (time.ticks >= after)
			return time;
	}
	return (struct wp_time){ 0 };
}

/* The last instant of the calendar that all of this may reach without leaving it; runs beyond it are none. */
static struct wp_time within_calendar(int64_t ticks)
{
	const struct wp_civil last = { .year = 9999, .month = 12, .day = 31 };

	if (ticks < 0 || ticks > wp_time_from_civil(&last).ticks)
		return (struct wp_time){ 0 };
	return (struct wp_time){ .known = true, .zone_known = true, .ticks = ticks };
}

struct wp_time wp_schedule_next(const struct wp_schedule *s, const struct wp_zone *zone, struct wp_time after)
{
	int64_t start = wp_time_from_civil(&s->start).ticks, utc = to_utc(s, zone, start);

	switch (s->recurrence) {
	case WP_RECURRENCE_ONCE:
		return utc >= after.ticks ? within_calendar(utc) : (struct wp_time){ 0 };
	case WP_RECURRENCE_INTERVAL:
		return within_calendar(next_interval(s, zone, start, after.ticks));
	case WP_RECURRENCE_WEEKLY:
		return within_calendar(next_weekly(s, zone, start, after.ticks));
	case WP_RECURRENCE_MONTHLY_BY_WEEKDAY:
	case WP_RECURRENCE_MONTHLY_BY_DATE:
		break;
	}
	return next_monthly(s, zone, start, after.ticks);
}
