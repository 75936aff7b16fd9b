/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Notes of a plan: their codes, their order, and their place in the plan file. */
#include "notes.h"

#include "wimplan/json.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static const struct wp_note_words kinds[WP_NOTE_KINDS] = {
	[WP_NOTE_BOOT_ORIGINAL_DIFFERS] = {
		"boot-original-differs", WP_NOTE_SEVERITY_WARNING, NULL,
		"boot images are not made from what their original is now",
	},
	[WP_NOTE_BOOT_ORIGINAL_NEWER] = {
		"boot-original-newer", WP_NOTE_SEVERITY_WARNING, NULL,
		"originals of boot images have changed since these were made",
	},
	[WP_NOTE_EXPORT_OLD] = {
		"export-old", WP_NOTE_SEVERITY_WARNING, "export again",
		"the export is old",
	},
	[WP_NOTE_EXPORT_PARTIAL] = {
		"export-partial", WP_NOTE_SEVERITY_WARNING, NULL,
		"the export is not whole",
	},
	[WP_NOTE_SITE_PROFILE] = {
		"site-profile", WP_NOTE_SEVERITY_INFO, NULL,
		"what is known of this site's values",
	},
	[WP_NOTE_FOLDER_FILES] = {
		"folder-files", WP_NOTE_SEVERITY_INFO, NULL,
		"files of an upgrade package's folder have changed",
	},
	[WP_NOTE_DP_BEHIND] = {
		"dp-behind", WP_NOTE_SEVERITY_WARNING, "redistribute the package to these points alone; a refresh sends it to all",
		"distribution points serve an older version as good",
	},
	[WP_NOTE_DP_FAILED] = {
		"dp-failed", WP_NOTE_SEVERITY_WARNING, "mend what failed, then redistribute the package to these points alone",
		"distribution points have failed",
	},
	[WP_NOTE_DISTRIBUTION_RUNNING] = {
		"distribution-running", WP_NOTE_SEVERITY_WARNING, "wait until it has ended, or look why it has not",
		"packages are still on their way and would be sent again",
	},
	[WP_NOTE_INDEX_MOVED] = {
		"index-moved", WP_NOTE_SEVERITY_GRAVE, "set the step to the image's new index, or put the images back in their order",
		"steps of task sequences would install another image: the images have moved",
	},
	[WP_NOTE_INDEX_GONE] = {
		"index-gone", WP_NOTE_SEVERITY_GRAVE, "set the step to an image that is there",
		"steps of task sequences install an image that is no longer there",
	},
	[WP_NOTE_INDEX_CHANGED] = {
		"index-changed", WP_NOTE_SEVERITY_GRAVE, "look whether the step is meant to install this one; the name does not tell",
		"steps of task sequences would install another language or architecture under the same name",
	},
	[WP_NOTE_IMAGE_RENAMED] = {
		"image-renamed", WP_NOTE_SEVERITY_INFO, NULL,
		"images that steps install have a new name",
	},
	[WP_NOTE_MEDIA_REBUILD] = {
		"media-rebuild", WP_NOTE_SEVERITY_WARNING, NULL,
		"media keep the old content",
	},
	[WP_NOTE_DEPLOYED_REQUIRED] = {
		"deployed-required", WP_NOTE_SEVERITY_WARNING, "test before the deployment reaches its machines",
		"machines run it without being asked",
	},
	[WP_NOTE_SCHEDULED_REFRESH] = {
		"scheduled-refresh", WP_NOTE_SEVERITY_INFO, NULL,
		"the site sends it by itself",
	},
	[WP_NOTE_DOES_NOT_FIT] = {
		"does-not-fit", WP_NOTE_SEVERITY_WARNING, "give a later or a longer window, leave packages to another one, or set on_no_fit = defer",
		"not all refreshes fit the window, or it is over",
	},
	[WP_NOTE_IMAGES_REORDERED] = {
		"images-reordered", WP_NOTE_SEVERITY_WARNING, "look which index every task sequence of this package installs",
		"the number or the order of images has changed",
	},
	[WP_NOTE_IDENTITY_CHANGED] = {
		"identity-changed", WP_NOTE_SEVERITY_WARNING, "look whether the file is the one that was meant",
		"architecture or language has changed under the same name",
	},
	[WP_NOTE_LOST_METADATA] = {
		"lost-metadata", WP_NOTE_SEVERITY_WARNING, "look at the image with `wimplan inspect`; a capture may have lost its description",
		"images no longer say what they said",
	},
	[WP_NOTE_DOWNGRADE] = {
		"downgrade", WP_NOTE_SEVERITY_WARNING, "look whether an older file was put there by mistake",
		"images are older than what the site has",
	},
	[WP_NOTE_LOCAL_SOURCE] = {
		"local-source", WP_NOTE_SEVERITY_INFO, "give the package a share as its source: a drive means the site server's own",
		"the source is on a drive of the site server",
	},
	[WP_NOTE_SHARED_SOURCE] = {
		"shared-source", WP_NOTE_SEVERITY_INFO, NULL,
		"several packages have one source",
	},
	[WP_NOTE_SOURCE_NEWER_THAN_EXPORT] = {
		"source-newer-than-export", WP_NOTE_SEVERITY_WARNING, "export again: the site may have taken the new file since",
		"sources are newer than the export",
	},
	[WP_NOTE_DATE_IN_FUTURE] = {
		"date-in-future", WP_NOTE_SEVERITY_WARNING, "look at the clocks of this machine, the site and the file server",
		"dates are in the future",
	},
	[WP_NOTE_CONTENT_NOT_FOUND] = {
		"content-not-found", WP_NOTE_SEVERITY_WARNING, "look who has put the file there, then adopt it as the baseline or refresh",
		"unproven content is not among what is known to have been distributed",
	},
	[WP_NOTE_BELOW_EXPECTED] = {
		"below-expected", WP_NOTE_SEVERITY_WARNING, "service the image and plan again",
		"images are below the build that is expected",
	},
	[WP_NOTE_TOO_OLD] = {
		"too-old", WP_NOTE_SEVERITY_WARNING, "service the image and plan again",
		"images are older than they may be",
	},
	[WP_NOTE_LACKS] = {
		"lacks", WP_NOTE_SEVERITY_WARNING, "service the image and plan again",
		"images lack what they should have",
	},
	[WP_NOTE_HAS] = {
		"has", WP_NOTE_SEVERITY_WARNING, "take it out of the image and plan again",
		"images have what they should not have",
	},
	[WP_NOTE_BOOT_2011_ONLY] = {
		"boot-2011-only", WP_NOTE_SEVERITY_WARNING,
		"use boot files that are signed under the certificate of 2023, once the firmware of the machines trusts it",
		"images start with a boot manager that is signed under the certificate of 2011",
	},
	[WP_NOTE_BOOT_MIXED] = {
		"boot-mixed", WP_NOTE_SEVERITY_WARNING, "take both programs from the same update and of the same kind",
		"images start from a disc and from the network under different certificates",
	},
	[WP_NOTE_BOOT_UNSIGNED] = {
		"boot-unsigned", WP_NOTE_SEVERITY_WARNING, "put the program that was shipped in its place",
		"programs that firmware starts have no signature",
	},
	[WP_NOTE_BOOT_DIGEST] = {
		"boot-digest", WP_NOTE_SEVERITY_GRAVE, "look who changed it, and put the program that was shipped in its place",
		"programs that firmware starts are not what was signed",
	},
	[WP_NOTE_EXPECT_UNKNOWN] = {
		"expectation-unknown", WP_NOTE_SEVERITY_WARNING, NULL,
		"whether images are as expected is not known",
	},
};

const struct wp_note_words *wp_note_words(enum wp_note_kind kind)
{
	return &kinds[kind];
}

const struct wp_note_words *wp_note_words_find(const char *code)
{
	for (int kind = 0; kind < WP_NOTE_KINDS; kind++)
		if (!strcmp(kinds[kind].code, code))
			return &kinds[kind];
	return NULL;
}

struct wp_note wp_note_make(enum wp_note_kind kind, uint32_t image, json_t *facts, const char *summary)
{
	return (struct wp_note){ .code = kinds[kind].code,
				 .severity = kinds[kind].severity,
				 .image = image,
				 .facts = facts,
				 .summary = summary };
}

void wp_note_add(struct wp_plan *plan, enum wp_note_kind kind, const char *package_id, uint32_t image, json_t *facts,
		 const char *format, ...)
{
	struct wp_note *note = WP_PUSH(plan->arena, plan->notes, plan->note_count);
	va_list args;

	va_start(args, format);
	*note = wp_note_make(kind, image, facts, wp_arena_vprintf(plan->arena, format, args));
	va_end(args);
	note->package_id = wp_arena_strdup(plan->arena, package_id);
}

/* A note with its place. */
struct placed {
	struct wp_note note;
	size_t entry; /* 0 for the whole, else the package's place among the entries and 1 */
	size_t added;
};

static int compare_placed(const void *a, const void *b)
{
	const struct placed *x = a, *y = b;
	int order;

	if (x->entry != y->entry)
		return x->entry < y->entry ? -1 : 1;
	if (x->note.severity != y->note.severity)
		return x->note.severity < y->note.severity ? -1 : 1;
	order = strcmp(x->note.code, y->note.code);
	return order ? order : x->added < y->added ? -1 : 1;
}

void wp_notes_sort(struct wp_plan *plan)
{
	struct placed *placed;
	json_t *entries;

	/* Most plans have none, and many packages. */
	if (plan->note_count < 2)
		return;
	placed = wp_must(calloc(plan->note_count, sizeof *placed));
	entries = wp_json_must(json_object());
	for (size_t i = 0; i < plan->entry_count; i++)
		wp_json_set(entries, plan->entries[i].package_id, json_integer((json_int_t)i + 1));
	for (size_t i = 0; i < plan->note_count; i++) {
		const struct wp_note *note = &plan->notes[i];
		const json_t *entry = note->package_id ? json_object_get(entries, note->package_id) : NULL;

		placed[i] = (struct placed){ *note, (size_t)json_integer_value(entry), i };
	}
	qsort(placed, plan->note_count, sizeof *placed, compare_placed);
	for (size_t i = 0; i < plan->note_count; i++)
		plan->notes[i] = placed[i].note;
	json_decref(entries);
	free(placed);
}

json_t *wp_note_json(const struct wp_note *note)
{
	return wp_json_object("code", wp_json_text(note->code),
			      "severity", wp_json_text(wp_note_severity_name(note->severity)),
			      "package_id", wp_json_text(note->package_id),
			      "image", note->image ? wp_json_u64(note->image) : json_null(),
			      "summary", wp_json_text(note->summary), "facts", json_incref((json_t *)note->facts), NULL);
}

json_t *wp_notes_json(const struct wp_note *notes, size_t count)
{
	json_t *array = json_array();

	for (size_t i = 0; i < count; i++)
		wp_json_push(array, wp_note_json(&notes[i]));
	return array;
}

static enum wp_note_severity severity_of(struct wp_decoder *decoder, const json_t *object)
{
	const char *name = wp_decode_text(decoder, object, "severity");

	for (enum wp_note_severity severity = WP_NOTE_SEVERITY_GRAVE; name && severity <= WP_NOTE_SEVERITY_INFO; severity++)
		if (!strcmp(name, wp_note_severity_name(severity)))
			return severity;
	if (name)
		wp_decode_fail(decoder, "the severity \"%s\" of a note is not known", name);
	return WP_NOTE_SEVERITY_INFO;
}

void wp_plan_decode_note(struct wp_decoder *decoder, const json_t *object, struct wp_note *ret)
{
	json_t *facts = json_object_get(object, "facts");

	ret->code = wp_decode_text(decoder, object, "code");
	ret->severity = severity_of(decoder, object);
	ret->package_id = wp_decode_optional_text(decoder, object, "package_id");
	ret->image = wp_decode_optional_index(decoder, object, "image");
	ret->summary = wp_decode_text(decoder, object, "summary");
	ret->facts = json_is_object(facts) ? json_incref(facts) : json_object();
	if (!json_is_object(facts))
		wp_decode_fail(decoder, "facts of a note is missing or no object");
}
