/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Packages that a site looks at and sends again by itself, when their RefreshSchedule says so. */
#include "internal.h"

#include "wimplan/schedule.h"

/* The schedule of a package; 0 tokens when it has none, or one that cannot be read, which is said. */
static size_t schedule_of(struct wp_audit *audit, const struct audited *package, struct wp_schedule **ret_items)
{
	const json_t *value = json_object_get(json_object_get(package->record->json, "properties"), "RefreshSchedule");
	const char *why;
	size_t count;

	if (!value)
		return 0;
	if (!wp_schedule_decode(audit->scratch, value, ret_items, &count, &why))
		return count;
	wp_note_add(audit->plan, WP_NOTE_SCHEDULED_REFRESH, package->record->package_id, 0, json_object(),
		    "its RefreshSchedule cannot be read: %s; whether the site sends it by itself is not known", why);
	return 0;
}

/* The next run of any of the tokens from the plan on. */
static struct wp_time next_run(const struct wp_audit *audit, const struct wp_schedule *items, size_t count,
			       const struct wp_schedule **ret_which)
{
	struct wp_time first = { 0 };

	for (size_t i = 0; i < count; i++) {
		struct wp_time next = wp_schedule_next(&items[i], audit->input->zone, audit->plan->created_at);

		if (!next.known || (first.known && first.ticks <= next.ticks))
			continue;
		first = next;
		*ret_which = &items[i];
	}
	return first;
}

static bool recurs(const struct wp_schedule *items, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (items[i].recurrence != WP_RECURRENCE_ONCE)
			return true;
	return false;
}

static void note_run(struct wp_audit *audit, const struct audited *package, const struct wp_schedule *which,
		     struct wp_time next, bool left)
{
	const char *words = wp_schedule_words(audit->scratch, which);
	const char *zone = which->utc ? "UTC" : audit->input->zone ? audit->input->zone->name : NULL;
	json_t *facts = json_object();

	wp_json_set(facts, "schedule", wp_json_text(words));
	wp_json_set(facts, "next_run", wp_json_time(next));
	wp_json_set(facts, "timezone", wp_json_text(zone));
	wp_json_set(facts, "left_to_it", json_boolean(left));
	wp_note_add(audit->plan, WP_NOTE_SCHEDULED_REFRESH, package->record->package_id, 0, facts,
		    "the site looks at the source by itself %s%s, next %s, and sends what has changed%s", words,
		    zone ? "" : " (its local time, taken for UTC)", wp_time_minutes(audit->scratch, next),
		    left ? "; its refresh is left to that" : "");
}

void wp_audit_find_schedules(struct wp_audit *audit, const struct audited *package)
{
	struct wp_time closes = audit->input->closes, next;
	const struct wp_schedule *which = NULL;
	struct wp_schedule *items;
	size_t count = schedule_of(audit, package, &items);
	bool left = wp_audit_sends(package) && audit->input->plan->policy->defer_to_schedule && recurs(items, count);

	if (!count || !audit->plan->created_at.known)
		return;
	next = next_run(audit, items, count, &which);
	if (left)
		*WP_PUSH(audit->scratch, audit->left, audit->left_count) =
			(size_t)(package->entry - audit->plan->entries);
	if (next.known && (left || (closes.known ? next.ticks <= closes.ticks : wp_audit_sends(package))))
		note_run(audit, package, which, next, left);
}
