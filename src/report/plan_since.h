/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is new in a plan since an earlier one, in words and as a part of its page. */
#ifndef WIMPLAN_REPORT_PLAN_SINCE_H
#define WIMPLAN_REPORT_PLAN_SINCE_H

#include "page.h"

#include "wimplan/since.h"

/* "Since the plan 1a2b3c4d5e6f of 2026-02-20 02:10Z 2 packages are new and 1 note is gone."; or that nothing has changed. */
const char *wp_words_since(struct wp_arena *arena, const struct wp_since *since);
/* A package or a note in one line: "new P0100001: refresh; it was nothing", "gone lacks: P0100001: image 1 lacks …". */
const char *wp_words_since_package(struct wp_arena *arena, const struct wp_since_entry *entry);
const char *wp_words_since_note(struct wp_arena *arena, const struct wp_since_note *note);
/* "new", "gone": of a note. */
const char *wp_words_since_kind(enum wp_since_kind kind);

/* Adds a section with the sentence and two tables; nothing for NULL. */
void wp_plan_page_since(struct wp_page *page, const struct wp_since *since);

#endif
