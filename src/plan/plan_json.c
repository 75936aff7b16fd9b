/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes the plan file. */
#include "decode.h"
#include "notes.h"
#include "plan_json.h"

#include "wimplan/plan.h"

#include <string.h>

void wp_plan_digest(const json_t *value, char ret_id[WP_HASH_TEXT])
{
	struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };

	wp_json_canonical(&text, value);
	wp_sha256_text(text.data, text.length, ret_id);
}

static json_t *words_json(const char *const *words, size_t count)
{
	return count ? wp_json_texts(words, count) : json_null();
}

static json_t *reasons_json(const struct wp_entry *entry)
{
	json_t *array = json_array();

	for (size_t i = 0; i < entry->reason_count; i++) {
		const struct wp_reason *reason = &entry->reasons[i];

		wp_json_push(array, wp_json_object("code", wp_json_text(reason->code),
						   "action", wp_json_text(wp_action_name(reason->action)),
						   "confidence", wp_json_text(wp_confidence_name(reason->confidence)),
						   "image", reason->image ? wp_json_u64(reason->image) : json_null(),
						   "field", wp_json_text(reason->field),
						   "recorded", wp_json_text(reason->recorded),
						   "found", wp_json_text(reason->found), NULL));
	}
	return array;
}

static json_t *preconditions_json(const struct wp_preconditions *conditions)
{
	return wp_json_object("SourceVersion", wp_json_number(conditions->source_version),
			      "SedoObjectVersion", wp_json_text(conditions->sedo_object_version),
			      "PkgSourcePath", wp_json_text(conditions->source_path),
			      "SourceSite", wp_json_text(conditions->source_site),
			      "image_property_sha256", wp_json_hash(conditions->image_property_sha256), NULL);
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

		wp_json_push(images, wp_json_object("index", wp_json_u64(expected->index),
						    "name", wp_json_text(expected->name),
						    "os_version", wp_json_text(expected->os_version),
						    "architecture_code", wp_json_number(expected->architecture),
						    "language", wp_json_text(expected->language), NULL));
	}
	object = wp_json_object("images", images, "file_id", wp_json_hash(entry->file_id),
				"content_id", wp_json_hash(entry->content_id), NULL);
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

json_t *wp_plan_entry_json(const struct wp_entry *entry)
{
	json_t *object = wp_json_object("package_id", wp_json_text(entry->package_id),
					"class", wp_json_text(wp_class_name(entry->class)),
					"name", wp_json_text(entry->name), "priority", wp_json_u64(entry->priority),
					NULL);

	if (entry->status == WP_ENTRY_UNCHANGED) {
		wp_json_set(object, "reasons", reasons_json(entry));
		return object;
	}
	wp_json_put(object, "source_path", wp_json_text(entry->source_path),
			    "status", wp_json_text(wp_entry_status_name(entry->status)),
			    "actions", actions_json(entry), "reasons", reasons_json(entry),
			    "preconditions", preconditions_json(&entry->preconditions), "expect", expect_json(entry),
			    NULL);
	return object;
}

static json_t *inputs_json(const struct wp_plan *plan)
{
	json_t *inputs = json_object(), *snapshot = json_object();

	wp_json_put(snapshot, "id", wp_json_text(plan->snapshot_id), "records", wp_json_u64(plan->snapshot_records),
			      "partial", json_boolean(plan->snapshot_partial), NULL);
	wp_json_put(inputs, "snapshot", snapshot, "policy", json_incref(plan->policy),
			    "only", words_json(plan->only, plan->only_count),
			    "exclude", words_json(plan->exclude, plan->exclude_count), NULL);
	if (plan->profile_id)
		wp_json_set(inputs, "profile", wp_json_hash(plan->profile_id));
	return inputs;
}

static json_t *summary_json(const struct wp_summary *summary)
{
	return wp_json_object("packages", wp_json_u64(summary->packages), "reload", wp_json_u64(summary->reload),
			      "refresh", wp_json_u64(summary->refresh), "blocked", wp_json_u64(summary->blocked),
			      "report_only", wp_json_u64(summary->report_only),
			      "unchanged", wp_json_u64(summary->unchanged),
			      "unproven", wp_json_u64(summary->unproven), NULL);
}

json_t *wp_plan_body_head(const struct wp_plan *plan)
{
	return wp_json_object("site_code", wp_json_text(plan->site_code), "inputs", inputs_json(plan),
			      "complete", json_boolean(plan->complete),
			      "applyable", json_boolean(wp_plan_has_changes(plan)),
			      "summary", summary_json(&plan->summary), "changes", json_array(),
			      "unchanged", json_array(), "diagnostics", wp_json_diags(&plan->diags),
			      NULL);
}

void wp_plan_cover(json_t *document)
{
	json_t *beside = json_object(), *value;
	char beside_id[WP_HASH_TEXT];
	const char *key;

	json_object_foreach(document, key, value)
		if (strcmp(key, "body") && strcmp(key, "plan_id") && strcmp(key, "beside_id"))
			wp_json_set(beside, key, json_incref(value));
	wp_plan_digest(beside, beside_id);
	json_decref(beside);
	wp_json_set(document, "beside_id", wp_json_hash(beside_id));
}

json_t *wp_plan_envelope_json(const struct wp_plan *plan)
{
	json_t *object = wp_json_document(WP_PLAN_FORMAT, WP_PLAN_VERSION), *tool = json_object();

	wp_json_set(tool, "name", wp_json_text("wimplan"));
	wp_json_set(tool, "version", wp_json_text(plan->tool_version));
	/* beside_id has its place; what it is comes when all is there. */
	wp_json_put(object, "plan_id", wp_json_hash(plan->id), "beside_id", json_null(), "tool", tool,
		    "created_at", wp_json_time(plan->created_at), "created_by", wp_json_text(plan->created_by),
		    "snapshot_taken_at", wp_json_time(plan->snapshot_taken_at), "contents", wp_plan_contents_json(plan),
		    "notes", wp_notes_json(plan->notes, plan->note_count), NULL);
	if (plan->estimates)
		wp_json_set(object, "estimates", json_incref(plan->estimates));
	if (plan->site)
		wp_json_set(object, "site", json_incref(plan->site));
	wp_plan_cover(object);
	return object;
}
