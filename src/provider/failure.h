/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Why a request failed, in words, with the way out where there is one. */
#ifndef WIMPLAN_PROVIDER_FAILURE_H
#define WIMPLAN_PROVIDER_FAILURE_H

#include <curl/curl.h>
#include <stdbool.h>

/* Whether another attempt would fail in the same way. */
bool wp_failure_is_final(CURLcode code);

/* Whether there is no server at all where one was looked for. */
bool wp_failure_is_nobody(CURLcode code);

/* One clause for people. @said: what libcurl put into its error buffer, "" for nothing. */
void wp_failure_text(CURL *curl, CURLcode code, const char *said, char *room, size_t size);

#endif
