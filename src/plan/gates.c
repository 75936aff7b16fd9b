/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What keeps a package from being acted on. */
#include "judge.h"

#include <inttypes.h>
#include <string.h>

bool wp_judge_has_source(const struct wp_judge *judge)
{
	const struct wp_record *record = judge->record;

	/* PkgSourceFlag 1 is "no source" (documentation of SMS_PackageBaseclass). */
	return !(record->source_flag.known && record->source_flag.value == 1) && record->source_path &&
	       *record->source_path;
}

const char *wp_judge_source_gate(const struct wp_judge *judge, const char **ret_detail)
{
	const struct wp_observation *seen = judge->seen;

	if (seen && seen->gate) {
		*ret_detail = seen->gate_detail;
		return seen->gate;
	}
	if (!seen || !seen->wim || !seen->wim->metadata) {
		*ret_detail = "the images of the source were not read";
		return "source-damaged";
	}
	*ret_detail = NULL;
	return NULL;
}

/* Whether the source fails the gate @code; @first and @detail are what wp_judge_source_gate() gave. */
static bool source_fails(const struct wp_judge *judge, const char *code, const char *first, const char **detail)
{
	const struct wp_observation *seen = judge->seen;

	if (!first || !strcmp(first, code))
		return first != NULL;
	for (size_t i = 0; seen && i < seen->more_gate_count; i++) {
		if (strcmp(seen->more_gates[i].code, code))
			continue;
		*detail = seen->more_gates[i].detail;
		return true;
	}
	return false;
}

/* What a gate has to say: the value that the site recorded and a sentence. Both may be NULL. */
struct evidence {
	const char *recorded;
	const char *found;
};

static bool lacks_source(const struct wp_judge *judge, struct evidence *ret)
{
	const struct wp_record *record = judge->record;

	if (wp_judge_has_source(judge))
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

	if (record->images.origin != WP_FROM_NOTHING || record->image_property_state == WP_EMPTY)
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

/*
 * The gates in the documented order. Those without a function are found by the scan of the source, and
 * content-unknown by the verdict on the content.
 */
static const struct gate {
	const char *code;
	bool judged; /* the plan stays complete */
	bool (*fails)(const struct wp_judge *judge, struct evidence *ret);
} gates[] = {
	{ "no-source", true, lacks_source },
	{ "other-site", true, is_elsewhere },
	{ "action-in-progress", true, is_in_progress },
	{ "no-install-wim", true, NULL },
	{ "source-split", true, NULL },
	{ "source-encrypted", true, NULL },
	{ "record-incomplete", false, is_incomplete },
	{ "source-not-mapped", false, NULL },
	{ "source-missing", false, NULL },
	{ "source-ambiguous", false, NULL },
	{ "source-unreadable", false, NULL },
	{ "source-not-wim", false, NULL },
	{ "source-damaged", false, NULL },
	{ "source-busy", false, NULL },
	{ "content-unknown", false, NULL },
};

#define GATE_COUNT (sizeof gates / sizeof gates[0])

bool wp_gate_is_judged(const char *code)
{
	for (size_t i = 0; i < GATE_COUNT; i++)
		if (!strcmp(gates[i].code, code))
			return gates[i].judged;
	return true;
}

bool wp_gate_is_file_code(const char *code)
{
	static const char *const codes[] = { "split-part", "encrypted", "write-in-progress", "changed-while-reading" };

	for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
		if (!strcmp(codes[i], code))
			return true;
	return false;
}

size_t wp_judge_gates(struct wp_judge *judge, const struct wp_content_verdict *content)
{
	const char *first = NULL, *source = wp_judge_has_source(judge) ? wp_judge_source_gate(judge, &first) : NULL;
	bool blocks = content && content->unknown && judge->input->policy->on_unknown == WP_ON_UNKNOWN_BLOCK;

	judge->entry->judged = true;
	for (size_t i = 0; i < GATE_COUNT; i++) {
		struct wp_reason reason = { .code = gates[i].code, .confidence = WP_PROVEN };
		struct evidence evidence = { NULL, NULL };
		const char *detail = first;

		if (gates[i].fails) {
			if (!gates[i].fails(judge, &evidence))
				continue;
			reason.recorded = evidence.recorded;
			reason.found = evidence.found;
		} else if (source_fails(judge, gates[i].code, source, &detail)) {
			reason.recorded = judge->record->source_path;
			reason.found = detail;
		} else if (blocks && !strcmp(content->reason.code, gates[i].code)) {
			reason = content->reason;
			reason.action = WP_NO_ACTION;
		} else {
			continue;
		}
		wp_judge_add(judge, reason);
		judge->entry->judged = judge->entry->judged && gates[i].judged;
	}
	return judge->entry->reason_count;
}
