/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The records that a plan is made from, and the cache that it learns from and keeps things in. */
#ifndef WIMPLAN_CLI_PLAN_INPUTS_H
#define WIMPLAN_CLI_PLAN_INPUTS_H

#include "cli.h"

#include "wimplan/expect.h"
#include "wimplan/plan.h"
#include "wimplan/record.h"
#include "wimplan/spill.h"

/* Reads exports as the options of the call say. @spill as in struct wp_import_options. */
int wp_cli_import(struct wp_cli *cli, const char *const *files, size_t count, struct wp_spill *spill,
		  struct wp_record_set **ret_set);

struct wp_plan_inputs {
	struct wp_cache *cache; /* NULL when there is none and none is needed */
	bool keeps;             /* the cache may be written */
	struct wp_record_set *set;
	bool from_cache; /* the set is a snapshot, not an export */
	bool has_briefs; /* ... of which the cache has the briefs */
	struct wp_profile *profile; /* of the site; NULL */
	const struct wp_expect_found *found; /* in the source of each record, as struct wp_cli_scan has it */
};

/*
 * Opens the cache and loads records: from @exports when @count is not 0, otherwise the snapshot of --snapshot,
 * or the newest of --site. What is odd about exports is said. What is open is freed by wp_plan_inputs_free(), also
 * after a failure.
 */
int wp_plan_inputs_open(struct wp_cli *cli, const char *const *exports, size_t count, struct wp_plan_inputs *ret);
/* The same with exports alone, and with a cache that is only read, where there is one. */
int wp_plan_inputs_open_exports(struct wp_cli *cli, const char *const *exports, size_t count, struct wp_plan_inputs *ret);
void wp_plan_inputs_free(struct wp_plan_inputs *in);

/*
 * Fills the baselines, the open questions and the missing packages of @input from the cache; they live in cli->arena.
 * Without a cache there are none.
 */
int wp_plan_inputs_remembered(struct wp_cli *cli, const struct wp_plan_inputs *in, struct wp_plan_input *input);

/* Takes the site's profile, from --profile or from the cache. */
int wp_plan_inputs_profile(struct wp_cli *cli, struct wp_plan_inputs *in, struct wp_plan_input *input);

/*
 * Says of which packages the cache knows a distribution that is newer than the records: they were exported before it,
 * so what is planned for them was done already. @input has its baselines and observations.
 */
void wp_plan_inputs_note_old(const struct wp_cli *cli, const struct wp_plan_inputs *in,
			     const struct wp_plan_input *input);

/*
 * Adds notes and estimates to the plan, with the configured window, and with the site's export before this one where a task
 * sequence names images by index. That it could not be read is said; the notes are made without it then.
 */
void wp_plan_inputs_audit(struct wp_cli *cli, const struct wp_plan_inputs *in, const struct wp_plan_input *input,
			  const struct wp_config *config, struct wp_plan *plan);

/* Fills the summaries of @input, which has its baselines and observations: those of contents that are not the same. */
void wp_plan_inputs_summaries(struct wp_cli *cli, const struct wp_plan_inputs *in, const struct wp_scan *scan,
			      struct wp_plan_input *input);

/* Fills the manifests of @input, which has its baselines and observations: those of folders that are not the same. */
void wp_plan_inputs_manifests(struct wp_cli *cli, const struct wp_plan_inputs *in, struct wp_plan_input *input);
/* Keeps the lists of files of the folders that were seen; NULL where nothing was scanned. */
int wp_cli_keep_manifests(struct wp_cli *cli, struct wp_cache *cache, const struct wp_observation *const *seen,
			  size_t count);

/*
 * Keeps what the scan and the plan have learned, where the cache may be written; @plan NULL: the scan alone. That it cannot be kept is
 * a note.
 */
void wp_plan_inputs_keep(struct wp_cli *cli, struct wp_plan_inputs *in, const struct wp_plan *plan,
			 const struct wp_scan *scan, const struct wp_observation *const *seen, const struct wp_learned *learned);

#endif
