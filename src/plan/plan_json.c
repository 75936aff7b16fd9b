/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes the plan file. */
#include "plan_contents.h"
#include "notes.h"
#include "plan_json.h"

#include "wimplan/plan.h"

#include <stdlib.h>

void wp_plan_digest(const json_t *value, char ret_id[WP_HASH_TEXT])
{
	struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };

	wp_json_canonical(&text, value);
	wp_sha256_text(text.data, text.length, ret_id);
}

static json_t *words_json(const char *const *words, size_t count)
{
	json_t *array;

	if (!count)
		return json_null();
	array = json_array();
	for (size_t i = 0; i < count; i++)
		wp_json_push(array, wp_json_text(words[i]));
	return array;
}

static json_t *reasons_json(const struct wp_entry *entry)
{
	json_t *array = json_array();

	for (size_t i = 0; i < entry->reason_count; i++) {
		const struct wp_reason *reason = &entry->reasons[i];
		json_t *object = json_object();

		wp_json_set(object, "code", wp_json_text(reason->code));
		wp_json_set(object, "action", wp_json_text(wp_action_name(reason->action)));
		wp_json_set(object, "confidence", wp_json_text(wp_confidence_name(reason->confidence)));
		wp_json_set(object, "image", reason->image ? wp_json_u64(reason->image) : json_null());
		wp_json_set(object, "field", wp_json_text(reason->field));
		wp_json_set(object, "recorded", wp_json_text(reason->recorded));
		wp_json_set(object, "found", wp_json_text(reason->found));
		wp_json_push(array, object);
	}
	return array;
}

static json_t *preconditions_json(const struct wp_preconditions *conditions)
{
	json_t *object = json_object();

	wp_json_set(object, "SourceVersion", wp_json_number(conditions->source_version));
	wp_json_set(object, "SedoObjectVersion", wp_json_text(conditions->sedo_object_version));
	wp_json_set(object, "PkgSourcePath", wp_json_text(conditions->source_path));
	wp_json_set(object, "SourceSite", wp_json_text(conditions->source_site));
	wp_json_set(object, "image_property_sha256", wp_json_hash(conditions->image_property_sha256));
	return object;
}

/* null for an entry whose source was not read. */
static json_t *expect_json(const struct wp_entry *entry)
{
	json_t *object, *images;

	if (!entry->expected_count && !entry->file_id[0] && !entry->content_id[0])
		return json_null();
	images = json_array();
	for (size_t i = 0; i < entry->expected_count; i++) {
		const struct wp_expected_image *expected = &entry->expected[i];
		json_t *image = json_object();

		wp_json_set(image, "index", wp_json_u64(expected->index));
		wp_json_set(image, "name", wp_json_text(expected->name));
		wp_json_set(image, "os_version", wp_json_text(expected->os_version));
		wp_json_set(image, "architecture_code", wp_json_number(expected->architecture));
		wp_json_set(image, "language", wp_json_text(expected->language));
		wp_json_push(images, image);
	}
	object = json_object();
	wp_json_set(object, "images", images);
	wp_json_set(object, "file_id", wp_json_hash(entry->file_id));
	wp_json_set(object, "content_id", wp_json_hash(entry->content_id));
	return object;
}

static json_t *actions_json(const struct wp_entry *entry)
{
	json_t *array = json_array();

	if (entry->reload)
		wp_json_push(array, wp_json_text(wp_action_name(WP_ACTION_RELOAD)));
	if (entry->refresh)
		wp_json_push(array, wp_json_text(wp_action_name(WP_ACTION_REFRESH)));
	return array;
}

static json_t *entry_json(const struct wp_entry *entry)
{
	json_t *object = json_object();

	wp_json_set(object, "package_id", wp_json_text(entry->package_id));
	wp_json_set(object, "class", wp_json_text(wp_class_name(entry->class)));
	wp_json_set(object, "name", wp_json_text(entry->name));
	wp_json_set(object, "priority", wp_json_u64(entry->priority));
	if (entry->status == WP_ENTRY_UNCHANGED) {
		wp_json_set(object, "reasons", reasons_json(entry));
		return object;
	}
	wp_json_set(object, "source_path", wp_json_text(entry->source_path));
	wp_json_set(object, "status", wp_json_text(wp_entry_status_name(entry->status)));
	wp_json_set(object, "actions", actions_json(entry));
	wp_json_set(object, "reasons", reasons_json(entry));
	wp_json_set(object, "preconditions", preconditions_json(&entry->preconditions));
	wp_json_set(object, "expect", expect_json(entry));
	return object;
}

static json_t *entries_json(const struct wp_plan *plan, bool unchanged)
{
	json_t *array = json_array();

	for (size_t i = 0; i < plan->entry_count; i++)
		if ((plan->entries[i].status == WP_ENTRY_UNCHANGED) == unchanged)
			wp_json_push(array, entry_json(&plan->entries[i]));
	return array;
}

static json_t *inputs_json(const struct wp_plan *plan)
{
	json_t *inputs = json_object(), *snapshot = json_object();

	wp_json_set(snapshot, "id", wp_json_text(plan->snapshot_id));
	wp_json_set(snapshot, "records", wp_json_u64(plan->snapshot_records));
	wp_json_set(snapshot, "partial", json_boolean(plan->snapshot_partial));
	wp_json_set(inputs, "snapshot", snapshot);
	wp_json_set(inputs, "policy", json_incref(plan->policy));
	wp_json_set(inputs, "only", words_json(plan->only, plan->only_count));
	wp_json_set(inputs, "exclude", words_json(plan->exclude, plan->exclude_count));
	return inputs;
}

static json_t *summary_json(const struct wp_summary *summary)
{
	json_t *object = json_object();

	wp_json_set(object, "packages", wp_json_u64(summary->packages));
	wp_json_set(object, "reload", wp_json_u64(summary->reload));
	wp_json_set(object, "refresh", wp_json_u64(summary->refresh));
	wp_json_set(object, "blocked", wp_json_u64(summary->blocked));
	wp_json_set(object, "report_only", wp_json_u64(summary->report_only));
	wp_json_set(object, "unchanged", wp_json_u64(summary->unchanged));
	wp_json_set(object, "unproven", wp_json_u64(summary->unproven));
	return object;
}

json_t *wp_plan_body_json(const struct wp_plan *plan)
{
	json_t *body = json_object();

	wp_json_set(body, "site_code", wp_json_text(plan->site_code));
	wp_json_set(body, "inputs", inputs_json(plan));
	wp_json_set(body, "complete", json_boolean(plan->complete));
	wp_json_set(body, "applyable", json_boolean(wp_plan_has_changes(plan)));
	wp_json_set(body, "summary", summary_json(&plan->summary));
	wp_json_set(body, "changes", entries_json(plan, false));
	wp_json_set(body, "unchanged", entries_json(plan, true));
	wp_json_set(body, "diagnostics", wp_json_diags(&plan->diags));
	return body;
}

/* What stands beside the body: beside_id is the digest of this. */
static json_t *beside_json(const struct wp_plan *plan)
{
	json_t *object = wp_json_document(WP_PLAN_FORMAT, WP_PLAN_VERSION), *tool = json_object();

	wp_json_set(tool, "name", wp_json_text("wimplan"));
	wp_json_set(tool, "version", wp_json_text(plan->tool_version));
	wp_json_set(object, "tool", tool);
	wp_json_set(object, "created_at", wp_json_time(plan->created_at));
	wp_json_set(object, "created_by", wp_json_text(plan->created_by));
	wp_json_set(object, "snapshot_taken_at", wp_json_time(plan->snapshot_taken_at));
	wp_json_set(object, "contents", wp_plan_contents_json(plan));
	wp_json_set(object, "notes", wp_plan_notes_json(plan));
	if (plan->estimates)
		wp_json_set(object, "estimates", json_incref(plan->estimates));
	if (plan->site)
		wp_json_set(object, "site", json_incref(plan->site));
	return object;
}

json_t *wp_plan_json(const struct wp_plan *plan)
{
	json_t *beside __attribute__((cleanup(wp_json_freep))) = beside_json(plan), *value;
	json_t *object = wp_json_document(WP_PLAN_FORMAT, WP_PLAN_VERSION);
	char beside_id[WP_HASH_TEXT];
	const char *key;

	wp_plan_digest(beside, beside_id);
	wp_json_set(object, "plan_id", wp_json_hash(plan->id));
	wp_json_set(object, "beside_id", wp_json_hash(beside_id));
	json_object_foreach(beside, key, value)
		wp_json_set(object, key, json_incref(value));
	wp_json_set(object, "body", wp_plan_body_json(plan));
	return object;
}
