/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One question to the provider, as the reading functions of a session put it. */
#ifndef WIMPLAN_PROVIDER_ASK_H
#define WIMPLAN_PROVIDER_ASK_H

#include "odata.h"

/*
 * GET, with @patient tried again while that may help. The last answer is left in @http and, as @request has it read, in
 * @ret, whatever they are.
 */
void wp_ask(struct wp_session *session, const char *path, enum wp_request request, bool patient, struct wp_http *http,
	    struct wp_answer *ret);

/* Turns an answer that is no success into an error, and remembers what it says of the session. */
int wp_ask_fail(struct wp_session *session, const struct wp_answer *answer, const char *what, struct wp_error *err);

#endif
