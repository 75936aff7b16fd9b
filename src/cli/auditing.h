/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The audit of a plan with what the configuration and the cache know. */
#ifndef WIMPLAN_CLI_AUDITING_H
#define WIMPLAN_CLI_AUDITING_H

#include "plan_inputs.h"

#include "wimplan/audit.h"

struct wp_auditing {
	struct wp_audit_input input;
	struct wp_record_set *previous; /* the site's export before this one; NULL */
	struct wp_zone zone;
	struct wp_audit *audit;
};

/*
 * Begins it, with the configured window, and with the site's export before this one where a task sequence names images by index. That
 * it could not be read is said; the notes are made without it then. @ret is not moved until wp_auditing_free(), which has to follow.
 */
void wp_auditing_begin(struct wp_cli *cli, const struct wp_plan_inputs *in, const struct wp_plan_input *input,
		       const struct wp_config *config, struct wp_plan *plan, struct wp_auditing *ret);
void wp_auditing_free(struct wp_auditing *auditing);

#endif
