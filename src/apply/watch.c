/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "watch.h"
#include "result.h"
#include "say.h"

#include "wimplan/clock.h"

#include <stdio.h>
#include <string.h>

/* A look is a few requests, and content takes minutes to hours: nothing is gained by asking more often. */
#define FIRST_INTERVAL_MS 1000
#define LONGEST_INTERVAL_MS 60000
/* A look that takes long, because there is much to see or the provider is busy, is followed by a rest of so many times that. */
#define RESTS_PER_LOOK 3

struct wp_watch wp_watch_begin(struct wp_apply *apply, struct wp_session *session, struct wp_journal *journal,
			       struct wp_journal_runs *runs)
{
	struct wp_watch watch = { .apply = apply, .journal = journal, .runs = runs, .survey = { .session = session } };

	watch.arrivals = wp_arrivals_make(apply->cli->arena, &apply->steps, &watch.count, &watch.others);
	watch.interval_ms = FIRST_INTERVAL_MS;
	watch.deadline_ms = wp_clock_ms() + apply->for_ms;
	return watch;
}

void wp_watch_end(struct wp_watch *watch)
{
	wp_survey_end(&watch->survey);
	for (size_t i = 0; i < watch->count; i++) {
		if (watch->arrivals[i].arena)
			watch->arrivals[i].step->distribution = NULL;
		wp_arena_free(watch->arrivals[i].arena);
	}
}

static bool is_done(const struct wp_watch *watch)
{
	for (size_t i = 0; i < watch->count; i++)
		if (!wp_arrival_is_there(&watch->arrivals[i]))
			return false;
	return !watch->others;
}

int wp_watch_status(const struct wp_watch *watch)
{
	if (wp_signal_caught())
		return 128 + wp_signal_caught();
	return is_done(watch) ? WP_EXIT_DONE : WP_EXIT_LEFT;
}

static bool is_over(const struct wp_watch *watch)
{
	for (size_t i = 0; i < watch->count; i++)
		if (!wp_arrival_is_over(&watch->arrivals[i]))
			return false;
	return true;
}

/* --- One look --------------------------------------------------------------------------------------------------------- */

/* A package of a look, between what was seen before and what is seen now. */
struct seen {
	struct wp_arrival *arrival;
	struct wp_arena *before; /* of what was seen before; NULL */
	struct wp_arrival_change *changes;
	size_t count;
	bool moved; /* it is not as it was */
};

/* What the set says of the package. */
static void take(struct wp_watch *watch, struct seen *seen, const struct wp_record_set *set,
		 const struct wp_distributions *found, struct wp_arena *scratch)
{
	struct wp_arrival *arrival = seen->arrival;
	const struct wp_receipt_distribution *old = arrival->step->distribution, *new;
	const struct wp_record *record = set ? wp_record_set_find(set, arrival->step->entry->package_id) : NULL;
	bool was_unseen;

	if (!record) {
		seen->moved = !arrival->gone;
		arrival->gone = true;
		return;
	}
	was_unseen = arrival->unseen;
	seen->before = wp_arrival_take(arrival, &found->packages[record - set->records], wp_apply_now(watch->apply));
	new = arrival->step->distribution;
	if (arrival->unseen) {
		seen->moved = !was_unseen;
		return;
	}
	seen->changes = wp_arrival_changes(scratch, old, new, &seen->count);
	seen->moved = seen->count || !old || old->targeted != new->targeted || old->have != new->have ||
		      old->failed != new->failed;
}

/* It is the version of the refresh that is asked for, whatever the package has now. */
static void want_versions(struct wp_record_set *set, struct seen *items, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct wp_arrival *arrival = items[i].arrival;
		const struct wp_record *record = wp_record_set_find(set, arrival->step->entry->package_id);

		if (!record)
			continue;
		arrival->version = record->source_version;
		set->records[record - set->records].source_version = arrival->step->version_after;
	}
}

/* On disk before it is said: who hears of it may kill this program. */
static int keep(struct wp_watch *watch, const struct seen *items, size_t count, struct wp_error *err)
{
	int status = WP_OK;
	bool any = false;

	for (size_t i = 0; i < count && !status; i++) {
		if (!items[i].moved || !items[i].arrival->arena)
			continue;
		any = true;
		if (watch->journal)
			status = wp_journal_keep_distribution(watch->journal, items[i].arrival->step, err);
	}
	if (!status && any)
		status = watch->journal ? wp_journal_sync(watch->journal, err)
					: wp_result_write(watch->apply, watch->runs, err);
	return status;
}

static int look_at(struct wp_watch *watch, struct seen *items, size_t count, struct wp_error *err)
{
	struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct wp_record_set *set __attribute__((cleanup(wp_record_set_freep))) = NULL;
	struct wp_distributions found;
	const char *ids[WP_SURVEY_PACKAGES];
	bool classes[3] = { false };
	int status;

	for (size_t i = 0; i < count; i++) {
		ids[i] = items[i].arrival->step->entry->package_id;
		classes[items[i].arrival->step->entry->class] = true;
	}
	status = wp_survey_look(&watch->survey, ids, count, classes, &set, err);
	if (status)
		return status;
	if (set) {
		want_versions(set, items, count);
		wp_distributions_read_last(scratch, set, &found);
	}
	for (size_t i = 0; i < count; i++)
		take(watch, &items[i], set, &found, scratch);
	status = keep(watch, items, count, err);
	watch->unkept = status != WP_OK;
	for (size_t i = 0; i < count; i++) {
		if (!status && items[i].moved) {
			wp_watch_say_changes(watch, items[i].arrival, items[i].changes, items[i].count);
			wp_watch_say_counts(watch, items[i].arrival);
		}
		wp_arena_free(items[i].before);
	}
	return status;
}

/* All packages that are not everywhere yet. *@ret_moved: something is not as it was. */
static int look(struct wp_watch *watch, bool *ret_moved, struct wp_error *err)
{
	int status = WP_OK;

	*ret_moved = false;
	for (size_t at = 0; at < watch->count && !status && !wp_signal_caught();) {
		struct seen items[WP_SURVEY_PACKAGES] = { 0 };
		size_t count = 0;

		for (; at < watch->count && count < WP_SURVEY_PACKAGES; at++)
			if (!wp_arrival_is_there(&watch->arrivals[at]) && !watch->arrivals[at].gone)
				items[count++].arrival = &watch->arrivals[at];
		if (count)
			status = look_at(watch, items, count, err);
		for (size_t i = 0; i < count && !status; i++)
			*ret_moved = *ret_moved || items[i].moved;
	}
	return status;
}

/* --- All of them ------------------------------------------------------------------------------------------------------ */

static void note_missing(void *context, const char *class, const char *why)
{
	struct wp_watch *watch = context;

	wp_apply_note(watch->apply, "without %s less can be said: %s", class, why);
}

/* A site that is away for a while is asked again; one that does not let in, or is another one, is not. */
static bool goes_on_after(const struct wp_watch *watch, const struct wp_error *err)
{
	return watch->looked && !watch->unkept && !watch->survey.session->denied && err->status != WP_E_REFUSED;
}

static void note_trouble(struct wp_watch *watch, const struct wp_error *err)
{
	if (strncmp(watch->trouble, err->message, sizeof watch->trouble - 1))
		wp_apply_note(watch->apply, "%s; going on to watch", err->message);
	snprintf(watch->trouble, sizeof watch->trouble, "%.399s", err->message);
}

static void set_interval(struct wp_watch *watch, bool moved)
{
	int64_t next = moved ? watch->interval_ms / 2 : watch->interval_ms * 3 / 2;

	watch->interval_ms = next < FIRST_INTERVAL_MS ? FIRST_INTERVAL_MS : next > LONGEST_INTERVAL_MS ? LONGEST_INTERVAL_MS : next;
}

/* How long to wait for the next look; below 0: there is none. */
static int64_t pause_after(struct wp_watch *watch, int64_t began)
{
	int64_t now = wp_clock_ms(), left = watch->deadline_ms - now, rest = (now - began) * RESTS_PER_LOOK;

	if (wp_signal_caught() || (watch->looked && is_over(watch)))
		return -1;
	if (began >= watch->deadline_ms) {
		watch->over_time = true;
		return -1;
	}
	rest = rest < watch->interval_ms ? watch->interval_ms : rest < LONGEST_INTERVAL_MS ? rest : LONGEST_INTERVAL_MS;
	return left < 0 ? 0 : left < rest ? left : rest;
}

/* When each was looked at last, also where nothing has changed. */
static int keep_all(struct wp_watch *watch, struct wp_error *err)
{
	int status = WP_OK;

	for (size_t i = 0; watch->journal && i < watch->count && !status; i++)
		if (watch->arrivals[i].arena)
			status = wp_journal_keep_distribution(watch->journal, watch->arrivals[i].step, err);
	return status || !watch->journal ? status : wp_journal_sync(watch->journal, err);
}

int wp_watch_run(struct wp_watch *watch, struct wp_error *err)
{
	struct wp_error kept;
	int64_t pause = watch->count ? 0 : -1;
	int status = WP_OK;

	watch->survey.missing = note_missing;
	watch->survey.context = watch;
	while (pause >= 0 && !status) {
		int64_t began = wp_clock_ms();
		bool moved;

		if (!watch->looked)
			wp_apply_progress(watch->apply, "looking where %zu package%s %s", watch->count,
					  wp_plural(watch->count), watch->count == 1 ? "is" : "are");
		status = look(watch, &moved, err);
		if (!status && !wp_signal_caught()) {
			watch->looked = true;
			watch->trouble[0] = '\0';
		} else if (status && (goes_on_after(watch, err) || wp_signal_caught())) {
			if (!wp_signal_caught())
				note_trouble(watch, err);
			moved = false;
			status = WP_OK;
		}
		if (status)
			break;
		pause = pause_after(watch, began);
		wp_watch_say_look(watch, pause);
		set_interval(watch, moved);
		if (pause > 0)
			wp_clock_wait(pause, wp_apply_tick, watch->apply);
		if (wp_signal_caught())
			pause = -1;
	}
	wp_apply_progress(watch->apply, "%s", "");
	if (keep_all(watch, &kept) && !status) {
		*err = kept;
		status = kept.status;
	}
	return status;
}
