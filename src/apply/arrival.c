/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "arrival.h"

#include "wimplan/ascii.h"
#include "wimplan/text.h"

#include <inttypes.h>
#include <string.h>

struct wp_arrival *wp_arrivals_make(struct wp_arena *arena, struct wp_steps *steps, size_t *ret_count, size_t *ret_others)
{
	struct wp_arrival *arrivals = NULL;

	*ret_count = *ret_others = 0;
	for WP_EACH_STEP(step, steps) {
		if (!step->selected || step->action != WP_ACTION_REFRESH)
			continue;
		if (wp_state_is_good(step->state) && step->version_after.known)
			WP_PUSH(arena, arrivals, *ret_count)->step = step;
		else
			++*ret_others;
	}
	return arrivals;
}

bool wp_arrival_is_there(const struct wp_arrival *arrival)
{
	const struct wp_receipt_distribution *seen = arrival->step->distribution;

	return seen && !arrival->unseen && !arrival->gone && seen->have == seen->targeted;
}

bool wp_arrival_is_over(const struct wp_arrival *arrival)
{
	const struct wp_receipt_distribution *seen = arrival->step->distribution;

	return arrival->gone || arrival->unseen || (seen && seen->have + seen->failed == seen->targeted);
}

/* What a failure or a wait is about, and what helps; NULL when the message says nothing. */
static const char *message_words(struct wp_arena *arena, struct wp_number id)
{
	struct wp_point_message message = { 0 };

	if (!id.known)
		return NULL;
	message = wp_point_message(id.value);
	if (!message.meaning)
		return NULL;
	return wp_arena_printf(arena, "%s (message %" PRIu64 ")%s%s", message.meaning, id.value, message.remedy ? "; " : "",
			       message.remedy ? message.remedy : "");
}

static const char *failure_words(struct wp_arena *arena, struct wp_number id)
{
	const char *words = message_words(arena, id);

	if (words)
		return words;
	if (!id.known)
		return "the site does not say why; see distmgr.log on the site server";
	return wp_arena_printf(arena, "what message %" PRIu64 " means is not known; see distmgr.log on the site server", id.value);
}

/* Of a point that has not got it yet. */
static const char *wait_words(struct wp_arena *arena, const struct wp_point_content *content)
{
	const char *words = content->state == WP_POINT_BEHIND ? NULL : message_words(arena, content->message);
	const char *pull = content->point->pull ? "it fetches for itself, and may report up to an hour late" : NULL;

	if (!words && content->version.known)
		words = wp_arena_printf(arena, "it has version %" PRIu64, content->version.value);
	if (!words && content->state == WP_POINT_UNKNOWN)
		words = "the site does not say what it has";
	return words && pull ? wp_arena_printf(arena, "%s; %s", words, pull) : words ? words : pull;
}

static const char *words_of(struct wp_arena *arena, const struct wp_point_content *content)
{
	switch (content->state) {
	case WP_POINT_CURRENT:
		return NULL;
	case WP_POINT_FAILED:
		return failure_words(arena, content->message);
	case WP_POINT_REMOVING:
		return "the content is being taken away";
	default:
		return wait_words(arena, content);
	}
}

static int compare_points(const void *a, const void *b)
{
	const struct wp_receipt_point *x = a, *y = b;
	int order = wp_ascii_compare(x->name, y->name);

	return order ? order : strcmp(x->name, y->name);
}

void wp_arrival_sort(const struct wp_receipt_distribution *seen)
{
	WP_SORT(seen->points, seen->count, compare_points);
}

struct wp_arena *wp_arrival_take(struct wp_arrival *arrival, const struct wp_distribution *found, struct wp_time at)
{
	struct wp_arena *arena, *before = arrival->arena;
	struct wp_receipt_distribution *seen;

	arrival->looked = true;
	arrival->unseen = !found->count && !found->targeted.known;
	if (arrival->unseen)
		return NULL;
	arena = wp_arena_new();
	seen = wp_arena_alloc(arena, sizeof *seen);
	*seen = (struct wp_receipt_distribution){
		.targeted = found->count - found->counts[WP_POINT_REMOVING],
		.have = found->counts[WP_POINT_CURRENT],
		.failed = found->counts[WP_POINT_FAILED],
		.at = at,
		.points = wp_arena_alloc(arena, found->count * sizeof *seen->points),
		.count = found->count,
	};
	/* The rows may name fewer: then nobody has seen that the others have it. */
	if (found->targeted.known && found->targeted.value > found->count)
		seen->targeted += found->targeted.value - found->count;
	for (size_t i = 0; i < found->count; i++) {
		const struct wp_point_content *content = &found->items[i];

		seen->points[i] = (struct wp_receipt_point){
			.name = wp_arena_strdup(arena, content->point->name),
			.site = wp_arena_strdup(arena, content->point->site),
			.state = wp_point_state_name(content->state),
			.message = words_of(arena, content),
		};
	}
	wp_arrival_sort(seen);
	arrival->arena = arena;
	arrival->step->distribution = seen;
	return before;
}

static bool is_failed(const struct wp_receipt_point *point)
{
	return !strcmp(point->state, wp_point_state_name(WP_POINT_FAILED));
}

/* Points come and go only between looks that name them all. */
static bool names_all(const struct wp_receipt_distribution *seen)
{
	return seen->count >= seen->targeted;
}

struct wp_arrival_change *wp_arrival_changes(struct wp_arena *arena, const struct wp_receipt_distribution *before,
					     const struct wp_receipt_distribution *after, size_t *ret_count)
{
	static const struct wp_receipt_distribution nothing;
	struct wp_arrival_change *changes = NULL;
	bool whole = before && names_all(before);
	size_t i = 0, k = 0;

	before = before ? before : &nothing;
	*ret_count = 0;
	while (i < before->count || k < after->count) {
		int order = i == before->count  ? 1
			    : k == after->count ? -1
						: wp_ascii_compare(before->points[i].name, after->points[k].name);
		const struct wp_receipt_point *old = order <= 0 ? &before->points[i++] : NULL;
		const struct wp_receipt_point *new = order >= 0 ? &after->points[k++] : NULL;

		if (old && new ? strcmp(old->state, new->state) != 0 : whole)
			*WP_PUSH(arena, changes, *ret_count) = (struct wp_arrival_change){ old, new, false };
		else if (!old && is_failed(new))
			*WP_PUSH(arena, changes, *ret_count) = (struct wp_arrival_change){ NULL, new, true };
	}
	return changes;
}

struct wp_arrival_sum wp_arrival_sum_up(const struct wp_arrival *arrivals, size_t count)
{
	struct wp_arrival_sum sum = { 0 };

	for (size_t i = 0; i < count; i++) {
		const struct wp_receipt_distribution *seen = arrivals[i].step->distribution;

		sum.there += wp_arrival_is_there(&arrivals[i]);
		if (!seen)
			continue;
		sum.points.targeted = wp_sum(sum.points.targeted, seen->targeted);
		sum.points.have = wp_sum(sum.points.have, seen->have);
		sum.points.failed = wp_sum(sum.points.failed, seen->failed);
		if (seen->at.ticks > sum.points.at.ticks)
			sum.points.at = seen->at;
	}
	return sum;
}

static const char *failed_words(struct wp_arena *arena, const struct wp_receipt_distribution *seen)
{
	return seen->failed ? wp_arena_printf(arena, ", %" PRIu64 " failed", seen->failed) : "";
}

const char *wp_arrival_copies(struct wp_arena *arena, const struct wp_receipt_distribution *points)
{
	return wp_arena_printf(arena, "%" PRIu64 " of %" PRIu64 " %s %s there%s", points->have, points->targeted,
			       points->targeted == 1 ? "copy" : "copies", points->have == 1 ? "is" : "are",
			       failed_words(arena, points));
}

const char *wp_arrival_counts(struct wp_arena *arena, const struct wp_receipt_distribution *seen)
{
	if (!seen->targeted)
		return "it is on no distribution point";
	return wp_arena_printf(arena, "%" PRIu64 " of %" PRIu64 " point%s %s it%s", seen->have, seen->targeted,
			       wp_plural(seen->targeted), seen->have == 1 ? "has" : "have", failed_words(arena, seen));
}

const char *wp_arrival_point(struct wp_arena *arena, const struct wp_receipt_point *point)
{
	return point->site ? wp_arena_printf(arena, "%s (%s)", point->name, point->site) : point->name;
}
