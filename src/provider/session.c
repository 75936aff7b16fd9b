/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A session with a provider: what it offers, objects by key, and calls. */
#include "actions.h"
#include "ask.h"
#include "entity.h"
#include "url.h"

#include "wimplan/buf.h"
#include "wimplan/hash.h"
#include "wimplan/json.h"
#include "wimplan/limits.h"

#include <stdlib.h>
#include <string.h>

static void expect_nothing(struct wp_session *session)
{
	free(session->next);
	session->next = NULL;
}

void wp_session_expect(struct wp_session *session, enum wp_class class, const char *package_id)
{
	expect_nothing(session);
	session->next = wp_provider_path(wp_class_name(class), package_id, NULL);
}

/* Has the provider go on to what is expected next, now that it has answered. */
static void go_ahead(struct wp_session *session, const struct wp_answer *answer)
{
	if (session->next && answer->said == WP_SAID_DONE)
		wp_provider_ahead(session->provider, session->next, WP_LIMIT_ANSWER_BYTES);
	expect_nothing(session);
}

/* @digest, when not NULL: that of the answer that is known; *@ret_same says whether this is the same, and gets it otherwise. */
static int read_object(struct wp_session *session, enum wp_class class, const char *package_id, bool patient, char digest[WP_HASH_TEXT],
		       bool *ret_same, struct wp_record_set **ret_set, struct wp_answer *ret_answer, struct wp_error *err)
{
	char *path = wp_provider_path(wp_class_name(class), package_id, NULL), now[WP_HASH_TEXT];
	struct wp_http http = { 0 };
	struct wp_answer answer;
	int status = WP_OK;

	*ret_set = NULL;
	*ret_same = false;
	session->unreachable = false;
	wp_ask(session, path, WP_REQUEST_TEXT, patient, &http, &answer);
	go_ahead(session, &answer);
	if (answer.said == WP_SAID_DONE && digest) {
		wp_sha256_text(http.body.data, http.body.length, now);
		*ret_same = !strcmp(digest, now);
		strcpy(digest, now);
	}
	if (answer.said == WP_SAID_DONE && !*ret_same)
		wp_answer_read(&http, WP_REQUEST_READ, &answer);
	if (answer.said == WP_SAID_DONE && !*ret_same)
		status = wp_entity_read(answer.json, class, package_id, session->site_code, ret_set, err);
	else if (answer.said != WP_SAID_DONE && answer.said != WP_SAID_MISSING)
		status = wp_ask_fail(session, &answer, package_id, err);
	if (ret_answer && !status)
		*ret_answer = answer;
	else
		wp_answer_free(&answer);
	wp_http_free(&http);
	free(path);
	return status;
}

int wp_session_read(struct wp_session *session, enum wp_class class, const char *package_id, bool patient,
		    struct wp_record_set **ret_set, struct wp_answer *ret_answer, struct wp_error *err)
{
	bool same;

	return read_object(session, class, package_id, patient, NULL, &same, ret_set, ret_answer, err);
}

int wp_session_read_known(struct wp_session *session, enum wp_class class, const char *package_id, char digest[WP_HASH_TEXT],
			  bool *ret_same, struct wp_record_set **ret_set, struct wp_error *err)
{
	return read_object(session, class, package_id, true, digest, ret_same, ret_set, NULL, err);
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

void wp_session_call_static(struct wp_session *session, const char *class, const char *method, const json_t *arguments,
			    struct wp_answer *ret)
{
	struct wp_buf path __attribute__((cleanup(wp_buf_free))) = { 0 }, text __attribute__((cleanup(wp_buf_free))) = { 0 };

	wp_buf_printf(&path, "wmi/%s.%s", class, method);
	wp_json_line(&text, arguments);
	submit(session, "POST", wp_buf_text(&path), wp_buf_text(&text), WP_REQUEST_CALL, ret);
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
		if (wp_actions_offer(actions, &methods[i]) < WP_OFFER_BOUND)
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

/* Reads the service description as far as it is about @methods. The caller frees *@ret_actions. */
static int describe(struct wp_session *session, const struct wp_method *methods, size_t count,
		    struct wp_actions **ret_actions, struct wp_error *err)
{
	struct wp_http http = { 0 };
	struct wp_answer answer;
	const char *wrong;
	int status = WP_OK;

	*ret_actions = NULL;
	wp_ask(session, "wmi/$metadata", WP_REQUEST_DESCRIBE, true, &http, &answer);
	if (answer.said == WP_SAID_DONE) {
		*ret_actions = wp_actions_read(wp_buf_text(&http.body), http.body.length, methods, count, &wrong);
		if (wrong)
			status = fail_metadata(session, wrong, err);
	} else if (http.transport == WP_TRANSPORT_ANSWERED && answer.said != WP_SAID_DENIED && answer.said != WP_SAID_AGAIN) {
		status = fail_metadata(session, answer.why, err);
	} else {
		status = wp_ask_fail(session, &answer, "its $metadata", err);
	}
	if (status) {
		wp_actions_free(*ret_actions);
		*ret_actions = NULL;
	}
	wp_answer_free(&answer);
	wp_http_free(&http);
	return status;
}

int wp_session_offers(struct wp_session *session, const struct wp_method *methods, size_t count, struct wp_error *err)
{
	struct wp_actions *actions;
	int status = describe(session, methods, count, &actions, err);

	if (!status)
		status = check_methods(session, actions, methods, count, err);
	wp_actions_free(actions);
	return status;
}

int wp_session_describe(struct wp_session *session, const char *const *names, size_t count, bool *ret_has,
			const struct wp_method *methods, size_t method_count, enum wp_offer *ret_offers,
			struct wp_error *err)
{
	struct wp_actions *actions;
	int status = describe(session, methods, method_count, &actions, err);

	for (size_t i = 0; i < count && !status; i++)
		ret_has[i] = wp_actions_has_class(actions, names[i]);
	for (size_t i = 0; i < method_count && !status; i++)
		ret_offers[i] = wp_actions_offer(actions, &methods[i]);
	wp_actions_free(actions);
	return status;
}

int wp_session_classes(struct wp_session *session, const char *const *names, size_t count, bool *ret_has,
		       struct wp_error *err)
{
	return wp_session_describe(session, names, count, ret_has, NULL, 0, NULL, err);
}

int wp_session_open(struct wp_session *session, struct wp_error *err)
{
	return wp_provider_open(session->options, &session->provider, err);
}

void wp_session_close(struct wp_session *session)
{
	expect_nothing(session);
	wp_provider_close(session->provider);
	session->provider = NULL;
}
