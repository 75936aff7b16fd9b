/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads header fields: names in any case, Retry-After in both of its forms. */
#include "header.h"

#include "wimplan/ascii.h"
#include "wimplan/clock.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool wp_header_is(const char *line, size_t length, const char *name, char *value, size_t room)
{
	size_t name_length = strlen(name);

	if (length <= name_length || !wp_ascii_begins(line, name) || line[name_length] != ':')
		return false;
	line += name_length + 1;
	length -= name_length + 1;
	while (length && (*line == ' ' || *line == '\t')) {
		line++;
		length--;
	}
	while (length && (line[length - 1] == '\r' || line[length - 1] == '\n' || line[length - 1] == ' '))
		length--;
	snprintf(value, room, "%.*s", (int)(length < room ? length : room - 1), line);
	return true;
}

/* RFC 9110, 10.2.3: seconds, or a date. */
long wp_header_retry_after(const char *value)
{
	char *end;
	long seconds = strtol(value, &end, 10);
	time_t date;

	if (*value && !*end)
		return seconds >= 0 ? seconds : -1;
	date = curl_getdate(value, NULL);
	if (date < 0)
		return -1;
	seconds = (long)(date - (time_t)wp_clock_unix());
	return seconds > 0 ? seconds : 0;
}
