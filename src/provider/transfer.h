/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The functions that libcurl calls while a request is under way (curl_easy_setopt(3)). */
#ifndef WIMPLAN_PROVIDER_TRANSFER_H
#define WIMPLAN_PROVIDER_TRANSFER_H

#include "handle.h"

/* CURLOPT_READFUNCTION and CURLOPT_SEEKFUNCTION: the body of the request, out of the struct wp_guard that is the @context. */
size_t wp_transfer_give(char *room, size_t size, size_t count, void *context);
int wp_transfer_rewind(void *context, curl_off_t offset, int origin);

/* CURLOPT_HEADERFUNCTION and CURLOPT_WRITEFUNCTION: the answer, into the struct wp_provider that is the @context. */
size_t wp_transfer_take_header(char *line, size_t size, size_t count, void *context);
size_t wp_transfer_take_body(char *bytes, size_t size, size_t count, void *context);

/* CURLOPT_XFERINFOFUNCTION, of the same: other than 0 when the request is to end. */
int wp_transfer_watch(void *context, curl_off_t down_total, curl_off_t down, curl_off_t up_total, curl_off_t up);

#endif
