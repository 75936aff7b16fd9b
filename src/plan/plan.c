/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Makes a plan: selects the packages, puts them in order, has each judged, and sums up. */
#include "judge.h"
#include "plan_json.h"
#include "tally.h"

#include <stdlib.h>
#include <string.h>

/* PackageIDs are the same to a site whatever their letter case. */
static bool is_named(const char *const *names, size_t count, const char *package_id)
{
	for (size_t i = 0; i < count; i++)
		if (!strcasecmp(names[i], package_id))
			return true;
	return false;
}

static int compare_texts(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The names of an option as the records spell them, sorted, each once. A name that no record has is an error. */
static int select_names(struct wp_arena *arena, const struct wp_record_set *set, const char *option,
			const char *const *names, size_t count, const char ***ret_names, size_t *ret_count,
			struct wp_error *err)
{
	for (size_t i = 0; i < count; i++) {
		size_t j = 0;

		while (j < set->count && strcasecmp(names[i], set->records[j].package_id) != 0)
			j++;
		if (j == set->count)
			return wp_fail(err, WP_E_USAGE, "unknown-package", names[i],
				       "%s %s: no record of site %s has this PackageID; look them up with 'wimplan "
				       "snapshot show', or choose another --site",
				       option, names[i], set->site_code ? set->site_code : "(unknown)");
		if (is_named(*ret_names, *ret_count, names[i]))
			continue;
		*WP_PUSH(arena, *ret_names, *ret_count) = wp_arena_strdup(arena, set->records[j].package_id);
	}
	if (*ret_count)
		qsort(*ret_names, *ret_count, sizeof **ret_names, compare_texts);
	return WP_OK;
}

int wp_plan_check_names(const struct wp_plan_input *input, struct wp_error *err)
{
	struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	const char **only = NULL, **exclude = NULL;
	size_t only_count = 0, exclude_count = 0;
	int status = select_names(scratch, input->set, "--only", input->only, input->only_count, &only, &only_count,
				  err);

	return status ? status : select_names(scratch, input->set, "--exclude", input->exclude, input->exclude_count,
					      &exclude, &exclude_count, err);
}

/* A record with its observation, for sorting. */
struct candidate {
	const struct wp_record *record;
	const struct wp_observation *seen;
	uint64_t priority;
};

static int compare_candidates(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	if (x->priority != y->priority)
		return x->priority < y->priority ? -1 : 1;
	return strcmp(x->record->package_id, y->record->package_id);
}

static struct candidate *select_records(struct wp_arena *scratch, const struct wp_plan_input *input,
					size_t *ret_count)
{
	const struct wp_record_set *set = input->set;
	struct candidate *candidates = wp_arena_alloc(scratch, set->count * sizeof *candidates);
	size_t count = 0;

	for (size_t i = 0; i < set->count; i++) {
		const struct wp_record *record = &set->records[i];

		if ((input->only_count && !is_named(input->only, input->only_count, record->package_id)) ||
		    is_named(input->exclude, input->exclude_count, record->package_id))
			continue;
		candidates[count++] = (struct candidate){
			.record = record,
			.seen = input->observations[i],
			.priority = wp_judge_priority(record),
		};
	}
	qsort(candidates, count, sizeof *candidates, compare_candidates);
	*ret_count = count;
	return candidates;
}

static void keep_baseline(struct wp_plan *plan, const struct wp_plan_input *input, const struct candidate *candidate,
			  struct wp_baseline **items, size_t *count)
{
	*WP_PUSH(plan->arena, *items, *count) = (struct wp_baseline){
		.site_code = plan->site_code,
		.package_id = wp_arena_strdup(plan->arena, candidate->record->package_id),
		.source_version = candidate->record->source_version.value,
		.file_id = wp_arena_strdup(plan->arena, candidate->seen->file_id),
		.content_id = wp_arena_strdup(plan->arena, candidate->seen->content_id),
		.confidence = WP_INFERRED,
		.origin = "dates",
		.recorded_at = input->now,
	};
}

static void sum_up(struct wp_plan *plan)
{
	struct wp_tally tally = { .applyable = false };

	for (size_t i = 0; i < plan->entry_count; i++)
		wp_tally_add(&tally, &plan->entries[i]);
	plan->summary = tally.summary;
	plan->applyable = tally.applyable;
	plan->complete = !tally.unjudged && !plan->snapshot_partial;
	wp_tally_free(&tally);
}

static void judge_all(struct wp_plan *plan, const struct wp_plan_input *input, const struct candidate *candidates,
		      struct wp_baseline **ret_baselines, size_t *ret_baseline_count)
{
	plan->entries = wp_arena_alloc(plan->arena, plan->entry_count * sizeof *plan->entries);
	for (size_t i = 0; i < plan->entry_count; i++) {
		struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
		struct wp_judge judge = {
			.arena = plan->arena,
			.scratch = scratch,
			.input = input,
			.record = candidates[i].record,
			.seen = candidates[i].seen,
			.entry = &plan->entries[i],
			.diags = &plan->diags,
		};

		if (wp_judge_package(&judge))
			keep_baseline(plan, input, &candidates[i], ret_baselines, ret_baseline_count);
	}
}

int wp_plan_make(const struct wp_plan_input *input, struct wp_plan **ret_plan, struct wp_baseline **ret_baselines,
		 size_t *ret_baseline_count, struct wp_error *err)
{
	struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct wp_arena *arena = wp_arena_new();
	struct wp_plan *plan = wp_arena_alloc(arena, sizeof *plan);
	struct candidate *candidates;
	json_t *body __attribute__((cleanup(wp_json_freep))) = NULL;
	int status;

	*ret_baselines = NULL;
	*ret_baseline_count = 0;
	plan->arena = arena;
	status = select_names(arena, input->set, "--only", input->only, input->only_count, &plan->only,
			      &plan->only_count, err);
	if (!status)
		status = select_names(arena, input->set, "--exclude", input->exclude, input->exclude_count,
				      &plan->exclude, &plan->exclude_count, err);
	if (status) {
		wp_plan_free(plan);
		return status;
	}
	plan->tool_version = wp_arena_strdup(arena, input->tool_version);
	plan->created_at = input->now;
	plan->created_by = wp_arena_strdup(arena, input->created_by);
	plan->snapshot_taken_at = input->set->taken_at;
	plan->site_code = wp_arena_strdup(arena, input->set->site_code);
	plan->snapshot_id = wp_arena_strdup(arena, input->snapshot_id);
	plan->snapshot_records = input->set->count;
	plan->policy = wp_policy_json(input->policy);
	candidates = select_records(scratch, input, &plan->entry_count);
	judge_all(plan, input, candidates, ret_baselines, ret_baseline_count);
	sum_up(plan);
	plan->beside_covered = true;
	body = wp_plan_body_json(plan);
	wp_plan_digest(body, plan->id);
	*ret_plan = plan;
	return WP_OK;
}
