/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the cache holds, as JSON and in words: the same in every command that speaks of it. */
#ifndef WIMPLAN_CLI_OBJECTS_H
#define WIMPLAN_CLI_OBJECTS_H

#include "cli.h"

/* {"id","site_code","taken_at","imported_at","records","partial"}. New reference. */
json_t *wp_cli_snapshot_json(struct wp_arena *arena, const struct wp_snapshot *snapshot);
/* " of site P01" where --site says so, else "": what an empty list is about. */
const char *wp_cli_of_site(struct wp_cli *cli);
/* The digits of the id by which people and options name a snapshot. */
char *wp_cli_snapshot_name(struct wp_arena *arena, const struct wp_snapshot *snapshot);
/* "1a2b3c4d5e6f (site P01, 2026-02-20 02:10Z, 44 packages)"; "44 packages, not all" of an export that was not whole. */
char *wp_cli_snapshot_words(struct wp_arena *arena, const struct wp_snapshot *snapshot);

/* [{"site_code","package_id","source_version","content_id","file_id","confidence","origin","recorded_at"}]. New reference. */
json_t *wp_cli_baselines_json(struct wp_arena *arena, const struct wp_baseline *items, size_t count);

/* Says on standard error what is odd about an export; with --verbose also what is only worth knowing. */
void wp_cli_note_remarks(const struct wp_cli *cli, const struct wp_diags *diags);

#endif
