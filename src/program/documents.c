/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The hands that a program has, a plan as programs read it, and the window that the configuration names. */
#include "wimplan/clock.h"
#include "wimplan/file.h"
#include "wimplan/limits.h"
#include "wimplan/program.h"
#include "wimplan/thread.h"

#include <string.h>

struct wp_crew wp_program_crew(const struct wp_cli *cli)
{
	uint64_t wanted = cli->jobs.known ? cli->jobs.value : cli->env->processors;

	return (struct wp_crew){ .count = wanted < WP_LIMIT_JOBS ? (unsigned int)wanted : WP_LIMIT_JOBS, .run = wp_threads_run };
}

int wp_program_plan(const struct wp_cli *cli, const char *path, struct wp_plan **ret_plan, struct wp_error *err)
{
	struct wp_crew crew = wp_program_crew(cli);
	struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	char *text;
	size_t length;
	int status = wp_file_read_text(scratch, path, WP_LIMIT_DOCUMENT_BYTES, &text, &length, err);

	return status ? status
		      : wp_plan_parse(&crew, text, length, strcmp(path, "-") ? path : "standard input", ret_plan, err);
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
