/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a changed content does to what starts its images: found, as JSON, and read again. */
#ifndef WIMPLAN_PLAN_PLAN_BOOT_H
#define WIMPLAN_PLAN_PLAN_BOOT_H

#include "decode.h"

/*
 * Fills the boot_… of @change from what is known of both contents. All is in @arena; nothing of @old and @new is needed afterwards.
 */
void wp_plan_boot_compare(struct wp_arena *arena, const struct wp_boot_starts *old, const struct wp_boot_starts *new,
			  struct wp_content_change *change);

/*
 * What there is to tell of a file as it was and as it is; false when that is nothing, also where it is not known of either. Without
 * images.
 */
bool wp_content_boot_make(const struct wp_boot_file *old, const struct wp_boot_file *new, struct wp_content_boot *ret);

/* "boot" of a package's content; null where it is known of neither. New reference. */
json_t *wp_plan_boot_json(const struct wp_content_change *change);

/* Fills the boot_… of @change from that. Files whose role or authority is not known are left out, and counted as such. */
void wp_plan_decode_boot(struct wp_decoder *decoder, const json_t *boot, struct wp_content_change *change);

#endif
