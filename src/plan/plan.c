/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Makes a plan: puts the packages in order, has each judged, and sums up. */
#include "judge.h"
#include "notes.h"
#include "plan_json.h"
#include "decode.h"

#include <stdlib.h>
#include <string.h>

/* A record with its observation, for sorting. */
struct candidate {
	const struct wp_record *record;
	const struct wp_observation *seen, *original;
	uint64_t priority;
};

static int compare_candidates(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	if (x->priority != y->priority)
		return x->priority < y->priority ? -1 : 1;
	return strcmp(x->record->package_id, y->record->package_id);
}

static struct candidate *candidates_of(struct wp_arena *scratch, const struct wp_plan_input *input,
				       size_t *ret_count)
{
	const struct wp_record_set *set = input->set;
	struct candidate *candidates = wp_arena_alloc(scratch, set->count * sizeof *candidates);
	size_t count = 0;

	for (size_t i = 0; i < set->count; i++) {
		const struct wp_record *record = &set->records[i];

		if (input->selection && !input->selection->chosen[i])
			continue;
		candidates[count++] = (struct candidate){
			.record = record,
			.seen = input->observations[i],
			.original = input->originals ? input->originals[i] : NULL,
			.priority = wp_judge_priority(record),
		};
	}
	qsort(candidates, count, sizeof *candidates, compare_candidates);
	*ret_count = count;
	return candidates;
}

static void learn(struct wp_plan *plan, const struct wp_plan_input *input, const struct candidate *candidate,
		  struct wp_judge_learned what, struct wp_learned *ret)
{
	const char *package_id, *content_id;
	uint64_t version = candidate->record->source_version.value;

	if (!what.baseline && !what.question)
		return;
	package_id = wp_arena_strdup(plan->arena, candidate->record->package_id);
	content_id = wp_arena_strdup(plan->arena, candidate->seen->content_id);
	if (what.question)
		*WP_PUSH(plan->arena, ret->questions, ret->question_count) = (struct wp_question){
			.site_code = plan->site_code,
			.package_id = package_id,
			.source_version = version,
			.content_id = content_id,
			.asked_at = input->now,
		};
	if (what.baseline)
		*WP_PUSH(plan->arena, ret->baselines, ret->baseline_count) = (struct wp_baseline){
			.site_code = plan->site_code,
			.package_id = package_id,
			.source_version = version,
			.file_id = wp_arena_strdup(plan->arena, candidate->seen->file_id),
			.content_id = content_id,
			.confidence = WP_CONFIDENCE_INFERRED,
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

/* False when the plan grows too large. */
static bool judge_all(struct wp_plan *plan, const struct wp_plan_input *input, const struct candidate *candidates,
		      const struct wp_calibration *calibration, struct wp_learned *ret_learned)
{
	struct wp_plan_frames frames;
	bool profile_used = false;
	uint64_t least = 0;

	wp_plan_frames(&frames);
	plan->entries = wp_arena_alloc(plan->arena, plan->entry_count * sizeof *plan->entries);
	for (size_t i = 0; i < plan->entry_count; i++) {
		struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
		struct wp_judge judge = {
			.arena = plan->arena,
			.scratch = scratch,
			.input = input,
			.record = candidates[i].record,
			.seen = candidates[i].seen,
			.original = candidates[i].original,
			.entry = &plan->entries[i],
			.diags = &plan->diags,
			.calibration = input->profile ? calibration : NULL,
			.profile_used = &profile_used,
		};

		learn(plan, input, &candidates[i], wp_judge_package(&judge), ret_learned);
		wp_note_folder(plan, &judge);
		wp_judge_boot_original(plan, &judge);
		least += wp_plan_least_entry(&frames, judge.entry);
		if (input->limit && least > input->limit)
			return false;
	}
	if (profile_used)
		plan->profile_id = wp_arena_strdup(plan->arena, input->profile->id);
	return true;
}

void wp_plan_seal(const struct wp_crew *crew, struct wp_plan *plan)
{
	sum_up(plan);
	wp_plan_body_digest(crew, plan, plan->id);
}

void wp_plan_defer(struct wp_plan *plan, size_t at, const char *code)
{
	struct wp_entry *entry = &plan->entries[at];
	struct wp_reason *reasons = wp_arena_alloc(plan->arena, (entry->reason_count + 1) * sizeof *reasons);

	/* The list has no room for one more. */
	for (size_t i = 0; i < entry->reason_count; i++)
		reasons[i] = entry->reasons[i];
	reasons[entry->reason_count++] =
		(struct wp_reason){ .code = code, .action = WP_ACTION_REFRESH, .confidence = WP_CONFIDENCE_PROVEN };
	entry->reasons = reasons;
	/* Without another call it is reported what it would have been. */
	if (entry->reload)
		entry->refresh = false;
	else
		entry->status = WP_ENTRY_REPORT_ONLY;
}

/* Copies names, for the plan outlives the records. */
static void copy_names(struct wp_arena *arena, const struct wp_names *names, const char ***ret_items, size_t *ret_count)
{
	for (size_t i = 0; i < names->count; i++)
		*WP_PUSH(arena, *ret_items, *ret_count) = wp_arena_strdup(arena, names->items[i]);
}

struct wp_plan *wp_plan_make(const struct wp_plan_input *input, struct wp_learned *ret_learned)
{
	struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct wp_arena *arena = wp_arena_new();
	struct wp_plan *plan = wp_arena_alloc(arena, sizeof *plan);
	struct wp_calibration calibration;
	struct candidate *candidates;

	*ret_learned = (struct wp_learned){ .baseline_count = 0 };
	plan->arena = arena;
	if (input->selection) {
		copy_names(arena, &input->selection->only, &plan->only, &plan->only_count);
		copy_names(arena, &input->selection->exclude, &plan->exclude, &plan->exclude_count);
	}
	plan->tool_version = wp_arena_strdup(arena, input->tool_version);
	plan->created_at = input->now;
	plan->created_by = wp_arena_strdup(arena, input->created_by);
	plan->snapshot_taken_at = input->set->taken_at;
	plan->site_code = wp_arena_strdup(arena, input->set->site_code);
	plan->snapshot_id = wp_arena_strdup(arena, input->snapshot_id);
	plan->snapshot_records = input->set->count;
	plan->snapshot_partial = input->set->partial != NULL;
	plan->policy = wp_policy_json(input->policy);
	wp_note_export(plan, input);
	candidates = candidates_of(scratch, input, &plan->entry_count);
	wp_judge_calibrate(input, scratch, &calibration);
	wp_note_profile(plan, input, &calibration);
	if (!judge_all(plan, input, candidates, &calibration, ret_learned)) {
		wp_plan_free(plan);
		*ret_learned = (struct wp_learned){ .baseline_count = 0 };
		return NULL;
	}
	wp_notes_sort(plan);
	plan->beside_covered = true;
	wp_plan_seal(input->crew, plan);
	return plan;
}
