/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Schedule tokens: published strings, every recurrence there and back, and when they run next. */
#include "wimplan/schedule.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

/*
 * Published tokens with what their source says of them: the SDK's page of SMS_ScheduleToken, the help of
 * Convert-CMSchedule, the tests of ConfigMgrCBDsc, and public scripts; the last three have no source but the layout.
 */
static const struct {
	const char *token;
	const char *words;
	uint32_t duration;
} published[] = {
	{ "7913788000080000", "once, on 2004-07-19 08:30", 0 },
	{ "55147880001B2000", "every week on Tuesday at 08:21", 0 },
	{ "55177880001E2000", "every week on Friday at 08:21", 0 },
	{ "02C159C0381A2000", "every week on Monday at 22:00", 420 },
	{ "02C159C0381B2000", "every week on Tuesday at 22:00", 420 },
	{ "02C159C0381C2000", "every week on Wednesday at 22:00", 420 },
	{ "02C159C0381D2000", "every week on Thursday at 22:00", 420 },
	{ "02C159C0381E2000", "every week on Friday at 22:00", 420 },
	{ "1033BC7B10100010", "every 2 days from 2019-11-19 01:04", 179 },
	{ "00811A9E081A2000", "every week on Monday at 04:00", 90 },
	{ "0001200000080000", "once, on 1970-02-01 00:00", 0 },
	{ "0001200000880000", "once, on 1970-02-01 00:00", 2880 },
	{ "2D62200000080000", "once, on 1970-02-02 11:11", 0 },
	{ "0001200000100020", "every 4 days from 1970-02-01 00:00", 0 },
	{ "0001200000100030", "every 6 days from 1970-02-01 00:00", 0 },
	{ "0001200000100038", "every 7 days from 1970-02-01 00:00", 0 },
	{ "0001200000100070", "every 14 days from 1970-02-01 00:00", 0 },
	{ "0001200000100400", "every 4 hours from 1970-02-01 00:00", 0 },
	{ "0001200000100500", "every 5 hours from 1970-02-01 00:00", 0 },
	{ "0001200000100700", "every 7 hours from 1970-02-01 00:00", 0 },
	{ "0001200000164000", "every 50 minutes from 1970-02-01 00:00", 0 },
	{ "0001200000176000", "every 59 minutes from 1970-02-01 00:00", 0 },
	{ "000120000015A000", "every 45 minutes from 1970-02-01 00:00", 0 },
	{ "000120000011E000", "every 15 minutes from 1970-02-01 00:00", 0 },
	{ "0001200000100031", "every 6 days from 1970-02-01 00:00 UTC", 0 },
	{ "00012CC008100028", "every 5 days from 2021-02-01 00:00", 60 },
	{ "00012000001E2000", "every week on Friday at 00:00", 0 },
	{ "00012CC008194000", "every 2 weeks on Sunday at 00:00", 60 },
	{ "0001200000261200", "on the first Friday of every month at 00:00", 0 },
	{ "00012CC008231400", "on the second Tuesday of every month at 00:00", 60 },
	{ "00012CC008232400", "on the second Tuesday of every 2 months at 00:00", 60 },
	{ "00012CC008294400", "on day 5 of every month at 00:00", 60 },
	{ "DA159CC000280400", "on the last day of every month at 16:54", 0 },
	{ "920A8C0000100008", "every day from 2018-08-10 16:36", 0 },
	{ "001A9A7BB8100008", "every day from 2011-09-26 00:00", 1439 },
	{ "786F1E0000261000", "on the last Friday of every month at 03:30", 0 },
	{ "786F1E00002FCC01", "on day 31 of every 3 months at 03:30 UTC", 0 },
	{ "786F1E0010283000", "on the last day of every 12 months at 03:30", 120 },
};

Test(schedule, published_tokens_say_what_their_sources_say)
{
	for (size_t i = 0; i < sizeof published / sizeof *published; i++) {
		struct wp_arena *arena = wp_arena_new();
		struct wp_schedule *items;
		const char *why = NULL;
		char token[WP_TOKEN_TEXT];
		size_t count;

		cr_assert_eq(wp_schedule_parse(arena, published[i].token, &items, &count, &why), 0, "%s: %s",
			     published[i].token, why);
		cr_assert_eq(count, 1);
		cr_expect_str_eq(wp_schedule_words(arena, items), published[i].words, "%s", published[i].token);
		cr_expect_eq(items->duration, published[i].duration, "%s: %u", published[i].token, items->duration);
		wp_schedule_token(items, token);
		cr_expect_str_eq(token, published[i].token);
		wp_arena_free(arena);
	}
}

Test(schedule, tokens_stand_one_behind_the_other)
{
	struct wp_arena *arena = wp_arena_new();
	struct wp_schedule *items;
	const char *why;
	size_t count;

	cr_assert_eq(wp_schedule_parse(arena, "791378800008000055147880001b200055177880001E2000", &items, &count,
				       &why), 0);
	cr_expect_eq(count, 3);
	cr_expect_eq(items[2].weekday, 6);
	wp_arena_free(arena);
}

/* The string of forest discovery in ConfigMgrCBDsc's tests has bits that no field of an interval takes. */
Test(schedule, bits_that_mean_nothing_are_left_out)
{
	struct wp_arena *arena = wp_arena_new();
	struct wp_schedule *items;
	char token[WP_TOKEN_TEXT];
	const char *why;
	size_t count;

	cr_assert_eq(wp_schedule_parse(arena, "0001200000100037", &items, &count, &why), 0);
	cr_expect_eq(count, 1);
	cr_expect_str_eq(wp_schedule_words(arena, items), "every 6 days from 1970-02-01 00:00 UTC");
	wp_schedule_token(items, token);
	cr_expect_str_eq(token, "0001200000100031");
	wp_arena_free(arena);
}

Test(schedule, what_cannot_be_is_said)
{
	static const struct {
		const char *text, *part;
	} cases[] = {
		{ "", "16 hexadecimal digits" },
		{ "000120000010003", "16 hexadecimal digits" },
		{ "0001200000100038 ", "16 hexadecimal digits" },
		{ "000120000010003G", "16 hexadecimal digits" },
		{ "0001200000000000", "recurrence" },
		{ "0001200000300000", "recurrence" },
		{ "0001200000100000", "interval is 0" },
		{ "F001200000100008", "start" },   /* minute 60 */
		{ "0000200000100008", "start" },   /* day 0 */
		{ "0001D00000100008", "start" },   /* month 13 */
		{ "001E200000100008", "start" },   /* February 30 */
		{ "0001200000182000", "weekday" }, /* day 0 of a week */
		{ "0001200000190000", "weeks" },   /* every 0 weeks */
		{ "000120000019A000", "weeks" },   /* every 5 weeks */
		{ "0001200000260200", "months" },  /* every 0 months */
		{ "0001200000261A00", "week of the month" },
		{ "00012000C0100008", "duration" }, /* 24 hours */
		{ "0001200000080000000120000010FFFF", "token 2" },
	};
	struct wp_arena *arena = wp_arena_new();

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct wp_schedule *items;
		const char *why = NULL;
		size_t count;

		cr_assert_eq(wp_schedule_parse(arena, cases[i].text, &items, &count, &why), -1, "%s", cases[i].text);
		cr_expect(strstr(why, cases[i].part), "%s: %s", cases[i].text, why);
	}
	wp_arena_free(arena);
}

Test(schedule, objects_and_tokens_are_the_same)
{
	static const struct {
		const char *object, *token;
	} pairs[] = {
		{ "{\"__CLASS\":\"SMS_ST_NonRecurring\",\"StartTime\":\"2004-07-19T08:30:00\",\"IsGMT\":false}",
		  "7913788000080000" },
		{ "{\"__CLASS\":\"SMS_ST_RecurInterval\",\"StartTime\":\"20191119010400.000000+***\",\"DaySpan\":2,"
		  "\"HourDuration\":2,\"MinuteDuration\":59}", "1033BC7B10100010" },
		{ "{\"__CLASS\":\"SMS_ST_RecurWeekly\",\"StartTime\":\"2021-02-01T00:00:00\",\"Day\":1,"
		  "\"ForNumberOfWeeks\":2,\"HourDuration\":1}", "00012CC008194000" },
		{ "{\"__CLASS\":\"SMS_ST_RecurMonthlyByWeekday\",\"StartTime\":\"2021-02-01T00:00:00\",\"Day\":3,"
		  "\"WeekOrder\":2,\"ForNumberOfMonths\":2,\"HourDuration\":1}", "00012CC008232400" },
		{ "{\"__CLASS\":\"SMS_ST_RecurMonthlyByDate\",\"StartTime\":\"2026-01-15T03:30:00\",\"MonthDay\":31,"
		  "\"ForNumberOfMonths\":3,\"IsGMT\":true}", "786F1E00002FCC01" },
	};
	struct wp_arena *arena = wp_arena_new();

	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		json_t *object = json_loads(pairs[i].object, 0, NULL);
		struct wp_schedule *items;
		const char *why = NULL;
		char token[WP_TOKEN_TEXT];
		size_t count;

		cr_assert_eq(wp_schedule_decode(arena, object, &items, &count, &why), 0, "%zu: %s", i, why);
		cr_assert_eq(count, 1);
		wp_schedule_token(items, token);
		cr_expect_str_eq(token, pairs[i].token);
		json_decref(object);
	}
	wp_arena_free(arena);
}

Test(schedule, every_field_survives_the_way_through_a_token)
{
	struct wp_arena *arena = wp_arena_new();
	unsigned int seed = 20260228, done = 0;

	while (done < 20000) {
		struct wp_schedule one, *items;
		const char *why;
		char text[WP_TOKEN_TEXT], again[WP_TOKEN_TEXT];
		size_t count;
		uint32_t words[2];

		for (int i = 0; i < 2; i++) {
			seed = seed * 1664525u + 1013904223u;
			words[i] = seed ^ seed >> 13;
		}
		snprintf(text, sizeof text, "%08X%08X", words[0], words[1]);
		if (wp_schedule_parse(arena, text, &items, &count, &why) != 0)
			continue;
		done++;
		one = *items;
		wp_schedule_token(&one, again);
		cr_assert_eq(wp_schedule_parse(arena, again, &items, &count, &why), 0, "%s from %s: %s", again, text, why);
		cr_assert(!strcmp(wp_schedule_words(arena, &one), wp_schedule_words(arena, items)) &&
				  one.duration == items->duration && one.utc == items->utc, "%s from %s", again, text);
	}
	wp_arena_free(arena);
}

/* Berlin's clocks around 2026: ahead by two hours from March 29th, 01:00 UTC, to October 25th, 01:00 UTC. */
static struct wp_zone berlin(void)
{
	static struct wp_zone_change changes[3];

	changes[0] = (struct wp_zone_change){ 0, 3600 };
	changes[1] = (struct wp_zone_change){ wp_time_parse("2026-03-29T01:00:00Z").ticks, 7200 };
	changes[2] = (struct wp_zone_change){ wp_time_parse("2026-10-25T01:00:00Z").ticks, 3600 };
	return (struct wp_zone){ "Europe/Berlin", changes, 3 };
}

Test(schedule, the_next_run)
{
	static const struct {
		const char *token, *after, *next;
	} cases[] = {
		{ "7913788000080000", "2004-07-19T06:30:00Z", NULL }, /* 08:30 in Berlin is 07:30 UTC before the list's first change */
		{ "920A8C0000100008", "2026-02-14T00:00:00Z", "2026-02-14T15:36:00Z" },
		{ "920A8C0000100008", "2026-07-14T00:00:00Z", "2026-07-14T14:36:00Z" },
		{ "920A8C0000100008", "2026-03-28T15:37:00Z", "2026-03-29T14:36:00Z" }, /* across the change */
		{ "920A8C0000100008", "2026-02-14T15:36:00Z", "2026-02-14T15:36:00Z" },
		{ "0001200000100400", "2026-02-14T00:00:00Z", "2026-02-14T03:00:00Z" },
		{ "0001200000100031", "2026-02-14T00:00:00Z", "2026-02-19T00:00:00Z" },
		{ "02C159C0381A2000", "2026-02-14T00:00:00Z", "2026-02-16T21:00:00Z" },
		{ "02C159C0381A2000", "2026-02-16T21:00:01Z", "2026-02-23T21:00:00Z" },
		{ "00012CC008194000", "2021-02-01T00:00:00Z", "2021-02-06T23:00:00Z" },
		{ "00012CC008194000", "2021-02-07T00:00:00Z", "2021-02-20T23:00:00Z" },
		{ "00012CC008231400", "2026-02-01T00:00:00Z", "2026-02-09T23:00:00Z" },
		{ "00012CC008231400", "2026-02-11T00:00:00Z", "2026-03-09T23:00:00Z" },
		{ "00012CC008232400", "2026-03-01T00:00:00Z", "2026-04-13T22:00:00Z" },
		{ "00012CC008294400", "2026-02-06T00:00:00Z", "2026-03-04T23:00:00Z" },
		{ "DA159CC000280400", "2026-02-01T00:00:00Z", "2026-02-28T15:54:00Z" },
		{ "DA159CC000280400", "2028-02-01T00:00:00Z", "2028-02-29T15:54:00Z" },
		{ "786F1E0000261000", "2026-02-01T00:00:00Z", "2026-02-27T02:30:00Z" },
		{ "786F1E0000261000", "2026-05-01T00:00:00Z", "2026-05-29T01:30:00Z" },
		{ "786F1E00002FCC01", "2026-02-01T00:00:00Z", "2026-04-30T03:30:00Z" },
		{ "786F1E00002FCC01", "2025-01-01T00:00:00Z", "2026-01-31T03:30:00Z" },
		{ "786F1E0010283000", "2026-02-01T00:00:00Z", "2027-01-31T02:30:00Z" },
	};
	struct wp_zone zone = berlin();
	struct wp_arena *arena = wp_arena_new();

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct wp_schedule *items;
		const char *why;
		struct wp_time next;
		size_t count;

		cr_assert_eq(wp_schedule_parse(arena, cases[i].token, &items, &count, &why), 0);
		next = wp_schedule_next(items, &zone, wp_time_parse(cases[i].after));
		if (!i)
			next = wp_schedule_next(items, &zone, wp_time_parse("2004-07-19T07:30:01Z"));
		cr_expect(cases[i].next ? next.known && !strcmp(wp_time_iso(arena, next), cases[i].next) : !next.known,
			  "%s after %s: %s", cases[i].token, cases[i].after,
			  next.known ? wp_time_iso(arena, next) : "none");
	}
	wp_arena_free(arena);
}

/* What is said to be next is at or after the question, runs where the question is asked at it, and comes in order. */
Test(schedule, runs_come_one_after_the_other)
{
	struct wp_zone zone = berlin();

	for (size_t i = 0; i < sizeof published / sizeof *published; i++) {
		struct wp_arena *arena = wp_arena_new();
		struct wp_time at = wp_time_parse("2026-03-20T12:34:56Z");
		struct wp_schedule *items;
		const char *why;
		size_t count;

		cr_assert_eq(wp_schedule_parse(arena, published[i].token, &items, &count, &why), 0);
		for (int run = 0; run < 400; run++) {
			struct wp_time next = wp_schedule_next(items, &zone, at);

			if (items->recurrence == WP_RECURRENCE_ONCE) {
				cr_assert(!next.known);
				break;
			}
			cr_assert(next.known && next.ticks >= at.ticks, "%s", published[i].token);
			cr_assert_eq(wp_schedule_next(items, &zone, next).ticks, next.ticks, "%s", published[i].token);
			at = next;
			at.ticks++;
		}
		wp_arena_free(arena);
	}
}

Test(zone, hours_that_are_twice_or_never)
{
	struct wp_zone zone = berlin();
	struct wp_arena *arena = wp_arena_new();
	static const struct {
		const char *local, *utc;
	} cases[] = {
		{ "2026-01-10T12:00:00Z", "2026-01-10T11:00:00Z" }, { "2026-07-10T12:00:00Z", "2026-07-10T10:00:00Z" },
		{ "2026-03-29T01:59:00Z", "2026-03-29T00:59:00Z" }, { "2026-03-29T02:30:00Z", "2026-03-29T01:30:00Z" },
		{ "2026-03-29T03:00:00Z", "2026-03-29T01:00:00Z" }, { "2026-10-25T02:30:00Z", "2026-10-25T00:30:00Z" },
		{ "2026-10-25T03:00:00Z", "2026-10-25T02:00:00Z" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct wp_time utc = { true, true, wp_zone_to_utc(&zone, wp_time_parse(cases[i].local).ticks) };

		cr_expect_str_eq(wp_time_iso(arena, utc), cases[i].utc, "%s", cases[i].local);
	}
	cr_expect_eq(wp_zone_to_utc(NULL, 1234), 1234);
	wp_arena_free(arena);
}

/* What is said of a weekly or monthly schedule can be read again, and says the same then. */
Test(schedule, words_are_read_again)
{
	struct wp_arena *arena = wp_arena_new();
	struct wp_schedule schedule = { .recurrence = WP_RECURRENCE_WEEKLY, .start = { 1970, 2, 1, 22, 5, 0, 0 } }, again;

	for (int i = 0; i < 7 * 4 * 2; i++) {
		const char *words;

		schedule.weekday = (uint8_t)(i % 7 + 1);
		schedule.weeks = (uint8_t)(i / 7 % 4 + 1);
		schedule.utc = i / 28;
		words = wp_schedule_words(arena, &schedule);
		cr_assert(wp_schedule_from_words(words, &again), "%s", words);
		cr_expect_str_eq(wp_schedule_words(arena, &again), words);
	}
	for (int i = 0; i < 12 * (5 * 7 + 32); i++) {
		const char *words;
		int place = i / 12;

		schedule = (struct wp_schedule){ .start = { 1970, 2, 1, 0, 30, 0, 0 }, .months = (uint8_t)(i % 12 + 1) };
		schedule.recurrence = place < 35 ? WP_RECURRENCE_MONTHLY_BY_WEEKDAY : WP_RECURRENCE_MONTHLY_BY_DATE;
		schedule.weekday = (uint8_t)(place < 35 ? place % 7 + 1 : 0);
		schedule.week_order = (uint8_t)(place < 35 ? place / 7 : 0);
		schedule.month_day = (uint8_t)(place < 35 ? 0 : place - 35);
		words = wp_schedule_words(arena, &schedule);
		cr_assert(wp_schedule_from_words(words, &again), "%s", words);
		cr_expect_str_eq(wp_schedule_words(arena, &again), words);
	}
	wp_arena_free(arena);
}

Test(schedule, other_words_are_refused)
{
	static const char *const texts[] = {
		"",
		"every",
		"every week",
		"every week on Sunday",
		"every week on Sunday at 24:00",
		"every week on Sunday at 22:60",
		"every week on Sunday at 2:00",
		"every week on Sunday at 22:00 CET",
		"every week on Sunday at 22:00 UTC again",
		"every 0 weeks on Sunday at 22:00",
		"every 5 weeks on Sunday at 22:00",
		"every day on Sunday at 22:00",
		"on the fifth Sunday of every month at 22:00",
		"on the first day of every month at 22:00",
		"on day 32 of every month at 22:00",
		"on day 0 of every month at 22:00",
		"on day 1 of every 13 months at 22:00",
		"on day 1 of every month",
		"a b c d e f g h i j k l m n",
	};
	struct wp_schedule schedule;

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		cr_expect_not(wp_schedule_from_words(texts[i], &schedule), "%s", texts[i]);
}
