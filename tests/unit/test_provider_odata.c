/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What answers mean: return values, errors in all their wrappings, pages of proxies. */
#include "../../src/provider/codes.h"
#include "../../src/provider/odata.h"

#include "wimplan/limits.h"

#include <criterion/criterion.h>
#include <limits.h>
#include <string.h>

static const struct reply {
	const char *name;
	long status;
	const char *type, *body;
	enum wp_request request;
	enum wp_said said;
	const char *words; /* that the sentence has to hold; NULL: none */
} replies[] = {
	{ "call", 201, "application/json", "{\"ReturnValue\":0}", WP_REQUEST_CALL, WP_SAID_DONE, NULL },
	{ "call, 200", 200, "application/json", "{\"@odata.context\":\"x\",\"ReturnValue\":0}", WP_REQUEST_CALL, WP_SAID_DONE,
	  NULL },
	{ "call, wrapped", 201, "application/json", "{\"value\":[{\"ReturnValue\":5}]}", WP_REQUEST_CALL, WP_SAID_NO,
	  "0x00000005" },
	{ "call, bare value", 200, "application/json", "{\"value\":0}", WP_REQUEST_CALL, WP_SAID_DONE, NULL },
	{ "call, negative", 201, "", "{\"ReturnValue\":-2147217407}", WP_REQUEST_CALL, WP_SAID_NO,
	  "0x80041001: the provider failed" },
	{ "call, unsigned", 201, "", "{\"ReturnValue\":2147749889}", WP_REQUEST_CALL, WP_SAID_NO, "-2147217407 (0x80041001" },
	{ "call, no content", 204, "", "", WP_REQUEST_CALL, WP_SAID_DONE, NULL },
	{ "call, as a text", 201, "", "{\"ReturnValue\":\"5\"}", WP_REQUEST_CALL, WP_SAID_NO, "0x00000005" },
	{ "call, 0 as a text", 201, "", "{\"ReturnValue\":\"0\"}", WP_REQUEST_CALL, WP_SAID_DONE, NULL },
	{ "call, null", 201, "", "{\"ReturnValue\":null}", WP_REQUEST_CALL, WP_SAID_DONE, NULL },
	{ "call, no number", 201, "", "{\"ReturnValue\":[]}", WP_REQUEST_CALL, WP_SAID_NOTHING, "no number" },
	{ "call, a word", 201, "", "{\"ReturnValue\":\"0 or so\"}", WP_REQUEST_CALL, WP_SAID_NOTHING, "no number" },
	{ "call, a late error", 200, "", "{\"error\":{\"code\":\"\",\"message\":\"Out of luck\"}}", WP_REQUEST_CALL, WP_SAID_NO,
	  "Out of luck" },
	{ "call, locked late", 200, "", "{\"error\":{\"message\":\"Error: 0x40480732\"}}", WP_REQUEST_CALL, WP_SAID_AGAIN, NULL },
	{ "call, a page", 200, "text/html", "<html><title>Sign in</title>", WP_REQUEST_CALL, WP_SAID_NOTHING, "web page" },
	{ "call, half", 201, "application/json", "{\"ReturnVa", WP_REQUEST_CALL, WP_SAID_NOTHING, NULL },
	{ "get", 200, "application/json", "\xef\xbb\xbf{\"value\":[]}", WP_REQUEST_READ, WP_SAID_DONE, NULL },
	{ "get, a page", 200, "text/html", "<!DOCTYPE html>", WP_REQUEST_READ, WP_SAID_NO, "web page" },
	{ "moved", 302, "text/html", "", WP_REQUEST_READ, WP_SAID_NO, "elsewhere" },
	{ "401", 401, "text/html", "<html>", WP_REQUEST_READ, WP_SAID_DENIED, "401" },
	{ "403", 403, "application/json", "{\"Message\":\"Denied.\"}", WP_REQUEST_CALL, WP_SAID_DENIED, "Denied." },
	{ "404", 404, "application/json", "{}", WP_REQUEST_READ, WP_SAID_MISSING, NULL },
	{ "404 of another server", 404, "text/html", "<html>", WP_REQUEST_READ, WP_SAID_NO, "proxy" },
	{ "404 of a call", 404, "application/json", "{}", WP_REQUEST_CALL, WP_SAID_NO, NULL },
	{ "429", 429, "", "", WP_REQUEST_CALL, WP_SAID_AGAIN, NULL },
	{ "503", 503, "text/html", "<title> Busy </title>", WP_REQUEST_CALL, WP_SAID_AGAIN, "Busy" },
	{ "502 of a call", 502, "text/html", "<html>", WP_REQUEST_CALL, WP_SAID_NOTHING, NULL },
	{ "504 of a get", 504, "text/html", "<html>", WP_REQUEST_READ, WP_SAID_AGAIN, NULL },
	{ "OData error", 500, "application/json", "{\"error\":{\"code\":\"\",\"message\":\"Out of luck\"}}", WP_REQUEST_CALL,
	  WP_SAID_NO, "Out of luck" },
	{ "OData 3 error", 500, "application/json",
	  "{\"odata.error\":{\"message\":{\"lang\":\"en\",\"value\":\"Bad\"}}}", WP_REQUEST_CALL, WP_SAID_NO, "Bad" },
	{ "locked", 500, "application/json",
	  "{\"error\":{\"message\":\"x\",\"innererror\":{\"ErrorCode\":1078462258,\"StatusCode\":2147749889}}}", WP_REQUEST_CALL,
	  WP_SAID_AGAIN, "0x40480732" },
	{ "locked, as a text", 500, "application/json",
	  "{\"error\":{\"message\":\"instance of SMS_ExtendedStatus\\n{\\n ErrorCode = 1078462258;\\n Description = "
	  "\\\"held\\\";\\n};\"}}",
	  WP_REQUEST_CALL, WP_SAID_AGAIN, "held" },
	{ "locked, as JSON in a text", 500, "application/json",
	  "{\"error\":{\"message\":\"{\\\"ErrorCode\\\":\\\"1078462258\\\",\\\"StatusCode\\\":1}\"}}", WP_REQUEST_CALL,
	  WP_SAID_AGAIN, NULL },
	{ "deadlock", 500, "application/json",
	  "{\"error\":{\"message\":\"x\",\"d\":[{\"errorcode\":2147749889,\"sqlstatus\":1205}]}}", WP_REQUEST_CALL, WP_SAID_AGAIN,
	  NULL },
	{ "not ours", 500, "application/json",
	  "{\"error\":{\"innererror\":{\"ErrorCode\":2152073733,\"Description\":\"DISTSRC_ACCESS_DENIED\"}}}", WP_REQUEST_CALL,
	  WP_SAID_NO, "DISTSRC_ACCESS_DENIED" },
	{ "a page for a call", 500, "text/html", "<html>", WP_REQUEST_CALL, WP_SAID_NOTHING, "HTTP 500" },
	{ "a page for a get", 500, "text/html", "<html>", WP_REQUEST_READ, WP_SAID_NO, "HTTP 500" },
	{ "a gateway's own status", 520, "text/plain", "error code: 520", WP_REQUEST_CALL, WP_SAID_NOTHING, "HTTP 520" },
	{ "no body", 500, "", "", WP_REQUEST_CALL, WP_SAID_NOTHING, "HTTP 500" },
	{ "write", 204, "", "", WP_REQUEST_WRITE, WP_SAID_DONE, NULL },
	{ "write, with words of its own", 200, "text/plain", "Thank you", WP_REQUEST_WRITE, WP_SAID_DONE, NULL },
	{ "write, a late error", 200, "application/json", "{\"error\":{\"message\":\"Out of luck\"}}", WP_REQUEST_WRITE, WP_SAID_NO,
	  "Out of luck" },
	{ "write, refused", 500, "", "{\"error\":{\"message\":\"Out of luck\"}}", WP_REQUEST_WRITE, WP_SAID_NO, "Out of luck" },
	{ "a provider's error as text", 500, "text/plain", "instance of SMS_ExtendedStatus { ErrorCode = 5; };", WP_REQUEST_CALL,
	  WP_SAID_NO, "Win32: access denied" },
};

Test(provider_odata, replies)
{
	for (size_t i = 0; i < sizeof replies / sizeof *replies; i++) {
		const struct reply *reply = &replies[i];
		struct wp_http http = { .transport = WP_TRANSPORT_ANSWERED, .status = reply->status, .retry_after = -1 };
		struct wp_answer answer;

		strcpy(http.type, reply->type);
		wp_buf_puts(&http.body, reply->body);
		wp_answer_read(&http, reply->request, &answer);
		cr_expect_eq(answer.said, reply->said, "%s: %d: %s", reply->name, answer.said, answer.why);
		cr_expect(!reply->words || strstr(answer.why, reply->words), "%s: %s", reply->name, answer.why);
		wp_answer_free(&answer);
		wp_http_free(&http);
	}
}

/* As many values as an answer may have, and one more. */
Test(provider_odata, values)
{
	for (unsigned int more = 0; more < 2; more++) {
		struct wp_http http = { .transport = WP_TRANSPORT_ANSWERED, .status = 200, .type = "application/json" };
		struct wp_answer answer;

		/* The object and the list are two of them, and there is no comma behind the last. */
		wp_buf_puts(&http.body, "{\"a\":[0");
		for (unsigned int i = 0; i < WP_LIMIT_ANSWER_VALUES - 2 + more; i++)
			wp_buf_puts(&http.body, ",0");
		wp_buf_puts(&http.body, "]}");
		wp_answer_read(&http, WP_REQUEST_READ, &answer);
		cr_expect_eq(answer.said, more ? WP_SAID_NO : WP_SAID_DONE, "%s", answer.why);
		cr_expect(!more || strstr(answer.why, "more JSON"), "%s", answer.why);
		wp_answer_free(&answer);
		wp_http_free(&http);
	}
}

/* A web server puts a refusal into a page, so that alone is no sign of another server. */
Test(provider_odata, page_of_a_refusal)
{
	struct wp_http http = { .transport = WP_TRANSPORT_ANSWERED, .status = 401, .type = "text/html" };
	struct wp_answer answer;

	wp_buf_puts(&http.body, "<html><title>Not Authorized</title>");
	wp_answer_read(&http, WP_REQUEST_READ, &answer);
	cr_expect_str_eq(answer.why, "HTTP 401 with a web page (\"Not Authorized\")");
	wp_http_free(&http);
}

Test(provider_odata, transports)
{
	struct wp_http http = { .transport = WP_TRANSPORT_LOST, .why = "gone" };
	struct wp_answer answer;

	wp_answer_read(&http, WP_REQUEST_CALL, &answer);
	cr_expect_eq(answer.said, WP_SAID_NOTHING);
	http.transport = WP_TRANSPORT_NOT_SENT;
	wp_answer_read(&http, WP_REQUEST_CALL, &answer);
	cr_expect_eq(answer.said, WP_SAID_AGAIN);
	http.hopeless = true;
	wp_answer_read(&http, WP_REQUEST_CALL, &answer);
	cr_expect_eq(answer.said, WP_SAID_NO);
	cr_expect_str_eq(answer.why, "gone");
}

Test(provider_odata, codes)
{
	char text[160];

	wp_code_text(1633, text, sizeof text);
	cr_expect_str_eq(text, "1633 (0x00000661: Win32: not supported on this processor)");
	wp_code_text(77, text, sizeof text);
	cr_expect_str_eq(text, "77 (0x0000004D)");
	cr_expect_null(wp_code_meaning(77));
}

/* What a pause comes to: its milliseconds, or below 0 with why. */
static int64_t pause_of(unsigned int tries, int64_t waited, long retry_after, struct wp_answer *answer)
{
	*answer = (struct wp_answer){ .retry_after = retry_after, .why = "busy" };
	return wp_session_pause(tries, waited, answer);
}

Test(provider_odata, pauses_are_bounded_in_all)
{
	const int64_t most = (int64_t)WP_LIMIT_WAIT_SECONDS * 1000;
	struct wp_answer answer;

	cr_assert_eq(pause_of(0, 0, -1, &answer), 250);
	cr_assert_eq(pause_of(7, 0, -1, &answer), 15000);
	cr_assert_eq(pause_of(0, 0, 3, &answer), 3000);
	cr_assert_eq(pause_of(0, 0, WP_LIMIT_WAIT_SECONDS, &answer), most);
	cr_assert_eq(pause_of(0, most - 1000, 1, &answer), 1000);
	cr_assert_str_eq(answer.why, "busy");
	cr_assert_lt(pause_of(0, 0, WP_LIMIT_WAIT_SECONDS + 1, &answer), 0);
	cr_assert(strstr(answer.why, "busy; it asks for a pause of 301 s, and no more than 300 s are waited in all"));
	cr_assert_lt(pause_of(0, most - 999, 1, &answer), 0);
	cr_assert_lt(pause_of(0, 0, LONG_MAX, &answer), 0);
	cr_assert_lt(pause_of(0, most, -1, &answer), 0);
	cr_assert_str_eq(answer.why, "busy");
}
