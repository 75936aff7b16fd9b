/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A receipt for a terminal: a line for each step, what is to be said of it below, then what it comes to. */
#include "layout.h"

#include "../receipt_words.h"
#include "../words.h"

#include "wimplan/text.h"

#include <string.h>

/* Outcomes, PackageIDs and methods have known widths. */
#define OUTCOME_WIDTH 10
#define ID_WIDTH 8
#define ACTION_WIDTH 21
#define REMARK_INDENT 12
#define POINT_INDENT 14

static enum wp_tint tint_of(enum wp_outcome outcome)
{
	if (wp_outcome_is_good(outcome))
		return WP_TINT_GREEN;
	return outcome == WP_OUTCOME_FAILED || outcome == WP_OUTCOME_CONFLICT ? WP_TINT_RED : WP_TINT_YELLOW;
}

static void add_step(const struct wp_layout *out, const struct wp_receipt_step *step)
{
	const char *outcome = wp_outcome_name(step->outcome), *version = wp_receipt_words_version(out->arena, step);
	const char *remark = wp_receipt_words_remark(out->arena, step);
	struct wp_buf *buf = out->buf;

	wp_layout_tint(out, tint_of(step->outcome), outcome);
	wp_buf_pad(buf, ' ', OUTCOME_WIDTH + 2 - strlen(outcome));
	wp_text_pad(buf, step->package_id, ID_WIDTH);
	wp_buf_puts(buf, "  ");
	wp_text_pad(buf, wp_action_name(step->action), step->finished_at.known || *version ? ACTION_WIDTH : 0);
	if (step->finished_at.known)
		wp_buf_printf(buf, "  %s", wp_time_minutes(out->arena, step->finished_at));
	if (*version)
		wp_buf_printf(buf, "  version %s", version);
	wp_buf_putc(buf, '\n');
	if (*remark)
		wp_layout_line(out, REMARK_INDENT, REMARK_INDENT, remark);
}

/* How far the content of a refresh has come, and which points have not got it. */
static void add_distribution(const struct wp_layout *out, const struct wp_receipt_step *step, const struct wp_zone *zone)
{
	const struct wp_receipt_distribution *found = step->distribution;

	if (!found)
		return;
	wp_layout_line(out, REMARK_INDENT, REMARK_INDENT,
		       wp_arena_printf(out->arena, "%s (seen %s)", wp_receipt_words_distribution(out->arena, step),
				       wp_words_time(out->arena, zone, found->at)));
	for (size_t i = 0; i < found->count; i++) {
		const struct wp_receipt_point *point = &found->points[i];

		wp_layout_line(out, POINT_INDENT, POINT_INDENT + 2,
			       wp_arena_printf(out->arena, "%s %s%s%s", wp_receipt_words_point(out->arena, point), point->state,
					       point->message ? ": " : "", point->message ? point->message : ""));
	}
}

void wp_report_receipt_text(const struct wp_receipt *receipt, const struct wp_report_options *options, struct wp_buf *buf)
{
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct wp_layout out = wp_layout_begin(arena, options, buf);

	for (size_t i = 0; i < receipt->count; i++) {
		add_step(&out, &receipt->steps[i]);
		add_distribution(&out, &receipt->steps[i], options->zone);
	}
	if (receipt->count)
		wp_buf_putc(buf, '\n');
	wp_layout_line(&out, 0, 0, wp_receipt_words_left(arena, receipt));
	wp_layout_line(&out, 0, 0, wp_receipt_words_behind(arena, receipt));
	wp_layout_line(&out, 0, 0, wp_receipt_words_totals(arena, receipt));
	wp_layout_line(&out, 0, 0,
		       wp_arena_printf(arena, "Run %s%s%s, at %s.", wp_receipt_words_when(arena, options->zone, receipt),
				       receipt->by ? " by " : "", receipt->by ? receipt->by : "", receipt->provider));
}
