/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The AdminService over libcurl. What matters most is that a method call is never sent twice: libcurl repeats a request
 * by itself in three cases, and a guard on the request's body decides which of them it may.
 */
#include "http.h"
#include "codes.h"

#include "wimplan/ascii.h"
#include "wimplan/clock.h"
#include "wimplan/limits.h"
#include "wimplan/version.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How long reads go on together when the run was asked to stop: enough to verify the current step. */
#define READS_AFTER_SIGNAL_MS 10000

/*
 * The body of a request as libcurl reads it. libcurl 7.88 sends a request again when a reused connection dies before a
 * byte of the answer came (lib/transfer.c, Curl_retry_request), and after an authentication challenge (lib/http.c,
 * http_perhapsrewind). Either way it has to get the body again, from here.
 */
struct guard {
	const char *body; /* NULL: a GET, which may be repeated at will */
	size_t length, at;
	unsigned int reads; /* how often the body was handed out */
	bool out;           /* it left, and nothing says that the server has refused it */
	bool suspect;       /* an answer of success came for a request whose body was not sent */
};

struct wp_provider {
	CURL *curl;
	struct curl_slist *get_headers, *send_headers;
	struct wp_provider_options options;
	struct guard guard;
	struct wp_http *reply; /* of the request that is under way */
	size_t limit; /* bytes of its answer */
	size_t header; /* bytes of it so far, of all answers to the request */
	bool too_large, header_too_large;
	int64_t asked_ms; /* since when the run is asked to stop; 0: it is not */
	char error[CURL_ERROR_SIZE];
};

static size_t give_body(char *room, size_t size, size_t count, void *context)
{
	struct guard *guard = context;
	size_t left = guard->length - guard->at;

	if (!guard->body || (!guard->at && guard->out))
		return CURL_READFUNC_ABORT;
	if (!guard->at)
		guard->reads++;
	guard->out = true;
	left = left < size * count ? left : size * count;
	memcpy(room, guard->body + guard->at, left);
	guard->at += left;
	return left;
}

static int rewind_body(void *context, curl_off_t offset, int origin)
{
	struct guard *guard = context;

	if (offset || origin != SEEK_SET || guard->out)
		return CURL_SEEKFUNC_FAIL;
	guard->at = 0;
	return CURL_SEEKFUNC_OK;
}

/* An answer begins. False when libcurl must not go on with this request. */
static bool take_status(struct wp_provider *provider, long status)
{
	struct guard *guard = &provider->guard;

	wp_buf_free(&provider->reply->body);
	provider->reply->status = status;
	provider->reply->retry_after = -1;
	provider->reply->type[0] = '\0';
	if (status == 401 || status == 407)
		guard->out = false;
	/*
	 * For NTLM libcurl begins with a request without its body (lib/http.c, authneg), and repeats it with the body
	 * when the server did not mind. A server that has acted on the first one would do so twice.
	 */
	guard->suspect = guard->body && !guard->at && status >= 200 && status < 300;
	return !guard->suspect;
}

/* Whether the line is the field @name; its value goes into @value, without white space around it. */
static bool is_field(const char *line, size_t length, const char *name, char *value, size_t room)
{
	size_t name_length = strlen(name);

	if (length <= name_length || !wp_ascii_begins(line, name) || line[name_length] != ':')
		return false;
	line += name_length + 1;
	length -= name_length + 1;
	while (length && (*line == ' ' || *line == '\t')) {
		line++;
		length--;
	}
	while (length && (line[length - 1] == '\r' || line[length - 1] == '\n' || line[length - 1] == ' '))
		length--;
	snprintf(value, room, "%.*s", (int)(length < room ? length : room - 1), line);
	return true;
}

/* The seconds that a Retry-After asks for (RFC 9110, 10.2.3: seconds, or a date); -1 when it cannot be understood. */
static long read_retry_after(const char *value)
{
	char *end;
	long seconds = strtol(value, &end, 10);
	time_t date;

	if (*value && !*end)
		return seconds >= 0 ? seconds : -1;
	date = curl_getdate(value, NULL);
	if (date < 0)
		return -1;
	seconds = (long)(date - (time_t)wp_clock_unix());
	return seconds > 0 ? seconds : 0;
}

static size_t take_header(char *line, size_t size, size_t count, void *context)
{
	struct wp_provider *provider = context;
	size_t length = size * count;
	char value[64];

	provider->header += length;
	provider->header_too_large = provider->header > WP_LIMIT_HEADER_BYTES;
	if (provider->header_too_large)
		return 0;
	if (length > 9 && wp_ascii_begins(line, "HTTP/")) {
		const char *space = memchr(line, ' ', length);
		long status = space && length - (size_t)(space - line) > 3 ? strtol(space, NULL, 10) : 0;

		if (status >= 200 && !take_status(provider, status))
			return 0;
	} else if (is_field(line, length, "Retry-After", value, sizeof value)) {
		provider->reply->retry_after = read_retry_after(value);
	} else if (is_field(line, length, "Content-Type", value, sizeof value)) {
		size_t type = strcspn(value, "; \t");

		for (size_t i = 0; i <= type && i < sizeof value; i++)
			provider->reply->type[i] =
				i == type ? '\0' : (char)wp_ascii_lower(value[i]);
	}
	return length;
}

static size_t take_body(char *bytes, size_t size, size_t count, void *context)
{
	struct wp_provider *provider = context;
	size_t length = size * count;

	if (length > provider->limit - provider->reply->body.length) {
		provider->too_large = true;
		return 0;
	}
	wp_buf_add(&provider->reply->body, bytes, length);
	return length;
}

/*
 * Called about once a second. Who asks the run to stop does not wait for a server that hangs: a read ends soon. A call
 * does not, for its answer is what is wanted most.
 */
static int watch(void *context, curl_off_t down_total, curl_off_t down, curl_off_t up_total, curl_off_t up)
{
	struct wp_provider *provider = context;

	(void)down_total, (void)down, (void)up_total, (void)up;
	if (provider->options.tick)
		provider->options.tick(provider->options.tick_context);
	if (provider->guard.body || !wp_signal_caught())
		return 0;
	if (!provider->asked_ms)
		provider->asked_ms = wp_clock_ms();
	return wp_clock_ms() - provider->asked_ms > READS_AFTER_SIGNAL_MS;
}

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
	/* What a proxy answers to CONNECT is no answer to the request: take_status() must not see it. */
	SET(curl, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	SET(curl, CURLOPT_CONNECTTIMEOUT, (long)(options->timeout < 30 ? options->timeout : 30));
	SET(curl, CURLOPT_TIMEOUT, (long)options->timeout);
	snprintf(agent, sizeof agent, "%s/" WIMPLAN_VERSION, options->agent ? options->agent : "wimplan");
	SET(curl, CURLOPT_USERAGENT, agent);
	SET(curl, CURLOPT_HEADERFUNCTION, take_header);
	SET(curl, CURLOPT_HEADERDATA, provider);
	SET(curl, CURLOPT_WRITEFUNCTION, take_body);
	SET(curl, CURLOPT_WRITEDATA, provider);
	SET(curl, CURLOPT_READFUNCTION, give_body);
	SET(curl, CURLOPT_READDATA, &provider->guard);
	SET(curl, CURLOPT_SEEKFUNCTION, rewind_body);
	SET(curl, CURLOPT_SEEKDATA, &provider->guard);
	SET(curl, CURLOPT_XFERINFOFUNCTION, watch);
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

void wp_provider_close(struct wp_provider *provider)
{
	if (!provider)
		return;
	curl_easy_cleanup(provider->curl);
	curl_slist_free_all(provider->get_headers);
	curl_slist_free_all(provider->send_headers);
	free(provider);
}

void wp_http_free(struct wp_http *http)
{
	wp_buf_free(&http->body);
	memset(http, 0, sizeof *http);
}

/* Refused by a proxy that was to make the tunnel. Nothing went through it. */
static void judge_proxy(struct wp_provider *provider, long status)
{
	struct wp_http *reply = provider->reply;

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
	long status = provider->reply->status;

	if (code == CURLE_OK)
		return true;
	if (status < 400 || provider->guard.suspect)
		return false;
	return (status != 401 && status != 407) || code == CURLE_PARTIAL_FILE;
}

/* For NTLM the first request goes without its body, and a server that does not mind may have acted on that. */
static bool may_have_arrived(const struct wp_provider *provider)
{
	const struct guard *guard = &provider->guard;
	long sent = 0;

	if (!guard->body || guard->out || guard->suspect)
		return guard->body;
	/* Rather looked up in vain than sent twice. */
	if (curl_easy_getinfo(provider->curl, CURLINFO_REQUEST_SIZE, &sent) != CURLE_OK)
		sent = 1;
	return provider->options.auth == WP_AUTH_NTLM && !provider->reply->status && sent;
}

/*
 * CURLE_TOO_LARGE of libcurl 8.6 and later, which a line of the header without end is to it. By its number, for a program that was
 * built with an older one may run with a newer one.
 */
#define TOO_LARGE 100u

static void judge(struct wp_provider *provider, CURLcode code)
{
	struct wp_http *reply = provider->reply;
	const struct guard *guard = &provider->guard;
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

/* @failed: an option that could not be set, NULL when there is none: then nothing is sent. */
static void perform(struct wp_provider *provider, const char *failed, const char *path, struct wp_http *ret)
{
	size_t room = strlen(provider->options.url) + strlen(path) + 2;
	char *url = wp_must(malloc(room));

	snprintf(url, room, "%s/%s", provider->options.url, path);
	wp_http_free(ret);
	ret->retry_after = -1;
	provider->reply = ret;
	provider->error[0] = '\0';
	provider->too_large = provider->header_too_large = false;
	provider->header = 0;
	SET(provider->curl, CURLOPT_URL, url);
	if (failed) {
		ret->transport = WP_TRANSPORT_NOT_SENT;
		ret->hopeless = true;
		snprintf(ret->why, sizeof ret->why, "libcurl cannot make the request (%s)", failed);
	} else {
		judge(provider, curl_easy_perform(provider->curl));
	}
	wp_secret_mask(provider->options.token, &ret->body);
	free(url);
	provider->reply = NULL;
}

void wp_provider_get(struct wp_provider *provider, const char *path, size_t limit, struct wp_http *ret)
{
	const char *failed = NULL;

	provider->guard = (struct guard){ 0 };
	provider->limit = limit;
	SET(provider->curl, CURLOPT_CUSTOMREQUEST, NULL);
	SET(provider->curl, CURLOPT_HTTPGET, 1L);
	SET(provider->curl, CURLOPT_HTTPHEADER, provider->get_headers);
	perform(provider, failed, path, ret);
}

void wp_provider_send(struct wp_provider *provider, const char *method, const char *path, const char *json,
		      struct wp_http *ret)
{
	const char *failed = NULL;

	provider->guard = (struct guard){ .body = json, .length = strlen(json) };
	provider->limit = WP_LIMIT_ANSWER_BYTES;
	SET(provider->curl, CURLOPT_POST, 1L);
	/* Given as a field the body would be libcurl's own, to be sent again without asking. */
	SET(provider->curl, CURLOPT_POSTFIELDS, NULL);
	SET(provider->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)provider->guard.length);
	SET(provider->curl, CURLOPT_CUSTOMREQUEST, method);
	SET(provider->curl, CURLOPT_HTTPHEADER, provider->send_headers);
	perform(provider, failed, path, ret);
	provider->guard.body = NULL;
}

unsigned int wp_provider_body_reads(const struct wp_provider *provider)
{
	return provider->guard.reads;
}
