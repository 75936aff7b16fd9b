/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Instants: every form of date that a site writes, and the ends of the calendar. */
#include "wimplan/time.h"

#include <criterion/criterion.h>
#include <string.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

Test(base, dates_are_read)
{
	static const struct {
		const char *text;
		const char *iso; /* NULL: not known */
	} cases[] = {
		/* DMTF */
		{ "20190423235533.000000+000", "2019-04-23T23:55:33Z" },
		{ "20190508013716.000000+***", "2019-05-08T01:37:16" },
		{ "20190508013716.123456+***", "2019-05-08T01:37:16.1234560" },
		{ "20190508013716.******+000", "2019-05-08T01:37:16Z" },
		{ "20240229120000.500000+060", "2024-02-29T11:00:00.5000000Z" },
		{ "20240229003000.000000+120", "2024-02-28T22:30:00Z" },
		{ "20231231200000.000000-300", "2024-01-01T01:00:00Z" },
		{ "20231231200000.000000-***", "2023-12-31T20:00:00" },
		{ "16010101000000.000000+000", "1601-01-01T00:00:00Z" },
		{ "16010101000000.000000+001", NULL },
		{ "99991231235959.999999+000", "9999-12-31T23:59:59.9999990Z" },
		{ "99991231235959.999999-001", NULL },
		{ "20190423235533.000000+00", NULL },
		{ "20190423235533.000000+0000", NULL },
		{ "20190423235533.000000 000", NULL },
		{ "20190423235533.000000+**", NULL },
		{ "20190423235533.00000+000", NULL },
		{ "20190423235533+000", NULL },
		{ "20190423235533", NULL },
		{ "2019042323553x.000000+000", NULL },
		{ "00000001000000.000000:000", NULL },
		/* ISO 8601 */
		{ "2024-08-30T20:55:06Z", "2024-08-30T20:55:06Z" },
		{ "2024-08-30t20:55:06z", "2024-08-30T20:55:06Z" },
		{ "2024-08-30 20:55:06Z", "2024-08-30T20:55:06Z" },
		{ "2024-08-30T20:55:06.1234567Z", "2024-08-30T20:55:06.1234567Z" },
		{ "2024-08-30T20:55:06.1Z", "2024-08-30T20:55:06.1000000Z" },
		{ "2024-08-30T20:55:06.123456789999Z", "2024-08-30T20:55:06.1234567Z" },
		{ "2024-08-30T20:55:06.00000009Z", "2024-08-30T20:55:06Z" },
		{ "2024-08-30T20:55:06", "2024-08-30T20:55:06" },
		{ "2024-08-30T20:55", "2024-08-30T20:55:00" },
		{ "2024-08-30T20:55Z", "2024-08-30T20:55:00Z" },
		{ "2024-08-30", "2024-08-30T00:00:00" },
		{ "2024-08-30T22:55:06+02:00", "2024-08-30T20:55:06Z" },
		{ "2024-08-30T22:55:06.5000000+0200", "2024-08-30T20:55:06.5000000Z" },
		{ "2024-08-30T15:25:06-05:30", "2024-08-30T20:55:06Z" },
		{ "2024-08-30T22:55:06+02", "2024-08-30T20:55:06Z" },
		{ "2024-12-31T23:30:00-01:00", "2025-01-01T00:30:00Z" },
		{ "2024-08-30T20:55:06.Z", NULL },
		{ "2024-08-30T20:55:6Z", NULL },
		{ "2024-08-30T20:55:", NULL },
		{ "2024-08-30T20:55:06+2:00", NULL },
		{ "2024-08-30T20:55:06+24:00", NULL },
		{ "2024-08-30T20:55:06+02:60", NULL },
		{ "2024-08-30T20:55:06+02:", NULL },
		{ "2024-08-30T20:55:06ZZ", NULL },
		{ "2024-08-30T20:55:06 ", NULL },
		{ " 2024-08-30", NULL },
		{ "2024-08-30T", NULL },
		{ "2024-08-30T20", NULL },
		{ "2024-08-30X20:55:06Z", NULL },
		{ "2024-8-30", NULL },
		{ "2024-08", NULL },
		{ "2024-", NULL },
		/* The calendar */
		{ "2024-02-29", "2024-02-29T00:00:00" },
		{ "2023-02-29", NULL },
		{ "2000-02-29", "2000-02-29T00:00:00" },
		{ "1900-02-29", NULL },
		{ "2100-02-29", NULL },
		{ "2400-02-29", "2400-02-29T00:00:00" },
		{ "2024-02-30", NULL },
		{ "2024-04-31", NULL },
		{ "2024-12-31", "2024-12-31T00:00:00" },
		{ "2024-12-32", NULL },
		{ "2024-13-01", NULL },
		{ "2024-00-01", NULL },
		{ "2024-01-00", NULL },
		{ "2024-01-01T24:00:00Z", NULL },
		{ "2024-01-01T23:60:00Z", NULL },
		{ "2024-01-01T23:59:60Z", NULL },
		{ "1600-12-31T23:59:59Z", NULL },
		{ "1600-12-31T23:59:59-00:01", NULL },
		{ "0001-01-01T00:00:00Z", NULL },
		{ "9999-12-31T23:59:59.9999999Z", "9999-12-31T23:59:59.9999999Z" },
		/* JSON of Windows PowerShell */
		{ "/Date(0)/", "1970-01-01T00:00:00Z" },
		{ "/Date(-1)/", "1969-12-31T23:59:59.9990000Z" },
		{ "/Date(1556063733000)/", "2019-04-23T23:55:33Z" },
		{ "\\/Date(1556063733000)\\/", "2019-04-23T23:55:33Z" },
		{ "/Date(1556063733000+0200)/", "2019-04-23T23:55:33Z" },
		{ "\\/Date(1556063733000-0530)\\/", "2019-04-23T23:55:33Z" },
		{ "/Date(-11644473600000)/", "1601-01-01T00:00:00Z" },
		{ "/Date(-11644473600001)/", NULL },
		{ "/Date(-62135596800000)/", NULL },
		{ "/Date(253402300799999)/", "9999-12-31T23:59:59.9990000Z" },
		{ "/Date(253402300800000)/", NULL },
		{ "/Date(9223372036854775807)/", NULL },
		{ "/Date(99999999999999999999)/", NULL },
		{ "/Date()/", NULL },
		{ "/Date(-)/", NULL },
		{ "/Date(1)", NULL },
		{ "/Date(1)/x", NULL },
		{ "/Date(1+02)/", NULL },
		{ "/Date(1 )/", NULL },
		/* Anything else */
		{ "", NULL },
		{ "never", NULL },
		{ "8/30/2024 8:55:06 PM", NULL },
		{ "-123", NULL },
	};
	struct wp_arena *arena = wp_arena_new();
	size_t i;

	for (i = 0; i < COUNT(cases); i++) {
		struct wp_time time = wp_time_parse(cases[i].text);
		const char *iso = wp_time_iso(arena, time);

		if (!cases[i].iso) {
			cr_expect(!time.known && !time.zone_known && time.ticks == 0, "\"%s\": %s", cases[i].text,
				  iso ? iso : "");
			cr_expect_null(iso, "\"%s\"", cases[i].text);
			continue;
		}
		cr_assert_not_null(iso, "\"%s\"", cases[i].text);
		cr_expect_str_eq(iso, cases[i].iso, "\"%s\": %s", cases[i].text, iso);
		cr_expect_eq(wp_time_parse(iso).ticks, time.ticks, "\"%s\" is read back", iso);
	}
	cr_expect_not(wp_time_parse(NULL).known);
	wp_arena_free(arena);
}

Test(base, days_of_the_calendar)
{
	struct wp_arena *arena = wp_arena_new();
	int64_t day = INT64_C(24) * 3600 * WP_TICKS_PER_SECOND;
	int64_t ticks = 0;
	char previous[32] = "";
	int64_t count = 0;

	/* Each day reads back as itself and is later than the one before; after 1601 to 1710 the steps are wide. */
	for (; wp_time_from_filetime((uint64_t)ticks).known; ticks += day * (count < 40000 ? 1 : 97)) {
		const char *iso;

		if (count++ % 1000 == 0) {
			wp_arena_free(arena);
			arena = wp_arena_new();
		}
		iso = wp_time_iso(arena, wp_time_from_filetime((uint64_t)ticks));
		cr_assert_eq(wp_time_parse(iso).ticks, ticks, "%s", iso);
		cr_assert_gt(strcmp(iso, previous), 0, "%s after %s", iso, previous);
		strcpy(previous, iso);
	}
	cr_expect_gt(count, 70000);
	wp_arena_free(arena);
}

Test(base, instants_from_numbers)
{
	static const uint64_t last = UINT64_C(2650467743999999999);
	struct wp_arena *arena = wp_arena_new();
	struct wp_time later;

	cr_expect_str_eq(wp_time_iso_ticks(arena, wp_time_from_filetime(0)), "1601-01-01T00:00:00.0000000Z");
	cr_expect_str_eq(wp_time_iso_ticks(arena, wp_time_from_filetime(1)), "1601-01-01T00:00:00.0000001Z");
	cr_expect_str_eq(wp_time_iso(arena, wp_time_from_filetime(0)), "1601-01-01T00:00:00Z");
	cr_expect_str_eq(wp_time_iso(arena, wp_time_from_filetime(last)), "9999-12-31T23:59:59.9999999Z");
	cr_expect_not(wp_time_from_filetime(last + 1).known);
	/* Calculated, such as the end of a window in the last year that is read. */
	later = wp_time_from_filetime(last);
	later.ticks++;
	cr_expect_str_eq(wp_time_iso(arena, later), "10000-01-01T00:00:00Z");
	cr_expect_not(wp_time_from_filetime(INT64_MAX).known);
	cr_expect_not(wp_time_from_filetime(UINT64_MAX).known);

	cr_expect_eq(wp_time_from_unix(0, 0).ticks, WP_UNIX_EPOCH_TICKS);
	cr_expect_str_eq(wp_time_iso(arena, wp_time_from_unix(1771038600, 0)), "2026-02-14T03:10:00Z");
	cr_expect_str_eq(wp_time_iso(arena, wp_time_from_unix(1, 999999999)), "1970-01-01T00:00:01.9999999Z");
	cr_expect_str_eq(wp_time_iso(arena, wp_time_from_unix(-1, 0)), "1969-12-31T23:59:59Z");
	cr_expect(wp_time_from_unix(-INT64_C(11644473600), 0).known);
	cr_expect_not(wp_time_from_unix(-INT64_C(11644473601), 0).known);
	cr_expect(wp_time_from_unix(INT64_C(253402300799), 999999999).known);
	cr_expect_not(wp_time_from_unix(INT64_C(253402300800), 0).known);
	cr_expect_not(wp_time_from_unix(0, 1000000000).known);
	cr_expect_not(wp_time_from_unix(INT64_MAX, 0).known);
	cr_expect_not(wp_time_from_unix(INT64_MIN, 0).known);
	cr_expect_not(wp_time_from_unix(INT64_MAX / WP_TICKS_PER_SECOND, 0).known);

	cr_expect_null(wp_time_iso(arena, (struct wp_time){ 0 }));
	cr_expect_null(wp_time_iso_ticks(arena, (struct wp_time){ 0 }));
	cr_expect_str_eq(wp_time_minutes(arena, (struct wp_time){ 0 }), "never");
	cr_expect_str_eq(wp_time_minutes(arena, wp_time_from_unix(1771038659, 0)), "2026-02-14 03:10Z");
	cr_expect_str_eq(wp_time_minutes(arena, wp_time_parse("2026-02-14T03:10:59")), "2026-02-14 03:10");
	wp_arena_free(arena);
}

Test(base, dates_that_mean_never)
{
	static const struct {
		const char *text;
		bool never;
	} cases[] = {
		{ "19900101000000.000000+***", true },  { "19900101000000.000000+000", true },
		{ "1990-01-01T23:59:59.9999999Z", true }, { "1990-01-02T13:59:59Z", true },
		{ "1990-01-02T14:00:00Z", false },        { "1989-12-31T10:00:00Z", true },
		{ "1989-12-31T09:59:59Z", false },        { "1980-01-01T00:00:00Z", true },
		{ "1980-01-01T12:00:00Z", true },         { "1980-01-03T00:00:00Z", false },
		{ "1970-01-01T00:00:00Z", true },         { "/Date(0)/", true },
		{ "/Date(86399999)/", true },             { "/Date(136800000)/", false },
		{ "/Date(-1)/", true },                   { "1979-12-31T19:00:00-05:00", true },
		{ "1601-01-01", false },                  { "0001-01-01T00:00:00", true },
		{ "", true },                             { "2026-11-21", false },
	};
	size_t i;

	for (i = 0; i < COUNT(cases); i++)
		cr_expect_eq(wp_time_is_never(wp_time_parse(cases[i].text)), cases[i].never, "\"%s\"", cases[i].text);
}

Test(base, durations)
{
	static const struct {
		const char *text;
		bool good;
		uint64_t seconds;
	} cases[] = {
		{ "90s", true, 90 },
		{ "30m", true, 1800 },
		{ "4h", true, 14400 },
		{ "2d", true, 172800 },
		{ "0d", true, 0 },
		{ "213503982334601d", true, UINT64_C(213503982334601) * 86400 },
		{ "213503982334602d", false, 0 },
		{ "999999999999999999s", true, UINT64_C(999999999999999999) },
		{ "1000000000000000000s", false, 0 },
		{ "", false, 0 },
		{ "7", false, 0 },
		{ "d", false, 0 },
		{ "7w", false, 0 },
		{ "7 d", false, 0 },
		{ "7dd", false, 0 },
		{ "-7d", false, 0 },
		{ "1.5h", false, 0 },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		uint64_t seconds = 0;

		cr_expect_eq(wp_duration_parse(cases[i].text, &seconds), cases[i].good, "%s", cases[i].text);
		if (cases[i].good)
			cr_expect_eq(seconds, cases[i].seconds, "%s", cases[i].text);
	}
}
