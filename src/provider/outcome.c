/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What became of a request: answered, not sent, or lost, when nobody knows whether it arrived. */
#include "handle.h"
#include "codes.h"

#include "wimplan/limits.h"

#include <stdio.h>

/* Refused by a proxy that was to make the tunnel. Nothing went through it. */
static void judge_proxy(struct wp_provider *provider, long status)
{
	struct wp_http *reply = &provider->reply;

	reply->transport = WP_TRANSPORT_NOT_SENT;
	/* Too many requests, or it cannot reach the server right now: anything else is not going to change. */
	reply->hopeless = status >= 400 && status < 500 && status != 408 && status != 429;
	snprintf(reply->why, sizeof reply->why, "the proxy %s does not let this through, HTTP %ld%s",
		 provider->options.proxy, status,
		 status == 407 ? ": it wants a sign-in, for which there is no option" : "");
}

/*
 * After a challenge the request goes out once more. When the connection ends then, the status is still the challenge's
 * and answers nothing; what may have arrived is what the guard has seen since. A refusal cut short in its text is one.
 */
static bool is_answer(const struct wp_provider *provider, CURLcode code)
{
	long status = provider->reply.status;

	if (code == CURLE_OK)
		return true;
	if (status < 400 || provider->guard.suspect)
		return false;
	return (status != 401 && status != 407) || code == CURLE_PARTIAL_FILE;
}

/* For NTLM the first request goes without its body, and a server that does not mind may have acted on that. */
static bool may_have_arrived(const struct wp_provider *provider)
{
	const struct wp_guard *guard = &provider->guard;
	long sent = 0;

	if (!guard->body || guard->out || guard->suspect)
		return guard->body;
	/* Rather looked up in vain than sent twice. */
	if (curl_easy_getinfo(provider->curl, CURLINFO_REQUEST_SIZE, &sent) != CURLE_OK)
		sent = 1;
	return provider->options.auth == WP_AUTH_NTLM && !provider->reply.status && sent;
}

/*
 * CURLE_TOO_LARGE of libcurl 8.6 and later, which a line of the header without end is to it. By its number, for a program that was
 * built with an older one may run with a newer one.
 */
#define TOO_LARGE 100u

void wp_outcome_judge(struct wp_provider *provider, CURLcode code)
{
	struct wp_http *reply = &provider->reply;
	const struct wp_guard *guard = &provider->guard;
	long connect_status = 0;

	/* No memory ends the program (wp_connection_run()). What an older libcurl calls so beside that is a line that has no end. */
	if (code == CURLE_OUT_OF_MEMORY || (unsigned int)code == TOO_LARGE)
		provider->header_too_large = true;
	if (is_answer(provider, code)) {
		reply->transport = WP_TRANSPORT_ANSWERED;
		return;
	}
	if (curl_easy_getinfo(provider->curl, CURLINFO_HTTP_CONNECTCODE, &connect_status) != CURLE_OK)
		connect_status = 0;
	if (!guard->out && !guard->suspect && provider->options.proxy && connect_status >= 300) {
		judge_proxy(provider, connect_status);
		return;
	}
	reply->transport = may_have_arrived(provider) ? WP_TRANSPORT_LOST : WP_TRANSPORT_NOT_SENT;
	reply->nobody = reply->transport == WP_TRANSPORT_NOT_SENT && wp_failure_is_nobody(code);
	reply->timed_out = code == CURLE_OPERATION_TIMEDOUT;
	reply->hopeless = reply->transport == WP_TRANSPORT_NOT_SENT &&
			  (wp_failure_is_final(code) || provider->too_large || provider->header_too_large);
	if (provider->too_large)
		snprintf(reply->why, sizeof reply->why, "the answer is larger than %zu bytes", provider->limit);
	else if (provider->header_too_large)
		snprintf(reply->why, sizeof reply->why, "the header of the answer is larger than %u bytes", WP_LIMIT_HEADER_BYTES);
	else if (guard->suspect)
		snprintf(reply->why, sizeof reply->why, "the server took the call before it had proved who calls");
	else if (code == CURLE_ABORTED_BY_CALLBACK)
		snprintf(reply->why, sizeof reply->why, "the run was asked to stop");
	else
		wp_failure_text(provider->curl, code, provider->error, reply->why, sizeof reply->why);
}
