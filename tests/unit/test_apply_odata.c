/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What answers mean: return values, errors in all their wrappings, pages of proxies. */
#include "../../src/apply/actions.h"
#include "../../src/apply/codes.h"
#include "../../src/apply/odata.h"

#include <criterion/criterion.h>
#include <string.h>

static const struct reply {
	const char *name;
	long status;
	const char *type, *body;
	bool call;
	enum wp_said said;
	const char *words; /* that the sentence has to hold; NULL: none */
} replies[] = {
	{ "call", 201, "application/json", "{\"ReturnValue\":0}", true, WP_SAID_DONE, NULL },
	{ "call, 200", 200, "application/json", "{\"@odata.context\":\"x\",\"ReturnValue\":0}", true, WP_SAID_DONE,
	  NULL },
	{ "call, wrapped", 201, "application/json", "{\"value\":[{\"ReturnValue\":5}]}", true, WP_SAID_NO,
	  "0x00000005" },
	{ "call, bare value", 200, "application/json", "{\"value\":0}", true, WP_SAID_DONE, NULL },
	{ "call, negative", 201, "", "{\"ReturnValue\":-2147217407}", true, WP_SAID_NO,
	  "0x80041001: the provider failed" },
	{ "call, unsigned", 201, "", "{\"ReturnValue\":2147749889}", true, WP_SAID_NO, "-2147217407 (0x80041001" },
	{ "call, no content", 204, "", "", true, WP_SAID_DONE, NULL },
	{ "call, as a text", 201, "", "{\"ReturnValue\":\"5\"}", true, WP_SAID_NO, "0x00000005" },
	{ "call, 0 as a text", 201, "", "{\"ReturnValue\":\"0\"}", true, WP_SAID_DONE, NULL },
	{ "call, null", 201, "", "{\"ReturnValue\":null}", true, WP_SAID_DONE, NULL },
	{ "call, no number", 201, "", "{\"ReturnValue\":[]}", true, WP_SAID_NOTHING, "no number" },
	{ "call, a word", 201, "", "{\"ReturnValue\":\"0 or so\"}", true, WP_SAID_NOTHING, "no number" },
	{ "call, a late error", 200, "", "{\"error\":{\"code\":\"\",\"message\":\"Out of luck\"}}", true, WP_SAID_NO,
	  "Out of luck" },
	{ "call, locked late", 200, "", "{\"error\":{\"message\":\"Error: 0x40480732\"}}", true, WP_SAID_AGAIN, NULL },
	{ "call, a page", 200, "text/html", "<html><title>Sign in</title>", true, WP_SAID_NOTHING, "web page" },
	{ "call, half", 201, "application/json", "{\"ReturnVa", true, WP_SAID_NOTHING, NULL },
	{ "get", 200, "application/json", "\xef\xbb\xbf{\"value\":[]}", false, WP_SAID_DONE, NULL },
	{ "get, a page", 200, "text/html", "<!DOCTYPE html>", false, WP_SAID_NO, "web page" },
	{ "moved", 302, "text/html", "", false, WP_SAID_NO, "elsewhere" },
	{ "401", 401, "text/html", "<html>", false, WP_SAID_DENIED, "401" },
	{ "403", 403, "application/json", "{\"Message\":\"Denied.\"}", true, WP_SAID_DENIED, "Denied." },
	{ "404", 404, "application/json", "{}", false, WP_SAID_MISSING, NULL },
	{ "404 of another server", 404, "text/html", "<html>", false, WP_SAID_NO, "proxy" },
	{ "404 of a call", 404, "application/json", "{}", true, WP_SAID_NO, NULL },
	{ "429", 429, "", "", true, WP_SAID_AGAIN, NULL },
	{ "503", 503, "text/html", "<title> Busy </title>", true, WP_SAID_AGAIN, "Busy" },
	{ "502 of a call", 502, "text/html", "<html>", true, WP_SAID_NOTHING, NULL },
	{ "504 of a get", 504, "text/html", "<html>", false, WP_SAID_AGAIN, NULL },
	{ "OData error", 500, "application/json", "{\"error\":{\"code\":\"\",\"message\":\"Out of luck\"}}", true,
	  WP_SAID_NO, "Out of luck" },
	{ "OData 3 error", 500, "application/json",
	  "{\"odata.error\":{\"message\":{\"lang\":\"en\",\"value\":\"Bad\"}}}", true, WP_SAID_NO, "Bad" },
	{ "locked", 500, "application/json",
	  "{\"error\":{\"message\":\"x\",\"innererror\":{\"ErrorCode\":1078462258,\"StatusCode\":2147749889}}}", true,
	  WP_SAID_AGAIN, "0x40480732" },
	{ "locked, as a text", 500, "application/json",
	  "{\"error\":{\"message\":\"instance of SMS_ExtendedStatus\\n{\\n ErrorCode = 1078462258;\\n Description = "
	  "\\\"held\\\";\\n};\"}}",
	  true, WP_SAID_AGAIN, "held" },
	{ "locked, as JSON in a text", 500, "application/json",
	  "{\"error\":{\"message\":\"{\\\"ErrorCode\\\":\\\"1078462258\\\",\\\"StatusCode\\\":1}\"}}", true,
	  WP_SAID_AGAIN, NULL },
	{ "deadlock", 500, "application/json",
	  "{\"error\":{\"message\":\"x\",\"d\":[{\"errorcode\":2147749889,\"sqlstatus\":1205}]}}", true, WP_SAID_AGAIN,
	  NULL },
	{ "not ours", 500, "application/json",
	  "{\"error\":{\"innererror\":{\"ErrorCode\":2152073733,\"Description\":\"DISTSRC_ACCESS_DENIED\"}}}", true,
	  WP_SAID_NO, "DISTSRC_ACCESS_DENIED" },
	{ "a page for a call", 500, "text/html", "<html>", true, WP_SAID_NOTHING, "HTTP 500" },
	{ "a page for a get", 500, "text/html", "<html>", false, WP_SAID_NO, "HTTP 500" },
	{ "a gateway's own status", 520, "text/plain", "error code: 520", true, WP_SAID_NOTHING, "HTTP 520" },
	{ "no body", 500, "", "", true, WP_SAID_NOTHING, "HTTP 500" },
	{ "a provider's error as text", 500, "text/plain", "instance of SMS_ExtendedStatus { ErrorCode = 5; };", true,
	  WP_SAID_NO, "Win32: access denied" },
};

Test(apply_odata, replies)
{
	for (size_t i = 0; i < sizeof replies / sizeof *replies; i++) {
		const struct reply *reply = &replies[i];
		struct wp_http http = { .transport = WP_ANSWERED, .status = reply->status, .retry_after = -1 };
		struct wp_answer answer;

		strcpy(http.type, reply->type);
		wp_buf_puts(&http.body, reply->body);
		wp_answer_read(&http, reply->call, &answer);
		cr_expect_eq(answer.said, reply->said, "%s: %d: %s", reply->name, answer.said, answer.why);
		cr_expect(!reply->words || strstr(answer.why, reply->words), "%s: %s", reply->name, answer.why);
		wp_answer_free(&answer);
		wp_http_free(&http);
	}
}

/* A web server puts a refusal into a page, so that alone is no sign of another server. */
Test(apply_odata, page_of_a_refusal)
{
	struct wp_http http = { .transport = WP_ANSWERED, .status = 401, .type = "text/html" };
	struct wp_answer answer;

	wp_buf_puts(&http.body, "<html><title>Not Authorized</title>");
	wp_answer_read(&http, false, &answer);
	cr_expect_str_eq(answer.why, "HTTP 401 with a web page (\"Not Authorized\")");
	wp_http_free(&http);
}

Test(apply_odata, transports)
{
	struct wp_http http = { .transport = WP_LOST, .why = "gone" };
	struct wp_answer answer;

	wp_answer_read(&http, true, &answer);
	cr_expect_eq(answer.said, WP_SAID_NOTHING);
	http.transport = WP_NOT_SENT;
	wp_answer_read(&http, true, &answer);
	cr_expect_eq(answer.said, WP_SAID_AGAIN);
	http.hopeless = true;
	wp_answer_read(&http, true, &answer);
	cr_expect_eq(answer.said, WP_SAID_NO);
	cr_expect_str_eq(answer.why, "gone");
}

#define EDMX "<edmx:Edmx xmlns:edmx=\"http://docs.oasis-open.org/odata/ns/edmx\"><edmx:DataServices><Schema>"
#define END "</Schema></edmx:DataServices></edmx:Edmx>"

static const struct description {
	const char *name, *text;
	bool good, image, boot; /* whether RefreshPkgSource is offered for the two classes */
} descriptions[] = {
	{ "own",
	  EDMX "<Action Name=\"RefreshPkgSource\" IsBound=\"true\"><Parameter Name=\"b\" "
	       "Type=\"AdminService.SMS_ImagePackage\"/>"
	       "<Parameter Name=\"c\" Type=\"AdminService.SMS_BootImagePackage\"/></Action>" END,
	  true, true, false },
	{ "inherited",
	  EDMX "<EntityType Name=\"SMS_ImagePackage\" BaseType=\"AdminService.SMS_PackageBaseclass\"/>"
	       "<Action Name=\"RefreshPkgSource\" IsBound=\"true\"><Parameter Name=\"b\" "
	       "Type=\"AdminService.SMS_PackageBaseclass\"/></Action>" END,
	  true, true, false },
	{ "bound to nothing that it says", EDMX "<Action Name=\"RefreshPkgSource\" IsBound=\"true\"/>" END, true, true,
	  true },
	{ "not bound",
	  EDMX "<Action Name=\"RefreshPkgSource\"><Parameter Name=\"b\" "
	       "Type=\"AdminService.SMS_ImagePackage\"/></Action>" END,
	  true, false, false },
	{ "bound to a list",
	  EDMX "<Action Name=\"RefreshPkgSource\" IsBound=\"true\"><Parameter Name=\"b\" "
	       "Type=\"Collection(AdminService.SMS_ImagePackage)\"/></Action>" END,
	  true, false, false },
	{ "classes that derive from each other",
	  EDMX "<EntityType Name=\"SMS_ImagePackage\" BaseType=\"A.B\"/><EntityType Name=\"B\" "
	       "BaseType=\"A.SMS_ImagePackage\"/>"
	       "<Action Name=\"RefreshPkgSource\" IsBound=\"true\"><Parameter Name=\"b\" Type=\"A.C\"/></Action>" END,
	  true, false, false },
	{ "a page", "<html><body/></html>", false, false, false },
	{ "no XML", "{\"value\":[]}", false, false, false },
	{ "cut", EDMX, false, false, false },
	{ "a DTD", "<!DOCTYPE x [<!ENTITY a \"b\">]>" EDMX END, false, false, false },
	{ "empty", "", false, false, false },
};

Test(apply_odata, metadata)
{
	for (size_t i = 0; i < sizeof descriptions / sizeof *descriptions; i++) {
		const struct description *description = &descriptions[i];
		struct wp_actions *actions = wp_actions_new();
		const char *wrong;

		/* In pieces of one byte: a stream may break anywhere. */
		for (const char *at = description->text; *at && wp_actions_feed(actions, at, 1); at++)
			;
		wrong = wp_actions_end(actions);
		cr_expect_eq(!wrong, description->good, "%s: %s", description->name, wrong ? wrong : "");
		if (!wrong) {
			cr_expect_eq(wp_actions_offer(actions, WP_CLASS_IMAGE, WP_REFRESH), description->image, "%s",
				     description->name);
			cr_expect_eq(wp_actions_offer(actions, WP_CLASS_BOOT, WP_REFRESH), description->boot, "%s",
				     description->name);
			cr_expect_not(wp_actions_offer(actions, WP_CLASS_IMAGE, WP_RELOAD), "%s", description->name);
		}
		wp_actions_free(actions);
	}
}

Test(apply_odata, codes)
{
	char text[160];

	wp_code_text(1633, text, sizeof text);
	cr_expect_str_eq(text, "1633 (0x00000661: Win32: not supported on this processor)");
	wp_code_text(77, text, sizeof text);
	cr_expect_str_eq(text, "77 (0x0000004D)");
	cr_expect_null(wp_code_meaning(77));
}
