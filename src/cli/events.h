/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a command tells the history of the cache (wimplan-log(1)). Each belongs to the change that it tells of. */
#ifndef WIMPLAN_CLI_EVENTS_H
#define WIMPLAN_CLI_EVENTS_H

#include "cli.h"

#include "wimplan/receipt.h"

/* An export was imported as the snapshot @id; @known: its content was there already. */
int wp_cli_log_import(struct wp_cli *cli, struct wp_cache *cache, const struct wp_record_set *set, const char *id,
		      bool known);
/* A plan was made; of a package that it leaves as it is nothing is told. */
int wp_cli_log_plan(struct wp_cli *cli, struct wp_cache *cache, const struct wp_plan *plan);
/* A receipt was recorded. It tells when the site was changed, and by whom. */
int wp_cli_log_receipt(struct wp_cli *cli, struct wp_cache *cache, const struct wp_receipt *receipt);
/* Baselines were stated or found, all of one origin. Nothing is told where there are none. */
int wp_cli_log_baselines(struct wp_cli *cli, struct wp_cache *cache, const char *origin,
			 const struct wp_baseline *baselines, size_t count);
/* The baselines of packages were forgotten: each of @items has site_code and package_id, and their number as its version. */
int wp_cli_log_forgotten(struct wp_cli *cli, struct wp_cache *cache, const struct wp_baseline *items, size_t count);
/* A snapshot was removed. */
int wp_cli_log_removed(struct wp_cli *cli, struct wp_cache *cache, const struct wp_snapshot *snapshot);

/*
 * What the export @set says of its only package, as facts of an event: its SourceVersion and how many distribution points
 * have it. New reference.
 */
json_t *wp_cli_seen_facts(struct wp_arena *arena, const struct wp_record_set *set, const char *snapshot);

#endif
