/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an answer of the AdminService means. */
#ifndef WIMPLAN_APPLY_ODATA_H
#define WIMPLAN_APPLY_ODATA_H

#include "provider.h"

#include <jansson.h>

enum wp_said {
	WP_SAID_DONE,    /* a success; for a call with return value 0 or none */
	WP_SAID_NO,      /* refused or failed for good */
	WP_SAID_AGAIN,   /* not now: it was not done, and may succeed later */
	WP_SAID_DENIED,  /* who calls may not, or is not known */
	WP_SAID_MISSING, /* there is no such object */
	WP_SAID_NOTHING, /* no telling whether the call was carried out */
};

struct wp_answer {
	enum wp_said said;
	long status;  /* of HTTP; 0: none */
	json_t *json; /* the document of a success; owned; NULL when there is none */
	bool has_return_value;
	int64_t return_value;
	long retry_after; /* seconds; -1: not given */
	char why[900];    /* one clause for people, when it is no success */
};

/* Reads the answer to a GET (@call false) or to a method call or write (@call true). */
void wp_answer_read(const struct wp_http *http, bool call, struct wp_answer *ret);
void wp_answer_free(struct wp_answer *answer);

/*
 * The one entity of an answer to a GET by key, bare or in "value": borrowed; NULL when there is none, with *@ret_many
 * telling whether there are several.
 */
json_t *wp_answer_entity(const json_t *json, bool *ret_many);

#endif
