/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Distribution points that do not have what the site has sent: each a finding of its own, and no reason for a refresh. */
#include "internal.h"

#include "wimplan/text.h"

#include <inttypes.h>

/* Points that one note lists. */
#define POINTS_IN_FACTS 100

static json_t *kind_json(const struct wp_point *point)
{
	return !point->described ? json_null()
				 : wp_json_text(point->cloud       ? "cloud"
						: point->pull      ? "pull"
						: point->by_hand   ? "prestaged"
						: point->secondary ? "secondary"
								   : "standard");
}

static json_t *point_json(const struct wp_point_content *content)
{
	const struct wp_point *point = content->point;
	struct wp_point_message message = { 0 };
	json_t *object = json_object();

	if (content->message.known)
		message = wp_point_message(content->message.value);
	wp_json_set(object, "name", wp_json_text(point->name));
	wp_json_set(object, "site", wp_json_text(point->site));
	wp_json_set(object, "state", wp_json_text(wp_point_state_name(content->state)));
	wp_json_set(object, "source_version", wp_json_number(content->version));
	wp_json_set(object, "last_copied", wp_json_time(content->copied));
	wp_json_set(object, "kind", kind_json(point));
	wp_json_set(object, "message_id", wp_json_number(content->message));
	wp_json_set(object, "message", wp_json_text(message.meaning));
	wp_json_set(object, "remedy", wp_json_text(message.remedy));
	return object;
}

/* How many points the package is targeted at: as the site counts them where the rows name fewer. */
static uint64_t total_of(const struct wp_distribution *distribution)
{
	return distribution->targeted.known && distribution->targeted.value > distribution->count
		       ? distribution->targeted.value
		       : distribution->count;
}

/* Facts of the points in one state, which stand together. */
static json_t *facts_of(const struct audited *package, enum wp_point_state state, size_t first)
{
	const struct wp_distribution *distribution = package->distribution;
	json_t *facts = json_object(), *points = json_array();

	for (size_t i = 0; i < distribution->counts[state] && i < POINTS_IN_FACTS; i++)
		wp_json_push(points, point_json(&distribution->items[first + i]));
	wp_json_set(facts, "source_version", wp_json_number(package->record->source_version));
	wp_json_set(facts, "count", wp_json_u64(distribution->counts[state]));
	if (state == WP_POINT_FAILED)
		wp_json_set(facts, "counted", wp_json_number(distribution->errors));
	wp_json_set(facts, "of", wp_json_u64(total_of(distribution)));
	wp_json_set(facts, "points", points);
	return facts;
}

static const char *names_of(struct wp_audit *audit, const struct wp_point_content *items, size_t count)
{
	const char **names = wp_arena_alloc(audit->scratch, count * sizeof *names);

	for (size_t i = 0; i < count; i++)
		names[i] = items[i].point->name;
	return wp_text_names(audit->scratch, names, count, WP_AUDIT_NAMES);
}

/* What the failures say, when they say one thing: ": the hash of the content is wrong (2382)". */
static const char *failure_words(struct wp_audit *audit, const struct wp_point_content *items, size_t count)
{
	struct wp_point_message message;

	for (size_t i = 0; i < count; i++)
		if (!items[i].message.known || items[i].message.value != items[0].message.value)
			return "";
	message = wp_point_message(items[0].message.value);
	return wp_arena_printf(audit->scratch, ": %s (message %" PRIu64 ")",
			       message.meaning ? message.meaning : "what this means is not known",
			       items[0].message.value);
}

/* Failures that the site counts and no row names. */
static void note_counted(struct wp_audit *audit, const struct audited *package)
{
	const struct wp_distribution *distribution = package->distribution;
	uint64_t counted = distribution->errors.value;

	if (distribution->errors.known && counted && !distribution->counts[WP_POINT_FAILED])
		wp_note_add(audit->plan, WP_NOTE_DP_FAILED, package->record->package_id, 0,
			    facts_of(package, WP_POINT_FAILED, 0),
			    "the site counts %" PRIu64 " failed distribution point%s of %" PRIu64 ", and the export does not "
			    "say which",
			    counted, wp_plural(counted), total_of(distribution));
}

/* "; the site counts 3" where the rows name fewer failures. */
static const char *counted_words(struct wp_audit *audit, const struct wp_distribution *distribution)
{
	if (!distribution->errors.known || distribution->errors.value <= distribution->counts[WP_POINT_FAILED])
		return "";
	return wp_arena_printf(audit->scratch, "; the site counts %" PRIu64, distribution->errors.value);
}

/* How many there are in each state that any is in. */
static json_t *states_json(const size_t counts[WP_POINT_STATES])
{
	json_t *array = json_array();

	for (int state = 0; state < WP_POINT_STATES; state++) {
		json_t *object;

		if (!counts[state])
			continue;
		object = json_object();
		wp_json_set(object, "state", wp_json_text(wp_point_state_name((enum wp_point_state)state)));
		wp_json_set(object, "count", wp_json_u64(counts[state]));
		wp_json_push(array, object);
	}
	return array;
}

/* Counts the points of a package, and what each point has. */
static void count_points(struct wp_audit *audit, const struct audited *package)
{
	const struct wp_distribution *distribution = package->distribution;
	json_t *object;

	if (!distribution->count && !distribution->targeted.known)
		return;
	for (size_t i = 0; i < distribution->count; i++) {
		const struct wp_point_content *content = &distribution->items[i];

		audit->points[content->point - audit->distributions.points][content->state]++;
	}
	object = json_object();
	wp_json_set(object, "package_id", wp_json_text(package->record->package_id));
	wp_json_set(object, "source_version", wp_json_number(package->record->source_version));
	wp_json_set(object, "points", wp_json_u64(total_of(distribution)));
	wp_json_set(object, "states", states_json(distribution->counts));
	wp_json_push(audit->packages, object);
}

json_t *wp_audit_points_json(const struct wp_audit *audit)
{
	json_t *array = json_array();

	for (size_t i = 0; i < audit->distributions.point_count; i++) {
		const struct wp_point *point = &audit->distributions.points[i];
		json_t *states = states_json(audit->points[i]), *object;

		if (!json_array_size(states)) {
			json_decref(states);
			continue;
		}
		object = json_object();
		wp_json_set(object, "name", wp_json_text(point->name));
		wp_json_set(object, "site", wp_json_text(point->site));
		wp_json_set(object, "kind", kind_json(point));
		wp_json_set(object, "states", states);
		wp_json_push(array, object);
	}
	return array;
}

json_t *wp_audit_groups_json(const struct wp_audit *audit)
{
	const struct wp_record_set *set = audit->input->plan->set;
	bool *wanted = wp_arena_alloc(audit->scratch, set->count);
	json_t *array = json_array();
	struct wp_point_groups groups;

	for (size_t i = 0; i < set->count; i++) {
		const struct wp_entry *entry = audit->entries[i];

		wanted[i] = entry && entry->status == WP_ENTRY_CHANGE && entry->refresh;
	}
	wp_point_groups_read(audit->scratch, set, wanted, &groups);
	for (size_t i = 0; i < groups.count; i++) {
		const struct wp_point_group *group = &groups.items[i];
		json_t *packages = json_array(), *object;

		for (size_t k = 0; k < group->package_count; k++)
			wp_json_push(packages, wp_json_text(set->records[group->packages[k]].package_id));
		object = json_object();
		wp_json_set(object, "name", wp_json_text(group->name));
		wp_json_set(object, "id", wp_json_text(group->id));
		wp_json_set(object, "points", group->points ? wp_json_u64(group->points) : json_null());
		wp_json_set(object, "packages", packages);
		wp_json_push(array, object);
	}
	return array;
}

void wp_audit_find_points(struct wp_audit *audit, const struct audited *package)
{
	const struct wp_distribution *distribution = package->distribution;
	const char *id = package->record->package_id;
	uint64_t total = total_of(distribution);
	size_t first = 0;

	count_points(audit, package);
	note_counted(audit, package);
	for (int state = 0; state < WP_POINT_STATES; first += distribution->counts[state++]) {
		const struct wp_point_content *items = distribution->items + first;
		size_t count = distribution->counts[state];
		const char *plural = wp_plural(count);

		if (!count)
			continue;
		if (state == WP_POINT_FAILED)
			wp_note_add(audit->plan, WP_NOTE_DP_FAILED, id, 0, facts_of(package, WP_POINT_FAILED, first),
				    "%zu of %" PRIu64 " distribution point%s failed, %s%s%s", count, total,
				    wp_plural(total), names_of(audit, items, count),
				    failure_words(audit, items, count), counted_words(audit, distribution));
		if (state == WP_POINT_BEHIND)
			wp_note_add(audit->plan, WP_NOTE_DP_BEHIND, id, 0, facts_of(package, WP_POINT_BEHIND, first),
				    "%zu of %" PRIu64 " distribution point%s %s an older version than %" PRIu64 " as good: %s",
				    count, total, wp_plural(total),
				    count == 1 ? "serves" : "serve", package->record->source_version.value,
				    names_of(audit, items, count));
		if (state == WP_POINT_RUNNING && wp_audit_sends(package))
			wp_note_add(audit->plan, WP_NOTE_DISTRIBUTION_RUNNING, id, 0,
				    facts_of(package, WP_POINT_RUNNING, first),
				    "the package is still on its way to %zu distribution point%s, and would be sent again",
				    count, plural);
	}
}
