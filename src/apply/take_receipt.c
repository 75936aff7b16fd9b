/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where there is no journal, as after the script of `wimplan show --format powershell`, the receipt says what was done. */
#include "arrival.h"
#include "open.h"

#include "wimplan/file.h"
#include "wimplan/json.h"
#include "wimplan/limits.h"

#include <stdio.h>
#include <string.h>

/* PackageID → position of the package's first step; both of them stand side by side. New reference. */
static json_t *index_of(const struct wp_steps *steps)
{
	json_t *index = wp_json_must(json_object());

	for (size_t i = steps->count; i-- > 0;)
		wp_json_set(index, steps->items[i].entry->package_id, json_integer((json_int_t)i));
	return index;
}

static struct wp_step *find_step(const json_t *index, struct wp_steps *steps, const struct wp_receipt_step *done)
{
	const json_t *place = json_object_get(index, done->package_id);
	size_t first = (size_t)json_integer_value(place);

	for (size_t i = first; place && i < steps->count && steps->items[i].entry == steps->items[first].entry; i++)
		if (steps->items[i].action == done->action)
			return &steps->items[i];
	return NULL;
}

static void take_step(struct wp_step *step, const struct wp_receipt_step *done)
{
	wp_state_from_name(wp_outcome_name(done->outcome), &step->state);
	step->looked_up = done->looked_up;
	step->attempts = done->attempts;
	step->started_at = done->started_at;
	step->finished_at = done->finished_at;
	step->version_before = done->source_version_before;
	step->version_after = done->source_version_after;
	step->has_return_value = done->has_return_value;
	step->return_value = done->return_value;
	step->distribution = done->distribution;
	if (done->distribution)
		wp_arrival_sort(done->distribution);
	wp_step_error(step, "%s", done->error ? done->error : "");
}

int wp_apply_take_receipt(struct wp_apply *apply, struct wp_journal_runs *ret_runs, struct wp_error *err)
{
	json_t *index __attribute__((cleanup(wp_json_freep))) = NULL;
	const char *path = apply->receipt_path;
	struct wp_receipt receipt;
	char *text;
	size_t length;
	int status = wp_file_read_text(apply->cli->arena, path, WP_LIMIT_DOCUMENT_BYTES, &text, &length, err);

	if (!status)
		status = wp_receipt_parse(apply->cli->arena, text, length, path, &receipt, err);
	if (status)
		return status;
	if (strcmp(receipt.plan_id, apply->plan->id))
		return wp_fail(err, WP_E_REFUSED, "other-plan", path,
			       "the receipt %s is of the plan %.80s, and this is %s; give another one with --receipt", path,
			       receipt.plan_id, apply->plan->id);
	index = index_of(&apply->steps);
	for (size_t i = 0; i < receipt.count; i++) {
		struct wp_step *step = find_step(index, &apply->steps, &receipt.steps[i]);

		if (!step)
			return wp_fail(err, WP_E_REFUSED, "bad-receipt", path, "%s: step %zu (%s) is none of the plan's", path,
				       i + 1, receipt.steps[i].package_id);
		take_step(step, &receipt.steps[i]);
	}
	*ret_runs = (struct wp_journal_runs){ .started_at = receipt.started_at, .finished_at = receipt.finished_at, .count = 1 };
	snprintf(ret_runs->provider, sizeof ret_runs->provider, "%s", receipt.provider);
	snprintf(ret_runs->who, sizeof ret_runs->who, "%s", receipt.by ? receipt.by : "");
	return WP_OK;
}
