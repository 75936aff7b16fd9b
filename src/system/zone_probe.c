/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When the clocks of a named zone change, as this machine's time zone database has it. */
#include "wimplan/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define DAY 86400
/* Years from now in which changes are looked for: a window is a few weeks away. */
#define YEARS_BEFORE 1
#define YEARS_AHEAD 10

/* The zone's file, as tzset(3) finds it. */
static bool is_known(const char *name)
{
	const char *folder = getenv("TZDIR");
	char path[512];
	int length;

	if (!*name || *name == '/' || *name == '.' || strstr(name, "..") ||
	    name[strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/")])
		return false;
	length = snprintf(path, sizeof path, "%s/%s", folder && *folder ? folder : "/usr/share/zoneinfo", name);
	return length > 0 && (size_t)length < sizeof path && access(path, R_OK) == 0;
}

static int32_t offset_at(time_t time)
{
	struct tm local;

	return localtime_r(&time, &local) ? (int32_t)local.tm_gmtoff : 0;
}

static void add_change(struct wp_arena *arena, struct wp_zone_change **changes, size_t *count, time_t at, int32_t offset)
{
	*WP_PUSH(arena, *changes, *count) =
		(struct wp_zone_change){ wp_time_from_unix(at, 0).ticks, offset };
}

/* The changes between two times, to the second. Zones change at most once a day. */
static void probe(struct wp_arena *arena, time_t from, time_t to, struct wp_zone_change **changes, size_t *count)
{
	int32_t before = offset_at(from);

	add_change(arena, changes, count, from, before);
	for (time_t day = from; day < to; day += DAY) {
		time_t low = day, high = day + DAY;
		int32_t after = offset_at(high);

		if (after == before)
			continue;
		while (high - low > 1) {
			time_t middle = low + (high - low) / 2;

			*(offset_at(middle) == before ? &low : &high) = middle;
		}
		add_change(arena, changes, count, high, after);
		before = after;
	}
}

int wp_zone_load(struct wp_arena *arena, const char *name, struct wp_time now, struct wp_zone *ret, struct wp_error *err)
{
	const char *variable = getenv("TZ");
	char *kept = wp_arena_strdup(arena, variable);
	struct wp_zone_change *changes = NULL;
	time_t unix_now = (time_t)((now.ticks - WP_UNIX_EPOCH_TICKS) / WP_TICKS_PER_SECOND);
	size_t count = 0;

	if (!is_known(name))
		return wp_fail(err, WP_E_USAGE, "zone", name,
			       "the time zone '%s' is not known on this machine; name one as Europe/Berlin, and see that "
			       "tzdata is installed",
			       name);
	setenv("TZ", name, 1);
	tzset();
	probe(arena, unix_now - YEARS_BEFORE * 366 * (time_t)DAY, unix_now + YEARS_AHEAD * 366 * (time_t)DAY, &changes,
	      &count);
	if (kept)
		setenv("TZ", kept, 1);
	else
		unsetenv("TZ");
	tzset();
	*ret = (struct wp_zone){ wp_arena_strdup(arena, name), changes, count };
	return WP_OK;
}

const char *wp_zone_here(struct wp_arena *arena)
{
	static const char folder[] = "zoneinfo/";
	const char *name = getenv("TZ"), *at;
	char path[512];
	ssize_t length;

	if (!name) {
		length = readlink("/etc/localtime", path, sizeof path - 1);
		path[length > 0 ? length : 0] = '\0';
		at = strstr(path, folder);
		name = at ? at + strlen(folder) : "";
	}
	/* tzset(3): a colon may stand in front of a name; what is none is a rule, which has no name to show. */
	name += *name == ':';
	if (!is_known(name) || !strcmp(name, "UTC") || !strcmp(name, "Etc/UTC"))
		return NULL;
	return wp_arena_strdup(arena, name);
}
