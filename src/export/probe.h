/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a reload of a package would store: asked of the provider, and nothing is stored. */
#ifndef WIMPLAN_EXPORT_PROBE_H
#define WIMPLAN_EXPORT_PROBE_H

#include "export.h"

/*
 * Adds ProbedImageProperty to a package, or __PROBE_ERROR with why there is none; neither to one without a source. The only
 * method that an export ever calls: GetImageProperties, which is static and changes nothing.
 */
void wp_probe(struct wp_export *export, struct wp_session *session, const struct wp_job *job, json_t *entity);

#endif
