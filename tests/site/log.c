/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The log: NDJSON, each line handed to the kernel with one write, so that it survives the death of the process. */
#include "site.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

double site_now(const struct site *site)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9 + site->clock_offset;
}

void site_iso(double seconds, char text[32])
{
	time_t whole = (time_t)seconds;
	struct tm parts;

	gmtime_r(&whole, &parts);
	strftime(text, 32, "%Y-%m-%dT%H:%M:%SZ", &parts);
}

void site_log(struct site *site, json_t *entry)
{
	char *line;
	size_t length;

	if (site->log < 0) {
		json_decref(entry);
		return;
	}
	json_object_set_new(entry, "at", json_real(site_now(site)));
	line = json_dumps(entry, JSON_COMPACT);
	json_decref(entry);
	if (!line)
		abort();
	length = strlen(line);
	line[length] = '\n';
	if (write(site->log, line, length + 1) != (ssize_t)length + 1)
		site_die("the log cannot be written");
	free(line);
}

void site_log_effect(struct site *site, uint64_t number, const char *effect, const char *package_id, json_t *more)
{
	json_t *entry = json_pack("{s:s,s:I,s:s,s:s?}", "type", "effect", "request", (json_int_t)number, "effect",
				  effect, "package_id", package_id);

	if (more) {
		json_object_update(entry, more);
		json_decref(more);
	}
	site_log(site, entry);
}
