/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes the plan file. */
#include "decode.h"
#include "notes.h"
#include "plan_json.h"

#include "wimplan/json_out.h"
#include "wimplan/plan.h"

#include <string.h>

/* beside_id: the digest of the canonical form of what stands beside the body. */
static void digest_beside(const json_t *value, char ret_id[WP_HASH_TEXT])
{
	struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };

	wp_json_canonical(&text, value);
	wp_sha256_text(text.data, text.length, ret_id);
}

static json_t *words_json(const char *const *words, size_t count)
{
	return count ? wp_json_texts(words, count) : json_null();
}

static void put_reasons(struct wp_json_out *out, const struct wp_entry *entry)
{
	wp_json_out_key(out, "reasons");
	wp_json_out_open(out, '[');
	for (size_t i = 0; i < entry->reason_count; i++) {
		const struct wp_reason *reason = &entry->reasons[i];

		wp_json_out_open(out, '{');
		wp_json_member_text(out, "code", reason->code);
		wp_json_member_text(out, "action", wp_action_name(reason->action));
		wp_json_member_text(out, "confidence", wp_confidence_name(reason->confidence));
		wp_json_member_number(out, "image", (struct wp_number){ reason->image != 0, reason->image });
		wp_json_member_text(out, "field", reason->field);
		wp_json_member_text(out, "recorded", reason->recorded);
		wp_json_member_text(out, "found", reason->found);
		wp_json_out_close(out);
	}
	wp_json_out_close(out);
}

static void put_preconditions(struct wp_json_out *out, const struct wp_preconditions *conditions)
{
	wp_json_out_key(out, "preconditions");
	wp_json_out_open(out, '{');
	wp_json_member_number(out, "SourceVersion", conditions->source_version);
	wp_json_member_text(out, "SedoObjectVersion", conditions->sedo_object_version);
	wp_json_member_text(out, "PkgSourcePath", conditions->source_path);
	wp_json_member_text(out, "SourceSite", conditions->source_site);
	wp_json_member_hash(out, "image_property_sha256", conditions->image_property_sha256);
	wp_json_out_close(out);
}

/* null for an entry whose source was not read. */
static void put_expect(struct wp_json_out *out, const struct wp_entry *entry)
{
	wp_json_out_key(out, "expect");
	if (!entry->expected_count && !entry->file_id[0] && !entry->content_id[0]) {
		wp_json_out_null(out);
		return;
	}
	wp_json_out_open(out, '{');
	wp_json_out_key(out, "images");
	wp_json_out_open(out, '[');
	for (size_t i = 0; i < entry->expected_count; i++) {
		const struct wp_expected_image *expected = &entry->expected[i];

		wp_json_out_open(out, '{');
		wp_json_member_number(out, "index", (struct wp_number){ true, expected->index });
		wp_json_member_text(out, "name", expected->name);
		wp_json_member_text(out, "os_version", expected->os_version);
		wp_json_member_number(out, "architecture_code", expected->architecture);
		wp_json_member_text(out, "language", expected->language);
		wp_json_out_close(out);
	}
	wp_json_out_close(out);
	wp_json_member_hash(out, "file_id", entry->file_id);
	wp_json_member_hash(out, "content_id", entry->content_id);
	wp_json_out_close(out);
}

static void put_actions(struct wp_json_out *out, const struct wp_entry *entry)
{
	wp_json_out_key(out, "actions");
	wp_json_out_open(out, '[');
	if (entry->reload)
		wp_json_out_text(out, wp_action_name(WP_ACTION_RELOAD));
	if (entry->refresh)
		wp_json_out_text(out, wp_action_name(WP_ACTION_REFRESH));
	wp_json_out_close(out);
}

void wp_plan_entry_text(const struct wp_entry *entry, bool canonical, struct wp_buf *buf)
{
	struct wp_json_out json = { .buf = buf, .form = canonical ? WP_JSON_FORM_CANONICAL : WP_JSON_FORM_SPACED }, *out = &json;

	wp_json_out_open(out, '{');
	wp_json_member_text(out, "package_id", entry->package_id);
	wp_json_member_text(out, "class", wp_class_name(entry->class));
	wp_json_member_text(out, "name", entry->name);
	wp_json_member_number(out, "priority", (struct wp_number){ true, entry->priority });
	if (entry->status != WP_ENTRY_UNCHANGED) {
		wp_json_member_text(out, "source_path", entry->source_path);
		wp_json_member_text(out, "status", wp_entry_status_name(entry->status));
		put_actions(out, entry);
	}
	put_reasons(out, entry);
	if (entry->status != WP_ENTRY_UNCHANGED) {
		put_preconditions(out, &entry->preconditions);
		put_expect(out, entry);
	}
	wp_json_out_close(out);
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
	digest_beside(beside, beside_id);
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
