/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is seen of the sources of a plan's packages: of a batch after the other, so that memory does not grow with what their files say. */
#ifndef WIMPLAN_CLI_BATCH_H
#define WIMPLAN_CLI_BATCH_H

#include "learned.h"
#include "plan_inputs.h"
#include "settings.h"

#include "wimplan/progress.h"

/* Packages of a batch: what is seen of one takes some 10 KB, and a scan should give 32 threads work for a while. */
#define WP_PLAN_BATCH 2000u

/* Packages that are judged together. The lists are in the order of its records. */
struct wp_plan_batch {
	struct wp_arena *arena; /* until they are judged */
	const struct wp_record *const *records;
	size_t count;
	const struct wp_observation **seen;
	const struct wp_observation **originals; /* of the ImagePath of a boot image, where it is another file; NULL */
	struct wp_expect_found *found;
	struct wp_scan *scan;         /* of the sources that these packages alone have; NULL: there are none */
	size_t wanted;                /* sources of it */
	size_t *places;               /* among these and 1; 0: the package's source is another one's as well */
	const struct wp_scan *shared; /* as in struct wp_batches */
};
void wp_plan_batch_free(struct wp_plan_batch *batch);

/* All batches of a plan. */
struct wp_batches {
	struct wp_cli *cli;
	const struct wp_config *config;
	const struct wp_plan_inputs *inputs;
	struct wp_scan_series series;
	/* Of the sources that several packages have, of originals, and of those that a profile was made of: it stays. NULL: there are none. */
	struct wp_scan *shared;
	struct wp_expect_found *found; /* of each of its sources */
	size_t *source_of, *original_of; /* of each record of the set, its place among these and 1; 0: none */
	struct wp_learned_files learned; /* by all scans */
	const struct wp_record *const *order; /* of the packages, in batches */
	size_t count, given;                  /* so many of them are in this or an earlier batch */
	struct wp_plan_batch ahead;           /* of which the sources are being found */
};

/*
 * Looks at the sources that stay, of the records that are @chosen. The observations of the profile's samples are put into
 * *@ret_samples, NULL for one that is gone. wp_batches_end() has to follow.
 */
void wp_batches_begin(struct wp_cli *cli, const struct wp_config *config, const struct wp_plan_inputs *inputs,
		      struct wp_progress *progress, const bool *chosen, struct wp_batches *ret,
		      const struct wp_observation *const **ret_samples);
/* Begins with the sources of @count records of the set, which are borrowed. */
void wp_batches_start(struct wp_batches *batches, const struct wp_record *const *order, size_t count);
/*
 * Gives the next batch, whose sources were looked at, while other threads find those of the batch behind it; false when there is none.
 * wp_plan_batch_free() has to follow.
 */
bool wp_batches_next(struct wp_batches *batches, struct wp_plan_batch *ret);
void wp_batches_end(struct wp_batches *batches);

#endif
