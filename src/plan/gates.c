/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What keeps a package from being acted on. */
#include "judge.h"

#include <inttypes.h>
#include <string.h>

static bool has_source(const struct wp_judge *judge)
{
	const struct wp_record *record = judge->record;

	/* PkgSourceFlag 1 is "no source" (documentation of SMS_PackageBaseclass). */
	return !(record->source_flag.known && record->source_flag.value == 1) && record->source_path &&
	       *record->source_path;
}

bool wp_judge_source_was_read(const struct wp_judge *judge)
{
	const struct wp_observation *seen = judge->seen;

	return has_source(judge) && seen && !seen->gate_count && seen->wim && seen->wim->metadata;
}

bool wp_judge_is_solid(const struct wp_judge *judge)
{
	return judge->record->class == WP_CLASS_IMAGE && wp_judge_source_was_read(judge) && judge->seen->solid;
}

/* What a gate has to say: the value that the site recorded and a sentence. Both may be NULL. */
struct evidence {
	const char *recorded;
	const char *found;
};

static bool lacks_source(const struct wp_judge *judge, struct evidence *ret)
{
	const struct wp_record *record = judge->record;

	if (has_source(judge))
		return false;
	ret->recorded = record->source_path && *record->source_path ? record->source_path : NULL;
	ret->found = ret->recorded ? "PkgSourceFlag is 1: the package has no source files"
				   : "the record has no PkgSourcePath";
	return true;
}

static bool is_elsewhere(const struct wp_judge *judge, struct evidence *ret)
{
	const char *owner = judge->record->source_site, *site = judge->input->set->site_code;

	if (!owner || !*owner || !site || !strcmp(owner, site))
		return false;
	ret->recorded = owner;
	ret->found =
		wp_arena_printf(judge->scratch, "only site %s may update it; this is a snapshot of %s", owner, site);
	return true;
}

static bool is_in_progress(const struct wp_judge *judge, struct evidence *ret)
{
	static const char *const names[] = { "none", "update", "add", "delete" };
	struct wp_number action = judge->record->action_in_progress;

	if (!action.known || !action.value)
		return false;
	ret->recorded =
		action.value < 4 ? names[action.value] : wp_arena_printf(judge->scratch, "%" PRIu64, action.value);
	ret->found = "the site was working on the package when it was exported; export it again later";
	return true;
}

static bool is_incomplete(const struct wp_judge *judge, struct evidence *ret)
{
	const struct wp_record *record = judge->record;

	if (record->images.origin != WP_IMAGE_ORIGIN_NOTHING || record->image_property_state == WP_FETCHED_EMPTY)
		return false;
	if (record->image_property_error)
		ret->found =
			wp_arena_printf(judge->scratch,
					"ImageProperty could not be read (%s), and there are no SMS_ImageInformation "
					"rows in its place; export the package again by key",
					record->image_property_error);
	else
		ret->found =
			"ImageProperty was not fetched: lists leave it out; export the package by key, as the export "
			"script does, or add the rows of SMS_ImageInformation";
	return true;
}

/* Where an ordinary .wim file belongs, a policy may refuse one that is like an .esd. */
static bool is_refused_as_solid(const struct wp_judge *judge, struct evidence *ret)
{
	ret->recorded = judge->record->source_path;
	ret->found = NULL;
	return wp_judge_is_solid(judge) && judge->input->policy->solid_sources == WP_SOLID_SOURCES_BLOCK;
}

/* Of a record with a source: whether the source fails @gate. */
static bool source_fails(const struct wp_judge *judge, enum wp_gate gate, struct evidence *ret)
{
	const struct wp_observation *seen = judge->seen;

	if (!has_source(judge))
		return false;
	ret->recorded = judge->record->source_path;
	for (size_t i = 0; seen && i < seen->gate_count; i++) {
		if (seen->gates[i].gate != gate)
			continue;
		ret->found = seen->gates[i].detail;
		return true;
	}
	ret->found = "the images of the source were not read";
	return gate == WP_GATE_DAMAGED && !(seen && seen->gate_count) && !wp_judge_source_was_read(judge);
}

/* Whether the record fails @gate, or its source does. */
static bool fails(const struct wp_judge *judge, enum wp_gate gate, struct evidence *ret)
{
	static bool (*const checks[WP_GATE_COUNT])(const struct wp_judge *judge, struct evidence *ret) = {
		[WP_GATE_NO_SOURCE] = lacks_source,
		[WP_GATE_OTHER_SITE] = is_elsewhere,
		[WP_GATE_ACTION_IN_PROGRESS] = is_in_progress,
		[WP_GATE_SOLID] = is_refused_as_solid,
		[WP_GATE_RECORD_INCOMPLETE] = is_incomplete,
	};

	return checks[gate] ? checks[gate](judge, ret) : source_fails(judge, gate, ret);
}

size_t wp_judge_gates(struct wp_judge *judge, const struct wp_content_verdict *content)
{
	const struct wp_policy *policy = judge->input->policy;
	enum wp_gate of_content = WP_GATE_NONE;

	if (content && content->unknown && policy->on_unknown == WP_ON_UNKNOWN_BLOCK)
		of_content = WP_GATE_CONTENT_UNKNOWN;
	if (content && content->unproven && policy->on_unproven == WP_ON_UNPROVEN_BLOCK)
		of_content = WP_GATE_CONTENT_UNPROVEN;
	judge->entry->judged = true;
	for (enum wp_gate gate = WP_GATE_NONE + 1; gate < WP_GATE_COUNT; gate++) {
		const struct wp_gate_info *info = wp_gate_info(gate);
		struct wp_reason reason = { .code = info->code, .confidence = WP_CONFIDENCE_PROVEN };
		struct evidence evidence = { NULL, NULL };

		if (gate == of_content) {
			reason = content->reason;
			reason.action = WP_ACTION_NONE;
		} else if (fails(judge, gate, &evidence)) {
			reason.recorded = evidence.recorded;
			reason.found = evidence.found;
		} else {
			continue;
		}
		wp_judge_add(judge, reason);
		judge->entry->judged = judge->entry->judged && info->judged;
	}
	return judge->entry->reason_count;
}
