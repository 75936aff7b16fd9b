/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A receipt: what wimplan-apply says it did. */
#ifndef WIMPLAN_RECEIPT_H
#define WIMPLAN_RECEIPT_H

#include "wimplan/arena.h"
#include "wimplan/error.h"
#include "wimplan/json.h"
#include "wimplan/plan.h"

enum wp_outcome {
	WP_OUTCOME_DONE,
	WP_OUTCOME_SATISFIED,
	WP_OUTCOME_UNVERIFIED,
	WP_OUTCOME_FAILED,
	WP_OUTCOME_CONFLICT,
	WP_OUTCOME_SKIPPED,
	WP_OUTCOME_UNKNOWN,
	WP_OUTCOMES,
};
const char *wp_outcome_name(enum wp_outcome outcome);
/* What an outcome means, and what becomes of such a step: a sentence or two. */
const char *wp_outcome_meaning(enum wp_outcome outcome);
/* Why such a step says nothing about what is distributed: a clause; NULL for done. */
const char *wp_outcome_unrecorded(enum wp_outcome outcome);
/* Whether nothing is left to do about a step with this outcome. */
bool wp_outcome_is_good(enum wp_outcome outcome);

/* A distribution point and what it has of a refresh. */
struct wp_receipt_point {
	const char *name;
	const char *site;    /* that sends to it; NULL where that is not known */
	const char *state;   /* mostly of wp_point_state_name() */
	const char *message; /* what it reports, and what helps: a sentence; NULL when nothing is to be said */
};

bool wp_receipt_point_is(const struct wp_receipt_point *point, enum wp_point_state state);

/* Where the content of a refresh was, at the last look. */
struct wp_receipt_distribution {
	uint64_t targeted; /* points that should have it */
	uint64_t have;     /* those that have its SourceVersion or a later one */
	uint64_t failed;
	struct wp_time at; /* of the look */
	struct wp_receipt_point *points; /* by name; in a receipt those alone that have not got it, failures first */
	size_t count;
};

struct wp_receipt_step {
	const char *package_id;
	enum wp_action action;
	enum wp_outcome outcome;
	bool looked_up; /* the answer got lost, and the outcome was read from the site */
	bool has_return_value;
	int64_t return_value;
	struct wp_time started_at; /* of the last call */
	struct wp_time finished_at;
	uint64_t attempts;
	struct wp_number source_version_before;
	struct wp_number source_version_after; /* known for a refresh that is done */
	const char *content_id;                /* likewise */
	const char *file_id;                   /* NULL when the receipt has none */
	const char *error;                     /* a sentence; NULL when nothing went wrong */
	const struct wp_receipt_distribution *distribution; /* of a refresh; NULL: nobody has looked. Since 1.1 */
};

struct wp_receipt {
	const char *subject; /* the file, for messages */
	const char *plan_id; /* a digest */
	const char *site_code;
	const char *provider;
	const char *by; /* "user@host" of the last run; NULL in a receipt of format 1.0 */
	struct wp_time started_at;  /* of the first run */
	struct wp_time finished_at; /* of the last one; not known while it goes on, or when it was killed */
	struct wp_receipt_step *steps;
	size_t count;
};

#define WP_RECEIPT_FORMAT "wimplan-receipt"

/* The object "distribution" of a step. New reference. */
json_t *wp_receipt_distribution_json(const struct wp_receipt_distribution *distribution);
/*
 * The same for a receipt, with the points alone that have not got the version, failures first: at most *@left of them, which
 * grows less by them. In @arena.
 */
struct wp_receipt_distribution *wp_receipt_distribution_cut(struct wp_arena *arena,
							    const struct wp_receipt_distribution *distribution, size_t *left);
/*
 * Checks such an object key by key and reads it into @arena. WP_E_REFUSED where something is missing or wrong; @subject is the
 * file and @what names the object for the message.
 */
int wp_receipt_distribution_parse(struct wp_arena *arena, const json_t *json, const char *subject, const char *what,
				  struct wp_receipt_distribution *ret, struct wp_error *err);

/*
 * A step as an item of "steps". @outcome stands for that of the step: the other documents of wimplan-apply that have this
 * form say there how far it has come. New reference.
 */
json_t *wp_receipt_step_json(const struct wp_receipt_step *step, const char *outcome);
/* The document, with @steps, which it takes over, in the place of the receipt's. @format as above. New reference. */
json_t *wp_receipt_json(const struct wp_receipt *receipt, const char *format, json_t *steps);

/*
 * Checks a receipt key by key and reads it into @arena. WP_E_REFUSED for what is no receipt, has an unknown major
 * version, lacks a key, has one of a wrong type or outside its set, or a step twice; the message names the step by its
 * number, from 1 on.
 */
int wp_receipt_parse(struct wp_arena *arena, const char *text, size_t length, const char *subject,
		     struct wp_receipt *ret, struct wp_error *err);

#endif
