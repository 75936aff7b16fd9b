/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a reload of a package would store: asked of the provider, and nothing is stored. */
#ifndef WIMPLAN_EXPORT_PROBE_H
#define WIMPLAN_EXPORT_PROBE_H

#include "export.h"

struct wp_probed {
	char *path; /* the file that a reload reads, as the provider sees it; NULL: the package has no source, and nothing was asked */
	struct wp_answer answer;
	const char *property; /* what would be stored; NULL: see @why */
	const char *why;      /* a clause */
};

/* Asks what a reload of a package of this class would store. To be freed by wp_probed_free(), whatever came of it. */
void wp_probe_ask(struct wp_session *session, const char *class, const json_t *entity, struct wp_probed *ret);
void wp_probed_free(struct wp_probed *probed);

/*
 * Adds ProbedImageProperty to a package, or __PROBE_ERROR with why there is none; neither to one without a source. The only
 * method that an export ever calls: GetImageProperties, which is static and changes nothing.
 */
void wp_probe(struct wp_export *export, struct wp_session *session, const struct wp_job *job, json_t *entity);

#endif
