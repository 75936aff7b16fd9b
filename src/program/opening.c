/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The configured window on this machine's clock and with its time zones. */
#include "wimplan/clock.h"
#include "wimplan/program.h"

int wp_program_window(struct wp_arena *arena, const struct wp_window_settings *settings, struct wp_time now,
		      struct wp_zone *ret_zone, struct wp_time *ret_start, struct wp_time *ret_end, struct wp_error *err)
{
	int status = WP_OK;

	*ret_zone = (struct wp_zone){ 0 };
	*ret_start = *ret_end = (struct wp_time){ 0 };
	if (settings->timezone)
		status = wp_zone_load(arena, settings->timezone, now, ret_zone, err);
	return status ? status : wp_window_resolve(settings, ret_zone->count ? ret_zone : NULL, now, ret_start, ret_end, err);
}
