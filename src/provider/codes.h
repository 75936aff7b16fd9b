/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the numbers mean that a site, or the way to it, fails with. */
#ifndef WIMPLAN_PROVIDER_CODES_H
#define WIMPLAN_PROVIDER_CODES_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* SEDO: another user has the object open for editing. */
#define WP_CODE_SEDO_LOCK 0x40480732u
/* SQLStatus of a deadlock's victim. */
#define WP_SQL_DEADLOCK 1205u

/* The meaning of a WMI, SMS or Win32 code; NULL when it is not known. */
const char *wp_code_meaning(uint32_t code);

/* "1078462258 (0x40480732: …)" into @room, without the meaning when it is not known. A value keeps its sign. */
void wp_code_text(int64_t code, char *room, size_t size);

/* Of libcurl. */

/* Whether another attempt would fail in the same way. */
bool wp_failure_is_final(CURLcode code);

/* Whether there is no server at all where one was looked for. */
bool wp_failure_is_nobody(CURLcode code);

/* One clause for people. @said: what libcurl put into its error buffer, "" for nothing. */
void wp_failure_text(CURL *curl, CURLcode code, const char *said, char *room, size_t size);

#endif
