/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A session with a provider: what it offers, packages by key, and how long one waits for a server that is not there. */
#include "actions.h"
#include "entity.h"
#include "odata.h"
#include "url.h"

#include "wimplan/buf.h"
#include "wimplan/clock.h"
#include "wimplan/limits.h"

#include <stdlib.h>

#define FIRST_PAUSE_MS 250
#define LONGEST_PAUSE_MS 15000
/* A provider that takes requests and does not answer costs so many times --timeout, and not that for each try. */
#define HANGS 2
/* A Retry-After beyond it is not obeyed in full: the next attempt is told again. */
#define LONGEST_RETRY_AFTER 300

int64_t wp_session_pause(unsigned int tries, long retry_after)
{
	int64_t pause = FIRST_PAUSE_MS << (tries < 7 ? tries : 7);

	if (retry_after > LONGEST_RETRY_AFTER)
		retry_after = LONGEST_RETRY_AFTER;
	pause = pause < LONGEST_PAUSE_MS ? pause : LONGEST_PAUSE_MS;
	return retry_after * 1000 > pause ? retry_after * 1000 : pause;
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

/* Turns an answer that is no success into an error, and remembers what it says of the session. */
static int fail_answer(struct wp_session *session, const struct wp_answer *answer, const char *what,
		       struct wp_error *err)
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

/*
 * GET, with @patient tried again while that may help. The last answer is left in @http and, as @request has it read, in
 * @ret, whatever they are.
 */
static void ask(struct wp_session *session, const char *path, enum wp_request request, bool patient,
		struct wp_http *http, struct wp_answer *ret)
{
	size_t limit = request == WP_REQUEST_DESCRIBE ? WP_LIMIT_METADATA_BYTES : WP_LIMIT_ANSWER_BYTES;
	int64_t most = (int64_t)session->options->timeout * 1000 * HANGS, spent = 0;
	unsigned int hangs = 0;

	for (unsigned int tries = 0;; tries++) {
		int64_t pause, began = wp_clock_ms();

		wp_provider_get(session->provider, path, limit, http);
		wp_answer_read(http, request, ret);
		spent += wp_clock_ms() - began;
		hangs += http->timed_out;
		session->met |= !http->nobody;
		/* A name or port that is wrong is so from the beginning: later it is a server that is away for a while. */
		if (ret->said != WP_SAID_AGAIN || !patient || !session->met || wp_signal_caught())
			break;
		if (tries + 1 >= WP_TRIES || hangs >= HANGS || spent >= most)
			break;
		pause = wp_session_pause(tries, ret->retry_after);
		if (session->notice)
			session->notice(session->context, ret->why, pause);
		wp_answer_free(ret);
		wp_clock_wait(pause, session->options->tick, session->options->tick_context);
	}
}

int wp_session_read(struct wp_session *session, enum wp_class class, const char *package_id, bool patient,
		    struct wp_record_set **ret_set, struct wp_answer *ret_answer, struct wp_error *err)
{
	char *path = wp_provider_path(wp_class_name(class), package_id, NULL);
	struct wp_http http = { 0 };
	struct wp_answer answer;
	int status = WP_OK;

	*ret_set = NULL;
	session->unreachable = false;
	ask(session, path, WP_REQUEST_READ, patient, &http, &answer);
	if (answer.said == WP_SAID_DONE)
		status = wp_entity_read(answer.json, class, package_id, session->site_code, ret_set, err);
	else if (answer.said != WP_SAID_MISSING)
		status = fail_answer(session, &answer, package_id, err);
	if (ret_answer && !status)
		*ret_answer = answer;
	else
		wp_answer_free(&answer);
	wp_http_free(&http);
	free(path);
	return status;
}

static void submit(struct wp_session *session, const char *http_method, const char *path, const char *json,
		 enum wp_request request, struct wp_answer *ret)
{
	struct wp_http http = { 0 };

	wp_provider_send(session->provider, http_method, path, json, &http);
	wp_answer_read(&http, request, ret);
	wp_http_free(&http);
}

void wp_session_call(struct wp_session *session, enum wp_class class, const char *package_id, const char *method,
		     struct wp_answer *ret)
{
	char *path = wp_provider_path(wp_class_name(class), package_id, method);

	submit(session, "POST", path, "{}", WP_REQUEST_CALL, ret);
	free(path);
}

void wp_session_write(struct wp_session *session, enum wp_class class, const char *package_id, const json_t *entity,
		      struct wp_answer *ret)
{
	char *path = wp_provider_path(wp_class_name(class), package_id, NULL);
	char *text = wp_entity_write_back(entity);

	if (text)
		submit(session, "PUT", path, text, WP_REQUEST_WRITE, ret);
	else
		*ret = (struct wp_answer){ .said = WP_SAID_NO, .retry_after = -1,
					   .why = "what the provider gave of it cannot be sent back" };
	free(text);
	free(path);
}

/* Says of all that is missing in one message. */
static int check_methods(struct wp_session *session, const struct wp_actions *actions, const struct wp_method *methods,
			 size_t count, struct wp_error *err)
{
	struct wp_buf missing __attribute__((cleanup(wp_buf_free))) = { 0 };

	for (size_t i = 0; i < count; i++)
		if (!wp_actions_offer(actions, &methods[i]))
			wp_buf_printf(&missing, "%s%s for %s", missing.length ? ", " : "", methods[i].name,
				      wp_class_name(methods[i].class));
	if (!missing.length)
		return WP_OK;
	return wp_fail(err, WP_E_FAILED, "not-offered", session->options->url,
		       "the provider %s does not offer %s in its $metadata; %s", session->options->url, missing.data,
		       session->options->way_out);
}

/* Without a service description there is no way in for this program. */
static int fail_metadata(struct wp_session *session, const char *why, struct wp_error *err)
{
	return wp_fail(err, WP_E_FAILED, "bad-metadata", session->options->url,
		       "what %s/wmi/$metadata gives cannot be used: %.500s; is the URL that of an AdminService? Where "
		       "the site has none, %s",
		       session->options->url, why, session->options->way_out);
}

int wp_session_offers(struct wp_session *session, const struct wp_method *methods, size_t count, struct wp_error *err)
{
	struct wp_actions *actions;
	struct wp_http http = { 0 };
	struct wp_answer answer;
	const char *wrong;
	int status;

	ask(session, "wmi/$metadata", WP_REQUEST_DESCRIBE, true, &http, &answer);
	if (answer.said == WP_SAID_DONE) {
		actions = wp_actions_read(wp_buf_text(&http.body), http.body.length, methods, count, &wrong);
		status = wrong ? fail_metadata(session, wrong, err)
			       : check_methods(session, actions, methods, count, err);
		wp_actions_free(actions);
	} else if (http.transport == WP_TRANSPORT_ANSWERED && answer.said != WP_SAID_DENIED && answer.said != WP_SAID_AGAIN) {
		status = fail_metadata(session, answer.why, err);
	} else {
		status = fail_answer(session, &answer, "its $metadata", err);
	}
	wp_answer_free(&answer);
	wp_http_free(&http);
	return status;
}

int wp_session_open(struct wp_session *session, struct wp_error *err)
{
	return wp_provider_open(session->options, &session->provider, err);
}

void wp_session_close(struct wp_session *session)
{
	wp_provider_close(session->provider);
	session->provider = NULL;
}
