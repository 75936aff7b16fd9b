/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scans the sources of a set of records, judges every package and says what the plan means for the site. */
#include "planning.h"
#include "auditing.h"
#include "batch.h"
#include "fail_on.h"

#include "wimplan/json.h"
#include "wimplan/limits.h"
#include "wimplan/plan.h"
#include "wimplan/text.h"
#include "wimplan/version.h"

void wp_planning_free(struct wp_planning *planning)
{
	wp_plan_inputs_free(&planning->inputs);
	wp_progress_free(&planning->progress);
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

/* Judges the packages of a batch; false when the plan grows too large. */
static bool judge(struct wp_plan_making *making, const struct wp_auditing *auditing, const struct wp_plan_batch *batch)
{
	for (size_t i = 0; i < batch->count; i++) {
		if (!wp_plan_judge(making, batch->seen[i], batch->originals[i]))
			return false;
		wp_audit_package(auditing->audit, batch->records[i], batch->seen[i], &batch->found[i]);
	}
	return true;
}

/* Looks at the sources of a batch after the other and judges them; false when the plan grows too large. */
static bool judge_all(struct wp_cli *cli, const struct wp_plan_inputs *inputs, struct wp_batches *batches, struct wp_plan_input *input,
		      struct wp_plan_making *making, const struct wp_auditing *auditing)
{
	for (;;) {
		struct wp_plan_batch batch __attribute__((cleanup(wp_plan_batch_free)));

		if (!wp_batches_next(batches, &batch))
			return true;
		wp_plan_inputs_summaries(cli, inputs, &batch, input);
		wp_plan_inputs_manifests(cli, inputs, &batch, input);
		if (!judge(making, auditing, &batch))
			return false;
	}
}

/* Scans and judges what @input has, and keeps what was learned; NULL when the plan grows too large. */
static struct wp_plan *scan_and_judge(struct wp_cli *cli, const struct wp_config *config, struct wp_planning *planning,
				      struct wp_plan_input *input)
{
	struct wp_batches batches __attribute__((cleanup(wp_batches_end)));
	struct wp_auditing auditing __attribute__((cleanup(wp_auditing_free)));
	const struct wp_record *const *order;
	struct wp_plan_making *making;
	struct wp_plan *plan = NULL;
	size_t count;
	struct wp_learned learned;

	wp_batches_begin(cli, config, &planning->inputs, &planning->progress, input->selection->chosen, &batches, &input->samples);
	making = wp_plan_begin(input);
	order = wp_plan_order(making, &count);
	wp_batches_start(&batches, order, count);
	wp_auditing_begin(cli, &planning->inputs, input, config, wp_plan_made(making), &auditing);
	if (judge_all(cli, &planning->inputs, &batches, input, making, &auditing)) {
		plan = wp_plan_end(making, &learned);
		wp_audit_end(auditing.audit);
	} else {
		wp_plan_abandon(making);
	}
	/* Whatever becomes of the plan, what took an hour to read is not to be read again. */
	wp_plan_inputs_keep(cli, &planning->inputs, plan, &batches, &learned);
	return plan;
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
	wp_plan_inputs_note_old(cli, &planning->inputs, &input);
	*ret_plan = scan_and_judge(cli, config, planning, &input);
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
