/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The AdminService over libcurl. What matters most is that a method call is never sent twice: libcurl repeats a request
 * by itself in three cases, and transfer.c decides which of them it may.
 */
#include "handle.h"
#include "transfer.h"

#include "wimplan/clock.h"
#include "wimplan/limits.h"
#include "wimplan/version.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What cannot be set is a libcurl that lacks it: that must never weaken a connection silently. */
#define SET(curl, option, value) \
	do { \
		CURLcode code_ = failed ? CURLE_OK : curl_easy_setopt((curl), (option), (value)); \
		if (code_ == CURLE_OUT_OF_MEMORY) \
			wp_out_of_memory(); \
		if (code_ != CURLE_OK) \
			failed = #option; \
	} while (0)

static const char *set_authentication(struct wp_provider *provider)
{
	const struct wp_provider_options *options = &provider->options;
	const char *failed = NULL;

	switch (options->auth) {
	case WP_AUTH_NEGOTIATE:
		SET(provider->curl, CURLOPT_HTTPAUTH, (long)CURLAUTH_NEGOTIATE);
		/* libcurl before 8.3 wants some user before it looks for a ticket. */
		SET(provider->curl, CURLOPT_USERPWD, ":");
		break;
	case WP_AUTH_NTLM:
		SET(provider->curl, CURLOPT_HTTPAUTH, (long)CURLAUTH_NTLM);
		SET(provider->curl, CURLOPT_USERNAME, options->user ? options->user : "");
		SET(provider->curl, CURLOPT_PASSWORD, options->password ? options->password : "");
		break;
	case WP_AUTH_BEARER:
		SET(provider->curl, CURLOPT_HTTPAUTH, (long)CURLAUTH_BEARER);
		SET(provider->curl, CURLOPT_XOAUTH2_BEARER, options->token);
		break;
	case WP_AUTH_NONE:
		break;
	}
	return failed;
}

static const char *set_options(struct wp_provider *provider)
{
	const struct wp_provider_options *options = &provider->options;
	CURL *curl = provider->curl;
	const char *failed = set_authentication(provider);
	char agent[80];

	SET(curl, CURLOPT_ERRORBUFFER, provider->error);
	SET(curl, CURLOPT_NOSIGNAL, 1L);
	SET(curl, CURLOPT_PROTOCOLS_STR, wp_provider_is_loopback(options->url) ? "http,https" : "https");
	SET(curl, CURLOPT_FOLLOWLOCATION, 0L);
	/* NTLM belongs to a connection of HTTP/1.1, and HTTP/2 has more cases in which libcurl repeats a request. */
	SET(curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	SET(curl, CURLOPT_SSL_VERIFYPEER, 1L);
	SET(curl, CURLOPT_SSL_VERIFYHOST, 2L);
	if (options->ca_file)
		SET(curl, CURLOPT_CAINFO, options->ca_file);
	/* "" also turns off what the environment says, and that includes the hosts that it takes out (NO_PROXY). */
	SET(curl, CURLOPT_PROXY, options->proxy ? options->proxy : "");
	SET(curl, CURLOPT_NOPROXY, "");
	/* What a proxy answers to CONNECT is no answer to the request: wp_transfer_take_header() must not see it. */
	SET(curl, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	SET(curl, CURLOPT_CONNECTTIMEOUT, (long)(options->timeout < 30 ? options->timeout : 30));
	SET(curl, CURLOPT_TIMEOUT, (long)options->timeout);
	snprintf(agent, sizeof agent, "%s/" WIMPLAN_VERSION, options->agent ? options->agent : "wimplan");
	SET(curl, CURLOPT_USERAGENT, agent);
	SET(curl, CURLOPT_HEADERFUNCTION, wp_transfer_take_header);
	SET(curl, CURLOPT_HEADERDATA, provider);
	SET(curl, CURLOPT_WRITEFUNCTION, wp_transfer_take_body);
	SET(curl, CURLOPT_WRITEDATA, provider);
	SET(curl, CURLOPT_READFUNCTION, wp_transfer_give);
	SET(curl, CURLOPT_READDATA, &provider->guard);
	SET(curl, CURLOPT_SEEKFUNCTION, wp_transfer_rewind);
	SET(curl, CURLOPT_SEEKDATA, &provider->guard);
	SET(curl, CURLOPT_XFERINFOFUNCTION, wp_transfer_watch);
	SET(curl, CURLOPT_XFERINFODATA, provider);
	SET(curl, CURLOPT_NOPROGRESS, 0L);
	return failed;
}

static void add_header(struct curl_slist **headers, const char *line)
{
	*headers = wp_must(curl_slist_append(*headers, line));
}

int wp_provider_open(const struct wp_provider_options *options, struct wp_provider **ret_provider,
		     struct wp_error *err)
{
	struct wp_provider *provider = wp_must(calloc(1, sizeof *provider));
	const char *failed;

	provider->options = *options;
	provider->multi = wp_must(curl_multi_init());
	provider->curl = wp_must(curl_easy_init());
	failed = set_options(provider);
	if (failed) {
		wp_provider_close(provider);
		return wp_fail(err, WP_E_FAILED, "libcurl", options->url,
			       "this libcurl cannot do what is needed (%s); install one with TLS and GSS-API", failed);
	}
	add_header(&provider->get_headers, "Accept: application/json");
	add_header(&provider->send_headers, "Accept: application/json");
	add_header(&provider->send_headers, "Content-Type: application/json");
	/* A pause for "100 Continue" would cost a second, and its 417 is one more case in which libcurl repeats. */
	add_header(&provider->send_headers, "Expect:");
	*ret_provider = provider;
	return WP_OK;
}

/* Takes the request from libcurl, whether it has ended or not. */
static void let_go(struct wp_provider *provider)
{
	if (provider->running)
		curl_multi_remove_handle(provider->multi, provider->curl);
	provider->running = provider->under_way = false;
	free(provider->ahead);
	provider->ahead = NULL;
}

void wp_provider_close(struct wp_provider *provider)
{
	if (!provider)
		return;
	let_go(provider);
	wp_http_free(&provider->reply);
	curl_easy_cleanup(provider->curl);
	curl_multi_cleanup(provider->multi);
	curl_slist_free_all(provider->get_headers);
	curl_slist_free_all(provider->send_headers);
	free(provider);
}

void wp_http_free(struct wp_http *http)
{
	wp_buf_free(&http->body);
	memset(http, 0, sizeof *http);
}

/* Has libcurl begin the request. @failed: an option that could not be set, NULL when there is none: then nothing is sent. */
static void begin(struct wp_provider *provider, const char *failed, const char *path)
{
	size_t room = strlen(provider->options.url) + strlen(path) + 2;
	char *url = wp_must(malloc(room));
	int running;

	snprintf(url, room, "%s/%s", provider->options.url, path);
	provider->reply = (struct wp_http){ .retry_after = -1 };
	provider->under_way = true;
	provider->error[0] = '\0';
	provider->too_large = provider->header_too_large = false;
	provider->header = 0;
	SET(provider->curl, CURLOPT_URL, url);
	provider->running = !failed && !curl_multi_add_handle(provider->multi, provider->curl);
	if (provider->running) {
		/* On a connection that is kept this sends it. What goes wrong here is told at the end. */
		curl_multi_perform(provider->multi, &running);
	} else {
		provider->reply.transport = WP_TRANSPORT_NOT_SENT;
		provider->reply.hopeless = true;
		snprintf(provider->reply.why, sizeof provider->reply.why, "libcurl cannot make the request (%s)",
			 failed ? failed : "curl_multi_add_handle");
	}
	free(url);
}

/* Waits as curl_easy_perform() does (lib/easy.c, easy_transfer), and says with what the request has ended. */
static CURLcode wait_for_end(struct wp_provider *provider)
{
	CURLMcode failed = CURLM_OK;
	const CURLMsg *message = NULL;
	int running, left;

	while (!failed && !message) {
		failed = curl_multi_perform(provider->multi, &running);
		if (!failed && running)
			failed = curl_multi_poll(provider->multi, NULL, 0, 1000, NULL);
		else if (!failed && !(message = curl_multi_info_read(provider->multi, &left)))
			failed = CURLM_INTERNAL_ERROR;
	}
	if (failed == CURLM_OUT_OF_MEMORY)
		return CURLE_OUT_OF_MEMORY;
	return failed ? CURLE_BAD_FUNCTION_ARGUMENT : message->data.result;
}

/* Waits for the end of the request that is under way. A former content of @ret is freed. */
static void end(struct wp_provider *provider, struct wp_http *ret)
{
	if (provider->running)
		wp_outcome_judge(provider, wait_for_end(provider));
	let_go(provider);
	wp_secret_mask(provider->options.token, &provider->reply.body);
	wp_http_free(ret);
	*ret = provider->reply;
	provider->reply = (struct wp_http){ 0 };
}

/* There is one connection: what was begun ahead and is not asked for goes to its end first. */
static void pass_over_ahead(struct wp_provider *provider)
{
	struct wp_http http = { 0 };

	if (provider->under_way)
		end(provider, &http);
	wp_http_free(&http);
}

static void begin_get(struct wp_provider *provider, const char *path, size_t limit)
{
	const char *failed = NULL;

	pass_over_ahead(provider);
	provider->guard = (struct wp_guard){ 0 };
	provider->limit = limit;
	SET(provider->curl, CURLOPT_CUSTOMREQUEST, NULL);
	SET(provider->curl, CURLOPT_HTTPGET, 1L);
	SET(provider->curl, CURLOPT_HTTPHEADER, provider->get_headers);
	begin(provider, failed, path);
}

void wp_provider_ahead(struct wp_provider *provider, const char *path, size_t limit)
{
	begin_get(provider, path, limit);
	provider->ahead = wp_must(strdup(path));
	provider->ahead_ms = wp_clock_ms();
}

void wp_provider_get(struct wp_provider *provider, const char *path, size_t limit, struct wp_http *ret)
{
	if (!provider->ahead || strcmp(provider->ahead, path) || provider->limit != limit ||
	    wp_clock_ms() - provider->ahead_ms >= WP_FRESH_MS)
		begin_get(provider, path, limit);
	end(provider, ret);
}

void wp_provider_send(struct wp_provider *provider, const char *method, const char *path, const char *json,
		      struct wp_http *ret)
{
	const char *failed = NULL;

	pass_over_ahead(provider);
	provider->guard = (struct wp_guard){ .body = json, .length = strlen(json) };
	provider->limit = WP_LIMIT_ANSWER_BYTES;
	SET(provider->curl, CURLOPT_POST, 1L);
	/* Given as a field the body would be libcurl's own, to be sent again without asking. */
	SET(provider->curl, CURLOPT_POSTFIELDS, NULL);
	SET(provider->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)provider->guard.length);
	SET(provider->curl, CURLOPT_CUSTOMREQUEST, method);
	SET(provider->curl, CURLOPT_HTTPHEADER, provider->send_headers);
	begin(provider, failed, path);
	end(provider, ret);
	provider->guard.body = NULL;
}

unsigned int wp_provider_body_reads(const struct wp_provider *provider)
{
	return provider->guard.reads;
}
