/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How things leave wimplan-apply: results, errors, remarks, progress, events. */
#ifndef WIMPLAN_APPLY_SAY_H
#define WIMPLAN_APPLY_SAY_H

#include "apply.h"

#include "wimplan/buf.h"

#include <jansson.h>

/* The time for outputs: fixed by SOURCE_DATE_EPOCH, otherwise now. */
struct wp_time wp_apply_now(const struct wp_apply *apply);

/* A remark on standard error; nothing with --quiet. */
void wp_apply_note(struct wp_apply *apply, const char *format, ...) __attribute__((format(printf, 2, 3)));
/*
 * What is being done or waited for: the line of progress on a terminal, elsewhere a line every minute. "" takes it away,
 * and so has to be done before a result is written.
 */
void wp_apply_progress(struct wp_apply *apply, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Has to be called now and then while something is waited for. @apply is a struct wp_apply. */
void wp_apply_tick(void *apply);

int wp_events_open(struct wp_apply *apply);
/*
 * Closes the file of --events at the end of a call that has come to @status, which it returns. Where lines of it were lost that is said,
 * and a call that is done otherwise has failed; what it did stays done and recorded.
 */
int wp_events_end(struct wp_apply *apply, int status);
/* One line of --events; @step NULL: of the run as a whole. @seconds below 0: none. */
void wp_event(struct wp_apply *apply, const char *type, const struct wp_step *step, const char *message,
	      double seconds);
/* A line for each step that is selected, with the state that it is in: what a command has found that calls nothing. */
void wp_event_steps(struct wp_apply *apply);

/* The same of something else: with these members, an object that is taken over, and a message, NULL or "" for none. */
void wp_event_of(struct wp_apply *apply, const char *type, const char *message, json_t *facts);

/* The command of this call as it was given, to be copied by somebody who wants to go on with it. */
const char *wp_apply_same_command(const struct wp_apply *apply);
/* The same for one who only wants to watch on. */
const char *wp_apply_watch_command(const struct wp_apply *apply);

#endif
