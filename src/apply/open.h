/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From the command line to steps that are classified: before anything is called. */
#ifndef WIMPLAN_APPLY_OPEN_H
#define WIMPLAN_APPLY_OPEN_H

#include "apply.h"
#include "classify.h"
#include "journal.h"

/* Reads the plan and makes its steps, with --only taken into account. 0 or a status with the error in the call. */
int wp_apply_read_plan(struct wp_apply *apply);
/* The same for a command that asks the provider: with the secrets for it, and from there on with signals caught. */
int wp_apply_prepare(struct wp_apply *apply);
/*
 * Fills the steps with what the journal knows of them, and *@ret_runs with what it says of the plan's runs.
 * WP_E_NOT_FOUND, with no runs, when there is no journal yet. The caller closes *@ret_journal.
 */
int wp_apply_look_back(struct wp_apply *apply, struct wp_journal **ret_journal, struct wp_journal_runs *ret_runs,
		       struct wp_error *err);

/*
 * The same from the receipt, where there is no journal. WP_E_NOT_FOUND when there is none; WP_E_REFUSED for one of another
 * plan.
 */
int wp_apply_take_receipt(struct wp_apply *apply, struct wp_journal_runs *ret_runs, struct wp_error *err);

/*
 * Opens the journal to write. What was read of it before it was locked is worth nothing when another run has begun since,
 * as under another name of the same provider, which has its own lock of the site: @runs_seen are those that it had then.
 */
int wp_apply_open_journal(struct wp_apply *apply, uint64_t runs_seen, struct wp_journal **ret_journal, struct wp_error *err);

/*
 * The lock of one provider and site, for all users of this machine (precisely: of this network namespace). WP_E_BUSY
 * names the process and the user that hold it. @provider is a URL; spellings of one URL are one lock. The caller closes
 * *@ret_fd to let go.
 */
int wp_lock_site(const char *provider, const char *site_code, int *ret_fd, struct wp_error *err);

/* Says it where the window is closed, before anything is asked. */
void wp_apply_say_window(struct wp_apply *apply);

/* Opens a session with the provider, without a request. The caller closes *@ret. */
int wp_apply_open_session(struct wp_apply *apply, struct wp_session *ret, struct wp_error *err);
/*
 * Opens a session with the provider, and sees that it offers the methods that the selected steps call. The caller closes
 * *@ret.
 */
int wp_apply_connect(struct wp_apply *apply, struct wp_session *ret, struct wp_error *err);

/*
 * Reads all records and classifies the selected steps that are pending: their verdicts go into @ret, by position.
 * Steps of another state get none (standing pending, no note).
 */
int wp_apply_classify(struct wp_apply *apply, struct wp_session *session, struct wp_verdict *ret, struct wp_error *err);

#endif
