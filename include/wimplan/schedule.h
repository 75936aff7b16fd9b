/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Schedules as a site keeps them (SMS_ScheduleToken): RefreshSchedule of a package, the hours of a deployment, the
 * window of the configuration. They come as objects of the SMS_ST_* classes or as 16 hexadecimal digits a token.
 */
#ifndef WIMPLAN_SCHEDULE_H
#define WIMPLAN_SCHEDULE_H

#include "wimplan/arena.h"
#include "wimplan/time.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The values are those of a token's bits 19 to 21. */
enum wp_recurrence {
	WP_RECURRENCE_ONCE = 1,             /* SMS_ST_NonRecurring */
	WP_RECURRENCE_INTERVAL,             /* SMS_ST_RecurInterval */
	WP_RECURRENCE_WEEKLY,               /* SMS_ST_RecurWeekly */
	WP_RECURRENCE_MONTHLY_BY_WEEKDAY,   /* SMS_ST_RecurMonthlyByWeekday */
	WP_RECURRENCE_MONTHLY_BY_DATE,      /* SMS_ST_RecurMonthlyByDate */
};

/* One token. What its recurrence does not use is 0. */
struct wp_schedule {
	enum wp_recurrence recurrence;
	struct wp_civil start; /* seconds are 0: a token has minutes */
	bool utc;              /* otherwise in the local time of the site, whose zone no token names */
	uint32_t duration;     /* minutes; 0 means without an end, or that nobody asks */
	uint8_t days, hours, minutes; /* WP_RECURRENCE_INTERVAL: the sum of them; 0 to 31, 23 and 59, not all 0 */
	uint8_t weekday;       /* 1 Sunday to 7 Saturday */
	uint8_t weeks;         /* 1 to 4 */
	uint8_t months;        /* 1 to 12 */
	uint8_t week_order;    /* WP_RECURRENCE_MONTHLY_BY_WEEKDAY: 1 first to 4 fourth, 0 last */
	uint8_t month_day;     /* WP_RECURRENCE_MONTHLY_BY_DATE: 1 to 31, 0 the last day */
};

/* Digits of one token as text, and the room that it takes with its NUL. */
#define WP_TOKEN_DIGITS 16
#define WP_TOKEN_TEXT (WP_TOKEN_DIGITS + 1)

/*
 * Reads tokens that stand one behind the other, into @arena. Returns 0, or WP_E_FAILED with a sentence in *@ret_why when the
 * text is no schedule or a field of it is impossible.
 */
int wp_schedule_parse(struct wp_arena *arena, const char *text, struct wp_schedule **ret_items, size_t *ret_count,
		      const char **ret_why);

/*
 * The same from what a record keeps: one object of an SMS_ST_* class with its name in "__CLASS", a list of them, or a
 * text of tokens. null and an empty list are a schedule without tokens.
 */
int wp_schedule_decode(struct wp_arena *arena, const json_t *value, struct wp_schedule **ret_items, size_t *ret_count,
		       const char **ret_why);

/* Whether there is a token for it: a token has room for the years 1970 to 2033. */
bool wp_schedule_has_token(const struct wp_schedule *schedule);
/* The token as text, as the site writes it, of a schedule that has one. */
void wp_schedule_token(const struct wp_schedule *schedule, char ret_text[WP_TOKEN_TEXT]);

/* "every 2 weeks on Sunday at 22:00 UTC", "on the last day of every month at 16:54". */
char *wp_schedule_words(struct wp_arena *arena, const struct wp_schedule *schedule);

/*
 * Reads a weekly or monthly schedule as the above says it, "every week on Sunday at 22:00" or "on the second Tuesday of every
 * month at 20:00 UTC"; false when it is anything else.
 */
bool wp_schedule_from_words(const char *text, struct wp_schedule *ret);

/*
 * The first run at or after @after, which must be known; not known when there is none. @zone is the site's (NULL: UTC)
 * and counts for tokens that are in local time.
 *
 * How a site runs what the documentation leaves open is not established. Taken here: weekly and monthly tokens begin
 * with the first fitting day at or after their start; intervals of whole days keep the time of day when the clocks
 * change, others are elapsed time; in a month that is too short for its day a token runs on the last one.
 */
struct wp_time wp_schedule_next(const struct wp_schedule *schedule, const struct wp_zone *zone, struct wp_time after);

#endif
