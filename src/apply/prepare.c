/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What every command needs before it begins: the plan, its steps and how far they have come. */
#include "apply.h"

#include "wimplan/ascii.h"
#include "wimplan/file.h"

#include <string.h>

static bool is_named(const struct wp_apply *apply, const char *package_id)
{
	for (size_t i = 0; i < apply->only_count; i++)
		if (wp_ascii_same(apply->only[i], package_id))
			return true;
	return !apply->only_count;
}

static int select_steps(struct wp_apply *apply)
{
	for (size_t i = 0; i < apply->steps.count; i++)
		apply->steps.items[i].selected = is_named(apply, apply->steps.items[i].entry->package_id);
	for (size_t i = 0; i < apply->only_count; i++) {
		bool found = false;

		for (size_t j = 0; j < apply->steps.count; j++)
			found |= wp_ascii_same(apply->only[i], apply->steps.items[j].entry->package_id);
		if (!found)
			return wp_apply_usage(apply, apply->only[i], "--only %s: the plan has nothing to do for it",
					      apply->only[i]);
	}
	return -1;
}

static bool is_expected(const struct wp_apply *apply)
{
	const char *colon = strchr(apply->plan->id, ':');

	return colon && !strncmp(colon + 1, apply->expected_plan, strlen(apply->expected_plan));
}

int wp_apply_read_plan(struct wp_apply *apply)
{
	struct wp_error err;

	if (wp_program_plan(apply->plan_path, &apply->plan, &err))
		return wp_apply_error(apply, &err);
	if (apply->expected_plan && !is_expected(apply)) {
		wp_fail(&err, WP_E_REFUSED, "other-plan", apply->plan_path,
			"%s is the plan %s, and not the one that is expected, %s; give the plan that was approved",
			apply->plan_path, apply->plan->id, apply->expected_plan);
		return wp_apply_error(apply, &err);
	}
	apply->steps = wp_steps_make(apply->arena, apply->plan);
	if (!apply->plan->applyable || !apply->steps.count) {
		wp_fail(&err, WP_E_REFUSED, "nothing-to-apply", apply->plan_path,
			"%s has nothing to apply: no package has a call that may be made", apply->plan_path);
		return wp_apply_error(apply, &err);
	}
	return select_steps(apply);
}

/*
 * A call that may have begun before the machine stopped can only have gone to a record that was as planned: so it is
 * known what that looked like.
 */
static void recall(struct wp_step *step)
{
	const struct wp_preconditions *planned = &step->entry->preconditions;

	step->version_before = planned->source_version;
	strcpy(step->property_before, planned->image_property_sha256);
}

int wp_apply_look_back(struct wp_apply *apply, struct wp_journal **ret_journal, struct wp_journal_runs *ret_runs,
		       struct wp_error *err)
{
	int status = wp_journal_open(apply->journal_path, WP_JOURNAL_READ, apply->plan, ret_journal, err);

	*ret_runs = (struct wp_journal_runs){ 0 };
	if (!status)
		status = wp_journal_runs(*ret_journal, ret_runs, err);
	if (!status)
		status = wp_journal_load(*ret_journal, &apply->steps, err);
	for (size_t i = 0; i < apply->steps.count && !status; i++)
		if (apply->steps.items[i].suspected)
			recall(&apply->steps.items[i]);
	return status;
}
