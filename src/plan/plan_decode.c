/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Decodes the body of a plan. Its digest was right, so what is missing here was missing when it was made: by another
 * program, or on purpose.
 */
#include "plan_decode.h"

#include "wimplan/json.h"

#include <string.h>

__attribute__((format(printf, 2, 3))) static void damaged(struct wp_plan_decoder *decoder, const char *format, ...)
{
	va_list args;

	if (decoder->damage)
		return;
	va_start(args, format);
	decoder->damage = wp_arena_vprintf(decoder->lasting, format, args);
	va_end(args);
}

static const char *text_of(struct wp_plan_decoder *decoder, const json_t *object, const char *key)
{
	return wp_arena_strdup(decoder->arena, wp_json_get_text(object, key));
}

static const char *required_text(struct wp_plan_decoder *decoder, const json_t *object, const char *key)
{
	const char *text = text_of(decoder, object, key);

	if (!text)
		damaged(decoder, "%s is missing or no text", key);
	return text;
}

static uint64_t required_u64(struct wp_plan_decoder *decoder, const json_t *object, const char *key)
{
	uint64_t value = 0;

	if (!wp_json_get_u64(object, key, &value))
		damaged(decoder, "%s is missing or no number", key);
	return value;
}

static bool required_bool(struct wp_plan_decoder *decoder, const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	if (!json_is_boolean(value))
		damaged(decoder, "%s is missing or neither true nor false", key);
	return json_is_true(value);
}

static const json_t *required_array(struct wp_plan_decoder *decoder, const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	if (!json_is_array(value))
		damaged(decoder, "%s is missing or no array", key);
	return value;
}

static struct wp_number number_of(const json_t *object, const char *key)
{
	struct wp_number number = { .known = false };

	number.known = wp_json_get_u64(object, key, &number.value);
	return number;
}

/* An image's index: 0 when there is none. */
static uint32_t index_of(struct wp_plan_decoder *decoder, const json_t *object, const char *key)
{
	struct wp_number number = number_of(object, key);

	if (number.known && number.value > UINT32_MAX)
		damaged(decoder, "%s is out of range", key);
	return number.known ? (uint32_t)number.value : 0;
}

static void hash_of(struct wp_plan_decoder *decoder, const json_t *object, const char *key, char ret[WP_HASH_TEXT])
{
	const char *text = wp_json_get_text(object, key);

	if (text && strlen(text) >= WP_HASH_TEXT)
		damaged(decoder, "%s is no hash", key);
	else if (text)
		memcpy(ret, text, strlen(text) + 1);
}

static enum wp_action action_of(struct wp_plan_decoder *decoder, const char *name)
{
	if (!name)
		return WP_NO_ACTION;
	for (enum wp_action action = WP_RELOAD; action <= WP_REFRESH; action++)
		if (!strcmp(name, wp_action_name(action)))
			return action;
	damaged(decoder, "the action \"%s\" is not known", name);
	return WP_NO_ACTION;
}

static void decode_reasons(struct wp_plan_decoder *decoder, const json_t *object, struct wp_entry *entry)
{
	const json_t *array = required_array(decoder, object, "reasons");

	entry->reason_count = json_array_size(array);
	entry->reasons = wp_arena_alloc(decoder->arena, entry->reason_count * sizeof *entry->reasons);
	for (size_t i = 0; i < entry->reason_count; i++) {
		const json_t *item = json_array_get(array, i);
		struct wp_reason *reason = &entry->reasons[i];
		const char *confidence = wp_json_get_text(item, "confidence");
		enum wp_gate gate;

		reason->code = required_text(decoder, item, "code");
		reason->action = action_of(decoder, wp_json_get_text(item, "action"));
		if (!confidence || !wp_confidence_from_name(confidence, &reason->confidence))
			damaged(decoder, "the confidence of a reason is missing or not known");
		reason->image = index_of(decoder, item, "image");
		reason->field = text_of(decoder, item, "field");
		reason->recorded = text_of(decoder, item, "recorded");
		reason->found = text_of(decoder, item, "found");
		/* The package of a plan that fails a gate of a later version counts as judged. */
		gate = reason->code && entry->status == WP_ENTRY_BLOCKED ? wp_gate_find(reason->code) : WP_GATE_NONE;
		entry->judged = entry->judged && (!gate || wp_gate_info(gate)->judged);
	}
}

static void decode_preconditions(struct wp_plan_decoder *decoder, const json_t *object,
				 struct wp_preconditions *conditions)
{
	conditions->source_version = number_of(object, "SourceVersion");
	conditions->sedo_object_version = text_of(decoder, object, "SedoObjectVersion");
	conditions->source_path = text_of(decoder, object, "PkgSourcePath");
	conditions->source_site = text_of(decoder, object, "SourceSite");
	hash_of(decoder, object, "image_property_sha256", conditions->image_property_sha256);
}

static void decode_expected(struct wp_plan_decoder *decoder, const json_t *object, struct wp_entry *entry)
{
	const json_t *images;

	if (!json_is_object(object))
		return;
	images = required_array(decoder, object, "images");
	entry->expected_count = json_array_size(images);
	entry->expected = wp_arena_alloc(decoder->arena, entry->expected_count * sizeof *entry->expected);
	for (size_t i = 0; i < entry->expected_count; i++) {
		const json_t *item = json_array_get(images, i);
		struct wp_expected_image *expected = &entry->expected[i];

		expected->index = index_of(decoder, item, "index");
		expected->name = text_of(decoder, item, "name");
		expected->os_version = text_of(decoder, item, "os_version");
		expected->architecture = number_of(item, "architecture_code");
		expected->language = text_of(decoder, item, "language");
	}
	hash_of(decoder, object, "file_id", entry->file_id);
	hash_of(decoder, object, "content_id", entry->content_id);
}

static void decode_status(struct wp_plan_decoder *decoder, const json_t *object, struct wp_entry *entry)
{
	const char *name = required_text(decoder, object, "status");
	const json_t *actions = required_array(decoder, object, "actions");

	entry->status = WP_ENTRY_CHANGE;
	while (entry->status <= WP_ENTRY_REPORT_ONLY && name &&
	       strcmp(name, wp_entry_status_name(entry->status)) != 0)
		entry->status++;
	if (entry->status > WP_ENTRY_REPORT_ONLY) {
		damaged(decoder, "the status \"%s\" is not known", name);
		entry->status = WP_ENTRY_BLOCKED;
	}
	for (size_t i = 0; i < json_array_size(actions); i++) {
		const char *action = json_string_value(json_array_get(actions, i));

		if (!action)
			damaged(decoder, "an action is no text");
		entry->reload |= action_of(decoder, action) == WP_RELOAD;
		entry->refresh |= action_of(decoder, action) == WP_REFRESH;
	}
	if ((entry->status == WP_ENTRY_BLOCKED) == (entry->reload || entry->refresh))
		damaged(decoder, "the status \"%s\" does not go with the actions", name);
}

void wp_plan_decode_entry(struct wp_plan_decoder *decoder, const json_t *object, bool unchanged,
			  struct wp_entry *entry)
{
	const char *class = required_text(decoder, object, "class");
	struct wp_number priority = number_of(object, "priority");

	entry->package_id = required_text(decoder, object, "package_id");
	if (class && !wp_class_from_name(class, &entry->class))
		damaged(decoder, "the class \"%s\" is not known", class);
	entry->name = text_of(decoder, object, "name");
	entry->priority = priority.known ? priority.value : 2;
	entry->judged = true;
	entry->status = WP_ENTRY_UNCHANGED;
	if (!unchanged)
		decode_status(decoder, object, entry);
	decode_reasons(decoder, object, entry);
	if (unchanged)
		return;
	entry->source_path = text_of(decoder, object, "source_path");
	decode_preconditions(decoder, json_object_get(object, "preconditions"), &entry->preconditions);
	decode_expected(decoder, json_object_get(object, "expect"), entry);
}

static void decode_words(struct wp_plan_decoder *decoder, const json_t *object, const char *key,
			 const char ***ret_words, size_t *ret_count)
{
	const json_t *array = json_object_get(object, key);

	for (size_t i = 0; i < json_array_size(array); i++) {
		const char *word = json_string_value(json_array_get(array, i));

		if (!word)
			damaged(decoder, "%s holds something that is no text", key);
		*WP_PUSH(decoder->arena, *ret_words, *ret_count) = wp_arena_strdup(decoder->arena, word ? word : "");
	}
}

static void decode_inputs(struct wp_plan_decoder *decoder, const json_t *inputs, struct wp_plan *plan)
{
	const json_t *snapshot = json_object_get(inputs, "snapshot");
	json_t *policy = json_object_get(inputs, "policy");

	plan->snapshot_id = required_text(decoder, snapshot, "id");
	plan->snapshot_records = required_u64(decoder, snapshot, "records");
	if (json_is_object(policy))
		plan->policy = json_incref(policy);
	else
		damaged(decoder, "policy is missing or no object");
	decode_words(decoder, inputs, "only", &plan->only, &plan->only_count);
	decode_words(decoder, inputs, "exclude", &plan->exclude, &plan->exclude_count);
}

static void decode_summary(struct wp_plan_decoder *decoder, const json_t *object, struct wp_summary *summary)
{
	summary->packages = required_u64(decoder, object, "packages");
	summary->reload = required_u64(decoder, object, "reload");
	summary->refresh = required_u64(decoder, object, "refresh");
	summary->blocked = required_u64(decoder, object, "blocked");
	summary->report_only = required_u64(decoder, object, "report_only");
	summary->unchanged = required_u64(decoder, object, "unchanged");
}

static void decode_diagnostics(struct wp_plan_decoder *decoder, const json_t *body, struct wp_diags *diags)
{
	const json_t *array = required_array(decoder, body, "diagnostics");

	for (size_t i = 0; i < json_array_size(array); i++) {
		const json_t *item = json_array_get(array, i);
		const char *severity = wp_json_get_text(item, "severity");
		struct wp_diag *diag = WP_PUSH(decoder->arena, diags->items, diags->count);

		diag->severity = WP_INFO;
		while (severity && diag->severity < WP_ERROR &&
		       strcmp(severity, wp_severity_name(diag->severity)) != 0)
			diag->severity++;
		diag->code = required_text(decoder, item, "code");
		diag->summary = required_text(decoder, item, "summary");
		diag->detail = text_of(decoder, item, "detail");
		diag->subject = text_of(decoder, item, "subject");
	}
}

void wp_plan_decode_body(struct wp_plan_decoder *decoder, const json_t *body, struct wp_plan *plan)
{
	plan->site_code = required_text(decoder, body, "site_code");
	decode_inputs(decoder, json_object_get(body, "inputs"), plan);
	plan->complete = required_bool(decoder, body, "complete");
	plan->applyable = required_bool(decoder, body, "applyable");
	decode_summary(decoder, json_object_get(body, "summary"), &plan->summary);
	/* Their items are decoded one by one. */
	(void)required_array(decoder, body, "changes");
	(void)required_array(decoder, body, "unchanged");
	decode_diagnostics(decoder, body, &plan->diags);
}
