/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A receipt as CSV: one line for each step, with the keys of the receipt. */
#include "csv.h"

#include <inttypes.h>

static const char *const headings[] = { "package_id",		 "action",     "outcome",  "looked_up",
					"return_value",		 "started_at", "finished_at", "attempts",
					"source_version_before", "source_version_after", "content_id", "file_id", "error" };
#define COLUMNS (sizeof headings / sizeof *headings)

static const char *number(struct wp_arena *arena, struct wp_number number)
{
	return number.known ? wp_arena_printf(arena, "%" PRIu64, number.value) : NULL;
}

static void add_step(struct wp_arena *arena, const struct wp_receipt_step *step,
		     const struct wp_report_options *options, struct wp_buf *buf)
{
	wp_csv_row(buf, options,
		   (const char *const[COLUMNS]){
			   step->package_id, wp_action_name(step->action), wp_outcome_name(step->outcome),
			   step->looked_up ? "true" : "false",
			   step->has_return_value ? wp_arena_printf(arena, "%" PRId64, step->return_value) : NULL,
			   wp_time_iso(arena, step->started_at), wp_time_iso(arena, step->finished_at),
			   wp_arena_printf(arena, "%" PRIu64, step->attempts), number(arena, step->source_version_before),
			   number(arena, step->source_version_after), step->content_id, step->file_id, step->error },
		   COLUMNS);
}

void wp_report_receipt_csv(const struct wp_receipt *receipt, const struct wp_report_options *options, struct wp_buf *buf)
{
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();

	wp_csv_begin(buf, options, headings, COLUMNS);
	for (size_t i = 0; i < receipt->count; i++)
		add_step(arena, &receipt->steps[i], options, buf);
}
