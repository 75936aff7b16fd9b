/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Decodes the body of a plan. Its digest was right, so what is wrong here was wrong when it was made: by another
 * program, or on purpose. Codes of reasons may be of a later version; everything that steers a call is held to its set.
 */
#include "decode.h"

#include "wimplan/json.h"

#include <string.h>

static const char *package_id_of(struct wp_decoder *decoder, const json_t *object)
{
	const char *id = wp_decode_text(decoder, object, "package_id");

	if (id && !wp_is_package_id(id))
		wp_decode_fail(decoder, "package_id is none: eight letters and digits");
	return id;
}

static enum wp_action action_of(struct wp_decoder *decoder, const char *name)
{
	if (!name)
		return WP_ACTION_NONE;
	for (enum wp_action action = WP_ACTION_RELOAD; action <= WP_ACTION_REFRESH; action++)
		if (!strcmp(name, wp_action_name(action)))
			return action;
	wp_decode_fail(decoder, "the action \"%s\" is not known", name);
	return WP_ACTION_NONE;
}

static void decode_reasons(struct wp_decoder *decoder, const json_t *object, struct wp_entry *entry)
{
	const json_t *array = wp_decode_array(decoder, object, "reasons");

	entry->reason_count = json_array_size(array);
	entry->reasons = wp_arena_alloc(decoder->arena, entry->reason_count * sizeof *entry->reasons);
	if (!entry->reason_count)
		wp_decode_fail(decoder, "there are no reasons");
	for (size_t i = 0; i < entry->reason_count; i++) {
		const json_t *item = json_array_get(array, i);
		struct wp_reason *reason = &entry->reasons[i];
		const char *confidence = wp_json_get_text(item, "confidence");

		reason->code = wp_decode_text(decoder, item, "code");
		reason->action = action_of(decoder, wp_decode_optional_text(decoder, item, "action"));
		if (!confidence || !wp_confidence_from_name(confidence, &reason->confidence))
			wp_decode_fail(decoder, "the confidence of a reason is missing or not known");
		reason->image = wp_decode_optional_index(decoder, item, "image");
		reason->field = wp_decode_optional_text(decoder, item, "field");
		reason->recorded = wp_decode_optional_text(decoder, item, "recorded");
		reason->found = wp_decode_optional_text(decoder, item, "found");
	}
}

/* A precondition that is not there is one that is not checked. */
static void decode_preconditions(struct wp_decoder *decoder, const json_t *object, struct wp_preconditions *conditions)
{
	static const char *const keys[] = { "SourceVersion", "SedoObjectVersion", "PkgSourcePath", "SourceSite",
					    "image_property_sha256" };

	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		if (!json_object_get(object, keys[i]))
			wp_decode_fail(decoder, "the precondition %s is missing", keys[i]);
	conditions->source_version = wp_decode_optional_number(decoder, object, "SourceVersion");
	conditions->sedo_object_version = wp_decode_optional_text(decoder, object, "SedoObjectVersion");
	conditions->source_path = wp_decode_optional_text(decoder, object, "PkgSourcePath");
	conditions->source_site = wp_decode_optional_text(decoder, object, "SourceSite");
	wp_decode_optional_hash(decoder, object, "image_property_sha256", conditions->image_property_sha256);
}

static void decode_images(struct wp_decoder *decoder, const json_t *images, struct wp_entry *entry)
{
	uint32_t before = 0;

	entry->expected_count = json_array_size(images);
	entry->expected = wp_arena_alloc(decoder->arena, entry->expected_count * sizeof *entry->expected);
	for (size_t i = 0; i < entry->expected_count; i++) {
		const json_t *item = json_array_get(images, i);
		struct wp_expected_image *expected = &entry->expected[i];

		expected->index = wp_decode_optional_index(decoder, item, "index");
		if (expected->index <= before)
			wp_decode_fail(decoder, "the images of expect are not in the order of their index");
		before = expected->index;
		expected->name = wp_decode_optional_text(decoder, item, "name");
		expected->os_version = wp_decode_optional_text(decoder, item, "os_version");
		expected->architecture = wp_decode_optional_number(decoder, item, "architecture_code");
		expected->language = wp_decode_optional_text(decoder, item, "language");
	}
}

static void decode_expected(struct wp_decoder *decoder, const json_t *object, struct wp_entry *entry)
{
	if (json_is_object(object)) {
		decode_images(decoder, wp_decode_array(decoder, object, "images"), entry);
		wp_decode_optional_hash(decoder, object, "file_id", entry->file_id);
		wp_decode_optional_hash(decoder, object, "content_id", entry->content_id);
	} else if (!json_is_null(object) || entry->status == WP_ENTRY_CHANGE) {
		/* A call of which nobody says what comes of it cannot be verified. */
		wp_decode_fail(decoder, "expect is missing or no object");
	}
}

/* The actions in the order in which they are called, each once. */
static void decode_actions(struct wp_decoder *decoder, const json_t *object, struct wp_entry *entry)
{
	const json_t *actions = wp_decode_array(decoder, object, "actions");
	enum wp_action before = WP_ACTION_NONE;

	for (size_t i = 0; i < json_array_size(actions); i++) {
		const char *name = json_string_value(json_array_get(actions, i));
		enum wp_action action = action_of(decoder, name);

		if (!name)
			wp_decode_fail(decoder, "an action is no text");
		if (action <= before)
			wp_decode_fail(decoder, "its actions are not in the order of their calls");
		before = action;
		entry->reload |= action == WP_ACTION_RELOAD;
		entry->refresh |= action == WP_ACTION_REFRESH;
	}
}

static void decode_status(struct wp_decoder *decoder, const json_t *object, struct wp_entry *entry)
{
	const char *name = wp_decode_text(decoder, object, "status");

	entry->status = WP_ENTRY_CHANGE;
	while (entry->status < WP_ENTRY_STATUSES && name && strcmp(name, wp_entry_status_name(entry->status)) != 0)
		entry->status++;
	if (entry->status == WP_ENTRY_STATUSES) {
		wp_decode_fail(decoder, "the status \"%s\" is not known", name);
		entry->status = WP_ENTRY_BLOCKED;
	}
}

void wp_plan_finish_entry(struct wp_decoder *decoder, struct wp_entry *entry, bool unchanged)
{
	bool without = entry->status == WP_ENTRY_BLOCKED || entry->status == WP_ENTRY_UNPROVEN;

	entry->judged = true;
	for (size_t i = 0; entry->status == WP_ENTRY_BLOCKED && i < entry->reason_count; i++) {
		const char *code = entry->reasons[i].code;
		enum wp_gate gate = code ? wp_gate_find(code) : WP_GATE_NONE;

		/* The package of a plan that fails a gate of a later version counts as judged. */
		entry->judged = entry->judged && (!gate || wp_gate_info(gate)->judged);
	}
	if (unchanged)
		return;
	if (without == (entry->reload || entry->refresh))
		wp_decode_fail(decoder, "the status \"%s\" does not go with the actions",
			       wp_entry_status_name(entry->status));
	if (entry->status == WP_ENTRY_UNPROVEN && !decoder->damage && !wp_entry_has_reason(entry, "content-unproven"))
		wp_decode_fail(decoder, "the status \"unproven\" does not go with the reasons");
}

void wp_plan_decode_entry(struct wp_decoder *decoder, const json_t *object, bool unchanged, struct wp_entry *entry)
{
	const char *class;
	struct wp_number priority;

	decoder->package_id = NULL;
	entry->package_id = package_id_of(decoder, object);
	decoder->package_id = decoder->damage ? NULL : entry->package_id;
	class = wp_decode_text(decoder, object, "class");
	if (class && !wp_class_from_name(class, &entry->class))
		wp_decode_fail(decoder, "the class \"%s\" is not known", class);
	entry->name = wp_decode_optional_text(decoder, object, "name");
	priority = wp_decode_optional_number(decoder, object, "priority");
	entry->priority = priority.known ? priority.value : 2;
	entry->status = WP_ENTRY_UNCHANGED;
	if (!unchanged)
		decode_status(decoder, object, entry);
	decode_reasons(decoder, object, entry);
	if (!unchanged)
		decode_actions(decoder, object, entry);
	wp_plan_finish_entry(decoder, entry, unchanged);
	if (!unchanged) {
		entry->source_path = wp_decode_optional_text(decoder, object, "source_path");
		decode_preconditions(decoder, json_object_get(object, "preconditions"), &entry->preconditions);
		decode_expected(decoder, json_object_get(object, "expect"), entry);
	}
	decoder->package_id = NULL;
}

static void decode_names(struct wp_decoder *decoder, const json_t *object, const char *key, const char ***ret_names,
			 size_t *ret_count)
{
	const json_t *array = json_object_get(object, key);

	if (array && !json_is_null(array) && !json_is_array(array))
		wp_decode_fail(decoder, "%s is no array", key);
	for (size_t i = 0; i < json_array_size(array); i++) {
		const char *name = json_string_value(json_array_get(array, i));

		if (!name || !wp_is_package_id(name))
			wp_decode_fail(decoder, "%s holds something that is no PackageID", key);
		*WP_PUSH(decoder->arena, *ret_names, *ret_count) = wp_arena_strdup(decoder->arena, name ? name : "");
	}
}

static void decode_inputs(struct wp_decoder *decoder, const json_t *inputs, struct wp_plan *plan)
{
	const json_t *snapshot = json_object_get(inputs, "snapshot");
	json_t *policy = json_object_get(inputs, "policy");
	char profile[WP_HASH_TEXT] = "";

	plan->snapshot_id = wp_decode_text(decoder, snapshot, "id");
	plan->snapshot_records = wp_decode_u64(decoder, snapshot, "records");
	/* Since 1.1. */
	if (json_object_get(snapshot, "partial"))
		plan->snapshot_partial = wp_decode_bool(decoder, snapshot, "partial");
	if (json_is_object(policy))
		plan->policy = json_incref(policy);
	else
		wp_decode_fail(decoder, "policy is missing or no object");
	/* Since 1.1, where a profile made a difference. */
	wp_decode_optional_hash(decoder, inputs, "profile", profile);
	plan->profile_id = profile[0] ? wp_arena_strdup(decoder->arena, profile) : NULL;
	decode_names(decoder, inputs, "only", &plan->only, &plan->only_count);
	decode_names(decoder, inputs, "exclude", &plan->exclude, &plan->exclude_count);
}

static void decode_summary(struct wp_decoder *decoder, const json_t *object, struct wp_summary *summary)
{
	summary->packages = wp_decode_u64(decoder, object, "packages");
	summary->reload = wp_decode_u64(decoder, object, "reload");
	summary->refresh = wp_decode_u64(decoder, object, "refresh");
	summary->blocked = wp_decode_u64(decoder, object, "blocked");
	summary->report_only = wp_decode_u64(decoder, object, "report_only");
	summary->unchanged = wp_decode_u64(decoder, object, "unchanged");
	/* Since 1.1. */
	summary->unproven = wp_decode_optional_number(decoder, object, "unproven").value;
}

static void decode_diagnostics(struct wp_decoder *decoder, const json_t *body, struct wp_diags *diags)
{
	const json_t *array = wp_decode_array(decoder, body, "diagnostics");

	for (size_t i = 0; i < json_array_size(array); i++) {
		const json_t *item = json_array_get(array, i);
		const char *severity = wp_json_get_text(item, "severity");
		struct wp_diag *diag = WP_PUSH(decoder->arena, diags->items, diags->count);

		diag->severity = WP_SEVERITY_INFO;
		while (severity && diag->severity < WP_SEVERITY_ERROR &&
		       strcmp(severity, wp_severity_name(diag->severity)) != 0)
			diag->severity++;
		diag->code = wp_decode_text(decoder, item, "code");
		diag->summary = wp_decode_text(decoder, item, "summary");
		diag->detail = wp_decode_optional_text(decoder, item, "detail");
		diag->subject = wp_decode_optional_text(decoder, item, "subject");
	}
}

void wp_plan_decode_body(struct wp_decoder *decoder, const json_t *body, struct wp_plan *plan)
{
	plan->site_code = wp_decode_text(decoder, body, "site_code");
	if (plan->site_code && !wp_is_site_code(plan->site_code))
		wp_decode_fail(decoder, "site_code is not three letters or digits");
	decode_inputs(decoder, json_object_get(body, "inputs"), plan);
	plan->complete = wp_decode_bool(decoder, body, "complete");
	plan->applyable = wp_decode_bool(decoder, body, "applyable");
	decode_summary(decoder, json_object_get(body, "summary"), &plan->summary);
	/* Their items are decoded one by one. */
	(void)wp_decode_array(decoder, body, "changes");
	(void)wp_decode_array(decoder, body, "unchanged");
	decode_diagnostics(decoder, body, &plan->diags);
}
