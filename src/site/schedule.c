/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Schedules: tokens and objects into values, and back into tokens and words. */
#include "wimplan/ascii.h"
#include "wimplan/schedule.h"
#include "wimplan/json.h"
#include "wimplan/limits.h"

#include <stdio.h>
#include <string.h>

/* The years of a token, which has 6 bits for them. */
#define FIRST_YEAR 1970
#define LAST_YEAR (FIRST_YEAR + 63)

/*
 * Where the fields stand in a token's two words of 32 bits: the start in the first one, duration, recurrence and its
 * fields in the second (readfromstring-method-in-class-sms_schedulemethods of the Configuration Manager SDK; the
 * widths by decoding published tokens).
 */
enum { MINUTE_AT = 26, HOUR_AT = 21, DAY_AT = 16, MONTH_AT = 12, YEAR_AT = 6, DURATION_MINUTES_AT = 0 };
enum { DURATION_HOURS_AT = 27, DURATION_DAYS_AT = 22, RECURRENCE_AT = 19, UTC_AT = 0 };
enum { SPAN_MINUTES_AT = 13, SPAN_HOURS_AT = 8, SPAN_DAYS_AT = 3 };
enum { WEEKDAY_AT = 16, WEEKS_AT = 13, WEEKDAY_MONTHS_AT = 12, WEEK_ORDER_AT = 9, MONTH_DAY_AT = 14, DATE_MONTHS_AT = 10 };

static const char *const class_names[] = {
	[WP_RECURRENCE_ONCE] = "SMS_ST_NonRecurring",
	[WP_RECURRENCE_INTERVAL] = "SMS_ST_RecurInterval",
	[WP_RECURRENCE_WEEKLY] = "SMS_ST_RecurWeekly",
	[WP_RECURRENCE_MONTHLY_BY_WEEKDAY] = "SMS_ST_RecurMonthlyByWeekday",
	[WP_RECURRENCE_MONTHLY_BY_DATE] = "SMS_ST_RecurMonthlyByDate",
};

static uint8_t bits(uint32_t word, int at, int width)
{
	return (uint8_t)(word >> at & ((1u << width) - 1));
}

/* Whether all fields can be: a site clamps them as it stores them, so others come from something else. */
static const char *impossible(const struct wp_schedule *s)
{
	struct wp_civil start = s->start;

	if (!wp_time_from_civil(&start).known)
		return "its start is no time of the calendar";
	if (s->recurrence == WP_RECURRENCE_INTERVAL && !s->days && !s->hours && !s->minutes)
		return "its interval is 0";
	if (s->days > 31 || s->hours > 23 || s->minutes > 59)
		return "its interval has more than 31 days, 23 hours or 59 minutes";
	if ((s->recurrence == WP_RECURRENCE_WEEKLY || s->recurrence == WP_RECURRENCE_MONTHLY_BY_WEEKDAY) &&
	    (s->weekday < 1 || s->weekday > 7))
		return "its weekday is not 1 to 7";
	if (s->recurrence == WP_RECURRENCE_WEEKLY && (s->weeks < 1 || s->weeks > 4))
		return "its weeks are not 1 to 4";
	if (s->recurrence >= WP_RECURRENCE_MONTHLY_BY_WEEKDAY && (s->months < 1 || s->months > 12))
		return "its months are not 1 to 12";
	if (s->week_order > 4)
		return "its week of the month is not 0 to 4";
	return s->month_day > 31 ? "its day of the month is not 0 to 31" : NULL;
}

/* NULL, or what is wrong with a duration of these parts. */
static const char *set_duration(struct wp_schedule *s, uint32_t days, uint32_t hours, uint32_t minutes)
{
	s->duration = days * 1440 + hours * 60 + minutes;
	return days > 31 || hours > 23 || minutes > 59 ? "its duration has more than 31 days, 23 hours or 59 minutes"
						       : NULL;
}

/* NULL, or what is wrong with the 16 digits at @text. */
static const char *read_token(const char *text, struct wp_schedule *ret)
{
	uint32_t words[2] = { 0, 0 };
	uint32_t first, second;
	const char *wrong;

	for (int i = 0; i < WP_TOKEN_DIGITS; i++) {
		char c = text[i];
		int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : c - 'a' + 10;

		words[i / 8] = words[i / 8] << 4 | (uint32_t)digit;
	}
	first = words[0];
	second = words[1];
	*ret = (struct wp_schedule){
		.recurrence = bits(second, RECURRENCE_AT, 3),
		.start = { .year = FIRST_YEAR + bits(first, YEAR_AT, 6), .month = bits(first, MONTH_AT, 4),
			   .day = bits(first, DAY_AT, 5), .hour = bits(first, HOUR_AT, 5),
			   .minute = bits(first, MINUTE_AT, 6) },
		.utc = bits(second, UTC_AT, 1),
	};
	wrong = set_duration(ret, bits(second, DURATION_DAYS_AT, 5), bits(second, DURATION_HOURS_AT, 5),
			     bits(first, DURATION_MINUTES_AT, 6));
	switch (ret->recurrence) {
	case WP_RECURRENCE_ONCE:
		break;
	case WP_RECURRENCE_INTERVAL:
		ret->minutes = bits(second, SPAN_MINUTES_AT, 6);
		ret->hours = bits(second, SPAN_HOURS_AT, 5);
		ret->days = bits(second, SPAN_DAYS_AT, 5);
		break;
	case WP_RECURRENCE_WEEKLY:
		ret->weekday = bits(second, WEEKDAY_AT, 3);
		ret->weeks = bits(second, WEEKS_AT, 3);
		break;
	case WP_RECURRENCE_MONTHLY_BY_WEEKDAY:
		ret->weekday = bits(second, WEEKDAY_AT, 3);
		ret->months = bits(second, WEEKDAY_MONTHS_AT, 4);
		ret->week_order = bits(second, WEEK_ORDER_AT, 3);
		break;
	case WP_RECURRENCE_MONTHLY_BY_DATE:
		ret->month_day = bits(second, MONTH_DAY_AT, 5);
		ret->months = bits(second, DATE_MONTHS_AT, 4);
		break;
	default:
		return "its recurrence is none of the five that there are";
	}
	return wrong ? wrong : impossible(ret);
}

int wp_schedule_parse(struct wp_arena *arena, const char *text, struct wp_schedule **ret_items, size_t *ret_count,
		      const char **ret_why)
{
	size_t length = strlen(text);

	*ret_items = NULL;
	*ret_count = 0;
	if (strspn(text, "0123456789ABCDEFabcdef") != length || length % WP_TOKEN_DIGITS || !length) {
		*ret_why = wp_arena_printf(arena, "a schedule is %d hexadecimal digits for each token", WP_TOKEN_DIGITS);
		return WP_E_FAILED;
	}
	if (length / WP_TOKEN_DIGITS > WP_LIMIT_SCHEDULE_TOKENS) {
		*ret_why = wp_arena_printf(arena, "it has more than %u tokens", WP_LIMIT_SCHEDULE_TOKENS);
		return WP_E_FAILED;
	}
	for (size_t i = 0; i < length; i += WP_TOKEN_DIGITS) {
		const char *wrong = read_token(text + i, WP_PUSH(arena, *ret_items, *ret_count));

		if (!wrong)
			continue;
		*ret_why = wp_arena_printf(arena, "token %zu, %.*s, cannot be: %s", *ret_count, WP_TOKEN_DIGITS,
					   text + i, wrong);
		return WP_E_FAILED;
	}
	return 0;
}

/* A field of an object: absent is 0, and what fits no byte is made impossible rather than cut. */
static uint8_t field(const json_t *object, const char *name)
{
	uint64_t value = 0;

	if (!wp_json_get_u64(object, name, &value))
		return 0;
	return value > UINT8_MAX ? UINT8_MAX : (uint8_t)value;
}

/* NULL, or what is wrong with the object. */
static const char *read_object(const json_t *object, struct wp_schedule *ret)
{
	const char *class = wp_json_get_text(object, "__CLASS"), *start = wp_json_get_text(object, "StartTime");
	struct wp_time time = wp_time_parse(start);
	const char *wrong;

	*ret = (struct wp_schedule){ 0 };
	for (size_t i = WP_RECURRENCE_ONCE; class && i < sizeof class_names / sizeof *class_names; i++)
		if (wp_ascii_same(class, class_names[i]))
			ret->recurrence = (enum wp_recurrence)i;
	if (!ret->recurrence)
		return "its class is none of SMS_ST_*";
	if (!time.known)
		return "its StartTime is no date";
	ret->start = wp_civil_from_ticks(time.ticks);
	ret->start.second = ret->start.fraction = 0;
	ret->utc = json_is_true(json_object_get(object, "IsGMT")) || field(object, "IsGMT") == 1;
	wrong = set_duration(ret, field(object, "DayDuration"), field(object, "HourDuration"),
			     field(object, "MinuteDuration"));
	switch (ret->recurrence) {
	case WP_RECURRENCE_ONCE:
		break;
	case WP_RECURRENCE_INTERVAL:
		ret->days = field(object, "DaySpan");
		ret->hours = field(object, "HourSpan");
		ret->minutes = field(object, "MinuteSpan");
		break;
	case WP_RECURRENCE_WEEKLY:
		ret->weekday = field(object, "Day");
		ret->weeks = field(object, "ForNumberOfWeeks");
		break;
	case WP_RECURRENCE_MONTHLY_BY_WEEKDAY:
		ret->weekday = field(object, "Day");
		ret->months = field(object, "ForNumberOfMonths");
		ret->week_order = field(object, "WeekOrder");
		break;
	case WP_RECURRENCE_MONTHLY_BY_DATE:
		ret->month_day = field(object, "MonthDay");
		ret->months = field(object, "ForNumberOfMonths");
		break;
	}
	return wrong ? wrong : impossible(ret);
}

int wp_schedule_decode(struct wp_arena *arena, const json_t *value, struct wp_schedule **ret_items, size_t *ret_count,
		       const char **ret_why)
{
	size_t count = json_is_array(value) ? json_array_size(value) : value && !json_is_null(value);

	if (json_is_string(value))
		return wp_schedule_parse(arena, json_string_value(value), ret_items, ret_count, ret_why);
	*ret_items = NULL;
	*ret_count = 0;
	if (count > WP_LIMIT_SCHEDULE_TOKENS) {
		*ret_why = wp_arena_printf(arena, "it has more than %u tokens", WP_LIMIT_SCHEDULE_TOKENS);
		return WP_E_FAILED;
	}
	for (size_t i = 0; i < count; i++) {
		const json_t *object = json_is_array(value) ? json_array_get(value, i) : value;
		const char *wrong = read_object(object, WP_PUSH(arena, *ret_items, *ret_count));

		if (!wrong)
			continue;
		*ret_why = wp_arena_printf(arena, "token %zu cannot be: %s", i + 1, wrong);
		return WP_E_FAILED;
	}
	return 0;
}

bool wp_schedule_has_token(const struct wp_schedule *schedule)
{
	return schedule->start.year >= FIRST_YEAR && schedule->start.year <= LAST_YEAR;
}

void wp_schedule_token(const struct wp_schedule *s, char ret_text[WP_TOKEN_TEXT])
{
	uint32_t first = (uint32_t)s->start.minute << MINUTE_AT | (uint32_t)s->start.hour << HOUR_AT |
			 (uint32_t)s->start.day << DAY_AT | (uint32_t)s->start.month << MONTH_AT |
			 (uint32_t)(s->start.year - FIRST_YEAR) << YEAR_AT |
			 s->duration % 60 << DURATION_MINUTES_AT;
	uint32_t second = s->duration / 60 % 24 << DURATION_HOURS_AT | (s->duration / 1440 & 31) << DURATION_DAYS_AT |
			  (uint32_t)s->recurrence << RECURRENCE_AT | (uint32_t)s->utc << UTC_AT;

	switch (s->recurrence) {
	case WP_RECURRENCE_ONCE:
		break;
	case WP_RECURRENCE_INTERVAL:
		second |= (uint32_t)s->minutes << SPAN_MINUTES_AT | (uint32_t)s->hours << SPAN_HOURS_AT |
			  (uint32_t)s->days << SPAN_DAYS_AT;
		break;
	case WP_RECURRENCE_WEEKLY:
		second |= (uint32_t)s->weekday << WEEKDAY_AT | (uint32_t)s->weeks << WEEKS_AT;
		break;
	case WP_RECURRENCE_MONTHLY_BY_WEEKDAY:
		second |= (uint32_t)s->weekday << WEEKDAY_AT | (uint32_t)s->months << WEEKDAY_MONTHS_AT |
			  (uint32_t)s->week_order << WEEK_ORDER_AT;
		break;
	case WP_RECURRENCE_MONTHLY_BY_DATE:
		second |= (uint32_t)s->month_day << MONTH_DAY_AT | (uint32_t)s->months << DATE_MONTHS_AT;
		break;
	}
	snprintf(ret_text, WP_TOKEN_TEXT, "%08X%08X", first, second);
}
