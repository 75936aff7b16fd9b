/* SPDX-License-Identifier: GPL-3.0-or-later */
/* --fail-on: what has to be found for a call to end with WP_EXIT_FOUND. */
#ifndef WIMPLAN_CLI_FAIL_ON_H
#define WIMPLAN_CLI_FAIL_ON_H

#include "cli.h"

#include "wimplan/note.h"

/*
 * Fails a call whose --fail-on has a word that there is not; the message says which there are. @plan: it is about a plan, not
 * about files alone.
 */
int wp_fail_on_check(struct wp_cli *cli, bool plan);

/*
 * Ends the call with WP_EXIT_FOUND where something that --fail-on names is in the plan, whatever the status would be otherwise,
 * and says how much of what.
 */
void wp_fail_on_plan(struct wp_cli *cli, const struct wp_plan *plan);
/* The same for notes on files; not where the call has failed. @notes of @count lists. */
struct wp_note_list {
	const struct wp_note *items;
	size_t count;
};
void wp_fail_on_notes(struct wp_cli *cli, const struct wp_note_list *lists, size_t count);

#endif
