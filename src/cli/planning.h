/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From records to a plan with its notes: scan, judge, audit. What plan and audit do alike. */
#ifndef WIMPLAN_CLI_PLANNING_H
#define WIMPLAN_CLI_PLANNING_H

#include "plan_inputs.h"

#include "wimplan/progress.h"
#include "wimplan/source.h"

/* What a plan is made from. From zeros, with its inputs opened. */
struct wp_planning {
	struct wp_plan_inputs inputs;
	bool writes; /* the plan itself is to be written, so that it must not be larger than its readers take */
	struct wp_progress progress;
};
void wp_planning_free(struct wp_planning *planning);

/*
 * Makes the plan of the packages that the options of the call choose, keeps in the cache what was learned where that may be
 * written, and puts the exit status that the plan asks for into @cli. The caller frees *@ret_plan; @planning has to live as long.
 */
int wp_planning_make(struct wp_cli *cli, const struct wp_config *config, struct wp_planning *planning,
		     struct wp_plan **ret_plan);

/* Writes the plan file to --output or to standard output. Takes over @envelope, as wp_plan_envelope_json() has it. */
int wp_planning_emit(struct wp_cli *cli, const struct wp_plan *plan, json_t *envelope);

#endif
