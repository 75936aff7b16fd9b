/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Notes on what a plan is made from: the export (its age and what it lacks depend on the clock and on other exports, so
 * none is in the body), the files of an upgrade package's folder, and the original of a boot image.
 */
#include "judge.h"
#include "notes.h"

#include "wimplan/json.h"
#include "wimplan/text.h"

#include <inttypes.h>
#include <string.h>

#define HOUR (3600 * WP_TICKS_PER_SECOND)
#define DAY (24 * HOUR)
/* Of packages that an export lacks, so many are named in a sentence, and so many in the facts. */
#define NAMES_IN_SENTENCE 5
#define NAMES_IN_FACTS 100

static void note_age(struct wp_plan *plan, const struct wp_plan_input *input)
{
	struct wp_time taken = input->set->taken_at;
	int64_t age = input->now.ticks - taken.ticks;
	uint64_t seconds = age > 0 ? (uint64_t)(age / WP_TICKS_PER_SECOND) : 0;
	bool days = age >= 2 * DAY;
	uint64_t count = (uint64_t)(age / (days ? DAY : HOUR));
	json_t *facts;

	if (!taken.known || !input->now.known || seconds <= input->policy->snapshot_max_age)
		return;
	facts = wp_json_object("taken_at", wp_json_time(taken), "age_seconds", wp_json_u64(seconds),
			       "snapshot_max_age", wp_json_u64(input->policy->snapshot_max_age), NULL);
	wp_note_add(plan, WP_NOTE_EXPORT_OLD, NULL, 0, facts,
		    "the export was made %" PRIu64 " %s%s ago; what has changed on the site since is not in this plan",
		    count, days ? "day" : "hour", wp_plural(count));
}

static void note_missing(struct wp_plan *plan, const struct wp_plan_input *input)
{
	struct wp_buf names __attribute__((cleanup(wp_buf_free))) = { 0 };
	size_t count = input->missing_count;
	json_t *facts;

	if (!count)
		return;
	for (size_t i = 0; i < count && i < NAMES_IN_SENTENCE; i++)
		wp_buf_printf(&names, "%s%s", i ? ", " : "", input->missing[i]);
	if (count > NAMES_IN_SENTENCE)
		wp_buf_printf(&names, " and %zu more", count - NAMES_IN_SENTENCE);
	facts = wp_json_object("previous_taken_at", wp_json_time(input->previous_taken_at),
			       "count", wp_json_u64(count), "packages",
			       wp_json_texts(input->missing, count < NAMES_IN_FACTS ? count : NAMES_IN_FACTS), NULL);
	wp_note_add(plan, WP_NOTE_EXPORT_PARTIAL, NULL, 0, facts,
		    "the export of %s had %zu package%s that this one lacks: %s; unless the site no longer has %s, export "
		    "the whole site again",
		    wp_time_minutes(plan->arena, input->previous_taken_at), count, wp_plural(count),
		    wp_buf_text(&names), count == 1 ? "it" : "them");
}

void wp_note_export(struct wp_plan *plan, const struct wp_plan_input *input)
{
	/* As wp_record_set has it. */
	static const char refused[] = "refused: ";
	const char *lists = input->set->partial;

	note_age(plan, input);
	if (lists && !strncmp(lists, refused, strlen(refused)))
		wp_note_add(plan, WP_NOTE_EXPORT_PARTIAL, NULL, 0, wp_json_object("lists", wp_json_text(lists), NULL),
			    "the export has not all of the site, which did not let it read everything of %s; export again",
			    lists + strlen(refused));
	else if (lists)
		wp_note_add(plan, WP_NOTE_EXPORT_PARTIAL, NULL, 0, wp_json_object("lists", wp_json_text(lists), NULL),
			    "the export is a page of a longer answer: the next page of %s is not among the files; import all "
			    "pages together",
			    lists);
	note_missing(plan, input);
}

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

	for (enum wp_manifest_change kind = 0; kind < WP_MANIFEST_CHANGES; kind++)
		wp_json_set(facts, wp_manifest_change_name(kind),
			    wp_json_object("count", wp_json_u64(change->counts[kind]),
					   "first", wp_json_texts(change->names[kind], change->named[kind]), NULL));
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
		if (!strcmp(entry->reasons[i].code, "content-changed") || !strcmp(entry->reasons[i].code, "content-newer") ||
		    !strcmp(entry->reasons[i].code, "content-resized"))
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

/*
 * Boot images are two files: ImagePath is the original that people customise, and PkgSourcePath what the site makes of
 * it (SMS_BootImagePackage, Microsoft Learn). The made one always has other bytes, so what it is for is compared.
 */

/* What a boot image has to be the same in as its original. */
struct trait {
	const char *name;
	const char *original, *made;
};

/* The image of a WIM with this index, as a site would describe it; false when there is none. */
static bool find_image(struct wp_arena *scratch, const struct wp_wim_metadata *metadata, uint32_t index,
		       struct wp_site_image *ret)
{
	for (size_t i = 0; i < metadata->image_count; i++) {
		if (metadata->images[i].index != index)
			continue;
		wp_site_image_from_wim(scratch, &metadata->images[i], ret);
		return true;
	}
	return false;
}

static void note_image(struct wp_plan *plan, const struct wp_judge *judge, const struct wp_site_image *original,
		       const struct wp_site_image *made)
{
	const struct trait traits[] = {
		{ "os_version", original->os_version, made->os_version },
		{ "architecture", original->architecture, made->architecture },
		{ "language", original->language, made->language },
	};
	struct wp_buf words __attribute__((cleanup(wp_buf_free))) = { 0 };
	json_t *facts = json_object();

	for (size_t i = 0; i < sizeof traits / sizeof *traits; i++) {
		const struct trait *trait = &traits[i];
		json_t *fact;

		if (!trait->original || !trait->made || wp_text_equal_nocase(trait->original, trait->made))
			continue;
		fact = wp_json_object("original", wp_json_text(trait->original), "made", wp_json_text(trait->made),
				      NULL);
		wp_json_set(facts, trait->name, fact);
		wp_buf_printf(&words, "%s%s %s where the boot image has %s", words.length ? ", " : "", trait->name,
			      trait->original, trait->made);
	}
	if (!words.length) {
		json_decref(facts);
		return;
	}
	wp_json_set(facts, "image_path", wp_json_text(judge->record->image_path));
	wp_note_add(plan, WP_NOTE_BOOT_ORIGINAL_DIFFERS, judge->record->package_id, made->index, facts,
		    "image %" PRIu32 " of the original has %s; an update of the distribution points makes the boot image anew",
		    made->index, wp_buf_text(&words));
}

static void compare_images(struct wp_plan *plan, const struct wp_judge *judge)
{
	const struct wp_wim_metadata *original = judge->original->wim->metadata;
	const struct wp_wim_metadata *made = judge->seen && judge->seen->wim ? judge->seen->wim->metadata : NULL;

	for (size_t i = 0; made && i < made->image_count; i++) {
		struct wp_site_image a, b;

		wp_site_image_from_wim(judge->scratch, &made->images[i], &b);
		if (find_image(judge->scratch, original, b.index, &a))
			note_image(plan, judge, &a, &b);
	}
}

void wp_judge_boot_original(struct wp_plan *plan, struct wp_judge *judge)
{
	const struct wp_observation *original = judge->original;
	const struct wp_record *record = judge->record;
	json_t *facts;

	if (!original)
		return;
	if (!original->wim || !original->wim->metadata) {
		const struct wp_source_gate *gate = original->gates;

		wp_diag_add(judge->arena, judge->diags, WP_SEVERITY_INFO, "boot-original-unread", record->package_id,
			    "ImagePath %s, the original that people customise, was not looked at: %s", record->image_path,
			    !gate ? "it was not read" : gate->detail ? gate->detail : wp_gate_info(gate->gate)->meaning);
		return;
	}
	if (wp_judge_is_newer(judge, original->newest)) {
		facts = wp_json_object("image_path", wp_json_text(record->image_path),
				       "modified_at", wp_json_text(wp_time_iso(judge->scratch, original->newest)),
				       "source_date", wp_json_text(wp_time_iso(judge->scratch, record->source_date)),
				       NULL);
		wp_note_add(plan, WP_NOTE_BOOT_ORIGINAL_NEWER, record->package_id, 0, facts,
			    "the original was modified %s, after the boot image was distributed %s; an update of the "
			    "distribution points makes the boot image anew",
			    wp_time_minutes(judge->scratch, original->newest),
			    wp_time_minutes(judge->scratch, record->source_date));
	}
	compare_images(plan, judge);
}
