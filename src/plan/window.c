/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When the configured maintenance window is open: as it stands, or the next time that its schedule opens it. */
#include "wimplan/config.h"

static int64_t duration_of(const struct wp_window_settings *window)
{
	if (window->duration)
		return (int64_t)window->duration * WP_TICKS_PER_SECOND;
	return window->start.known && window->end.known ? window->end.ticks - window->start.ticks : 0;
}

int wp_window_resolve(const struct wp_window_settings *window, const struct wp_zone *zone, struct wp_time now,
		      struct wp_time *ret_start, struct wp_time *ret_end, struct wp_error *err)
{
	int64_t duration = duration_of(window);
	struct wp_time after = now;

	*ret_start = window->start;
	*ret_end = window->end;
	if (!window->recurs) {
		if (window->start.known && window->end.known && duration != window->end.ticks - window->start.ticks) {
			*ret_start = *ret_end = (struct wp_time){ 0 };
			return wp_fail(err, WP_E_USAGE, "config", "duration",
				       "[window] has an end and a duration that do not agree; keep one of the two");
		}
		if (window->start.known && !window->end.known && duration) {
			*ret_end = window->start;
			ret_end->ticks += duration;
		}
		return WP_OK;
	}
	if (!duration)
		return wp_fail(err, WP_E_USAGE, "config", "every",
			       "[window] has every and no duration, so that nobody knows when it ends; add duration = 4h");
	/* One that is open already is the one that is meant. */
	after.ticks -= duration - WP_TICKS_PER_SECOND;
	*ret_start = wp_schedule_next(&window->every, zone, after);
	*ret_end = *ret_start;
	ret_end->ticks += duration;
	return WP_OK;
}
