/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes the plan file. */
#include "contents_json.h"
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

/* jansson fails here only for want of memory, which ends the process as it does in an arena. */
static void set(json_t *object, const char *key, json_t *value)
{
	if (json_object_set_new_nocheck(object, key, value))
		wp_out_of_memory();
}

static void push(json_t *array, json_t *value)
{
	if (json_array_append_new(array, value))
		wp_out_of_memory();
}

static json_t *number_json(struct wp_number number)
{
	return number.known ? wp_json_u64(number.value) : json_null();
}

static json_t *time_json(struct wp_time time)
{
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();

	return wp_json_text(wp_time_iso(arena, time));
}

static json_t *words_json(const char *const *words, size_t count)
{
	json_t *array;

	if (!count)
		return json_null();
	array = json_array();
	for (size_t i = 0; i < count; i++)
		push(array, wp_json_text(words[i]));
	return array;
}

static json_t *reasons_json(const struct wp_entry *entry)
{
	json_t *array = json_array();

	for (size_t i = 0; i < entry->reason_count; i++) {
		const struct wp_reason *reason = &entry->reasons[i];
		json_t *object = json_object();

		set(object, "code", wp_json_text(reason->code));
		set(object, "action", wp_json_text(wp_action_name(reason->action)));
		set(object, "confidence", wp_json_text(wp_confidence_name(reason->confidence)));
		set(object, "image", reason->image ? wp_json_u64(reason->image) : json_null());
		set(object, "field", wp_json_text(reason->field));
		set(object, "recorded", wp_json_text(reason->recorded));
		set(object, "found", wp_json_text(reason->found));
		push(array, object);
	}
	return array;
}

static json_t *preconditions_json(const struct wp_preconditions *conditions)
{
	json_t *object = json_object();

	set(object, "SourceVersion", number_json(conditions->source_version));
	set(object, "SedoObjectVersion", wp_json_text(conditions->sedo_object_version));
	set(object, "PkgSourcePath", wp_json_text(conditions->source_path));
	set(object, "SourceSite", wp_json_text(conditions->source_site));
	set(object, "image_property_sha256", wp_json_hash(conditions->image_property_sha256));
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

		set(image, "index", wp_json_u64(expected->index));
		set(image, "name", wp_json_text(expected->name));
		set(image, "os_version", wp_json_text(expected->os_version));
		set(image, "architecture_code", number_json(expected->architecture));
		set(image, "language", wp_json_text(expected->language));
		push(images, image);
	}
	object = json_object();
	set(object, "images", images);
	set(object, "file_id", wp_json_hash(entry->file_id));
	set(object, "content_id", wp_json_hash(entry->content_id));
	return object;
}

static json_t *actions_json(const struct wp_entry *entry)
{
	json_t *array = json_array();

	if (entry->reload)
		push(array, wp_json_text(wp_action_name(WP_RELOAD)));
	if (entry->refresh)
		push(array, wp_json_text(wp_action_name(WP_REFRESH)));
	return array;
}

static json_t *entry_json(const struct wp_entry *entry)
{
	json_t *object = json_object();

	set(object, "package_id", wp_json_text(entry->package_id));
	set(object, "class", wp_json_text(wp_class_name(entry->class)));
	set(object, "name", wp_json_text(entry->name));
	set(object, "priority", wp_json_u64(entry->priority));
	if (entry->status == WP_ENTRY_UNCHANGED) {
		set(object, "reasons", reasons_json(entry));
		return object;
	}
	set(object, "source_path", wp_json_text(entry->source_path));
	set(object, "status", wp_json_text(wp_entry_status_name(entry->status)));
	set(object, "actions", actions_json(entry));
	set(object, "reasons", reasons_json(entry));
	set(object, "preconditions", preconditions_json(&entry->preconditions));
	set(object, "expect", expect_json(entry));
	return object;
}

static json_t *entries_json(const struct wp_plan *plan, bool unchanged)
{
	json_t *array = json_array();

	for (size_t i = 0; i < plan->entry_count; i++)
		if ((plan->entries[i].status == WP_ENTRY_UNCHANGED) == unchanged)
			push(array, entry_json(&plan->entries[i]));
	return array;
}

static json_t *inputs_json(const struct wp_plan *plan)
{
	json_t *inputs = json_object(), *snapshot = json_object();

	set(snapshot, "id", wp_json_text(plan->snapshot_id));
	set(snapshot, "records", wp_json_u64(plan->snapshot_records));
	set(snapshot, "partial", json_boolean(plan->snapshot_partial));
	set(inputs, "snapshot", snapshot);
	set(inputs, "policy", json_incref(plan->policy));
	set(inputs, "only", words_json(plan->only, plan->only_count));
	set(inputs, "exclude", words_json(plan->exclude, plan->exclude_count));
	return inputs;
}

static json_t *summary_json(const struct wp_summary *summary)
{
	json_t *object = json_object();

	set(object, "packages", wp_json_u64(summary->packages));
	set(object, "reload", wp_json_u64(summary->reload));
	set(object, "refresh", wp_json_u64(summary->refresh));
	set(object, "blocked", wp_json_u64(summary->blocked));
	set(object, "report_only", wp_json_u64(summary->report_only));
	set(object, "unchanged", wp_json_u64(summary->unchanged));
	set(object, "unproven", wp_json_u64(summary->unproven));
	return object;
}

json_t *wp_plan_body_json(const struct wp_plan *plan)
{
	json_t *body = json_object();

	set(body, "site_code", wp_json_text(plan->site_code));
	set(body, "inputs", inputs_json(plan));
	set(body, "complete", json_boolean(plan->complete));
	set(body, "applyable", json_boolean(wp_plan_has_changes(plan)));
	set(body, "summary", summary_json(&plan->summary));
	set(body, "changes", entries_json(plan, false));
	set(body, "unchanged", entries_json(plan, true));
	set(body, "diagnostics", wp_json_diags(&plan->diags));
	return body;
}

/* What stands beside the body: beside_id is the digest of this. */
static json_t *beside_json(const struct wp_plan *plan)
{
	json_t *object = json_object(), *tool = json_object();

	set(tool, "name", wp_json_text("wimplan"));
	set(tool, "version", wp_json_text(plan->tool_version));
	set(object, "format", wp_json_text(WP_PLAN_FORMAT));
	set(object, "format_version", wp_json_text(WP_PLAN_VERSION));
	set(object, "tool", tool);
	set(object, "created_at", time_json(plan->created_at));
	set(object, "created_by", wp_json_text(plan->created_by));
	set(object, "snapshot_taken_at", time_json(plan->snapshot_taken_at));
	set(object, "contents", wp_plan_contents_json(plan));
	set(object, "notes", wp_plan_notes_json(plan));
	return object;
}

json_t *wp_plan_json(const struct wp_plan *plan)
{
	json_t *beside __attribute__((cleanup(wp_json_freep))) = beside_json(plan), *object = json_object(), *value;
	char beside_id[WP_HASH_TEXT];
	const char *key;

	wp_plan_digest(beside, beside_id);
	set(object, "format", json_incref(json_object_get(beside, "format")));
	set(object, "format_version", json_incref(json_object_get(beside, "format_version")));
	set(object, "plan_id", wp_json_hash(plan->id));
	set(object, "beside_id", wp_json_hash(beside_id));
	json_object_foreach(beside, key, value)
		set(object, key, json_incref(value));
	set(object, "body", wp_plan_body_json(plan));
	return object;
}
