/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Makes a plan: puts the packages in order, has each judged, and sums up. */
#include "judge.h"
#include "notes.h"
#include "plan_json.h"
#include "decode.h"

#include <string.h>

/* The parts of a plan in the making that are not in it. */
struct wp_plan_making {
	const struct wp_plan_input *input;
	struct wp_arena *scratch; /* until it is made */
	struct wp_plan *plan;     /* owned until then; its entries are those that were judged */
	const struct wp_record **order;
	size_t count;
	struct wp_calibration calibration;
	struct wp_plan_frames frames;
	uint64_t least; /* bytes that the file takes at least by now */
	bool profile_used;
	struct wp_learned learned;
};

static int compare_records(const void *a, const void *b)
{
	const struct wp_record *x = *(const struct wp_record *const *)a, *y = *(const struct wp_record *const *)b;
	uint64_t first = wp_judge_priority(x), second = wp_judge_priority(y);

	if (first != second)
		return first < second ? -1 : 1;
	return strcmp(x->package_id, y->package_id);
}

static void put_in_order(struct wp_plan_making *making)
{
	const struct wp_record_set *set = making->input->set;
	const struct wp_selection *selection = making->input->selection;

	making->order = wp_arena_alloc(making->scratch, set->count * sizeof *making->order);
	for (size_t i = 0; i < set->count; i++)
		if (!selection || selection->chosen[i])
			making->order[making->count++] = &set->records[i];
	WP_SORT(making->order, making->count, compare_records);
}

static void learn(struct wp_plan_making *making, const struct wp_judge *judge, struct wp_judge_learned what)
{
	struct wp_arena *arena = making->plan->arena;
	struct wp_learned *learned = &making->learned;
	const char *package_id, *content_id;
	uint64_t version = judge->record->source_version.value;

	if (!what.baseline && !what.question)
		return;
	package_id = wp_arena_strdup(arena, judge->record->package_id);
	content_id = wp_arena_strdup(arena, judge->seen->content_id);
	if (what.question)
		*WP_PUSH(arena, learned->questions, learned->question_count) = (struct wp_question){
			.site_code = making->plan->site_code,
			.package_id = package_id,
			.source_version = version,
			.content_id = content_id,
			.asked_at = making->input->now,
		};
	if (what.baseline)
		*WP_PUSH(arena, learned->baselines, learned->baseline_count) = (struct wp_baseline){
			.site_code = making->plan->site_code,
			.package_id = package_id,
			.source_version = version,
			.file_id = wp_arena_strdup(arena, judge->seen->file_id),
			.content_id = content_id,
			.confidence = WP_CONFIDENCE_INFERRED,
			.origin = "dates",
			.recorded_at = making->input->now,
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

bool wp_plan_judge(struct wp_plan_making *making, const struct wp_observation *seen, const struct wp_observation *original)
{
	struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	const struct wp_plan_input *input = making->input;
	struct wp_plan *plan = making->plan;
	struct wp_judge judge = {
		.arena = plan->arena,
		.scratch = scratch,
		.input = input,
		.record = making->order[plan->entry_count],
		.seen = seen,
		.original = original,
		.entry = &plan->entries[plan->entry_count],
		.diags = &plan->diags,
		.calibration = input->profile ? &making->calibration : NULL,
		.profile_used = &making->profile_used,
	};

	plan->entry_count++;
	learn(making, &judge, wp_judge_package(&judge));
	wp_note_folder(plan, &judge);
	wp_judge_boot_original(plan, &judge);
	making->least += wp_plan_least_entry(&making->frames, judge.entry);
	return !input->limit || making->least <= input->limit;
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

struct wp_plan_making *wp_plan_begin(const struct wp_plan_input *input)
{
	struct wp_arena *scratch = wp_arena_new(), *arena = wp_arena_new();
	struct wp_plan_making *making = wp_arena_alloc(scratch, sizeof *making);
	struct wp_plan *plan = wp_arena_alloc(arena, sizeof *plan);

	making->input = input;
	making->scratch = scratch;
	making->plan = plan;
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
	put_in_order(making);
	plan->entries = wp_arena_alloc(arena, making->count * sizeof *plan->entries);
	wp_judge_calibrate(input, scratch, &making->calibration);
	wp_note_profile(plan, input, &making->calibration);
	wp_plan_frames(&making->frames);
	return making;
}

const struct wp_record *const *wp_plan_order(const struct wp_plan_making *making, size_t *ret_count)
{
	*ret_count = making->count;
	return making->order;
}

struct wp_plan *wp_plan_made(const struct wp_plan_making *making)
{
	return making->plan;
}

struct wp_plan *wp_plan_end(struct wp_plan_making *making, struct wp_learned *ret_learned)
{
	struct wp_plan *plan = making->plan;

	if (making->profile_used)
		plan->profile_id = wp_arena_strdup(plan->arena, making->input->profile->id);
	wp_notes_sort(plan);
	plan->beside_covered = true;
	wp_plan_seal(making->input->crew, plan);
	*ret_learned = making->learned;
	wp_arena_free(making->scratch);
	return plan;
}

void wp_plan_abandon(struct wp_plan_making *making)
{
	wp_plan_free(making->plan);
	wp_arena_free(making->scratch);
}
