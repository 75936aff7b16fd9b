/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Phrases about what was done. */
#include "receipt_words.h"

#include "words.h"

#include "wimplan/hash.h"
#include "wimplan/time.h"

#include <inttypes.h>
#include <string.h>

void wp_receipt_count(const struct wp_receipt *receipt, size_t counts[WP_OUTCOMES])
{
	memset(counts, 0, WP_OUTCOMES * sizeof *counts);
	for (size_t i = 0; i < receipt->count; i++)
		counts[receipt->steps[i].outcome]++;
}

char *wp_receipt_words_totals(struct wp_arena *arena, const struct wp_receipt *receipt)
{
	struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };
	size_t counts[WP_OUTCOMES];
	const char *between = ": ";

	wp_receipt_count(receipt, counts);
	wp_buf_printf(&text, "Plan %s, site %s, %s", wp_hash_short(arena, receipt->plan_id), receipt->site_code,
		      wp_words_counted(arena, receipt->count, "step"));
	for (size_t i = 0; i < WP_OUTCOMES; i++) {
		if (!counts[i])
			continue;
		wp_buf_printf(&text, "%s%s %s", between, wp_words_count(arena, counts[i]),
			      wp_outcome_name((enum wp_outcome)i));
		between = ", ";
	}
	wp_buf_putc(&text, '.');
	return wp_arena_strdup(arena, wp_buf_text(&text));
}

/* "41 s", "3 min 41 s", "2 h 5 min" */
static char *duration(struct wp_arena *arena, uint64_t seconds)
{
	if (seconds < 60)
		return wp_arena_printf(arena, "%" PRIu64 " s", seconds);
	if (seconds < 3600)
		return wp_arena_printf(arena, "%" PRIu64 " min %" PRIu64 " s", seconds / 60, seconds % 60);
	return wp_arena_printf(arena, "%" PRIu64 " h %" PRIu64 " min", seconds / 3600, seconds / 60 % 60);
}

char *wp_receipt_words_when(struct wp_arena *arena, const struct wp_zone *zone, const struct wp_receipt *receipt)
{
	const char *start = wp_words_time(arena, zone, receipt->started_at), *end = wp_words_time(arena, zone, receipt->finished_at);
	int64_t ticks = receipt->finished_at.ticks - receipt->started_at.ticks;

	if (!receipt->started_at.known)
		return wp_arena_strdup(arena, "at an unknown time");
	if (!receipt->finished_at.known)
		return wp_arena_printf(arena, "from %s on, without an end so far", start);
	if (ticks < 0)
		return wp_arena_printf(arena, "%s to %s", start, end);
	/* The day once, where it is one. */
	if (!strncmp(start, end, strlen("2026-02-21 ")))
		end += strlen("2026-02-21 ");
	return wp_arena_printf(arena, "%s to %s (%s)", start, end, duration(arena, (uint64_t)(ticks / WP_TICKS_PER_SECOND)));
}

char *wp_receipt_words_left(struct wp_arena *arena, const struct wp_receipt *receipt)
{
	size_t left = 0;

	for (size_t i = 0; i < receipt->count; i++)
		left += !wp_outcome_is_good(receipt->steps[i].outcome);
	if (!receipt->finished_at.known)
		return wp_arena_strdup(arena, "The last run had not ended when this receipt was written: it was still going on, "
					      "or was killed. Run the plan again to resume it.");
	if (!left)
		return NULL;
	return wp_arena_printf(arena, "%s of %s still need%s attention.", wp_words_count(arena, left),
			       wp_words_counted(arena, receipt->count, "step"), left == 1 ? "s" : "");
}

char *wp_receipt_words_version(struct wp_arena *arena, const struct wp_receipt_step *step)
{
	const struct wp_number *before = &step->source_version_before, *after = &step->source_version_after;

	if (before->known && after->known && before->value != after->value)
		return wp_arena_printf(arena, "%" PRIu64 " → %" PRIu64, before->value, after->value);
	if (before->known || after->known)
		return wp_arena_printf(arena, "%" PRIu64, after->known ? after->value : before->value);
	return wp_arena_strdup(arena, "");
}

static void add(struct wp_buf *text, const char *words)
{
	wp_buf_puts(text, text->length ? "; " : "");
	wp_buf_puts(text, words);
}

char *wp_receipt_words_remark(struct wp_arena *arena, const struct wp_receipt_step *step)
{
	struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };

	if (step->error)
		add(&text, step->error);
	else if (step->has_return_value && step->return_value)
		add(&text, wp_arena_printf(arena, "the method returned %" PRId64 " (0x%08" PRIX32 ")", step->return_value,
					   (uint32_t)step->return_value));
	if (step->looked_up)
		add(&text, "there was no answer, and its effect was looked up");
	if (step->attempts > 1)
		add(&text, wp_arena_printf(arena, "%s attempts", wp_words_count(arena, step->attempts)));
	return wp_arena_strdup(arena, wp_buf_text(&text));
}

char *wp_receipt_words_distribution(struct wp_arena *arena, const struct wp_receipt_step *step)
{
	const struct wp_receipt_distribution *found = step->distribution;

	if (!found)
		return NULL;
	if (!found->targeted)
		return wp_arena_strdup(arena, "it is on no point");
	return wp_arena_printf(arena, "%s of %s %s it%s%s%s", wp_words_count(arena, found->have),
			       wp_words_counted(arena, found->targeted, "point"), found->have == 1 ? "has" : "have",
			       found->failed ? ", " : "", found->failed ? wp_words_count(arena, found->failed) : "",
			       found->failed ? " failed" : "");
}

char *wp_receipt_words_behind(struct wp_arena *arena, const struct wp_receipt *receipt)
{
	uint64_t targeted = 0, have = 0, failed = 0;
	const char *failures = "";

	for (size_t i = 0; i < receipt->count; i++) {
		const struct wp_receipt_distribution *found = receipt->steps[i].distribution;

		if (!found)
			continue;
		targeted = wp_sum(targeted, found->targeted);
		have = wp_sum(have, found->have);
		failed = wp_sum(failed, found->failed);
	}
	if (have == targeted)
		return NULL;
	if (failed)
		failures = wp_arena_printf(arena, ", and %s of them failed", wp_words_count(arena, failed));
	return wp_arena_printf(arena, "When last looked at, %s of %s of the refreshed packages on distribution points %s missing%s.",
			       wp_words_count(arena, targeted - have),
			       wp_arena_printf(arena, "%s %s", wp_words_count(arena, targeted), targeted == 1 ? "copy" : "copies"),
			       targeted - have == 1 ? "was" : "were", failures);
}

char *wp_receipt_words_point(struct wp_arena *arena, const struct wp_receipt_point *point)
{
	return point->site ? wp_arena_printf(arena, "%s (%s)", point->name, point->site) : wp_arena_strdup(arena, point->name);
}
