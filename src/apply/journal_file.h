/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The file of a journal, before SQLite has it. */
#ifndef WIMPLAN_APPLY_JOURNAL_FILE_H
#define WIMPLAN_APPLY_JOURNAL_FILE_H

#include "journal_db.h"

/*
 * Finds the file of the journal, for writing makes and locks it, and sees whether it may be given to SQLite. Fills name,
 * lock and log.
 */
int wp_journal_find(struct wp_journal *journal, const struct wp_plan *plan, struct wp_error *err);

#endif
