/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A time zone as values: when its clocks change, and by how much. */
#ifndef WIMPLAN_ZONE_H
#define WIMPLAN_ZONE_H

#include "wimplan/time.h"

#include <stddef.h>

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

/* Seconds that local time is ahead of UTC at @ticks. A NULL zone is UTC. */
int32_t wp_zone_offset(const struct wp_zone *zone, int64_t ticks);

/* @time as the zone's clocks show it: ticks as if local time were UTC. */
int64_t wp_zone_to_local(const struct wp_zone *zone, int64_t ticks);

/*
 * The instant at which the zone's clocks show @local (ticks as if it were UTC). Of an hour that is twice the first one
 * is meant; a time that the clocks leap over is as much later as they leap.
 */
int64_t wp_zone_to_utc(const struct wp_zone *zone, int64_t local);

#endif
