/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which programs of a changed content start its images otherwise than before, in the words of diff. Not escaped, in the arena. */
#ifndef WIMPLAN_REPORT_PLAN_BOOT_WORDS_H
#define WIMPLAN_REPORT_PLAN_BOOT_WORDS_H

#include "diff_boot.h"

/* In what such a file differs. */
struct wp_diff_boot_row *wp_plan_boot_rows(struct wp_arena *arena, const struct wp_content_boot *file, size_t *ret_count);
/* One side of a row: a sentence, NULL where there is none; of a number that is not there "none". */
const char *wp_plan_boot_value(const struct wp_diff_boot_row *row, const char *value);
/* "\Windows\Boot\EFI\bootmgfw.efi of images 1–4: SVN 9.0 → 2.0": with the rows that are no sentences; those that are belong below it. */
const char *wp_plan_boot_line(struct wp_arena *arena, const struct wp_content_boot *file);
/* What was not listed, and of how many images it is not known; NULL. */
const char *wp_plan_boot_rest(struct wp_arena *arena, const struct wp_content_change *change);

#endif
