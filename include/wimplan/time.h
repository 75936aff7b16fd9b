/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Instants. One unit for all: 100 ns since 1601-01-01T00:00:00Z, as in a FILETIME. */
#ifndef WIMPLAN_TIME_H
#define WIMPLAN_TIME_H

#include "wimplan/arena.h"

#include <stdbool.h>
#include <stdint.h>

#define WP_TICKS_PER_SECOND INT64_C(10000000)
/* 1970-01-01 in ticks. */
#define WP_UNIX_EPOCH_TICKS INT64_C(116444736000000000)

struct wp_time {
	bool known;      /* false: no such value; the rest is then 0 */
	bool zone_known; /* false: a local time without its offset, as DMTF's "+***"; ticks are then as if it were UTC */
	int64_t ticks;   /* 100 ns since 1601-01-01T00:00:00Z */
};

/* A time of the calendar, in whatever zone; proleptic Gregorian, 1601 to 9999. */
struct wp_civil {
	int year, month, day; /* month 1 to 12, day 1 to 31 */
	int hour, minute, second;
	int fraction; /* ticks of 100 ns */
};

/* Days of a month. @month is 1 to 12. */
int wp_days_of_month(int year, int month);
/* Day of the week: 0 Sunday to 6 Saturday. */
int wp_civil_weekday(const struct wp_civil *civil);
/* The time taken as UTC. Not known when the calendar has no such day or the clock no such time. */
struct wp_time wp_time_from_civil(const struct wp_civil *civil);
/* The calendar's view of @ticks, which must be those of a known time. */
struct wp_civil wp_civil_from_ticks(int64_t ticks);

/*
 * The time that is @ticks, or that clocks show which are @offset minutes ahead of UTC; unless @zone_known these are taken for
 * UTC. Not known outside of the calendar.
 */
struct wp_time wp_time_from_ticks(int64_t ticks, bool zone_known);
struct wp_time wp_time_from_local(const struct wp_civil *civil, bool zone_known, int offset);

/* From a FILETIME. Not known when it is beyond the year 9999 (contracts: a bad value). */
struct wp_time wp_time_from_filetime(uint64_t filetime);
struct wp_time wp_time_from_unix(int64_t seconds, uint32_t nanoseconds);

/*
 * Reads a site's dates: DMTF "yyyymmddHHMMSS.mmmmmm±UUU" or "+***" (UUU minutes), ISO 8601 with or without zone
 * ("2024-08-30T20:55:06.1234567Z", a space for the T, date alone), "/Date(ms)/" and "\/Date(ms+hhmm)\/" (ms are UTC).
 * Not known when the text is NULL, anything else or no date of the calendar.
 */
struct wp_time wp_time_parse(const char *text);

/*
 * A site's ways to say "never": the unknown, and any time on 1970-01-01, 1980-01-01 or 1990-01-01, or up to 14 hours
 * off them: a local "never" becomes another UTC time on its way through PowerShell. No site is that old.
 */
bool wp_time_is_never(struct wp_time time);

/*
 * "2026-02-14T03:10:00Z", with seven decimals where the fraction is not 0; no "Z" when the zone is
 * unknown. NULL when not known.
 */
char *wp_time_iso(struct wp_arena *arena, struct wp_time time);
/* The same, always with seven decimals: the form of FILETIMEs. */
char *wp_time_iso_ticks(struct wp_arena *arena, struct wp_time time);
/* For people: "2026-02-14 03:10Z"; "never" when not known. */
char *wp_time_minutes(struct wp_arena *arena, struct wp_time time);

/* Reads "90s", "30m", "4h" or "2d" into seconds; false when it is anything else or too long to count. */
bool wp_duration_parse(const char *text, uint64_t *ret_seconds);

/* From this instant on the zone's clocks are ahead of UTC by @offset. */
struct wp_zone_change {
	int64_t at;     /* ticks as in struct wp_time */
	int32_t offset; /* seconds that local time is ahead of UTC; negative west of Greenwich */
};

/* The first change stands for all time before the second, whatever its @at. */
struct wp_zone {
	const char *name; /* "Europe/Berlin" */
	const struct wp_zone_change *changes; /* by @at; at least one */
	size_t count;
};

/* @ticks as the zone's clocks show them: as if local time were UTC. A NULL zone is UTC. */
int64_t wp_zone_to_local(const struct wp_zone *zone, int64_t ticks);

/*
 * The instant at which the zone's clocks show @local (ticks as if it were UTC). Of an hour that is twice the first one
 * is meant; a time that the clocks leap over is as much later as they leap.
 */
int64_t wp_zone_to_utc(const struct wp_zone *zone, int64_t local);

#endif
