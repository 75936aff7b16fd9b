/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Words for the texts that diff --content compares. */
#ifndef WIMPLAN_REPORT_DIFF_TEXTS_H
#define WIMPLAN_REPORT_DIFF_TEXTS_H

#include "wimplan/diff.h"
#include "wimplan/json.h"

/* What became of it, in one line behind its path: "changed: 2 lines added, 1 removed; 120 bytes → 180 bytes". */
char *wp_diff_words_text(struct wp_arena *arena, const struct wp_text_change *text);

/* New reference; null for NULL. */
json_t *wp_diff_texts_json(const struct wp_text_changes *texts);

#endif
