/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The note that names the files of an upgrade package's folder for which it is to be sent again. */
#include "judge.h"
#include "notes.h"

#include "wimplan/json.h"

#include <string.h>

static const struct wp_manifest *find_manifest(const struct wp_plan_input *input, const char *content_id)
{
	for (size_t i = 0; content_id && i < input->manifest_count; i++)
		if (!strcmp(input->manifests[i].content_id, content_id))
			return &input->manifests[i].manifest;
	return NULL;
}

static json_t *facts_of(const struct wp_folder_change *change)
{
	json_t *facts = json_object();

	for (enum wp_manifest_change kind = 0; kind < WP_MANIFEST_CHANGES; kind++) {
		json_t *names = json_array();

		for (size_t i = 0; i < change->named[kind]; i++)
			wp_json_push(names, wp_json_text(change->names[kind][i]));
		wp_json_set(facts, wp_manifest_change_name(kind),
			    json_pack("{s:o, s:o}", "count", wp_json_u64(change->counts[kind]), "first", names));
	}
	return facts;
}

static void add_change(struct wp_plan *plan, const char *package_id, const struct wp_folder_change *change)
{
	const char *words = wp_folder_change_words(plan->arena, change);

	if (*words)
		wp_note_add(plan, WP_NOTE_FOLDER_FILES, package_id, 0, facts_of(change),
			    "the folder's files beside install.wim, compared with what was distributed: %s", words);
	else
		wp_note_add(plan, WP_NOTE_FOLDER_FILES, package_id, 0, facts_of(change),
			    "only install.wim is another one; the files beside it are those that were distributed");
}

void wp_note_folder(struct wp_plan *plan, const struct wp_judge *judge)
{
	const struct wp_observation *seen = judge->seen;
	const struct wp_entry *entry = judge->entry;
	const char *package_id = entry->package_id;
	const struct wp_reason *reason = NULL;
	const struct wp_manifest *old;
	struct wp_folder_change change;

	for (size_t i = 0; i < entry->reason_count; i++)
		if (!strcmp(entry->reasons[i].code, "content-changed") || !strcmp(entry->reasons[i].code, "content-newer"))
			reason = &entry->reasons[i];
	if (entry->class != WP_CLASS_INSTALL || !reason || !seen)
		return;
	old = strcmp(reason->code, "content-changed") ? NULL : find_manifest(judge->input, reason->recorded);
	if (old && seen->manifest.text && wp_manifest_compare(plan->arena, old, &seen->manifest, &change))
		add_change(plan, package_id, &change);
	else if (seen->newest_path && seen->newest.known)
		wp_note_add(plan, WP_NOTE_FOLDER_FILES, package_id, 0,
			    json_pack("{s:o, s:o}", "newest", wp_json_text(seen->newest_path), "modified_at",
				      wp_json_text(wp_time_iso(judge->scratch, seen->newest))),
			    "the newest file of the folder is %s, modified %s", seen->newest_path,
			    wp_time_minutes(judge->scratch, seen->newest));
}
