/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The records that a plan is made from, and the cache that it learns from and keeps things in. */
#ifndef WIMPLAN_CLI_PLAN_INPUTS_H
#define WIMPLAN_CLI_PLAN_INPUTS_H

#include "cli.h"

#include "wimplan/expect.h"
#include "wimplan/import.h"
#include "wimplan/plan.h"
#include "wimplan/record.h"

/* Bytes of records that an import keeps in memory before a file takes them. */
#define WP_CLI_IMPORT_MEMORY ((size_t)4 << 20)

/* Reads exports as the options of the call say; @import says besides how records are kept. */
int wp_cli_import(struct wp_cli *cli, const char *const *files, size_t count, struct wp_import_options import,
		  struct wp_record_set **ret_set);

struct wp_plan_inputs {
	struct wp_cache *cache; /* NULL when there is none and none is needed */
	bool keeps;             /* the cache may be written */
	struct wp_record_set *set;
	bool from_cache; /* the set is a snapshot, not an export */
	bool has_briefs; /* ... of which the cache has the briefs */
	struct wp_profile *profile; /* of the site; NULL */
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
 * Says of which of the chosen packages the cache knows a distribution that is newer than the records: they were exported before it,
 * so what is planned for them was done already. @input has its baselines and its selection.
 */
void wp_plan_inputs_note_old(const struct wp_cli *cli, const struct wp_plan_inputs *in,
			     const struct wp_plan_input *input);

struct wp_plan_batch;
/* Fills the summaries of @input, which has its baselines: those of the batch's contents that are not the same. */
void wp_plan_inputs_summaries(struct wp_cli *cli, const struct wp_plan_inputs *in, struct wp_plan_batch *batch,
			      struct wp_plan_input *input);
/* Fills the manifests of @input, which has its baselines: those of the batch's folders that are not the same. */
void wp_plan_inputs_manifests(struct wp_cli *cli, const struct wp_plan_inputs *in, struct wp_plan_batch *batch,
			      struct wp_plan_input *input);

struct wp_batches;
/*
 * Keeps what was learned, where the cache may be written: from the sources, and from the plan, NULL where there is none in the end.
 * That it cannot be kept is a note.
 */
void wp_plan_inputs_keep(struct wp_cli *cli, struct wp_plan_inputs *in, const struct wp_plan *plan, const struct wp_batches *batches,
			 const struct wp_learned *learned);

#endif
