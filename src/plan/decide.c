/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The verdict on one package: gates, metadata, content, and what follows from them. */
#include "judge.h"

#include <string.h>

/* What the readers of record and source noticed, under the package's ID instead of a path of this machine. */
static void collect_findings(struct wp_judge *judge)
{
	const struct wp_record *record = judge->record;
	/* Of a source that fails a gate, that is all there is to say. */
	const struct wp_wim *wim = judge->seen && !judge->seen->gate_count ? judge->seen->wim : NULL;

	if (record->image_property_error)
		wp_diag_add(judge->arena, judge->diags, WP_SEVERITY_WARNING, "image-property-invalid", record->package_id,
			    "ImageProperty could not be read: %s", record->image_property_error);
	if (wp_judge_is_solid(judge) && judge->input->policy->solid_sources == WP_SOLID_SOURCES_NOTE) {
		const struct wp_gate_info *solid = wp_gate_info(WP_GATE_SOLID);

		wp_diag_add(judge->arena, judge->diags, solid->severity, solid->code, record->package_id, "%s",
			    solid->meaning);
	}
	for (size_t i = 0; wim && i < wim->diags.count; i++) {
		const struct wp_diag *diag = &wim->diags.items[i];

		/* What became a gate has its say there. */
		if (wp_gate_of_finding(diag))
			continue;
		*WP_PUSH(judge->arena, judge->diags->items, judge->diags->count) = (struct wp_diag){
			.severity = diag->severity,
			.code = wp_arena_strdup(judge->arena, diag->code),
			.summary = wp_arena_strdup(judge->arena, diag->summary),
			.detail = wp_arena_strdup(judge->arena, diag->detail),
			.subject = wp_arena_strdup(judge->arena, record->package_id),
		};
	}
}

static void fill_preconditions(struct wp_judge *judge)
{
	const struct wp_record *record = judge->record;
	struct wp_preconditions *conditions = &judge->entry->preconditions;

	conditions->source_version = record->source_version;
	conditions->sedo_object_version = wp_arena_strdup(judge->arena, record->sedo_object_version);
	conditions->source_path = wp_arena_strdup(judge->arena, record->source_path);
	conditions->source_site = wp_arena_strdup(judge->arena, record->source_site);
	wp_record_digest(record, conditions->image_property_sha256);
}

/* What an unchanged entry does not say: where the source is, what must still be so, and what is to come of it. */
static void fill_details(struct wp_judge *judge, bool source_was_read)
{
	struct wp_entry *entry = judge->entry;

	fill_preconditions(judge);
	entry->source_path = entry->preconditions.source_path;
	if (!source_was_read)
		return;
	entry->expected_count =
		wp_plan_expected(judge->arena, judge->input, judge->record, judge->seen, &entry->expected);
	memcpy(entry->file_id, judge->seen->file_id, sizeof entry->file_id);
	memcpy(entry->content_id, judge->seen->content_id, sizeof entry->content_id);
}

/* Whether the site's images can be compared: WP_GATE_RECORD_INCOMPLETE is about the others. */
static bool has_images(const struct wp_record *record)
{
	return record->images.origin != WP_IMAGE_ORIGIN_NOTHING || record->image_property_state == WP_FETCHED_EMPTY;
}

/* What is to be done, when no gate keeps it from being done. */
static void decide(struct wp_judge *judge, const struct wp_content_verdict *content)
{
	struct wp_entry *entry = judge->entry;

	wp_judge_add(judge, content->reason);
	entry->refresh = content->refresh;
	if (entry->reload || entry->refresh) {
		bool report_only =
			entry->class == WP_CLASS_BOOT && judge->input->policy->boot_images == WP_BOOT_IMAGES_REPORT;

		entry->status = report_only ? WP_ENTRY_REPORT_ONLY : WP_ENTRY_CHANGE;
	} else if (content->unproven) {
		entry->status = WP_ENTRY_UNPROVEN;
	}
	if (entry->status != WP_ENTRY_UNCHANGED)
		fill_details(judge, true);
	if (entry->refresh)
		wp_judge_content_change(judge);
}

struct wp_judge_learned wp_judge_package(struct wp_judge *judge)
{
	const struct wp_record *record = judge->record;
	struct wp_entry *entry = judge->entry;
	struct wp_content_verdict content = { .refresh = false };
	bool read = wp_judge_source_was_read(judge);
	struct wp_reason *reasons;
	size_t count;

	entry->package_id = wp_arena_strdup(judge->arena, record->package_id);
	entry->class = record->class;
	entry->name = wp_arena_strdup(judge->arena, record->name);
	entry->priority = wp_judge_priority(record);
	collect_findings(judge);
	/* The metadata are a witness on the content, which may fail a gate: so they come first, and their reasons wait. */
	if (read && has_images(record))
		wp_judge_metadata(judge);
	if (read)
		content = wp_judge_content(judge, entry->reload);
	reasons = entry->reasons;
	count = entry->reason_count;
	entry->reasons = NULL;
	entry->reason_count = 0;
	if (wp_judge_gates(judge, read ? &content : NULL)) {
		entry->status = WP_ENTRY_BLOCKED;
		entry->reload = false;
		fill_details(judge, read);
	} else {
		entry->reasons = reasons;
		entry->reason_count = count;
		decide(judge, &content);
	}
	wp_judge_keep_reasons(judge);
	return (struct wp_judge_learned){
		.baseline = content.becomes_baseline && entry->status != WP_ENTRY_BLOCKED,
		.question = content.unproven && record->source_version.known && judge->seen->content_id[0],
	};
}
