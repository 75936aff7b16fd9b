/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Header fields of an answer. */
#ifndef WIMPLAN_PROVIDER_HEADER_H
#define WIMPLAN_PROVIDER_HEADER_H

#include <stdbool.h>
#include <stddef.h>

/* Whether the line is the field @name; its value goes into @value, without white space around it. */
bool wp_header_is(const char *line, size_t length, const char *name, char *value, size_t room);

/* The seconds that a Retry-After asks for; -1 when it says nothing that can be understood. */
long wp_header_retry_after(const char *value);

#endif
