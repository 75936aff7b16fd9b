/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goes through the packages of a plan and lets each finder say what it has to. */
#include "cost.h"
#include "internal.h"

#include <string.h>

static wp_audit_find *const finders[] = {
	wp_audit_find_points,
	wp_audit_find_indexes,
	wp_audit_find_sequences,
	wp_audit_find_risks,
	wp_audit_gather_source,
	wp_audit_find_newer,
	wp_audit_find_schedules,
	wp_audit_find_expected,
};

/* PackageID → place in the set and 1. New reference. */
static json_t *index_of(const struct wp_record_set *set)
{
	json_t *index = wp_json_must(json_object());

	for (size_t i = 0; set && i < set->count; i++)
		wp_json_set(index, set->records[i].package_id, json_integer((json_int_t)i + 1));
	return index;
}

static size_t place(const json_t *index, const char *package_id)
{
	return (size_t)json_integer_value(json_object_get(index, package_id));
}

static void begin_site(struct audit *audit)
{
	audit->packages = json_array();
	audit->entries = wp_arena_alloc(audit->scratch, audit->input->plan->set->count * sizeof *audit->entries);
	audit->points = wp_arena_alloc(audit->scratch, audit->distributions.point_count * sizeof *audit->points);
	audit->steps = wp_arena_alloc(audit->scratch, audit->usages.sequence_count * sizeof(json_t *));
}

static void end_site(struct audit *audit)
{
	json_t *site = json_object();

	wp_json_set(site, "packages", audit->packages);
	wp_json_set(site, "points", wp_audit_points_json(audit));
	wp_json_set(site, "groups", wp_audit_groups_json(audit));
	wp_json_set(site, "task_sequences", wp_audit_sequences_json(audit));
	audit->plan->site = site;
}

/* Entry @i of the plan with what is known of its package. */
static struct audited audited_at(struct audit *audit, struct wp_arena *scratch, const json_t *index, const json_t *before,
				 size_t i)
{
	const struct wp_audit_input *input = audit->input;
	const struct wp_entry *entry = &audit->plan->entries[i];
	size_t at = place(index, entry->package_id) - 1, previous = place(before, entry->package_id);
	struct wp_expected_image *expected = entry->expected;
	size_t count = entry->expected_count;

	/* An entry that is unchanged does not say. */
	if (!count)
		count = wp_plan_expected(scratch, input->plan, &input->plan->set->records[at], input->plan->observations[at],
					 &expected);
	audit->entries[at] = entry;
	return (struct audited){
		.scratch = scratch,
		.entry = entry,
		.expected = expected,
		.expected_count = count,
		.record = &input->plan->set->records[at],
		.seen = input->plan->observations[at],
		.found = input->found ? input->found[at] : (struct wp_expect_found){ 0 },
		.previous = previous ? &input->previous->records[previous - 1] : NULL,
		.distribution = &audit->distributions.packages[at],
		.usage = &audit->usages.packages[at],
	};
}

/* What the policy leaves to others is no call of this plan. */
static void defer(struct audit *audit, const struct cost *costs, size_t count)
{
	bool any = audit->left_count > 0;

	for (size_t i = 0; i < audit->left_count; i++)
		wp_plan_defer(audit->plan, audit->left[i], "deferred-to-schedule");
	for (size_t i = 0; i < count; i++) {
		if (!costs[i].deferred)
			continue;
		wp_plan_defer(audit->plan, (size_t)(costs[i].entry - audit->plan->entries), "deferred-no-fit");
		any = true;
	}
	if (any)
		wp_plan_seal(audit->input->plan->crew, audit->plan);
}

static bool is_left(const struct audit *audit, size_t entry)
{
	/* They were added in the order of the entries. */
	return audit->left_count && audit->left[audit->left_count - 1] == entry;
}

void wp_audit(const struct wp_audit_input *input, struct wp_plan *plan)
{
	struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	json_t *index __attribute__((cleanup(wp_json_freep))) = index_of(input->plan->set);
	json_t *before __attribute__((cleanup(wp_json_freep))) = index_of(input->previous);
	struct audit audit = { .input = input, .plan = plan, .scratch = scratch };
	struct cost *costs = NULL;
	size_t count = 0;

	wp_distributions_read(scratch, input->plan->set, &audit.distributions);
	wp_usages_read(scratch, input->plan->set, &audit.usages);
	begin_site(&audit);
	for (size_t i = 0; i < plan->entry_count; i++) {
		struct wp_arena *own __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
		struct audited package = audited_at(&audit, own, index, before, i);

		for (size_t j = 0; j < sizeof finders / sizeof *finders; j++)
			finders[j](&audit, &package);
		if (wp_audit_sends(&package) && !is_left(&audit, i))
			wp_audit_cost(&audit, &package, WP_PUSH(scratch, costs, count));
	}
	wp_audit_find_clocks(&audit);
	wp_audit_find_sources(&audit);
	wp_audit_window(&audit, costs, count);
	defer(&audit, costs, count);
	end_site(&audit);
	wp_notes_sort(plan);
}
