/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an answer of the AdminService means. */
#ifndef WIMPLAN_PROVIDER_ODATA_H
#define WIMPLAN_PROVIDER_ODATA_H

#include "http.h"

/* What was asked for: the same status means another thing. */
enum wp_request {
	WP_REQUEST_READ,     /* GET */
	WP_REQUEST_TEXT,     /* GET of which a success is not looked at: wp_answer_read() as WP_REQUEST_READ does that later */
	WP_REQUEST_DESCRIBE, /* GET of $metadata: the answer is no JSON, and its reader's business */
	WP_REQUEST_LIST,     /* GET of a list, which may be long: of a success the body is its reader's business */
	WP_REQUEST_CALL,     /* POST of a method */
	WP_REQUEST_WRITE,    /* PUT: an answer without a body is a success */
};

void wp_answer_read(const struct wp_http *http, enum wp_request request, struct wp_answer *ret);

/*
 * The one entity of an answer to a GET by key, bare or in "value": borrowed; NULL when there is none, with *@ret_many
 * telling whether there are several.
 */
json_t *wp_answer_entity(const json_t *json, bool *ret_many);

/* Whether a document is an error behind a status of success: a server may find out too late (OData Protocol, 9.4). */
bool wp_answer_is_late_error(const json_t *json);

#endif
