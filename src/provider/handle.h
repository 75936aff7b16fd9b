/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The way to a provider inside: libcurl's handles, and the request that is under way. */
#ifndef WIMPLAN_PROVIDER_HANDLE_H
#define WIMPLAN_PROVIDER_HANDLE_H

#include "http.h"

#include <curl/curl.h>

/*
 * The body of a request as libcurl reads it. libcurl 7.88 sends a request again when a reused connection dies before a
 * byte of the answer came (lib/transfer.c, Curl_retry_request), and after an authentication challenge (lib/http.c,
 * http_perhapsrewind). Either way it has to get the body again, from here.
 */
struct wp_guard {
	const char *body; /* NULL: a GET, which may be repeated at will */
	size_t length, at;
	unsigned int reads; /* how often the body was handed out */
	bool out;           /* it left, and nothing says that the server has refused it */
	bool suspect;       /* an answer of success came for a request whose body was not sent */
};

struct wp_provider {
	CURLM *multi; /* that has the connection, and the request while one is under way */
	CURL *curl;
	struct curl_slist *get_headers, *send_headers;
	struct wp_provider_options options;
	struct wp_guard guard;
	struct wp_http reply; /* of the request that is under way, as far as it has come */
	bool under_way;
	bool running; /* it is with libcurl; otherwise it could not be sent, and the reply says so */
	char *ahead; /* the path of a GET that nobody has asked for yet; NULL: the request is none */
	int64_t ahead_ms; /* when it was begun */
	size_t limit; /* bytes of its answer */
	size_t header; /* bytes of it so far, of all answers to the request */
	bool too_large, header_too_large;
	int64_t asked_ms; /* since when the run is asked to stop; 0: it is not */
	char error[CURL_ERROR_SIZE];
};

/*
 * Puts into the reply of the request that has ended with @code whether it was answered, may have arrived or was not sent, and why.
 * The request is still libcurl's.
 */
void wp_outcome_judge(struct wp_provider *provider, CURLcode code);

#endif
