/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One question to the provider: asked again while that may help, and what an answer that is no success means. */
#include "ask.h"

#include "wimplan/clock.h"
#include "wimplan/limits.h"
#include "wimplan/text.h"

#include <stdio.h>
#include <string.h>

#define FIRST_PAUSE_MS 250
#define LONGEST_PAUSE_MS 15000
/* Bytes of what a server says of itself, where more is to be said. */
#define MOST_OF_ITS_OWN 300u
/* A provider that takes requests and does not answer costs so many times --timeout, and not that for each try. */
#define HANGS 2

int64_t wp_session_pause(unsigned int tries, int64_t waited, struct wp_answer *answer)
{
	const int64_t most = (int64_t)WP_LIMIT_WAIT_SECONDS * 1000;
	int64_t pause = FIRST_PAUSE_MS << (tries < 7 ? tries : 7);
	long asked = answer->retry_after;
	size_t length = strlen(answer->why);

	pause = pause < LONGEST_PAUSE_MS ? pause : LONGEST_PAUSE_MS;
	if (asked <= (long)WP_LIMIT_WAIT_SECONDS && asked * 1000 > pause)
		pause = asked * 1000;
	if (asked <= (long)WP_LIMIT_WAIT_SECONDS && waited + pause <= most)
		return pause;
	/* What the server says itself may be long, and makes room for it. */
	if (length > MOST_OF_ITS_OWN)
		length = wp_utf8_valid(answer->why, MOST_OF_ITS_OWN);
	if (asked >= 0)
		snprintf(answer->why + length, sizeof answer->why - length,
			 "; it asks for a pause of %ld s, and no more than %u s are waited in all", asked, WP_LIMIT_WAIT_SECONDS);
	return -1;
}

const char *wp_session_advice(const struct wp_session *session, const struct wp_answer *answer)
{
	/* Some servers answer a wrong password with 403 too. */
	if (answer->status == 403 && session->options->auth != WP_AUTH_NTLM)
		return "wimplan-provider(7) lists the rights that the account needs";
	if (answer->status == 407)
		return "a proxy that wants a sign-in cannot be used";
	switch (session->options->auth) {
	case WP_AUTH_NEGOTIATE:
		return "get a ticket of an administrative user of the site (kinit), or give another --auth";
	case WP_AUTH_NTLM:
		return "check --user and its password before you try again, for refused attempts may lock the account; "
		       "the user has to be an administrative user of the site";
	case WP_AUTH_BEARER:
		return "get another token";
	default:
		return "say with --auth how to sign in";
	}
}

int wp_ask_fail(struct wp_session *session, const struct wp_answer *answer, const char *what, struct wp_error *err)
{
	const char *url = session->options->url;

	switch (answer->said) {
	case WP_SAID_DENIED:
		session->denied = true;
		return wp_fail(err, WP_E_FAILED, "denied", url, "%s does not let you read %s: %s; %s", url, what,
			       answer->why, wp_session_advice(session, answer));
	case WP_SAID_AGAIN:
		session->unreachable = true;
		if (!session->met)
			return wp_fail(err, WP_E_FAILED, "unreachable", url, "%s cannot be reached: %s", url,
				       answer->why);
		return wp_fail(err, WP_E_FAILED, "unreachable", url,
			       "%s does not answer, reading %s: %s; try again later", url, what, answer->why);
	default:
		return wp_fail(err, WP_E_FAILED, "provider", url, "%s, reading %s: %s", url, what, answer->why);
	}
}

void wp_ask(struct wp_session *session, const char *path, enum wp_request request, bool patient, struct wp_http *http,
	    struct wp_answer *ret)
{
	size_t limit = request == WP_REQUEST_DESCRIBE ? WP_LIMIT_METADATA_BYTES
		       : request == WP_REQUEST_LIST   ? WP_LIMIT_PAGE_BYTES
						      : WP_LIMIT_ANSWER_BYTES;
	int64_t most = (int64_t)session->options->timeout * 1000 * HANGS, spent = 0, waited = 0;
	unsigned int hangs = 0;

	for (unsigned int tries = 0;; tries++) {
		int64_t pause, began = wp_clock_ms();

		wp_provider_get(session->provider, path, limit, http);
		wp_answer_read(http, request, ret);
		spent += wp_clock_ms() - began;
		hangs += http->timed_out;
		session->met |= !http->nobody;
		session->status = ret->status;
		/* A name or port that is wrong is so from the beginning: later it is a server that is away for a while. */
		if (ret->said != WP_SAID_AGAIN || !patient || !session->met || wp_signal_caught())
			break;
		if (tries + 1 >= WP_TRIES || hangs >= HANGS || spent >= most)
			break;
		pause = wp_session_pause(tries, waited, ret);
		if (pause < 0)
			break;
		waited += pause;
		if (session->notice)
			session->notice(session->context, ret->why, pause);
		wp_answer_free(ret);
		wp_clock_wait(pause, session->options->tick, session->options->tick_context);
	}
}
