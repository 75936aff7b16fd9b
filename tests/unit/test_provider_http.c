/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A method call is sent once, whatever the connection does: held against a server that counts. */
#include "../../src/provider/http.h"
#include "../../src/provider/url.h"

#include "wimplan/buf.h"
#include "wimplan/limits.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What the server does with a request. */
enum deed { ANSWER, CLOSE_SILENTLY, CHALLENGE, HALF_ANSWER, ANSWER_AND_CLOSE, LONG_HEADER };

struct server {
	int listener;
	unsigned int port;
	pthread_t thread;
	const enum deed *deeds; /* one for each request */
	size_t deed_count;
	size_t header; /* bytes of the header of LONG_HEADER */
	size_t requests, posts, connections, bodies; /* posts with their whole body */
};

static void answer(int fd, enum deed deed)
{
	static const char *const texts[] = {
		[ANSWER] = "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 17\r\n\r\n{\"ReturnValue\":0}",
		[CLOSE_SILENTLY] = "",
		/* An NTLM message of type 2 (MS-NLMP, 2.2.1.2) with an empty target. */
		[CHALLENGE] = ("HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: NTLM TlRMTVNTUAACAAAAAAAAADgAAAABgogAMTIz"
			       "NDU2NzgAAAAAAAAAAAQABAA4AAAAAAAAAAAAAAAAAAAA\r\nContent-Length: 0\r\n\r\n"),
		[HALF_ANSWER] = "HTTP/1.1 201 Created\r\nContent-Length: 17\r\n\r\n{\"Retu",
		[ANSWER_AND_CLOSE] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
	};

	if (*texts[deed] && write(fd, texts[deed], strlen(texts[deed])) < 0)
		abort();
}

/* An answer with so many bytes in front of its body, in lines of some 1,000. */
static void answer_with_header(int fd, size_t length)
{
	struct wp_buf text = { 0 };

	wp_buf_puts(&text, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n");
	while (text.length + 2 < length) {
		size_t left = length - 2 - text.length, line = left < 2000 ? left : 1000;

		wp_buf_puts(&text, "X: ");
		wp_buf_pad(&text, 'x', line - 5);
		wp_buf_puts(&text, "\r\n");
	}
	wp_buf_puts(&text, "\r\n{}");
	/* The client may have hung up before the end. */
	for (size_t sent = 0; sent < text.length;) {
		ssize_t put = send(fd, text.data + sent, text.length - sent, MSG_NOSIGNAL);

		if (put <= 0)
			break;
		sent += (size_t)put;
	}
	wp_buf_free(&text);
}

/* Reads one request, head and body. False at the end of the connection. */
static bool read_request(int fd, struct server *server)
{
	char head[8192];
	size_t length = 0, body = 0, wanted = 0;
	char *end = NULL, *field;

	while (!end && length < sizeof head - 1) {
		ssize_t got = read(fd, head + length, sizeof head - 1 - length);

		if (got <= 0)
			return false;
		length += (size_t)got;
		head[length] = '\0';
		end = strstr(head, "\r\n\r\n");
	}
	field = strcasestr(head, "\r\nContent-Length:");
	if (field)
		wanted = strtoul(field + 17, NULL, 10);
	body = length - (size_t)(end + 4 - head);
	while (body < wanted) {
		ssize_t got = read(fd, head, sizeof head - 1);

		if (got <= 0)
			break;
		body += (size_t)got;
	}
	server->requests++;
	server->posts += !strncmp(head, "POST", 4) || wanted;
	server->bodies += wanted && body >= wanted;
	return true;
}

static void *serve(void *context)
{
	struct server *server = context;

	while (server->requests < server->deed_count) {
		int fd = accept(server->listener, NULL, NULL);

		if (fd < 0)
			break;
		server->connections++;
		while (server->requests < server->deed_count && read_request(fd, server)) {
			enum deed deed = server->deeds[server->requests - 1];

			if (deed == LONG_HEADER)
				answer_with_header(fd, server->header);
			else
				answer(fd, deed);
			if (deed == CLOSE_SILENTLY || deed == HALF_ANSWER || deed == ANSWER_AND_CLOSE)
				break;
		}
		close(fd);
	}
	return NULL;
}

static void start(struct server *server, const enum deed *deeds, size_t count)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t length = sizeof address;

	*server = (struct server){ .deeds = deeds, .deed_count = count };
	server->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	cr_assert(!bind(server->listener, (struct sockaddr *)&address, sizeof address));
	cr_assert(!listen(server->listener, 8));
	cr_assert(!getsockname(server->listener, (struct sockaddr *)&address, &length));
	server->port = ntohs(address.sin_port);
	cr_assert(!pthread_create(&server->thread, NULL, serve, server));
}

static void stop(struct server *server)
{
	shutdown(server->listener, SHUT_RDWR);
	pthread_join(server->thread, NULL);
	close(server->listener);
}

static struct wp_provider *connect_to(const struct server *server, char url[64], enum wp_auth auth)
{
	struct wp_provider_options options = { .url = url, .auth = auth, .timeout = 10, .user = "u", .password = "p" };
	struct wp_provider *provider = NULL;
	struct wp_error err;

	snprintf(url, 64, "http://127.0.0.1:%u/AdminService", server->port);
	cr_assert(!wp_provider_open(&options, &provider, &err), "%s", err.message);
	return provider;
}

/* A GET on a connection that is kept, then a POST on it: what libcurl 7.88 would send again if it could. */
static void post_on_used_connection(const enum deed *deeds, size_t count, struct server *server, struct wp_http *http,
				    unsigned int *ret_reads)
{
	char url[64];
	struct wp_provider *provider;

	start(server, deeds, count);
	provider = connect_to(server, url, WP_AUTH_NONE);
	wp_provider_get(provider, "wmi/x", 1000, http);
	cr_expect_eq(http->transport, WP_TRANSPORT_ANSWERED);
	wp_provider_send(provider, "POST", "wmi/x", "{}", http);
	*ret_reads = wp_provider_body_reads(provider);
	wp_provider_close(provider);
	stop(server);
}

Test(provider_http, reused_connection_that_dies_after_the_request)
{
	/* The third deed would be the answer to the second POST, if there were one. */
	static const enum deed deeds[] = { ANSWER, CLOSE_SILENTLY, ANSWER };
	struct server server;
	struct wp_http http = { 0 };
	unsigned int reads;

	post_on_used_connection(deeds, 3, &server, &http, &reads);
	cr_expect_eq(http.transport, WP_TRANSPORT_LOST, "%d %s", http.transport, http.why);
	cr_expect_eq(server.posts, 1, "%zu calls arrived", server.posts);
	cr_expect_eq(reads, 1);
	wp_http_free(&http);
}

Test(provider_http, connection_that_was_closed_before_the_request)
{
	static const enum deed deeds[] = { ANSWER_AND_CLOSE, ANSWER };
	struct server server;
	struct wp_http http = { 0 };
	unsigned int reads;

	post_on_used_connection(deeds, 2, &server, &http, &reads);
	/* Seen to be closed in time, it is a fresh connection's first request; otherwise it may have arrived. */
	cr_expect(http.transport == WP_TRANSPORT_ANSWERED || http.transport == WP_TRANSPORT_LOST, "%d %s", http.transport, http.why);
	cr_expect_leq(server.bodies, 1, "%zu calls arrived", server.bodies);
	cr_expect_leq(reads, 1);
	wp_http_free(&http);
}

Test(provider_http, half_an_answer)
{
	static const enum deed deeds[] = { ANSWER, HALF_ANSWER, ANSWER };
	struct server server;
	struct wp_http http = { 0 };
	unsigned int reads;

	post_on_used_connection(deeds, 3, &server, &http, &reads);
	cr_expect_eq(http.transport, WP_TRANSPORT_LOST, "%d %s", http.transport, http.why);
	cr_expect_eq(server.posts, 1, "%zu calls arrived", server.posts);
	wp_http_free(&http);
}

Test(provider_http, answered)
{
	static const enum deed deeds[] = { ANSWER, ANSWER };
	struct server server;
	struct wp_http http = { 0 };
	unsigned int reads;

	post_on_used_connection(deeds, 2, &server, &http, &reads);
	cr_expect_eq(http.transport, WP_TRANSPORT_ANSWERED);
	cr_expect_eq(http.status, 201);
	cr_expect_str_eq(http.type, "application/json");
	cr_expect_str_eq(http.body.data, "{\"ReturnValue\":0}");
	cr_expect_eq(server.connections, 1);
	wp_http_free(&http);
}

/* What was begun ahead is taken by who asks for it, once, on the same connection. */
Test(provider_http, begun_ahead)
{
	static const enum deed deeds[] = { ANSWER, ANSWER, ANSWER };
	struct server server;
	struct wp_http http = { 0 };
	char url[64];
	struct wp_provider *provider;

	start(&server, deeds, 3);
	provider = connect_to(&server, url, WP_AUTH_NONE);
	wp_provider_get(provider, "wmi/x", 1000, &http);
	wp_provider_ahead(provider, "wmi/y", 1000);
	wp_provider_get(provider, "wmi/y", 1000, &http);
	cr_expect_eq(http.transport, WP_TRANSPORT_ANSWERED, "%s", http.why);
	cr_expect_eq(http.status, 201);
	cr_expect_str_eq(wp_buf_text(&http.body), "{\"ReturnValue\":0}");
	wp_provider_get(provider, "wmi/y", 1000, &http);
	cr_expect_eq(http.status, 201);
	wp_provider_close(provider);
	stop(&server);
	cr_expect_eq(server.requests, 3, "%zu requests arrived", server.requests);
	cr_expect_eq(server.connections, 1);
	wp_http_free(&http);
}

/* Nobody asks for it, or somebody asks later than it counts, or for more of it: it is passed over, and what is asked for is sent. */
Test(provider_http, begun_ahead_in_vain)
{
	static const enum deed deeds[] = { ANSWER, ANSWER, ANSWER, ANSWER, ANSWER, ANSWER, ANSWER, ANSWER, ANSWER };
	struct server server;
	struct wp_http http = { 0 };
	char url[64];
	struct wp_provider *provider;

	start(&server, deeds, 9);
	provider = connect_to(&server, url, WP_AUTH_NONE);
	wp_provider_ahead(provider, "wmi/x", 1000);
	wp_provider_get(provider, "wmi/y", 1000, &http);
	wp_provider_ahead(provider, "wmi/x", 1000);
	wp_provider_get(provider, "wmi/x", 2000, &http);
	wp_provider_ahead(provider, "wmi/x", 1000);
	usleep((WP_FRESH_MS + 20) * 1000);
	wp_provider_get(provider, "wmi/x", 1000, &http);
	wp_provider_ahead(provider, "wmi/x", 1000);
	wp_provider_send(provider, "POST", "wmi/x", "{}", &http);
	cr_expect_eq(http.transport, WP_TRANSPORT_ANSWERED, "%s", http.why);
	cr_expect_eq(wp_provider_body_reads(provider), 1);
	/* The last one is still under way when the provider is closed. */
	wp_provider_ahead(provider, "wmi/x", 1000);
	wp_provider_close(provider);
	stop(&server);
	cr_expect_eq(server.posts, 1, "%zu calls arrived", server.posts);
	cr_expect(server.requests == 8 || server.requests == 9, "%zu requests arrived", server.requests);
	wp_http_free(&http);
}

/* What became of it is told to who asks for it. */
Test(provider_http, begun_ahead_and_lost)
{
	static const enum deed deeds[] = { CLOSE_SILENTLY, ANSWER };
	struct server server;
	struct wp_http http = { 0 };
	char url[64];
	struct wp_provider *provider;

	start(&server, deeds, 2);
	provider = connect_to(&server, url, WP_AUTH_NONE);
	wp_provider_ahead(provider, "wmi/x", 1000);
	wp_provider_get(provider, "wmi/x", 1000, &http);
	cr_expect_eq(http.transport, WP_TRANSPORT_NOT_SENT, "%d %s", http.transport, http.why);
	cr_expect_not(http.hopeless);
	wp_provider_get(provider, "wmi/x", 1000, &http);
	cr_expect_eq(http.transport, WP_TRANSPORT_ANSWERED, "%s", http.why);
	wp_provider_close(provider);
	stop(&server);
	wp_http_free(&http);
}

Test(provider_http, ntlm_server_that_takes_the_call_without_its_body)
{
	/* libcurl begins NTLM with a POST without body; a server that does not mind has perhaps acted on it. */
	static const enum deed deeds[] = { ANSWER, ANSWER };
	struct server server;
	struct wp_http http = { 0 };
	char url[64];
	struct wp_provider *provider;

	start(&server, deeds, 2);
	provider = connect_to(&server, url, WP_AUTH_NTLM);
	wp_provider_send(provider, "POST", "wmi/x", "{}", &http);
	cr_expect_eq(http.transport, WP_TRANSPORT_LOST, "%d %s", http.transport, http.why);
	cr_expect_eq(wp_provider_body_reads(provider), 0);
	wp_provider_close(provider);
	stop(&server);
	cr_expect_eq(server.requests, 1, "%zu requests arrived", server.requests);
	wp_http_free(&http);
}

/* One call with NTLM against these deeds. */
static void call_with_ntlm(const enum deed *deeds, size_t count, struct server *server, struct wp_http *http)
{
	char url[64];
	struct wp_provider *provider;

	start(server, deeds, count);
	provider = connect_to(server, url, WP_AUTH_NTLM);
	wp_provider_send(provider, "POST", "wmi/x", "{}", http);
	wp_provider_close(provider);
	stop(server);
}

Test(provider_http, ntlm_connection_that_dies_behind_the_challenge)
{
	/* The status of the challenge is no answer to the call that came behind it, which may have taken effect. */
	static const enum deed deeds[] = { CHALLENGE, CLOSE_SILENTLY, ANSWER };
	struct server server;
	struct wp_http http = { 0 };

	call_with_ntlm(deeds, 3, &server, &http);
	cr_expect_eq(http.transport, WP_TRANSPORT_LOST, "%d %ld %s", http.transport, http.status, http.why);
	cr_expect_eq(server.bodies, 1, "%zu calls arrived", server.bodies);
	cr_expect_eq(server.requests, 2);
	wp_http_free(&http);
}

Test(provider_http, ntlm_connection_that_dies_before_the_challenge)
{
	/* The call's first request has no body, but who knows what a server takes for a call. */
	static const enum deed deeds[] = { CLOSE_SILENTLY, ANSWER };
	struct server server;
	struct wp_http http = { 0 };

	call_with_ntlm(deeds, 2, &server, &http);
	cr_expect_eq(http.transport, WP_TRANSPORT_LOST, "%d %ld %s", http.transport, http.status, http.why);
	cr_expect_eq(server.requests, 1);
	wp_http_free(&http);
}

Test(provider_http, ntlm_read_that_dies_behind_the_challenge)
{
	/* Nobody is refused: it is worth another attempt. */
	static const enum deed deeds[] = { CHALLENGE, CLOSE_SILENTLY };
	struct server server;
	struct wp_http http = { 0 };
	char url[64];
	struct wp_provider *provider;

	start(&server, deeds, 2);
	provider = connect_to(&server, url, WP_AUTH_NTLM);
	wp_provider_get(provider, "wmi/x", 1000, &http);
	cr_expect_eq(http.transport, WP_TRANSPORT_NOT_SENT, "%d %ld %s", http.transport, http.status, http.why);
	cr_expect_not(http.hopeless);
	wp_provider_close(provider);
	stop(&server);
	wp_http_free(&http);
}

Test(provider_http, nobody_listens)
{
	struct server server;
	struct wp_http http = { 0 };
	char url[64];
	struct wp_provider *provider;

	start(&server, NULL, 0);
	stop(&server);
	provider = connect_to(&server, url, WP_AUTH_NONE);
	wp_provider_send(provider, "POST", "wmi/x", "{}", &http);
	cr_expect_eq(http.transport, WP_TRANSPORT_NOT_SENT);
	cr_expect_not(http.hopeless);
	cr_expect_eq(wp_provider_body_reads(provider), 0);
	wp_provider_close(provider);
	wp_http_free(&http);
}

/* On both sides of the limit of an answer, which has 17 bytes. */
Test(provider_http, limit_of_an_answer)
{
	for (size_t limit = 17; limit >= 16; limit--) {
		struct server server;
		struct wp_http http = { 0 };
		struct wp_provider *provider;
		char url[64];

		start(&server, (const enum deed[]){ ANSWER }, 1);
		provider = connect_to(&server, url, WP_AUTH_NONE);
		wp_provider_get(provider, "wmi/x", limit, &http);
		cr_expect_eq(http.transport, limit == 17 ? WP_TRANSPORT_ANSWERED : WP_TRANSPORT_NOT_SENT, "%zu: %s", limit, http.why);
		cr_expect_eq(http.hopeless, limit == 16);
		cr_expect(limit == 17 || strstr(http.why, "larger than 16 bytes"), "%s", http.why);
		wp_provider_close(provider);
		wp_http_free(&http);
		stop(&server);
	}
}

/* On both sides of the limit of an answer's header, all its lines and the empty one together. */
Test(provider_http, limit_of_a_header)
{
	for (size_t header = WP_LIMIT_HEADER_BYTES; header <= WP_LIMIT_HEADER_BYTES + 1; header++) {
		bool fits = header == WP_LIMIT_HEADER_BYTES;
		struct server server;
		struct wp_http http = { 0 };
		struct wp_provider *provider;
		char url[64];

		start(&server, (const enum deed[]){ LONG_HEADER }, 1);
		server.header = header;
		provider = connect_to(&server, url, WP_AUTH_NONE);
		wp_provider_get(provider, "wmi/x", 1000, &http);
		cr_expect_eq(http.transport, fits ? WP_TRANSPORT_ANSWERED : WP_TRANSPORT_NOT_SENT, "%zu: %s", header, http.why);
		cr_expect_eq(http.hopeless, !fits);
		cr_expect(fits || !strcmp(http.why, "the header of the answer is larger than 65536 bytes"), "%s", http.why);
		wp_provider_close(provider);
		wp_http_free(&http);
		stop(&server);
	}
}

/* What cannot be made a text, or has nothing in it, is not sent: an empty object would take every property away. */
Test(provider_http, nothing_to_write_back)
{
	json_t *entities[] = { json_pack("{s:{s:s}}", "value", "Name", "right"),
			       json_pack("{s:[{s:s,s:n}]}", "value", "__CLASS", "x", "Name"),
			       json_pack("{s:[]}", "value"), json_pack("{s:s}", "Name", "right"),
			       json_pack("{s:o}", "Name", json_stringn_nocheck("\xff", 1)) };
	struct server server;
	struct wp_provider_options options = { .auth = WP_AUTH_NONE, .timeout = 10 };
	struct wp_session session = { .options = &options };
	struct wp_answer answer;
	struct wp_error err;
	char url[64];

	start(&server, (const enum deed[]){ ANSWER, ANSWER, ANSWER, ANSWER, ANSWER }, 5);
	snprintf(url, sizeof url, "http://127.0.0.1:%u/AdminService", server.port);
	options.url = url;
	cr_assert_eq(wp_session_open(&session, &err), WP_OK);
	for (size_t i = 0; i < sizeof entities / sizeof *entities; i++) {
		wp_session_write(&session, WP_CLASS_IMAGE, "P0100001", entities[i], &answer);
		cr_expect_eq(answer.said, i == 0 || i == 3 ? WP_SAID_DONE : WP_SAID_NO, "%zu: %s", i, answer.why);
		wp_answer_free(&answer);
		json_decref(entities[i]);
	}
	wp_session_close(&session);
	stop(&server);
	cr_expect_eq(server.posts, 2);
}

Test(provider_http, urls)
{
	static const struct {
		const char *url;
		bool loopback;
	} cases[] = {
		{ "http://127.0.0.1:8080/AdminService", true },
		{ "http://localhost/AdminService", true },
		{ "http://[::1]:1/AdminService", true },
		{ "https://127.0.0.1/AdminService", false },
		{ "http://127.0.0.10/AdminService", false },
		{ "http://localhost.example.com/AdminService", false },
		{ "http://localhost:80@example.com/AdminService", false },
		{ "http://example.com/AdminService", false },
	};
	char *path = wp_provider_path("SMS_ImagePackage", "P01'0 1%", "RefreshPkgSource");

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		cr_expect_eq(wp_provider_is_loopback(cases[i].url), cases[i].loopback, "%s", cases[i].url);
	cr_expect_str_eq(path, "wmi/SMS_ImagePackage('P01%27%270%201%25')/AdminService.RefreshPkgSource");
	free(path);
}

Test(provider_http, a_secret_that_is_repeated)
{
	static const struct {
		const char *secret, *text, *wanted;
	} cases[] = {
		{ "0123456789abcdef", "0123456789abcdef", "****************" },
		{ "0123456789abcdef", "a 0123456789abcdef0123456789abcdef.", "a ********************************." },
		{ "0123456789abcdef", "0123456789abcde", "0123456789abcde" },
		{ "0123456789abcde", "0123456789abcde", "0123456789abcde" },
		{ NULL, "text", "text" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct wp_buf body = { 0 };

		wp_buf_add(&body, cases[i].text, strlen(cases[i].text));
		wp_secret_mask(cases[i].secret, &body);
		cr_expect_str_eq(wp_buf_text(&body), cases[i].wanted, "%zu", i);
		wp_buf_free(&body);
		wp_secret_mask(cases[i].secret, &body);
	}
}
