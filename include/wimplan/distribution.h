/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where a package's content is: its distribution points, and what each has of it, as far as an export says so. */
#ifndef WIMPLAN_DISTRIBUTION_H
#define WIMPLAN_DISTRIBUTION_H

#include "wimplan/record.h"
#include "wimplan/site.h"

/* A distribution point. Texts are NULL when the rows do not say. */
struct wp_point {
	const char *name; /* of its server, as the first row has it; never NULL */
	const char *site; /* code of the site that sends to it */
	bool pull;        /* it fetches for itself: no schedule, no rate limits, no binary differential replication */
	bool cloud;
	bool secondary;   /* of a secondary site */
	bool by_hand;     /* it takes content only as prestaged files */
	bool described;   /* rows said which of these it is; otherwise all are false for want of knowing */
	struct wp_number rate; /* kbit/s, the mean that the site has measured; not known when it is 0 */
};

/* In the order in which they are listed. */
enum wp_point_state {
	WP_POINT_FAILED,   /* the last that was reported is a failure */
	WP_POINT_BEHIND,   /* serves an older version as good */
	WP_POINT_RUNNING,  /* pending, being retried or updated */
	WP_POINT_REMOVING, /* the content is being taken away, or could not be */
	WP_POINT_UNKNOWN,  /* should have it; the export does not say what it has */
	WP_POINT_CURRENT,
	WP_POINT_STATES,
};
/* "failed", "behind", "running", "removing", "unknown", "current". */
const char *wp_point_state_name(enum wp_point_state state);

/* What a point has of a package. */
struct wp_point_content {
	const struct wp_point *point;
	enum wp_point_state state;
	struct wp_number version; /* SourceVersion that it has */
	struct wp_time copied;
	struct wp_number message; /* MessageID of what was last reported */
};

/* A package on its points. */
struct wp_distribution {
	struct wp_point_content *items; /* by state, then name */
	size_t count;
	size_t counts[WP_POINT_STATES];
	/* As the site counts them (SMS_ObjectContentExtraInfo); the rows of an export may name fewer. */
	struct wp_number targeted, errors;
};

/* In the arena that it was made in. */
struct wp_distributions {
	struct wp_distribution *packages; /* of each record of the set, in its order */
	struct wp_point *points; /* by name */
	size_t point_count;
};

/*
 * The distribution point that a row is about, by the name of its server, in @arena: out of a NAL path, or as it stands. NULL when
 * it names none.
 */
const char *wp_point_name(struct wp_arena *arena, enum wp_site_kind kind, const json_t *row);
/* Whether a row of this kind is about a distribution point: not when it is about a group of them, or about none. */
bool wp_row_has_point(enum wp_site_kind kind, const json_t *row);

/* What @set says. */
void wp_distributions_read(struct wp_arena *arena, const struct wp_record_set *set, struct wp_distributions *ret);
/*
 * The same about the version that each package was sent with last: a failure that was reported before its SourceDate was one
 * of an older version, and counts for none.
 */
void wp_distributions_read_last(struct wp_arena *arena, const struct wp_record_set *set, struct wp_distributions *ret);

/* A group of distribution points, and what was given to it. */
struct wp_point_group {
	const char *id;
	const char *name;  /* its id where no row names it */
	uint64_t points;   /* that rows name; 0: nobody knows how many it has */
	size_t *packages;  /* places in the set, ascending */
	size_t package_count;
};

struct wp_point_groups {
	struct wp_point_group *items; /* the fewest points first, unknown numbers last; then by name */
	size_t count;
};

/* The groups that @set names of the records that are @wanted, of each one whether it is. In @arena. */
void wp_point_groups_read(struct wp_arena *arena, const struct wp_record_set *set, const bool *wanted,
			  struct wp_point_groups *ret);

/* What a MessageID means, and what helps; both NULL for one that is not known. */
struct wp_point_message {
	const char *meaning, *remedy;
};
struct wp_point_message wp_point_message(uint64_t id);

enum wp_confidence { WP_CONFIDENCE_UNKNOWN, WP_CONFIDENCE_INFERRED, WP_CONFIDENCE_PROVEN };
/* "proven", "inferred", "unknown". */
const char *wp_confidence_name(enum wp_confidence confidence);
bool wp_confidence_from_name(const char *name, enum wp_confidence *ret);

/* What is believed to be on the distribution points for a package at a SourceVersion. */
struct wp_baseline {
	const char *site_code;
	const char *package_id;
	uint64_t source_version;
	const char *file_id;
	const char *content_id;
	enum wp_confidence confidence; /* proven: adopted, or from a receipt and found again; else inferred */
	const char *origin; /* "receipt", "adopted", "dates" */
	struct wp_time recorded_at;
};

/*
 * Content that is unproven (wimplan-plan(1), "Unproven content"): whether it is what was distributed for a package at
 * a SourceVersion is for a person to say, and stays so whatever the site's metadata say later.
 */
struct wp_question {
	const char *site_code;
	const char *package_id;
	uint64_t source_version;
	const char *content_id;
	struct wp_time asked_at; /* when it was first asked */
};

#endif
