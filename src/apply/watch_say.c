/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is told of content on its way: remarks and events while it is watched, and the result. */
#include "watch.h"
#include "say.h"

#include "wimplan/hash.h"
#include "wimplan/json.h"
#include "wimplan/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Points of a package that are named by one look, and in the result; the receipt has them all. */
#define POINTS_NAMED 10u
#define POINTS_IN_RESULT 20u

static void tell_point(struct wp_watch *watch, const struct wp_arrival *arrival, const struct wp_receipt_point *point,
		       const char *state)
{
	wp_event_of(watch->apply, "point", point->message,
		    wp_json_object("package_id", wp_json_text(arrival->step->entry->package_id), "point", wp_json_text(point->name),
				   "site", wp_json_text(point->site), "point_state", wp_json_text(state), NULL));
}

/* What has become of a point; NULL where that is the usual course of things. */
static const char *change_words(struct wp_arena *arena, const struct wp_arrival_change *change)
{
	const struct wp_receipt_point *before = change->before, *after = change->after;

	if (!after)
		return "is no point of the package any more, and is not waited for";
	if (wp_receipt_point_is(after, WP_POINT_FAILED))
		return wp_arena_printf(arena, "%sfailed: %s", before || change->found ? "" : "was added meanwhile, and ",
				       after->message ? after->message : "the site does not say why");
	if (wp_receipt_point_is(after, WP_POINT_REMOVING))
		return "loses the content: it is being taken away, and is not waited for";
	if (!before)
		return wp_receipt_point_is(after, WP_POINT_CURRENT) ? "was added meanwhile, and has it" : "was added meanwhile, and is waited for";
	if (wp_receipt_point_is(before, WP_POINT_FAILED))
		return wp_receipt_point_is(after, WP_POINT_CURRENT) ? "has it now, after a failure" : "is being tried again, after a failure";
	if (wp_receipt_point_is(before, WP_POINT_CURRENT))
		return wp_arena_printf(arena, "had it, and is %s now%s%s", after->state, after->message ? ": " : "",
				       after->message ? after->message : "");
	return NULL;
}

void wp_watch_say_changes(struct wp_watch *watch, const struct wp_arrival *arrival, const struct wp_arrival_change *changes,
			  size_t count)
{
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	size_t named = 0, more = 0;

	for (size_t i = 0; i < count; i++) {
		const struct wp_receipt_point *point = changes[i].after ? changes[i].after : changes[i].before;
		const char *words = change_words(arena, &changes[i]);

		tell_point(watch, arrival, point, changes[i].after ? point->state : "gone");
		if (!words)
			continue;
		if (named++ < POINTS_NAMED)
			wp_apply_note(watch->apply, "%s: %s %s", arrival->step->entry->package_id,
				      wp_arrival_point(arena, point), words);
		else
			more++;
	}
	if (more)
		wp_apply_note(watch->apply, "%s: and so on for %zu more points", arrival->step->entry->package_id, more);
}

/* That the package is not what the refresh has left, as far as somebody should know. */
static void say_version(struct wp_watch *watch, const struct wp_arrival *arrival)
{
	uint64_t wanted = arrival->step->version_after.value, found = arrival->version.value;
	const char *id = arrival->step->entry->package_id;

	if (!arrival->version.known || found == wanted)
		return;
	if (found > wanted)
		wp_apply_note(watch->apply,
			      "%s: SourceVersion is %" PRIu64 " by now, so that somebody has refreshed it again; a point counts "
			      "that has %" PRIu64 " or a later one",
			      id, found, wanted);
	else
		wp_apply_note(watch->apply,
			      "%s: SourceVersion is %" PRIu64 ", and the refresh had led to %" PRIu64 "; see whether the site was "
			      "put back to an earlier state",
			      id, found, wanted);
}

void wp_watch_say_counts(struct wp_watch *watch, struct wp_arrival *arrival)
{
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	const struct wp_receipt_distribution *seen = arrival->step->distribution;
	const char *id = arrival->step->entry->package_id;

	if (arrival->gone) {
		wp_apply_note(watch->apply, "%s: the site does not show the package any more", id);
		return;
	}
	if (arrival->unseen) {
		wp_apply_note(watch->apply, "%s: the site names no distribution point of it; it is on none, or the account may "
					    "not see them", id);
		return;
	}
	if (!arrival->told) {
		say_version(watch, arrival);
		arrival->told = true;
	}
	wp_event_of(watch->apply, "package", NULL,
		    wp_json_object("package_id", wp_json_text(id), "source_version",
				   wp_json_number(arrival->step->version_after), "targeted", wp_json_u64(seen->targeted), "have",
				   wp_json_u64(seen->have), "failed", wp_json_u64(seen->failed), NULL));
	if (wp_arrival_is_there(arrival) || watch->apply->cli->verbose)
		wp_apply_note(watch->apply, "%s: version %" PRIu64 ", %s", id, arrival->step->version_after.value,
			      wp_arrival_counts(arena, seen));
}

/* --- All of them ------------------------------------------------------------------------------------------------------ */

/* "P010001A on DP03 and 4 more" of the first package that is not over, without the domains of the servers. */
static const char *awaited(struct wp_arena *arena, const struct wp_watch *watch)
{
	const char **names = NULL;
	size_t count = 0;

	for (size_t i = 0; i < watch->count; i++) {
		const struct wp_receipt_distribution *seen = watch->arrivals[i].step->distribution;

		if (wp_arrival_is_over(&watch->arrivals[i]) || !seen)
			continue;
		for (size_t k = 0; k < seen->count; k++)
			if (!wp_receipt_point_is(&seen->points[k], WP_POINT_CURRENT) && !wp_receipt_point_is(&seen->points[k], WP_POINT_FAILED) &&
			    !wp_receipt_point_is(&seen->points[k], WP_POINT_REMOVING))
				*WP_PUSH(arena, names, count) = wp_arena_strndup(arena, seen->points[k].name,
										 strcspn(seen->points[k].name, "."));
		return wp_arena_printf(arena, "%s%s%s", watch->arrivals[i].step->entry->package_id, count ? " on " : "",
				       wp_text_names(arena, names, count, 1));
	}
	return "";
}

void wp_watch_say_look(struct wp_watch *watch, int64_t pause_ms)
{
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct wp_arrival_sum sum = wp_arrival_sum_up(watch->arrivals, watch->count);
	const char *first = awaited(arena, watch);
	json_t *facts;

	facts = wp_json_object("packages", wp_json_u64(watch->count), "arrived", wp_json_u64(sum.there), "targeted",
			       wp_json_u64(sum.points.targeted), "have", wp_json_u64(sum.points.have), "failed",
			       wp_json_u64(sum.points.failed), NULL);
	if (pause_ms >= 0)
		wp_json_set(facts, "seconds", json_real((double)pause_ms / 1000));
	wp_event_of(watch->apply, "look", watch->trouble, facts);
	wp_apply_progress(watch->apply, "%zu of %zu package%s, %" PRIu64 " of %" PRIu64 " copies arrived%s%s%s", sum.there,
			  watch->count, wp_plural(watch->count), sum.points.have, sum.points.targeted,
			  sum.points.failed ? wp_arena_printf(arena, ", %" PRIu64 " failed", sum.points.failed) : "",
			  *first ? "; next " : "", first);
}

/* --- The result ------------------------------------------------------------------------------------------------------- */

static const char *verdict_on(const struct wp_arrival *arrival)
{
	const struct wp_receipt_distribution *seen = arrival->step->distribution;

	if (arrival->gone)
		return "gone";
	if (!seen || arrival->unseen)
		return "not seen";
	return wp_arrival_is_there(arrival) ? "arrived" : seen->failed ? "failed" : "behind";
}

static void add_points(const struct wp_receipt_distribution *seen, struct wp_arena *arena, struct wp_buf *buf)
{
	uint64_t left = seen->targeted - seen->have, named = 0;

	/* Failures first: they need somebody. */
	for (int failed = 1; failed >= 0; failed--) {
		for (size_t i = 0; i < seen->count && named < POINTS_IN_RESULT; i++) {
			const struct wp_receipt_point *point = &seen->points[i];

			if (wp_receipt_point_is(point, WP_POINT_CURRENT) || wp_receipt_point_is(point, WP_POINT_FAILED) != (failed == 1))
				continue;
			wp_text_line(buf, "            %s %s%s%s", wp_arrival_point(arena, point), point->state,
				     point->message ? ": " : "", point->message ? point->message : "");
			named += !wp_receipt_point_is(point, WP_POINT_REMOVING);
		}
	}
	if (named < left)
		wp_text_line(buf, "            and %" PRIu64 " more", left - named);
}

static void add_arrival(const struct wp_watch *watch, const struct wp_arrival *arrival, struct wp_buf *buf)
{
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	const struct wp_receipt_distribution *seen = arrival->step->distribution;
	const char *name = arrival->step->entry->name;

	if (wp_arrival_is_there(arrival) && !watch->apply->cli->verbose && watch->count > 1)
		return;
	wp_text_pad(buf, verdict_on(arrival), 12);
	wp_text_pad(buf, arrival->step->entry->package_id, 10);
	wp_buf_printf(buf, "version %" PRIu64, arrival->step->version_after.value);
	if (seen && !arrival->unseen)
		wp_buf_printf(buf, ", %s", wp_arrival_counts(arena, seen));
	wp_text_line(buf, "%s%s", name ? "  " : "", name ? name : "");
	if (arrival->unseen)
		wp_buf_puts(buf, "            the site names no distribution point of it\n");
	else if (seen && seen->have < seen->targeted)
		add_points(seen, arena, buf);
}

static void add_others(const struct wp_watch *watch, struct wp_buf *buf)
{
	for WP_EACH_STEP(step, &watch->apply->steps) {
		if (!step->selected || step->action != WP_ACTION_REFRESH ||
		    (wp_state_is_good(step->state) && step->version_after.known))
			continue;
		wp_text_pad(buf, "not watched", 12);
		wp_text_pad(buf, step->entry->package_id, 10);
		wp_text_line(buf, "its refresh is %s: run the plan again, then watch", wp_state_name(step->state));
	}
}

void wp_watch_text(const struct wp_watch *watch, struct wp_buf *buf)
{
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	const struct wp_apply *apply = watch->apply;
	struct wp_arrival_sum sum = wp_arrival_sum_up(watch->arrivals, watch->count);

	for (size_t i = 0; i < watch->count; i++)
		add_arrival(watch, &watch->arrivals[i], buf);
	add_others(watch, buf);
	if (!watch->count) {
		wp_buf_puts(buf, watch->others ? "No refresh of the plan has led to a new version yet.\n"
					       : "The plan refreshes nothing, so that there is nothing to watch.\n");
		return;
	}
	wp_text_line(buf, "Plan %s, site %s, %zu refresh%s watched: %zu arrived everywhere; %s.", wp_hash_short(arena, apply->plan->id),
		     apply->plan->site_code, watch->count, watch->count == 1 ? "" : "es", sum.there,
		     wp_arrival_copies(arena, &sum.points));
	if (watch->over_time)
		wp_text_line(buf, "The time to watch is over. What is under way goes on at the site; to watch on: %s",
			     wp_apply_watch_command(apply));
}
