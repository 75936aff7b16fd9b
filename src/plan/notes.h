/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Notes: what a plan has to say beside its body. One table of their codes. */
#ifndef WIMPLAN_PLAN_NOTES_H
#define WIMPLAN_PLAN_NOTES_H

#include "decode.h"

#include "wimplan/plan.h"

enum wp_note_kind {
	WP_NOTE_BOOT_ORIGINAL_DIFFERS,
	WP_NOTE_BOOT_ORIGINAL_NEWER,
	WP_NOTE_EXPORT_OLD,
	WP_NOTE_EXPORT_PARTIAL,
	WP_NOTE_FOLDER_FILES,
	WP_NOTE_KINDS,
};

/*
 * Adds a note to a plan: first those about the whole (@package_id NULL), then package by package in execution order;
 * those of one package are sorted here. @image is 0 when it is not about one. Takes @facts, an object, over.
 */
void wp_note_add(struct wp_plan *plan, enum wp_note_kind kind, const char *package_id, uint32_t image, json_t *facts,
		 const char *format, ...) __attribute__((format(printf, 6, 7)));

/* Names the files for which an upgrade package's folder is to be sent again; nothing where it is not. */
struct wp_judge;
void wp_note_folder(struct wp_plan *plan, const struct wp_judge *judge);

/* Adds what there is to say of the export that a plan is made from: its age, and what it lacks. */
void wp_note_export(struct wp_plan *plan, const struct wp_plan_input *input);

/* "notes" of the plan file. New reference. */
json_t *wp_plan_notes_json(const struct wp_plan *plan);

/* Fills @ret from an item of "notes"; its facts are a new reference, whatever the item is. */
void wp_plan_decode_note(struct wp_decoder *decoder, const json_t *object, struct wp_note *ret);

#endif
