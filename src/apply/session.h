/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading from the provider with patience: retries for what is transient, and records instead of answers. */
#ifndef WIMPLAN_APPLY_SESSION_H
#define WIMPLAN_APPLY_SESSION_H

#include "apply.h"
#include "classify.h"
#include "odata.h"

struct wp_session {
	struct wp_apply *apply;
	struct wp_provider *provider;
	bool denied;  /* 401 or 403 was the answer: nothing more is sent */
	bool unreachable; /* it did not answer for as long as is waited for it */
};

/* Connects and reads $metadata: WP_E_FAILED names what the provider does not offer. */
int wp_session_open(struct wp_apply *apply, struct wp_session *ret, struct wp_error *err);
void wp_session_close(struct wp_session *session);

/*
 * Reads the record of a package. *@ret_set stays NULL when there is none. @ret_answer, when not NULL, gets the
 * answer itself (wp_answer_free()). @patient: tries again what may succeed later.
 */
int wp_session_read(struct wp_session *session, const struct wp_target *target, bool patient,
		    struct wp_record_set **ret_set, struct wp_answer *ret_answer, struct wp_error *err);

/* What to do about an answer WP_SAID_DENIED. */
const char *wp_session_advice(const struct wp_session *session, const struct wp_answer *answer);

/* How long to wait before attempt @tries + 1, in milliseconds; @retry_after as in wp_answer. */
int64_t wp_session_pause(unsigned int tries, long retry_after);
/* Attempts that are made of one request or step before it counts as failed. */
#define WP_TRIES 8u

/*
 * Reads all records and classifies the selected steps that are pending: their verdicts go into @ret, by position.
 * Steps of another state get none (standing pending, no note).
 */
int wp_session_classify(struct wp_session *session, struct wp_verdict *ret, struct wp_error *err);

#endif
