/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goes through the packages of a plan and lets each finder say what it has to. */
#include "cost.h"
#include "internal.h"

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

struct wp_audit *wp_audit_begin(const struct wp_audit_input *input, struct wp_plan *plan)
{
	struct wp_arena *scratch = wp_arena_new();
	struct wp_audit *audit = wp_arena_alloc(scratch, sizeof *audit);

	audit->input = input;
	audit->plan = plan;
	audit->scratch = scratch;
	wp_distributions_read(scratch, input->plan->set, &audit->distributions);
	wp_usages_read(scratch, input->plan->set, &audit->usages);
	audit->packages = json_array();
	audit->entries = wp_arena_alloc(scratch, input->plan->set->count * sizeof *audit->entries);
	audit->points = wp_arena_alloc(scratch, audit->distributions.point_count * sizeof *audit->points);
	audit->steps = wp_arena_alloc(scratch, audit->usages.sequence_count * sizeof(json_t *));
	return audit;
}

/* The entry that was judged last with what is known of its package. */
static struct audited look_at(struct wp_audit *audit, struct wp_arena *scratch, const struct wp_record *record,
			      const struct wp_observation *seen, const struct wp_expect_found *found)
{
	const struct wp_audit_input *input = audit->input;
	const struct wp_entry *entry = &audit->plan->entries[audit->plan->entry_count - 1];
	size_t at = (size_t)(record - input->plan->set->records);
	const struct wp_record *previous = input->previous ? wp_record_set_get(input->previous, entry->package_id) : NULL;
	struct wp_expected_image *expected = entry->expected;
	size_t count = entry->expected_count;

	/* An entry that is unchanged does not say. */
	if (!count)
		count = wp_plan_expected(scratch, input->plan, record, seen, &expected);
	audit->entries[at] = entry;
	return (struct audited){
		.scratch = scratch,
		.entry = entry,
		.expected = expected,
		.expected_count = count,
		.record = record,
		.seen = seen,
		.found = found ? *found : (struct wp_expect_found){ 0 },
		.recorded = count ? wp_record_images(scratch, record) : (struct wp_site_images){ 0 },
		.before = count && previous ? wp_record_images(scratch, previous) : (struct wp_site_images){ 0 },
		.distribution = &audit->distributions.packages[at],
		.usage = &audit->usages.packages[at],
	};
}

static bool is_left(const struct wp_audit *audit, const struct wp_entry *entry)
{
	/* They are added in the order of the entries. */
	return audit->left_count && &audit->plan->entries[audit->left[audit->left_count - 1]] == entry;
}

void wp_audit_package(struct wp_audit *audit, const struct wp_record *record, const struct wp_observation *seen,
		      const struct wp_expect_found *found)
{
	struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct audited package = look_at(audit, scratch, record, seen, found);

	for (size_t i = 0; i < sizeof finders / sizeof *finders; i++)
		finders[i](audit, &package);
	if (wp_audit_sends(&package) && !is_left(audit, package.entry))
		wp_audit_cost(audit, &package, WP_PUSH(audit->scratch, audit->costs, audit->cost_count));
}

/* What the policy leaves to others is no call of this plan. */
static void defer(struct wp_audit *audit)
{
	bool any = audit->left_count > 0;

	for (size_t i = 0; i < audit->left_count; i++)
		wp_plan_defer(audit->plan, audit->left[i], "deferred-to-schedule");
	for (size_t i = 0; i < audit->cost_count; i++) {
		if (!audit->costs[i].deferred)
			continue;
		wp_plan_defer(audit->plan, (size_t)(audit->costs[i].entry - audit->plan->entries), "deferred-no-fit");
		any = true;
	}
	if (any)
		wp_plan_seal(audit->input->plan->crew, audit->plan);
}

static void describe_site(struct wp_audit *audit)
{
	json_t *site = json_object();

	wp_json_set(site, "packages", json_incref(audit->packages));
	wp_json_set(site, "points", wp_audit_points_json(audit));
	wp_json_set(site, "groups", wp_audit_groups_json(audit));
	wp_json_set(site, "task_sequences", wp_audit_sequences_json(audit));
	audit->plan->site = site;
}

void wp_audit_end(struct wp_audit *audit)
{
	wp_audit_find_clocks(audit);
	wp_audit_find_sources(audit);
	wp_audit_window(audit);
	defer(audit);
	describe_site(audit);
	wp_notes_sort(audit->plan);
}

void wp_audit_free(struct wp_audit *audit)
{
	if (!audit)
		return;
	for (size_t i = 0; i < audit->cost_count; i++)
		json_decref(audit->costs[i].assumptions);
	for (size_t i = 0; i < audit->usages.sequence_count; i++)
		json_decref(audit->steps[i]);
	json_decref(audit->packages);
	wp_arena_free(audit->scratch);
}
