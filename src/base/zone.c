/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the clocks of a time zone show. */
#include "wimplan/time.h"

/* Seconds that local time is ahead of UTC. */
static int32_t offset_at(const struct wp_zone *zone, int64_t ticks)
{
	size_t low = 1, high = zone ? zone->count : 0;

	if (!high)
		return 0;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (zone->changes[middle].at <= ticks)
			low = middle + 1;
		else
			high = middle;
	}
	return zone->changes[low - 1].offset;
}

int64_t wp_zone_to_local(const struct wp_zone *zone, int64_t ticks)
{
	return ticks + offset_at(zone, ticks) * WP_TICKS_PER_SECOND;
}

int64_t wp_zone_to_utc(const struct wp_zone *zone, int64_t local)
{
	/* No zone is more than 15 hours off, so one of the offsets a day before and after is the right one. */
	const int64_t day = 24 * 3600 * WP_TICKS_PER_SECOND;
	int64_t before = local - offset_at(zone, local - day) * WP_TICKS_PER_SECOND;
	int64_t after = local - offset_at(zone, local + day) * WP_TICKS_PER_SECOND;

	if (wp_zone_to_local(zone, before) == local)
		return before;
	/* In a gap neither is right, and the offset from before it gives what the clocks would have shown. */
	return wp_zone_to_local(zone, after) == local ? after : before;
}
