/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The HTTP side over libmicrohttpd: reads a request, lets the faults happen, writes the answer and the log. */
#include "site.h"

#include "wimplan/buf.h"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#define LARGEST_BODY (1u << 20)

/* What is known of a connection: how many requests came over it. */
struct connection {
	uint64_t number, requests;
};

struct request {
	struct call call;
	struct wp_buf body;
};

static void connection_changed(void *context, struct MHD_Connection *connection, void **socket_context,
			       enum MHD_ConnectionNotificationCode code)
{
	struct site *site = context;
	struct connection *is;

	(void)connection;
	if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
		free(*socket_context);
		*socket_context = NULL;
		return;
	}
	is = calloc(1, sizeof *is);
	if (!is)
		abort();
	pthread_mutex_lock(&site->mutex);
	is->number = ++site->last_request;
	pthread_mutex_unlock(&site->mutex);
	*socket_context = is;
}

static void sleep_for(double seconds)
{
	struct timespec time = { (time_t)seconds, (long)((seconds - (double)(time_t)seconds) * 1e9) };

	nanosleep(&time, NULL);
}

/* The scheme alone: a secret has no place in a log. */
static void log_request(struct request *request, struct connection *connection, struct MHD_Connection *mhd)
{
	const char *authorization = MHD_lookup_connection_value(mhd, MHD_HEADER_KIND, "Authorization");
	const char *user = MHD_lookup_connection_value(mhd, MHD_HEADER_KIND, "X-Remote-User");
	const char *type = MHD_lookup_connection_value(mhd, MHD_HEADER_KIND, "Content-Type");
	const char *agent = MHD_lookup_connection_value(mhd, MHD_HEADER_KIND, "User-Agent");
	char scheme[16] = "";

	if (authorization) {
		strncpy(scheme, authorization, sizeof scheme - 1);
		scheme[strcspn(scheme, " ")] = '\0';
	}
	site_log(request->call.site,
		 json_pack("{s:s,s:I,s:s,s:s,s:s?,s:I,s:I,s:s,s:s?,s:s?,s:s?,s:s?}", "type", "request", "request",
			   (json_int_t)request->call.number, "method", request->call.method, "path", request->call.path,
			   "filter", request->call.filter, "connection", (json_int_t)connection->number,
			   "on_connection", (json_int_t)connection->requests, "authorization", scheme, "user", user,
			   "content_type", type, "agent", agent, "fault",
			   request->call.fault ? request->call.fault->name : NULL));
}

/* The first look at a request, before its body. False: close the connection. */
static bool begin(struct site *site, struct request *request, struct MHD_Connection *mhd)
{
	struct connection *connection =
		MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
	struct call *call = &request->call;
	enum fault_kind kind;

	call->site = site;
	call->filter = MHD_lookup_connection_value(mhd, MHD_GET_ARGUMENT_KIND, "$filter");
	call->select = MHD_lookup_connection_value(mhd, MHD_GET_ARGUMENT_KIND, "$select");
	call->top = MHD_lookup_connection_value(mhd, MHD_GET_ARGUMENT_KIND, "$top");
	call->token = MHD_lookup_connection_value(mhd, MHD_GET_ARGUMENT_KIND, "$skiptoken");
	call->skip = MHD_lookup_connection_value(mhd, MHD_GET_ARGUMENT_KIND, "$skip");
	connection->requests++;
	pthread_mutex_lock(&site->mutex);
	call->number = ++site->last_request;
	call->fault = site_fault_pick(site, call->method, call->path, connection->requests > 1);
	log_request(request, connection, mhd);
	kind = call->fault ? call->fault->kind : FAULT_NONE;
	if (kind == FAULT_DIE)
		_exit(9);
	pthread_mutex_unlock(&site->mutex);
	if (kind == FAULT_SLOW)
		sleep_for(json_number_value(json_object_get(call->fault->json, "seconds")));
	return kind != FAULT_CLOSE_BEFORE;
}

static bool is_authorised(const struct site *site, struct MHD_Connection *mhd)
{
	const char *authorization = MHD_lookup_connection_value(mhd, MHD_HEADER_KIND, "Authorization");

	if (!site->token)
		return true;
	return authorization && !strncasecmp(authorization, "Bearer ", 7) && !strcmp(authorization + 7, site->token);
}

/* Half of a text, and then the end of the connection. */
static ssize_t give_half(void *context, uint64_t at, char *buffer, size_t size)
{
	const char *text = context;
	size_t half = strlen(text) / 2, count = half - (size_t)at;

	if (at >= half)
		return MHD_CONTENT_READER_END_WITH_ERROR;
	if (count > size)
		count = size;
	memcpy(buffer, text + at, count);
	return (ssize_t)count;
}

static enum MHD_Result send_answer(struct MHD_Connection *mhd, const struct call *call, struct answer *answer)
{
	char *text = answer->text ? answer->text : strdup("");
	struct MHD_Response *response;
	enum MHD_Result result;

	if (call->fault && call->fault->kind == FAULT_HALF)
		response = MHD_create_response_from_callback(strlen(text), 4096, give_half, text, free);
	else
		response = MHD_create_response_from_buffer(strlen(text), text, MHD_RESPMEM_MUST_FREE);
	if (answer->type && *text)
		MHD_add_response_header(response, "Content-Type", answer->type);
	MHD_add_response_header(response, "OData-Version", "4.0");
	MHD_add_response_header(response, "Server", "Microsoft-HTTPAPI/2.0");
	if (answer->retry_after[0])
		MHD_add_response_header(response, "Retry-After", answer->retry_after);
	if (answer->challenge) {
		MHD_add_response_header(response, "WWW-Authenticate", "Negotiate");
		MHD_add_response_header(response, "WWW-Authenticate", "NTLM");
	}
	result = MHD_queue_response(mhd, answer->status, response);
	MHD_destroy_response(response);
	return result;
}

static enum MHD_Result finish(struct site *site, struct request *request, struct MHD_Connection *mhd)
{
	struct call *call = &request->call;
	enum fault_kind kind = call->fault ? call->fault->kind : FAULT_NONE;
	struct answer answer = { 0 };

	call->body = wp_buf_text(&request->body);
	call->body_length = request->body.length;
	pthread_mutex_lock(&site->mutex);
	if (is_authorised(site, mhd)) {
		site_handle(call, &answer);
	} else {
		site_answer_error(&answer, 401, "", "Authorization has been denied for this request.");
		answer.challenge = true;
	}
	site_log(site, json_pack("{s:s,s:I,s:i,s:b}", "type", "answer", "request", (json_int_t)call->number, "status",
				 (int)answer.status, "sent", kind != FAULT_CLOSE_AFTER && kind != FAULT_DIE_AFTER));
	if (kind == FAULT_DIE_AFTER)
		_exit(9);
	pthread_mutex_unlock(&site->mutex);
	if (kind == FAULT_CLOSE_AFTER) {
		free(answer.text);
		return MHD_NO;
	}
	return send_answer(mhd, call, &answer);
}

static enum MHD_Result handle(void *context, struct MHD_Connection *mhd, const char *url, const char *method,
			      const char *version, const char *upload, size_t *upload_size, void **state)
{
	struct site *site = context;
	struct request *request = *state;

	(void)version;
	if (!request) {
		request = calloc(1, sizeof *request);
		if (!request)
			abort();
		request->call.method = method;
		request->call.path = url;
		*state = request;
		return begin(site, request, mhd) ? MHD_YES : MHD_NO;
	}
	if (*upload_size) {
		if (request->body.length + *upload_size > LARGEST_BODY)
			return MHD_NO;
		wp_buf_add(&request->body, upload, *upload_size);
		*upload_size = 0;
		return MHD_YES;
	}
	return finish(site, request, mhd);
}

static void completed(void *context, struct MHD_Connection *mhd, void **state, enum MHD_RequestTerminationCode why)
{
	struct request *request = *state;

	(void)context;
	(void)mhd;
	(void)why;
	if (!request)
		return;
	wp_buf_free(&request->body);
	free(request);
	*state = NULL;
}

struct MHD_Daemon *site_http_start(struct site *site, const char *cert, const char *key)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_port = htons(site->port),
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct MHD_OptionItem options[] = {
		{ MHD_OPTION_SOCK_ADDR, 0, &address },
		{ MHD_OPTION_CONNECTION_TIMEOUT, 120, NULL },
		{ MHD_OPTION_LISTENING_ADDRESS_REUSE, 1, NULL },
		{ cert ? MHD_OPTION_HTTPS_MEM_CERT : MHD_OPTION_END, 0, (void *)(uintptr_t)cert },
		{ MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)(uintptr_t)key },
		{ MHD_OPTION_END, 0, NULL },
	};
	unsigned int flags = MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_THREAD_PER_CONNECTION | (cert ? MHD_USE_TLS : 0);
	struct MHD_Daemon *daemon = MHD_start_daemon(
		flags, site->port, NULL, NULL, handle, site, MHD_OPTION_ARRAY, options, MHD_OPTION_NOTIFY_COMPLETED,
		completed, NULL, MHD_OPTION_NOTIFY_CONNECTION, connection_changed, site, MHD_OPTION_END);

	if (daemon)
		site->port = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT)->port;
	return daemon;
}
