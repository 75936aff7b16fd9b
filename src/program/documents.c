/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A plan as programs read it, and the window that the configuration names. */
#include "wimplan/clock.h"
#include "wimplan/file.h"
#include "wimplan/limits.h"
#include "wimplan/program.h"

#include <string.h>

int wp_program_plan(const char *path, struct wp_plan **ret_plan, struct wp_error *err)
{
	struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	char *text;
	size_t length;
	int status = wp_file_read_text(scratch, path, WP_LIMIT_DOCUMENT_BYTES, &text, &length, err);

	return status ? status
		      : wp_plan_parse(text, length, strcmp(path, "-") ? path : "standard input", ret_plan, err);
}

int wp_program_window(struct wp_arena *arena, const struct wp_window_settings *settings, struct wp_time now,
		      struct wp_zone *ret_zone, struct wp_time *ret_start, struct wp_time *ret_end, struct wp_error *err)
{
	int status = WP_OK;

	*ret_zone = (struct wp_zone){ 0 };
	*ret_start = *ret_end = (struct wp_time){ 0 };
	if (settings->timezone)
		status = wp_zone_load(arena, settings->timezone, now, ret_zone, err);
	if (!status)
		return wp_window_resolve(settings, ret_zone->count ? ret_zone : NULL, now, ret_start, ret_end, err);
	/* Dates say their zone themselves. */
	if (!settings->recurs)
		wp_window_resolve(settings, NULL, now, ret_start, ret_end, NULL);
	return status;
}
