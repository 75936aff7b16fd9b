/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sources that a plan names, and what became of them since. */
#include "wimplan/plan.h"
#include "wimplan/text.h"

#include <string.h>

WP_NAMES(wp_source_state_name, enum wp_source_state,
	[WP_SOURCE_SAME] = "same",
	[WP_SOURCE_CHANGED] = "changed",
	[WP_SOURCE_MISSING] = "missing",
	[WP_SOURCE_DAMAGED] = "damaged",
	[WP_SOURCE_UNREADABLE] = "unreadable")

bool wp_planned_source_of(const struct wp_entry *entry, struct wp_planned_source *ret)
{
	*ret = (struct wp_planned_source){
		.package_id = entry->package_id,
		.class = entry->class,
		.source_path = entry->source_path,
		.file_id = entry->file_id,
		.content_id = entry->content_id,
	};
	return entry->status != WP_ENTRY_UNCHANGED && entry->source_path && entry->file_id[0];
}

/* What a gate says of a source that was in order when the plan was made. */
static enum wp_source_state state_of_gate(enum wp_gate gate)
{
	switch (gate) {
	case WP_GATE_NOT_MAPPED:
	case WP_GATE_AMBIGUOUS:
	case WP_GATE_UNREADABLE:
		return WP_SOURCE_UNREADABLE;
	case WP_GATE_MISSING:
	case WP_GATE_NO_INSTALL_WIM:
		return WP_SOURCE_MISSING;
	default:
		return WP_SOURCE_CHANGED;
	}
}

/* Which files of a folder are others, where it is known which ones the plan has found. */
static const char *folder_detail(struct wp_arena *arena, const struct wp_manifest *before, const struct wp_manifest *now)
{
	struct wp_folder_change change;

	if (!before || !now->text || !wp_manifest_compare(arena, before, now, &change))
		return "other files of the folder were added, changed or removed";
	return wp_arena_printf(arena, "the folder's files beside install.wim: %s", wp_folder_change_words(arena, &change));
}

void wp_source_recheck(struct wp_arena *arena, const struct wp_manifest *before, struct wp_recheck *recheck)
{
	const struct wp_planned_source *source = recheck->source;
	const struct wp_observation *seen = recheck->seen;

	if (seen->file_id[0] && strcmp(seen->file_id, source->file_id) != 0) {
		recheck->state = WP_SOURCE_CHANGED;
		recheck->detail = "another file stands there now";
	} else if (seen->gate_count) {
		/* What the same file fails now it has failed when the plan was made, unless it cannot be read any more. */
		recheck->state = seen->file_id[0] && seen->gates[0].gate == WP_GATE_DAMAGED
					 ? WP_SOURCE_UNREADABLE
					 : state_of_gate(seen->gates[0].gate);
		recheck->detail = seen->gates[0].detail ? seen->gates[0].detail
							: wp_gate_info(seen->gates[0].gate)->meaning;
	} else if (source->class == WP_CLASS_INSTALL && strcmp(seen->content_id, source->content_id) != 0) {
		recheck->state = WP_SOURCE_CHANGED;
		recheck->detail = folder_detail(arena, before, &seen->manifest);
	}
}
