/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The AdminService of an SMS Provider as HTTP: one connection, and the knowledge whether a request may have arrived. */
#ifndef WIMPLAN_PROVIDER_HTTP_H
#define WIMPLAN_PROVIDER_HTTP_H

#include "wimplan/buf.h"
#include "wimplan/error.h"
#include "wimplan/provider.h"

#include <stdbool.h>

enum wp_transport {
	WP_TRANSPORT_ANSWERED, /* there is a status, and all of the body unless the status says that it failed */
	WP_TRANSPORT_NOT_SENT, /* nothing that the server could act on has left this machine */
	WP_TRANSPORT_LOST,     /* the request may have arrived; what became of it is not known */
};

struct wp_http {
	enum wp_transport transport;
	bool hopeless;   /* not sent, and it would be the same again: a certificate, a bad URL … */
	bool nobody;     /* not sent, for there is no such host, or nothing listens there */
	bool timed_out;  /* nothing came, or not all of it, in the time for it */
	long status;     /* HTTP status; 0 when there was none */
	long retry_after; /* seconds; -1: not given */
	char type[64];   /* the content's type, lower case, without parameters */
	struct wp_buf body;
	char why[400]; /* when it was not answered: one clause for people */
};

struct wp_provider;

int wp_provider_open(const struct wp_provider_options *options, struct wp_provider **ret_provider,
		     struct wp_error *err);
void wp_provider_close(struct wp_provider *provider);
static inline void wp_provider_closep(struct wp_provider **provider)
{
	wp_provider_close(*provider);
}

/*
 * GET of a path below the AdminService ("wmi/…", encoded), whose answer may have @limit bytes. A former content of @ret
 * is freed.
 */
void wp_provider_get(struct wp_provider *provider, const char *path, size_t limit, struct wp_http *ret);

/*
 * Begins the GET of a path that is most likely asked for next, and does not wait: so the server is at work on it while this
 * program is on the answer before. wp_provider_get() of this very path takes its answer, unless it was begun WP_FRESH_MS ago;
 * any other request waits for it and passes it over.
 */
void wp_provider_ahead(struct wp_provider *provider, const char *path, size_t limit);

/*
 * POST or PUT (@method) of a JSON text, sent at most once whatever libcurl thinks of it: only an answer 401 to the
 * very request allows it to go out again.
 */
void wp_provider_send(struct wp_provider *provider, const char *method, const char *path, const char *json,
		      struct wp_http *ret);

/* How often the body of the last wp_provider_send() was handed to libcurl: for tests. */
unsigned int wp_provider_body_reads(const struct wp_provider *provider);

void wp_http_free(struct wp_http *http);

/*
 * Puts asterisks in place of @secret wherever it stands in @body: a server may repeat what it was sent, and what it says goes into
 * messages and files. NULL, or a secret that is so short that it may be a word of any answer, is left alone.
 */
void wp_secret_mask(const char *secret, struct wp_buf *body);

#endif
