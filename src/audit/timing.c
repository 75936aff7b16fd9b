/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whether the refreshes fit the window, one after the other: by priority, then the shortest first, so that most fit. One
 * that does not fit is passed over and takes no time of those behind it.
 */
#include "cost.h"

#include "wimplan/text.h"

#include <stdlib.h>
#include <string.h>

static int compare_costs(const void *a, const void *b)
{
	const struct cost *x = a, *y = b;

	if (x->entry->priority != y->entry->priority)
		return x->entry->priority < y->entry->priority ? -1 : 1;
	if (x->seconds_most.known != y->seconds_most.known)
		return x->seconds_most.known ? -1 : 1;
	if (x->seconds_most.value != y->seconds_most.value)
		return x->seconds_most.value < y->seconds_most.value ? -1 : 1;
	return strcmp(x->entry->package_id, y->entry->package_id);
}

static struct wp_time later(struct wp_time time, uint64_t seconds)
{
	/* Beyond the calendar nobody waits for it. */
	if (seconds > (uint64_t)1 << 38)
		return (struct wp_time){ 0 };
	time.ticks += (int64_t)seconds * WP_TICKS_PER_SECOND;
	return time;
}

/* Times of the refreshes in their order; *@ret_end gets that of the last one that is made, whether or not it fits. */
static void place(const struct wp_audit *audit, struct cost *costs, size_t count, bool defers, struct wp_time *ret_end)
{
	struct wp_time opens = audit->input->opens, closes = audit->input->closes;
	uint64_t least = 0, most = 0;
	bool known = true;

	for (size_t i = 0; i < count; i++) {
		struct cost *cost = &costs[i];
		struct wp_time soonest;

		known = known && cost->seconds_most.known;
		if (!known || !opens.known)
			continue;
		soonest = later(opens, wp_sum(least, cost->seconds_least.value));
		cost->starts = later(opens, most);
		cost->ends = later(opens, wp_sum(most, cost->seconds_most.value));
		if (closes.known)
			cost->fits = cost->ends.known && cost->ends.ticks <= closes.ticks ? FIT_YES
				     : soonest.known && soonest.ticks <= closes.ticks	  ? FIT_UNKNOWN
											  : FIT_NO;
		cost->deferred = defers && cost->fits == FIT_NO;
		if (cost->ends.known && !cost->deferred && (!ret_end->known || ret_end->ticks < cost->ends.ticks))
			*ret_end = cost->ends;
		if (cost->fits == FIT_NO)
			continue;
		least = wp_sum(least, cost->seconds_least.value);
		most = wp_sum(most, cost->seconds_most.value);
	}
}

static void add_number(struct wp_number *total, struct wp_number number)
{
	total->known = total->known && number.known;
	total->value = wp_sum(total->value, number.value);
}

static int compare_sites(const void *a, const void *b)
{
	const struct site_traffic *x = a, *y = b;

	/* Points whose site is not known come last. */
	return *x->site && *y->site ? strcmp(x->site, y->site) : (*x->site == '\0') - (*y->site == '\0');
}

/* Puts what goes to one site together, and sorts by site; a point counts once for each package that it gets. */
static json_t *sites_json(struct site_traffic *sites, size_t count)
{
	json_t *array = json_array();

	if (count)
		qsort(sites, count, sizeof *sites, compare_sites);
	for (size_t i = 0; i < count;) {
		struct site_traffic sum = sites[i];
		json_t *object = json_object();

		while (++i < count && !compare_sites(&sum, &sites[i])) {
			sum.points = wp_sum(sum.points, sites[i].points);
			sum.bytes_least = wp_sum(sum.bytes_least, sites[i].bytes_least);
			sum.bytes_most = wp_sum(sum.bytes_most, sites[i].bytes_most);
		}
		wp_json_set(object, "site", wp_json_hash(sum.site));
		wp_json_set(object, "points", wp_json_u64(sum.points));
		wp_json_set(object, "bytes_min", wp_json_u64(sum.bytes_least));
		wp_json_set(object, "bytes_max", wp_json_u64(sum.bytes_most));
		wp_json_push(array, object);
	}
	return array;
}

static void add_total(struct wp_arena *scratch, struct cost *total, const struct cost *cost)
{
	add_number(&total->bytes_least, cost->bytes_least);
	add_number(&total->bytes_most, cost->bytes_most);
	add_number(&total->seconds_least, cost->seconds_least);
	add_number(&total->seconds_most, cost->seconds_most);
	for (size_t i = 0; i < cost->site_count; i++)
		*WP_PUSH(scratch, total->sites, total->site_count) = cost->sites[i];
	for (size_t i = 0; i < json_array_size(cost->assumptions); i++) {
		const char *what = json_string_value(json_array_get(cost->assumptions, i));
		bool known = false;

		for (size_t j = 0; j < json_array_size(total->assumptions); j++)
			known = known || !strcmp(json_string_value(json_array_get(total->assumptions, j)), what);
		if (!known)
			wp_json_push(total->assumptions, wp_json_text(what));
	}
	if (cost->fits == FIT_NO || total->fits == FIT_NO)
		total->fits = FIT_NO;
	else if (cost->fits == FIT_UNKNOWN)
		total->fits = FIT_UNKNOWN;
}

static json_t *estimate_json(const struct cost *cost)
{
	json_t *object = json_object();

	wp_json_set(object, "bytes_min", wp_json_number(cost->bytes_least));
	wp_json_set(object, "bytes_max", wp_json_number(cost->bytes_most));
	wp_json_set(object, "points", wp_json_number(cost->points));
	wp_json_set(object, "seconds_min", wp_json_number(cost->seconds_least));
	wp_json_set(object, "seconds_max", wp_json_number(cost->seconds_most));
	wp_json_set(object, "starts_at", wp_json_time(cost->starts));
	wp_json_set(object, "ends_at", wp_json_time(cost->ends));
	wp_json_set(object, "fits", cost->fits == FIT_UNKNOWN ? json_null() : json_boolean(cost->fits == FIT_YES));
	wp_json_set(object, "sites", sites_json(cost->sites, cost->site_count));
	wp_json_set(object, "assumptions", json_incref(cost->assumptions));
	return object;
}

static void note_misfits(struct wp_audit *audit, const struct cost *costs, size_t count)
{
	struct wp_time closes = audit->input->closes, now = audit->plan->created_at;
	const char **names = wp_arena_alloc(audit->scratch, count * sizeof *names);
	size_t found = 0;
	json_t *facts, *packages;

	if (closes.known && now.known && closes.ticks <= now.ticks) {
		facts = json_object();
		wp_json_set(facts, "end", wp_json_time(closes));
		wp_note_add(audit->plan, WP_NOTE_DOES_NOT_FIT, NULL, 0, facts,
			    "the window ended %s; what is said of it is as if it were to come",
			    wp_time_minutes(audit->scratch, closes));
	}
	packages = json_array();
	for (size_t i = 0; i < count; i++) {
		if (costs[i].fits != FIT_NO)
			continue;
		names[found++] = costs[i].entry->package_id;
		wp_json_push(packages, wp_json_text(costs[i].entry->package_id));
	}
	if (!found) {
		json_decref(packages);
		return;
	}
	facts = json_object();
	wp_json_set(facts, "count", wp_json_u64(found));
	wp_json_set(facts, "of", wp_json_u64(count));
	wp_json_set(facts, "packages", packages);
	wp_note_add(audit->plan, WP_NOTE_DOES_NOT_FIT, NULL, 0, facts,
		    "%zu of %zu refresh%s cannot end before the window does: %s", found, count, count == 1 ? "" : "es",
		    wp_text_names(audit->scratch, names, found, WP_AUDIT_NAMES));
}

void wp_audit_window(struct wp_audit *audit)
{
	struct cost *costs = audit->costs;
	size_t count = audit->cost_count;
	struct cost total = {
		.bytes_least.known = true, .bytes_most.known = true, .seconds_least.known = true,
		.seconds_most.known = true, .fits = FIT_YES, .assumptions = json_array(),
	};
	bool defers = audit->input->plan->policy->on_no_fit == WP_ON_NO_FIT_DEFER;
	json_t *estimates = json_object(), *packages = json_object(), *order = json_array(), *deferred = json_array();
	json_t *window = json_null();
	size_t made = 0;

	if (count)
		qsort(costs, count, sizeof *costs, compare_costs);
	place(audit, costs, count, defers, &total.ends);
	note_misfits(audit, costs, count);
	for (size_t i = 0; i < count; i++) {
		if (!costs[i].deferred) {
			add_total(audit->scratch, &total, &costs[i]);
			made++;
		}
		wp_json_push(order, wp_json_text(costs[i].entry->package_id));
		wp_json_set(packages, costs[i].entry->package_id, estimate_json(&costs[i]));
		if (costs[i].deferred)
			wp_json_push(deferred, wp_json_text(costs[i].entry->package_id));
	}
	if (!made)
		total.fits = FIT_UNKNOWN;
	if (audit->input->opens.known || audit->input->closes.known) {
		window = json_object();
		wp_json_set(window, "start", wp_json_time(audit->input->opens));
		wp_json_set(window, "end", wp_json_time(audit->input->closes));
	}
	wp_json_set(estimates, "window", window);
	wp_json_set(estimates, "order", order);
	wp_json_set(estimates, "deferred", deferred);
	wp_json_set(estimates, "total", estimate_json(&total));
	wp_json_set(estimates, "packages", packages);
	json_decref(total.assumptions);
	audit->plan->estimates = estimates;
}
