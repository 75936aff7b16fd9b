/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Jobs: begun in their order by several threads, each with a session of its own, and given away in the same order. */
#ifndef WIMPLAN_EXPORT_JOBS_H
#define WIMPLAN_EXPORT_JOBS_H

#include "export.h"

/*
 * Does @work with all of @jobs, until a signal or a refusal ends it: those that were not begun stay not done. What is in
 * their texts goes into the document. Frees the texts.
 */
void wp_jobs_run(struct wp_export *export, struct wp_job *jobs, size_t count,
		 void (*work)(struct wp_export *export, struct wp_session *session, struct wp_job *job));

/* Gives away what a job has so far, when all before it are through; so a long list is not held as a whole. */
void wp_jobs_give(struct wp_export *export, struct wp_job *job);

#endif
