/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What became of the programs that start an image, in the words of every report. */
#ifndef WIMPLAN_REPORT_DIFF_BOOT_H
#define WIMPLAN_REPORT_DIFF_BOOT_H

#include "wimplan/diff.h"

#include <jansson.h>

/* "2011-only → 2023-in-place"; "2011-only, as before". */
const char *wp_diff_boot_verdict(struct wp_arena *arena, const struct wp_diff_boot *boot);
/* What the new verdict means; NULL where it is the old one. */
const char *wp_diff_boot_sentence(struct wp_arena *arena, const struct wp_diff_boot *boot);

/* Something in which two files differ, or that one alone has. */
struct wp_diff_boot_row {
	const char *what; /* "version", "SVN", "signature", "data" */
	bool sentence;    /* of a signature, or why data was not read */
	const char *old, *new; /* NULL on the side that has none */
};

/* The rows of a file; none where its data alone is another one. In @arena, not escaped. */
struct wp_diff_boot_row *wp_diff_boot_rows(struct wp_arena *arena, const struct wp_boot_change *change, size_t *ret_count);
/* That nothing of what is looked at differs but its data; NULL where something does, or it is no program. */
const char *wp_diff_boot_same(const struct wp_boot_change *change);

/* null for NULL. New reference. */
json_t *wp_diff_boot_json(const struct wp_diff_boot *boot);

#endif
