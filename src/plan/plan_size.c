/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a plan file will have at least, before it is there: so that nobody waits for one which nothing reads. */
#include "plan_json.h"

#include <string.h>

/* Of a text where the shortest entry has "". */
static uint64_t text_bytes(const char *text)
{
	return text ? strlen(text) : 0;
}

/* Bytes of an entry as it stands in a list, without all texts that are its own. */
static uint64_t frame_of(const struct wp_entry *entry)
{
	struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };

	wp_plan_entry_text(entry, false, &text);
	return text.length;
}

void wp_plan_frames(struct wp_plan_frames *ret)
{
	/* With the shortest of everything: a digit and "" are shorter than null. */
	static const struct wp_reason shortest = {
		.code = "", .confidence = WP_CONFIDENCE_PROVEN, .image = 1, .field = "", .recorded = "", .found = "",
	};
	struct wp_reason reasons[] = { shortest, shortest };
	struct wp_entry entry = {
		.package_id = "", .class = WP_CLASS_IMAGE, .name = "", .source_path = "", .reasons = reasons, .reason_count = 1,
		.preconditions = { .source_version = { .known = true }, .sedo_object_version = "", .source_path = "", .source_site = "" },
	};

	ret->unchanged = frame_of(&entry);
	entry.reason_count = 2;
	ret->reason = frame_of(&entry) - ret->unchanged;
	entry.reason_count = 1;
	entry.status = WP_ENTRY_CHANGE;
	ret->other = frame_of(&entry);
}

uint64_t wp_plan_least_entry(const struct wp_plan_frames *frames, const struct wp_entry *entry)
{
	uint64_t bytes = entry->status == WP_ENTRY_UNCHANGED ? frames->unchanged : frames->other + text_bytes(entry->source_path);

	bytes += text_bytes(entry->package_id) + text_bytes(entry->name);
	for (size_t i = 0; i < entry->reason_count; i++) {
		const struct wp_reason *reason = &entry->reasons[i];

		bytes += (i ? frames->reason : 0) + text_bytes(reason->code) + text_bytes(reason->field) +
			 text_bytes(reason->recorded) + text_bytes(reason->found);
	}
	return bytes;
}

uint64_t wp_plan_least(const struct wp_record_set *set, const bool *chosen)
{
	struct wp_plan_frames frames;
	uint64_t bytes = 0;

	wp_plan_frames(&frames);
	for (size_t i = 0; i < set->count; i++) {
		const struct wp_record *record = &set->records[i];
		/* There is a reason for every verdict. */
		struct wp_reason reason = { .code = "" };
		struct wp_entry entry = { .package_id = record->package_id, .name = record->name, .reasons = &reason, .reason_count = 1 };

		if (!chosen || chosen[i])
			bytes += wp_plan_least_entry(&frames, &entry);
	}
	return bytes;
}
