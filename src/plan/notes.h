/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The notes that a plan itself adds, and their form in the plan file. */
#ifndef WIMPLAN_PLAN_NOTES_H
#define WIMPLAN_PLAN_NOTES_H

#include "decode.h"

#include "wimplan/note.h"

/* Names the files for which an upgrade package's folder is to be sent again; nothing where it is not. */
struct wp_judge;
void wp_note_folder(struct wp_plan *plan, const struct wp_judge *judge);

/* Adds what there is to say of the export that a plan is made from: its age, and what it lacks. */
void wp_note_export(struct wp_plan *plan, const struct wp_plan_input *input);

/* Fills @ret from an item of "notes"; its facts are a new reference, whatever the item is. */
void wp_plan_decode_note(struct wp_decoder *decoder, const json_t *object, struct wp_note *ret);

/* What the site's profile proves, if there is one. */
struct wp_calibration;
void wp_note_profile(struct wp_plan *plan, const struct wp_plan_input *input, const struct wp_calibration *calibration);

#endif
