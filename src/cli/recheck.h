/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sources that a plan names, looked at again: whether they still are what the plan has found. */
#ifndef WIMPLAN_CLI_RECHECK_H
#define WIMPLAN_CLI_RECHECK_H

#include "settings.h"

#include "wimplan/cache.h"
#include "wimplan/plan.h"

enum wp_source_state {
	WP_SOURCE_SAME,
	WP_SOURCE_CHANGED,
	WP_SOURCE_MISSING,
	WP_SOURCE_UNREADABLE, /* also one that is not mapped */
};
/* "same", "changed", "missing", "unreadable". */
const char *wp_source_state_name(enum wp_source_state state);

struct wp_recheck {
	const struct wp_planned_source *source;
	enum wp_source_state state;
	const char *detail; /* why it is not the same; NULL when it is. Borrowed from the scan or in cli->arena */
	const struct wp_observation *seen;
};

/* The source of an entry that has one which was read when the plan was made; false for the others. */
bool wp_planned_source_of(const struct wp_entry *entry, struct wp_planned_source *ret);

/*
 * Looks at @count sources in one scan and fills @ret with as many answers. The caller frees the scan, in which the
 * observations are.
 */
struct wp_scan *wp_cli_recheck(struct wp_cli *cli, const struct wp_planned_source *sources, size_t count,
			       const struct wp_config *config, struct wp_cli_scan scan, struct wp_recheck *ret);

#endif
