/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What one job reads. */
#ifndef WIMPLAN_EXPORT_ENTITIES_H
#define WIMPLAN_EXPORT_ENTITIES_H

#include "export.h"

/* The work of a job of the first round: the keys of a list, into what was found. */
void wp_read_keys(struct wp_export *export, struct wp_session *session, struct wp_job *job);

/* The work of a job of the second: an object by its key, or the rows of a list, into its text. */
void wp_read_job(struct wp_export *export, struct wp_session *session, struct wp_job *job);

#endif
