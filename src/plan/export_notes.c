/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Notes on the export that a plan is made from: they depend on the clock and on other exports, so none is in the body. */
#include "notes.h"

#include "wimplan/json.h"

#include <inttypes.h>

#define HOUR (3600 * WP_TICKS_PER_SECOND)
#define DAY (24 * HOUR)
/* Of packages that an export lacks, so many are named in a sentence, and so many in the facts. */
#define NAMES_IN_SENTENCE 5
#define NAMES_IN_FACTS 100

static void note_age(struct wp_plan *plan, const struct wp_plan_input *input)
{
	struct wp_time taken = input->set->taken_at;
	int64_t age = input->now.ticks - taken.ticks;
	uint64_t seconds = age > 0 ? (uint64_t)(age / WP_TICKS_PER_SECOND) : 0;
	bool days = age >= 2 * DAY;
	uint64_t count = (uint64_t)(age / (days ? DAY : HOUR));
	json_t *facts;

	if (!taken.known || !input->now.known || seconds <= input->policy->snapshot_max_age)
		return;
	facts = wp_json_object("taken_at", wp_json_time(taken), "age_seconds", wp_json_u64(seconds),
			       "snapshot_max_age", wp_json_u64(input->policy->snapshot_max_age), NULL);
	wp_note_add(plan, WP_NOTE_EXPORT_OLD, NULL, 0, facts,
		    "the export was made %" PRIu64 " %s%s ago; what has changed on the site since is not in this plan",
		    count, days ? "day" : "hour", count == 1 ? "" : "s");
}

static void note_missing(struct wp_plan *plan, const struct wp_plan_input *input)
{
	struct wp_buf names __attribute__((cleanup(wp_buf_free))) = { 0 };
	size_t count = input->missing_count;
	json_t *facts, *list;

	if (!count)
		return;
	list = json_array();
	for (size_t i = 0; i < count && i < NAMES_IN_FACTS; i++)
		wp_json_push(list, wp_json_text(input->missing[i]));
	for (size_t i = 0; i < count && i < NAMES_IN_SENTENCE; i++)
		wp_buf_printf(&names, "%s%s", i ? ", " : "", input->missing[i]);
	if (count > NAMES_IN_SENTENCE)
		wp_buf_printf(&names, " and %zu more", count - NAMES_IN_SENTENCE);
	facts = wp_json_object("previous_taken_at", wp_json_time(input->previous_taken_at),
			       "count", wp_json_u64(count), "packages", list, NULL);
	wp_note_add(plan, WP_NOTE_EXPORT_PARTIAL, NULL, 0, facts,
		    "the export of %s had %zu package%s that this one lacks: %s; unless the site no longer has %s, export "
		    "the whole site again",
		    wp_time_minutes(plan->arena, input->previous_taken_at), count, count == 1 ? "" : "s",
		    wp_buf_text(&names), count == 1 ? "it" : "them");
}

void wp_note_export(struct wp_plan *plan, const struct wp_plan_input *input)
{
	const char *lists = input->set->partial;
	json_t *facts;

	note_age(plan, input);
	if (lists) {
		facts = json_object();
		wp_json_set(facts, "lists", wp_json_text(lists));
		wp_note_add(plan, WP_NOTE_EXPORT_PARTIAL, NULL, 0, facts,
			    "the export is a page of a longer answer: the next page of %s is not among the files; import all "
			    "pages together",
			    lists);
	}
	note_missing(plan, input);
}
