/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The read side of a run: the service description, records, and how long one waits for a server that is not there. */
#include "session.h"
#include "actions.h"
#include "clock.h"
#include "entity.h"

#include <stdlib.h>
#include <string.h>

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
	if (answer->status == 403 && session->apply->connection.auth != WP_AUTH_NTLM)
		return "wimplan-provider(7) lists the rights that the account needs";
	if (answer->status == 407)
		return "a proxy that wants a sign-in cannot be used";
	switch (session->apply->connection.auth) {
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
	const struct wp_apply *apply = session->apply;
	const char *url = apply->connection.url;

	switch (answer->said) {
	case WP_SAID_DENIED:
		session->denied = true;
		return wp_fail(err, WP_E_FAILED, "denied", url, "%s does not let you read %s: %s; %s", url, what,
			       answer->why, wp_session_advice(session, answer));
	case WP_SAID_AGAIN:
		session->unreachable = true;
		return wp_fail(err, WP_E_FAILED, "unreachable", url,
			       "%s does not answer, reading %s: %s; try again later", url, what, answer->why);
	default:
		return wp_fail(err, WP_E_FAILED, "provider", url, "%s, reading %s: %s", url, what, answer->why);
	}
}

/* GET with retries. The answer is left in @ret whatever it is. */
static void get(struct wp_session *session, const char *path, bool patient, struct wp_answer *ret)
{
	int64_t most = (int64_t)session->apply->connection.timeout * 1000 * HANGS, spent = 0;
	struct wp_http http = { 0 };

	for (unsigned int tries = 0;; tries++) {
		int64_t pause, began = wp_clock_ms();

		wp_provider_get(session->provider, path, NULL, NULL, &http);
		wp_answer_read(&http, false, ret);
		spent += wp_clock_ms() - began;
		if (ret->said != WP_SAID_AGAIN || !patient || tries + 1 >= WP_TRIES || spent >= most || wp_signal_caught())
			break;
		pause = wp_session_pause(tries, ret->retry_after);
		wp_event(session->apply, "retry", NULL, ret->why, (double)pause / 1000);
		wp_apply_progress(session->apply, "waiting for the provider: %s", ret->why);
		wp_answer_free(ret);
		wp_clock_wait(pause);
	}
	wp_http_free(&http);
}

int wp_session_read(struct wp_session *session, const struct wp_target *target, bool patient,
		    struct wp_record_set **ret_set, struct wp_answer *ret_answer, struct wp_error *err)
{
	char *path = wp_provider_path(wp_class_name(target->class), target->package_id, NULL);
	struct wp_answer answer;
	int status = WP_OK;

	*ret_set = NULL;
	session->unreachable = false;
	get(session, path, patient, &answer);
	if (answer.said == WP_SAID_DONE)
		status = wp_entity_read(answer.json, target, session->apply->plan->site_code, ret_set, err);
	else if (answer.said != WP_SAID_MISSING)
		status = fail_answer(session, &answer, target->package_id, err);
	if (ret_answer && !status)
		*ret_answer = answer;
	else
		wp_answer_free(&answer);
	free(path);
	return status;
}

/* Says of all that is missing in one message. */
static int check_actions(struct wp_session *session, const struct wp_actions *actions, struct wp_error *err)
{
	const struct wp_apply *apply = session->apply;
	struct wp_buf missing __attribute__((cleanup(wp_buf_free))) = { 0 };
	bool seen[3][3] = { { false } };

	for (size_t i = 0; i < apply->steps.count; i++) {
		const struct wp_step *step = &apply->steps.items[i];
		enum wp_class class = step->target->class;

		if (!step->selected || seen[class][step->action])
			continue;
		seen[class][step->action] = true;
		if (!wp_actions_offer(actions, class, step->action))
			wp_buf_printf(&missing, "%s%s for %s", missing.length ? ", " : "", wp_action_name(step->action),
				      wp_class_name(class));
	}
	if (!missing.length)
		return WP_OK;
	return wp_fail(err, WP_E_FAILED, "not-offered", apply->connection.url,
		       "the provider %s does not offer %s in its $metadata; make a script with 'wimplan show --format "
		       "powershell "
		       "%s' and run it on the site",
		       apply->connection.url, missing.data, apply->plan_path);
}

/* Without a service description there is no way in for this program, but the plan need not wait for one. */
static int fail_metadata(struct wp_session *session, const char *why, struct wp_error *err)
{
	const struct wp_apply *apply = session->apply;

	return wp_fail(err, WP_E_FAILED, "bad-metadata", apply->connection.url,
		       "what %s/wmi/$metadata gives cannot be used: %.500s; is the URL that of an AdminService? Where "
		       "the site has none, make a script with 'wimplan show --format powershell %s' and run it on the "
		       "site",
		       apply->connection.url, why, apply->plan_path);
}

static int read_metadata(struct wp_session *session, struct wp_error *err)
{
	struct wp_http http = { 0 };
	struct wp_answer answer = { 0 };
	struct wp_actions *actions = NULL;
	const char *wrong = NULL;
	int status = WP_OK;

	for (unsigned int tries = 0;; tries++) {
		wp_actions_free(actions);
		actions = wp_actions_new();
		wp_provider_get(session->provider, "wmi/$metadata", wp_actions_feed, actions, &http);
		if (http.transport == WP_ANSWERED && http.status == 200)
			break;
		wp_answer_read(&http, false, &answer);
		wp_answer_free(&answer);
		if (answer.said != WP_SAID_AGAIN || tries + 1 >= WP_TRIES || wp_signal_caught())
			break;
		wp_event(session->apply, "retry", NULL, answer.why,
			 (double)wp_session_pause(tries, answer.retry_after) / 1000);
		wp_clock_wait(wp_session_pause(tries, answer.retry_after));
	}
	if (http.status == 200 && (http.transport == WP_ANSWERED || http.hopeless))
		wrong = wp_actions_end(actions);
	if (wrong)
		status = fail_metadata(session, wrong, err);
	else if (http.transport == WP_ANSWERED && http.status != 200 && answer.said != WP_SAID_DENIED &&
		 answer.said != WP_SAID_AGAIN)
		status = fail_metadata(session, answer.why[0] ? answer.why : "no service description", err);
	else if (http.transport != WP_ANSWERED || http.status != 200)
		status = fail_answer(session, &answer, "its $metadata", err);
	else
		status = check_actions(session, actions, err);
	wp_actions_free(actions);
	wp_http_free(&http);
	return status;
}

int wp_session_open(struct wp_apply *apply, struct wp_session *ret, struct wp_error *err)
{
	int status;

	*ret = (struct wp_session){ .apply = apply };
	status = wp_provider_open(&apply->connection, &ret->provider, err);
	if (!status)
		status = read_metadata(ret, err);
	if (status)
		wp_session_close(ret);
	return status;
}

void wp_session_close(struct wp_session *session)
{
	wp_provider_close(session->provider);
	session->provider = NULL;
}

int wp_session_classify(struct wp_session *session, struct wp_verdict *ret, struct wp_error *err)
{
	struct wp_apply *apply = session->apply;
	struct wp_record_set *set = NULL;
	const struct wp_target *read = NULL;
	const struct wp_entry *entry;
	int status = WP_OK;

	for (size_t i = 0; i < apply->steps.count && !status; i++) {
		const struct wp_step *step = &apply->steps.items[i];

		if (!step->selected || step->state != WP_STATE_PENDING)
			continue;
		if (wp_signal_caught())
			break;
		/* Both steps of a package stand side by side. */
		if (read != step->target) {
			wp_record_set_free(set);
			set = NULL;
			wp_apply_progress(apply, "reading records: %zu of %zu steps", i + 1, apply->steps.count);
			status = wp_session_read(session, step->target, true, &set, NULL, err);
			read = step->target;
		}
		if (!status)
			status = wp_planned_entry(apply->planned, step->target, &entry, err);
		if (!status)
			wp_classify(step, entry, set ? &set->records[0] : NULL, apply->arena, &ret[i]);
	}
	wp_record_set_free(set);
	wp_apply_progress(apply, "%s", "");
	return status;
}
