/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A schedule as a person would say it. */
#include "wimplan/buf.h"
#include "wimplan/schedule.h"

#include <stdio.h>

static const char *const weekdays[] = { "?", "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday" };
static const char *const orders[] = { "last", "first", "second", "third", "fourth" };

/* "every month", "every 3 months". */
static void every(struct wp_buf *buf, unsigned int count, const char *unit)
{
	if (count == 1)
		wp_buf_printf(buf, "every %s", unit);
	else
		wp_buf_printf(buf, "every %u %ss", count, unit);
}

static void interval(struct wp_buf *buf, const struct wp_schedule *s)
{
	const struct {
		unsigned int count;
		const char *unit;
	} parts[] = { { s->days, "day" }, { s->hours, "hour" }, { s->minutes, "minute" } };
	const char *before = "every ";

	if (!!s->days + !!s->hours + !!s->minutes == 1) {
		for (size_t i = 0; i < 3; i++)
			if (parts[i].count)
				every(buf, parts[i].count, parts[i].unit);
		return;
	}
	for (size_t i = 0; i < 3; i++) {
		if (!parts[i].count)
			continue;
		wp_buf_printf(buf, "%s%u %s%s", before, parts[i].count, parts[i].unit, parts[i].count > 1 ? "s" : "");
		before = " ";
	}
}

char *wp_schedule_words(struct wp_arena *arena, const struct wp_schedule *s)
{
	struct wp_buf buf __attribute__((cleanup(wp_buf_free))) = { 0 };
	const struct wp_civil *start = &s->start;
	char clock[32];

	snprintf(clock, sizeof clock, "%02d:%02d%s", start->hour, start->minute, s->utc ? " UTC" : "");
	switch (s->recurrence) {
	case WP_RECURRENCE_ONCE:
		wp_buf_puts(&buf, "once, on");
		break;
	case WP_RECURRENCE_INTERVAL:
		interval(&buf, s);
		wp_buf_puts(&buf, " from");
		break;
	case WP_RECURRENCE_WEEKLY:
		every(&buf, s->weeks, "week");
		wp_buf_printf(&buf, " on %s at %s", weekdays[s->weekday], clock);
		break;
	case WP_RECURRENCE_MONTHLY_BY_WEEKDAY:
		wp_buf_printf(&buf, "on the %s %s of ", orders[s->week_order], weekdays[s->weekday]);
		every(&buf, s->months, "month");
		wp_buf_printf(&buf, " at %s", clock);
		break;
	case WP_RECURRENCE_MONTHLY_BY_DATE:
		if (s->month_day)
			wp_buf_printf(&buf, "on day %u of ", s->month_day);
		else
			wp_buf_puts(&buf, "on the last day of ");
		every(&buf, s->months, "month");
		wp_buf_printf(&buf, " at %s", clock);
		break;
	}
	if (s->recurrence <= WP_RECURRENCE_INTERVAL)
		wp_buf_printf(&buf, " %04d-%02d-%02d %s", start->year, start->month, start->day, clock);
	return wp_arena_strdup(arena, wp_buf_text(&buf));
}
