/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scans the sources of a set of records, judges every package and says what the plan means for the site. */
#include "planning.h"
#include "fail_on.h"
#include "settings.h"

#include "wimplan/json.h"
#include "wimplan/limits.h"
#include "wimplan/plan.h"
#include "wimplan/text.h"
#include "wimplan/version.h"

void wp_planning_free(struct wp_planning *planning)
{
	wp_scan_free(planning->scan);
	wp_plan_inputs_free(&planning->inputs);
	wp_progress_free(&planning->progress);
}

/* Whether a boot image has an original beside the file that the site made of it. */
static bool has_original(const struct wp_record *record)
{
	return record->class == WP_CLASS_BOOT && record->image_path && *record->image_path &&
	       !(record->source_path && wp_map_same_prefix(record->source_path, record->image_path));
}

/* The record of a package that was looked at for the profile; NULL when it is gone or has another source since. */
static const struct wp_record *sampled_record(const struct wp_record_set *set, const struct wp_profile_sample *sample)
{
	const struct wp_record *record = wp_record_set_find(set, sample->package_id);
	bool same = record && record->class == sample->class && record->source_path && sample->source_path &&
		    wp_text_equal_nocase(record->source_path, sample->source_path);

	return same ? record : NULL;
}

/* How many sources are looked at: of the chosen packages, of their originals, and for the profile. */
static size_t most_wanted(const struct wp_record_set *set, const struct wp_profile *profile, const bool *chosen)
{
	size_t most = profile ? profile->count : 0;

	for (size_t i = 0; i < set->count; i++)
		most += chosen[i] ? 1 + has_original(&set->records[i]) : 0;
	return most;
}

/*
 * Scans what will be judged, and the originals of boot images: a package left out by --only or --exclude gets no
 * observation, so that one package out of ten thousand costs one scan. In the lists of @input there is one entry per
 * record, NULL where nothing was scanned.
 */
static void scan(struct wp_cli *cli, const struct wp_config *config, const bool *chosen, struct wp_planning *planning,
		 struct wp_plan_input *input)
{
	const struct wp_record_set *set = planning->inputs.set;
	const struct wp_profile *profile = planning->inputs.profile;
	struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	size_t most = most_wanted(set, profile, chosen);
	struct wp_record *wanted = wp_arena_alloc(scratch, most * sizeof *wanted);
	const struct wp_observation ***place = wp_arena_alloc(scratch, most * sizeof *place);
	const struct wp_observation **observations = wp_arena_alloc(cli->arena, set->count * sizeof *observations);
	const struct wp_observation **originals = wp_arena_alloc(cli->arena, set->count * sizeof *originals);
	const struct wp_observation **samples = wp_arena_alloc(cli->arena, (profile ? profile->count : 0) * sizeof *samples);
	struct wp_expect_found *of_scanned = wp_arena_alloc(scratch, most * sizeof *of_scanned);
	/* One more, of which nobody asks: that of originals. */
	struct wp_expect_found *found = wp_arena_alloc(cli->arena, (set->count + 1) * sizeof *found);
	size_t *record_of = wp_arena_alloc(scratch, most * sizeof *record_of);
	size_t count = 0;

	for (size_t i = 0; i < set->count; i++) {
		if (!chosen[i])
			continue;
		place[count] = &observations[i];
		record_of[count] = i;
		wanted[count++] = set->records[i];
		if (!has_original(&set->records[i]))
			continue;
		place[count] = &originals[i];
		record_of[count] = set->count;
		wanted[count++] = (struct wp_record){ .class = WP_CLASS_BOOT, .source_path = set->records[i].image_path };
	}
	/* Whatever is planned, so that what a profile proves does not depend on it. A source that is scanned already costs nothing. */
	for (size_t i = 0; profile && i < profile->count; i++) {
		const struct wp_record *record = sampled_record(set, &profile->samples[i]);

		if (!record)
			continue;
		place[count] = &samples[i];
		record_of[count] = set->count;
		wanted[count++] = *record;
	}
	planning->scan = wp_cli_scan(cli, wanted, count, config, (struct wp_cli_scan){
		.cache = planning->inputs.cache,
		.progress = &planning->progress,
		.found = of_scanned,
	});
	for (size_t i = 0; i < count; i++) {
		*place[i] = wp_scan_observation(planning->scan, i);
		found[record_of[i]] = of_scanned[i];
	}
	planning->inputs.found = found;
	input->observations = observations;
	input->originals = originals;
	input->samples = samples;
}

/* One sentence for all places where it comes out. */
static int fail_too_large(struct wp_cli *cli, size_t packages)
{
	return wp_fail(&cli->err, WP_E_FAILED, "plan-too-large", cli->output,
		       "the plan of %zu packages would have more than %u bytes, which nothing reads; plan fewer at a time with --only "
		       "or --exclude", packages, WP_LIMIT_DOCUMENT_BYTES);
}

static size_t count_chosen(const struct wp_record_set *set, const struct wp_selection *selection)
{
	size_t count = 0;

	for (size_t i = 0; i < set->count; i++)
		count += selection->chosen[i];
	return count;
}

static int make_plan(struct wp_cli *cli, const struct wp_config *config, struct wp_planning *planning,
		     struct wp_plan **ret_plan)
{
	struct wp_crew crew = wp_program_crew(cli);
	struct wp_selection selection;
	struct wp_plan_input input = {
		.set = planning->inputs.set,
		.snapshot_id = planning->inputs.set->id,
		.policy = &config->policy,
		.selection = &selection,
		.now = cli->env->now,
		.created_by = cli->env->who(cli->arena),
		.tool_version = WIMPLAN_VERSION,
		.crew = &crew,
		.limit = planning->writes ? WP_LIMIT_DOCUMENT_BYTES : 0,
	};
	struct wp_learned learned;
	int status;

	/* A wrong name is said before an hour of scanning. */
	status = wp_plan_select(cli->arena, input.set, cli->only, cli->exclude, &selection, &cli->err);
	if (!status)
		status = wp_plan_inputs_remembered(cli, &planning->inputs, &input);
	if (!status)
		status = wp_plan_inputs_profile(cli, &planning->inputs, &input);
	if (status)
		return status;
	if (input.limit && wp_plan_least(input.set, selection.chosen) > input.limit)
		return fail_too_large(cli, count_chosen(input.set, &selection));
	scan(cli, config, selection.chosen, planning, &input);
	wp_plan_inputs_note_old(cli, &planning->inputs, &input);
	wp_plan_inputs_summaries(cli, &planning->inputs, planning->scan, &input);
	wp_plan_inputs_manifests(cli, &planning->inputs, &input);
	*ret_plan = wp_plan_make(&input, &learned);
	if (*ret_plan)
		wp_plan_inputs_audit(cli, &planning->inputs, &input, config, *ret_plan);
	/* Whatever becomes of the plan, what took an hour to read is not to be read again. */
	wp_plan_inputs_keep(cli, &planning->inputs, *ret_plan, planning->scan, input.observations, &learned);
	return *ret_plan ? WP_OK : fail_too_large(cli, count_chosen(input.set, &selection));
}

int wp_planning_emit(struct wp_cli *cli, const struct wp_plan *plan, json_t *envelope)
{
	struct wp_crew crew = wp_program_crew(cli);
	struct wp_printer *printer;
	int status = wp_print_begin(cli->output, WP_TEXT_DOCUMENT, &printer, &cli->err);

	if (!status) {
		if (wp_plan_write(&crew, plan, envelope, WP_LIMIT_DOCUMENT_BYTES, &(struct wp_sink){ wp_print_add_to, printer }))
			status = wp_print_end(printer, &cli->err);
		else
			status = wp_print_abandon(printer, fail_too_large(cli, plan->entry_count));
	}
	json_decref(envelope);
	return status;
}

int wp_planning_make(struct wp_cli *cli, const struct wp_config *config, struct wp_planning *planning,
		     struct wp_plan **ret_plan)
{
	const struct wp_plan *plan;

	if (wp_progress_open(cli, &planning->progress) || make_plan(cli, config, planning, ret_plan))
		return cli->err.status;
	plan = *ret_plan;
	wp_progress_event(&planning->progress,
			  json_pack("{s:s, s:s, s:b, s:b}", "type", "plan", "plan_id", plan->id, "complete",
				    plan->complete, "changes", wp_plan_has_changes(plan)));
	if (wp_progress_close(&planning->progress, &cli->err))
		return cli->err.status;
	if (!plan->complete)
		cli->status = WP_EXIT_INCOMPLETE;
	else if (cli->detailed && wp_plan_has_changes(plan))
		cli->status = WP_EXIT_CHANGES;
	wp_fail_on_plan(cli, plan);
	return WP_OK;
}
