/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How things leave wimplan-apply: results, errors, remarks, progress, events. */
#ifndef WIMPLAN_APPLY_SAY_H
#define WIMPLAN_APPLY_SAY_H

#include "apply.h"

#include "wimplan/buf.h"

/* The time for outputs: fixed by SOURCE_DATE_EPOCH, otherwise now. */
struct wp_time wp_apply_now(const struct wp_apply *apply);

/* Ends a call that is used wrongly, with exit status 2. Returns WP_APPLY_OVER. */
int wp_apply_usage(struct wp_apply *apply, const char *subject, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* Says an error, with --json as a document too, and ends the call with its exit status. Returns WP_APPLY_OVER. */
int wp_apply_error(struct wp_apply *apply, const struct wp_error *err);
/* The same with one more finding for each of the texts. */
int wp_apply_error_list(struct wp_apply *apply, const struct wp_error *err, const struct wp_diags *more);
void wp_apply_note(struct wp_apply *apply, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Writes a result to --output. 0, or WP_APPLY_OVER after having said why not. */
int wp_apply_emit(struct wp_apply *apply, enum wp_text_kind kind, const struct wp_buf *buf);
/*
 * What is being done or waited for: the line of progress on a terminal, elsewhere a line every minute. "" takes it away,
 * and so has to be done before a result is written.
 */
void wp_apply_progress(struct wp_apply *apply, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Has to be called now and then while something is waited for. @apply is a struct wp_apply. */
void wp_apply_tick(void *apply);

int wp_events_open(struct wp_apply *apply, struct wp_error *err);
void wp_events_close(struct wp_apply *apply);
/* One line of --events; @step NULL: of the run as a whole. @seconds below 0: none. */
void wp_event(struct wp_apply *apply, const char *type, const struct wp_step *step, const char *message,
	      double seconds);

#endif
