/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What wimplan-export says while it reads: the bar, events and remarks. Who calls it holds the export's lock, but for the last. */
#ifndef WIMPLAN_EXPORT_TELLING_H
#define WIMPLAN_EXPORT_TELLING_H

#include "export.h"

/* How many jobs are through, and one line of --events for the newest. */
void wp_export_progress(struct wp_export *export);
/* One line of --events; @why NULL: none. @rows below 0: none. */
void wp_export_event(struct wp_export *export, const char *type, const char *class, const char *key, int64_t rows,
		     const char *why);
/* A remark on standard error, which may come while the bar is drawn. */
void wp_export_note(struct wp_export *export, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* That a session waits before it asks again. @export is a struct wp_export, whose lock it takes. */
void wp_export_waits(void *export, const char *why, int64_t milliseconds);

#endif
