/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Progress on standard error and in the file of --events. */
#include "telling.h"

#include "wimplan/clock.h"
#include "wimplan/json.h"

#include <stdarg.h>
#include <stdio.h>

void wp_export_progress(struct wp_export *export)
{
	char words[80];

	if (!wp_progress_wanted(&export->progress))
		return;
	snprintf(words, sizeof words, "%zu of %zu requests", export->next, export->job_count);
	wp_progress_draw(&export->progress, export->next, export->job_count, words);
}

void wp_export_event(struct wp_export *export, const char *type, const char *class, const char *key, int64_t rows,
		     const char *why)
{
	json_t *line;

	if (!export->progress.events.file)
		return;
	line = wp_json_object("type", wp_json_text(type), "time", wp_json_time(wp_clock_time()), "class", wp_json_text(class), "key",
			      wp_json_text(key), NULL);
	if (rows >= 0)
		wp_json_set(line, "rows", json_integer(rows));
	if (why)
		wp_json_set(line, "why", wp_json_text(why));
	wp_progress_event(&export->progress, line);
}

void wp_export_note(struct wp_export *export, const char *format, ...)
{
	char text[1400];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	if (export->progress.bar)
		wp_tell_over(NULL);
	wp_cli_note(export->cli, "%s", text);
}

void wp_export_waits(void *context, const char *why, int64_t milliseconds)
{
	struct wp_export *export = context;

	wp_mutex_lock(export->lock);
	if (export->progress.events.file)
		wp_progress_event(&export->progress,
				  wp_json_object("type", wp_json_text("retry"), "time", wp_json_time(wp_clock_time()), "class",
						 json_null(), "key", json_null(), "why", wp_json_text(why), "seconds",
						 json_real((double)milliseconds / 1000), NULL));
	if (export->cli->verbose || milliseconds >= WP_WAIT_SAID_MS)
		wp_export_note(export, "waiting %.1f s for %s: %s", (double)milliseconds / 1000, export->connection.url, why);
	wp_mutex_unlock(export->lock);
}
