/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What became of the steps, over all runs of the plan. */
#ifndef WIMPLAN_APPLY_RESULT_H
#define WIMPLAN_APPLY_RESULT_H

#include "apply.h"
#include "classify.h"
#include "journal.h"

/* The documents that have the form of a receipt besides it. */
#define WP_CHECK_FORMAT "wimplan-check"
#define WP_STATUS_FORMAT "wimplan-status"

/* Writes a document with the steps to --output; @runs NULL: there is no run to speak of. The error is in the call. */
int wp_result_show(struct wp_apply *apply, const char *format, const struct wp_journal_runs *runs);
/* What cannot be written in the end is found out by this, and not when the calls are made. */
int wp_result_probe(const struct wp_apply *apply, struct wp_error *err);
/* Writes the receipt from what the journal says now. */
int wp_result_write_receipt(struct wp_apply *apply, struct wp_journal *journal, struct wp_error *err);
/* The same from what is known of the runs otherwise. */
int wp_result_write(const struct wp_apply *apply, const struct wp_journal_runs *runs, struct wp_error *err);

/* A line for every step that needs one, then how many there are of each kind. @ended: their outcomes, as in a receipt. */
void wp_result_text(const struct wp_apply *apply, bool ended, struct wp_buf *buf);

/* Asks on the terminal whether the plan's calls are to be made, and names them. True to go on. */
bool wp_apply_confirm(struct wp_apply *apply, const struct wp_verdict *verdicts);

#endif
