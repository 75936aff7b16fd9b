/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the finders of an audit share. */
#ifndef WIMPLAN_AUDIT_INTERNAL_H
#define WIMPLAN_AUDIT_INTERNAL_H

#include "wimplan/audit.h"
#include "wimplan/distribution.h"
#include "wimplan/json.h"
#include "wimplan/note.h"
#include "wimplan/usage.h"

/* Where a package is made from. */
struct source {
	const char *path; /* folded, with one kind of separator */
	const char *package_id;
	size_t place; /* among those of the plan */
	bool unchanged;
};

struct cost;

struct wp_audit {
	const struct wp_audit_input *input;
	struct wp_plan *plan;
	struct wp_arena *scratch; /* until the audit is done */
	struct wp_distributions distributions;
	struct wp_usages usages;
	struct source *sources; /* of all packages, in the order of the plan */
	size_t source_count;
	const char **newer; /* packages to be sent again whose source is newer than the export */
	size_t newer_count;
	size_t *left; /* places in the plan of entries whose refresh is left to their schedule */
	size_t left_count;
	const struct wp_entry **entries;              /* of each record of the set; NULL where the plan has none */
	json_t *packages;                             /* "packages" of the plan's "site"; owned, as are the steps */
	size_t (*points)[WP_POINT_STATES];            /* of each point, in how many packages it is in a state */
	json_t **steps;                               /* "steps" of each task sequence; NULL for none */
	struct cost *costs;                           /* of the packages that are sent again */
	size_t cost_count;
};

/* One package of the plan. */
struct audited {
	struct wp_arena *scratch; /* until the finders are done with it */
	const struct wp_entry *entry;
	const struct wp_record *record;
	const struct wp_observation *seen; /* NULL when the source was not looked at */
	/* Its images as the site has them, and had them in the export before this one; none where there is nothing to compare with. */
	struct wp_site_images recorded, before;
	/* Its images as they are now, whatever the verdict is; none when the source was not read. */
	const struct wp_expected_image *expected;
	size_t expected_count;
	const struct wp_distribution *distribution;
	const struct wp_package_usage *usage;
	struct wp_expect_found found; /* in the source */
};

/* Whether the plan has the site send the package again: what is only reported is no call. */
static inline bool wp_audit_sends(const struct audited *package)
{
	return package->entry->status == WP_ENTRY_CHANGE && package->entry->refresh;
}

/* Each adds what there is to say of one package. */
typedef void wp_audit_find(struct wp_audit *audit, const struct audited *package);
wp_audit_find wp_audit_find_points, wp_audit_find_indexes, wp_audit_find_sequences, wp_audit_find_risks,
	wp_audit_gather_source, wp_audit_find_newer, wp_audit_find_schedules, wp_audit_find_expected;

/* "site" of the plan: what an export says around its packages. The finders of points and sequences gather it. New references. */
json_t *wp_audit_points_json(const struct wp_audit *audit);
json_t *wp_audit_groups_json(const struct wp_audit *audit);
json_t *wp_audit_sequences_json(struct wp_audit *audit);
/* What a step that uses the package installs: "steps" of a task sequence. New reference. */
json_t *wp_audit_step_json(const struct audited *package, const struct wp_usage *usage);

/* Says that the export comes from the future. */
void wp_audit_find_clocks(struct wp_audit *audit);

/* Says which packages of the plan have one source, and which sources are newer than the export: the last step. */
void wp_audit_find_sources(struct wp_audit *audit);

/* Names that a sentence of a note has at most, and one. */
#define WP_AUDIT_NAMES 3

#endif
