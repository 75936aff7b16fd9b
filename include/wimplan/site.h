/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What an export says of a site around its packages: where their content is, who uses them. Kept beside the records and
 * outside of a snapshot's id, because it moves every hour while the packages do not.
 */
#ifndef WIMPLAN_SITE_H
#define WIMPLAN_SITE_H

#include <jansson.h>
#include <stdbool.h>

enum wp_site_kind {
	WP_SITE_STATES,      /* a package on a distribution point, with its version */
	WP_SITE_ASSIGNED,    /* a package that a distribution point should have; without a version */
	WP_SITE_MESSAGES,    /* what was last reported of a package on a distribution point */
	WP_SITE_TARGETS,     /* distribution points and groups of them that a package was given to */
	WP_SITE_POINTS,      /* distribution points */
	WP_SITE_SITES,       /* sites of the hierarchy */
	WP_SITE_SEQUENCES,   /* task sequences; their steps are read when they are imported */
	WP_SITE_REFERENCES,  /* which packages a task sequence has in its list */
	WP_SITE_DEPLOYMENTS, /* of task sequences */
	WP_SITE_KINDS,
};

/* One kind of rows: the classes of a site that have them, and what is kept of each row. */
struct wp_site_table {
	const char *name;        /* in the cache and in JSON: "states" … */
	const char *classes[4];  /* ConfigMgr's names, ended by NULL */
	const char *package;     /* the column that names a package which has to be in the export; NULL */
	const char *keys[6];     /* columns that tell rows apart, as far as a row has them; ended by NULL */
	const char *columns[16]; /* what else is kept; ended by NULL */
};

/* In the order of enum wp_site_kind. */
extern const struct wp_site_table wp_site_tables[WP_SITE_KINDS];

/* The kind of rows that a class of this name has. */
bool wp_site_kind_of(const char *class, enum wp_site_kind *ret);

/*
 * Of rows that do not say their class, by their columns: @has tells whether there is a column of this name, without
 * regard to case. False when they are of none of these kinds.
 */
bool wp_site_kind_by_columns(bool (*has)(const void *rows, const char *column), const void *rows,
			     enum wp_site_kind *ret);

/* An object with an empty array for each kind, under its name. New reference. */
json_t *wp_site_new(void);

/* The rows of a kind, sorted by their keys; NULL when @site is NULL. Borrowed. */
const json_t *wp_site_rows(const json_t *site, enum wp_site_kind kind);

/* What of an export a class belongs to. */
enum wp_site_part {
	WP_SITE_PART_PACKAGES,     /* the three kinds of packages */
	WP_SITE_PART_IMAGES,       /* what is in them */
	WP_SITE_PART_DISTRIBUTION, /* where they are */
	WP_SITE_PART_SEQUENCES,    /* who uses them */
};

/* A class that is read of a site, and how. Column names are ConfigMgr's. */
struct wp_site_read {
	const char *class;
	enum wp_site_part part;
	const char *key;      /* by which each object is read once more, for what is lazy; NULL: a list says all of it */
	const char *filter;   /* OData's, of the rows that are wanted; a site may not know it. NULL: all are */
	const char *package;  /* the column with a PackageID that has to be among the packages; NULL */
	const char *sequence; /* the same among the task sequences; NULL */
};

/* Every class that an import reads, in the order of an export. */
extern const struct wp_site_read wp_site_reads[];
extern const size_t wp_site_read_count;

#endif
