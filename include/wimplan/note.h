/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Notes: what a plan has to say beside its body. One table of their codes, as gates have one. */
#ifndef WIMPLAN_NOTE_H
#define WIMPLAN_NOTE_H

#include "wimplan/plan.h"

enum wp_note_kind {
	WP_NOTE_BOOT_ORIGINAL_DIFFERS,
	WP_NOTE_BOOT_ORIGINAL_NEWER,
	WP_NOTE_EXPORT_OLD,
	WP_NOTE_EXPORT_PARTIAL,
	WP_NOTE_SITE_PROFILE,
	WP_NOTE_FOLDER_FILES,
	/* Distribution. */
	WP_NOTE_DP_BEHIND,
	WP_NOTE_DP_FAILED,
	WP_NOTE_DISTRIBUTION_RUNNING,
	/* Who uses a package. */
	WP_NOTE_INDEX_MOVED,
	WP_NOTE_INDEX_GONE,
	WP_NOTE_INDEX_CHANGED,
	WP_NOTE_IMAGE_RENAMED,
	WP_NOTE_MEDIA_REBUILD,
	WP_NOTE_DEPLOYED_REQUIRED,
	/* What happens without a call, and whether all fits. */
	WP_NOTE_SCHEDULED_REFRESH,
	WP_NOTE_DOES_NOT_FIT,
	/* What may go wrong. */
	WP_NOTE_IMAGES_REORDERED,
	WP_NOTE_IDENTITY_CHANGED,
	WP_NOTE_LOST_METADATA,
	WP_NOTE_DOWNGRADE,
	WP_NOTE_LOCAL_SOURCE,
	WP_NOTE_SHARED_SOURCE,
	WP_NOTE_SOURCE_NEWER_THAN_EXPORT,
	WP_NOTE_DATE_IN_FUTURE,
	WP_NOTE_CONTENT_NOT_FOUND,
	/* Expectations. */
	WP_NOTE_BELOW_EXPECTED,
	WP_NOTE_TOO_OLD,
	WP_NOTE_LACKS,
	WP_NOTE_HAS,
	WP_NOTE_BOOT_2011_ONLY,
	WP_NOTE_BOOT_MIXED,
	WP_NOTE_BOOT_UNSIGNED,
	WP_NOTE_BOOT_DIGEST,
	WP_NOTE_EXPECT_UNKNOWN,
	WP_NOTE_KINDS,
};

struct wp_note_words {
	const char *code;
	enum wp_note_severity severity;
	const char *remedy; /* what to do, as half a sentence; NULL when the note says it itself */
	const char *meaning; /* what such notes find, as half a sentence */
};

const struct wp_note_words *wp_note_words(enum wp_note_kind kind);
/* Of a note that was read; NULL for the code of a later version. */
const struct wp_note_words *wp_note_words_find(const char *code);

/* A note that is not about a package. Takes @facts over; @summary is borrowed. */
struct wp_note wp_note_make(enum wp_note_kind kind, uint32_t image, json_t *facts, const char *summary);

/* Adds a note to a plan. @image is 0 when it is not about one. Takes @facts, an object, over. */
void wp_note_add(struct wp_plan *plan, enum wp_note_kind kind, const char *package_id, uint32_t image, json_t *facts,
		 const char *format, ...) __attribute__((format(printf, 6, 7)));

/* A note as a plan file has it, and several. New references. */
json_t *wp_note_json(const struct wp_note *note);
json_t *wp_notes_json(const struct wp_note *notes, size_t count);

/*
 * Puts the notes of a plan, which has its entries, in their order: those about the whole first, then by package in the
 * order of execution, then by severity and code. Notes of one package and code keep theirs.
 */
void wp_notes_sort(struct wp_plan *plan);

#endif
