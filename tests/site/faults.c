/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The fault script: JSON lines, the first one that matches a request and fires decides. Counters live in the state. */
#include "site.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name;
	enum fault_kind kind;
} actions[] = {
	{ "status", FAULT_STATUS },
	{ "lock", FAULT_LOCK },
	{ "sql1205", FAULT_SQL1205 },
	{ "extended-status", FAULT_EXTENDED },
	{ "return-value", FAULT_RETURN },
	{ "no-effect", FAULT_NO_EFFECT },
	{ "slow", FAULT_SLOW },
	{ "close-before-read", FAULT_CLOSE_BEFORE },
	{ "close-after-effect", FAULT_CLOSE_AFTER },
	{ "half-response", FAULT_HALF },
	{ "html", FAULT_HTML },
	{ "change-record", FAULT_CHANGE },
	{ "die", FAULT_DIE },
	{ "die-after-effect", FAULT_DIE_AFTER },
};

static const char *text_of(const json_t *json, const char *key)
{
	return json_string_value(json_object_get(json, key));
}

static void add_fault(struct site *site, json_t *json, const char *path, unsigned int line)
{
	const char *action = text_of(json, "action");
	struct fault *fault = WP_PUSH(site->arena, site->faults, site->fault_count);
	json_t *probability = json_object_get(json, "probability");

	for (size_t i = 0; action && i < sizeof actions / sizeof *actions; i++)
		if (!strcmp(action, actions[i].name)) {
			fault->kind = actions[i].kind;
			fault->name = actions[i].name;
		}
	if (!fault->kind)
		site_die("%s:%u: no known action", path, line);
	fault->json = json;
	fault->method = text_of(json, "method");
	fault->path = text_of(json, "path");
	fault->reused = json_is_true(json_object_get(json, "reused"));
	fault->nth = json_integer_value(json_object_get(json, "nth"));
	fault->count = json_integer_value(json_object_get(json, "count"));
	if (fault->nth && !json_object_get(json, "count"))
		fault->count = 1;
	fault->probability = probability ? json_number_value(probability) : 1;
	fault->seed = (uint64_t)json_integer_value(json_object_get(json, "seed")) + site->seed + line * 7919u;
}

void site_faults_load(struct site *site, const char *path)
{
	FILE *file = fopen(path, "re");
	char *text = NULL;
	size_t size = 0;
	unsigned int line = 0;

	if (!file)
		site_die("%s: %s", path, strerror(errno));
	while (getline(&text, &size, file) > 0) {
		json_error_t error;
		json_t *json;

		line++;
		if (text[strspn(text, " \t\r\n")] == '\0')
			continue;
		json = json_loads(text, 0, &error);
		if (!json)
			site_die("%s:%u: %s", path, line, error.text);
		add_fault(site, json, path, line);
	}
	free(text);
	fclose(file);
}

/* The same for the same seed and number, whatever else happens: splitmix64. */
bool site_chance(double probability, uint64_t seed, uint64_t number)
{
	uint64_t z = seed + number * UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	z ^= z >> 31;
	return (double)(z >> 11) / (double)(UINT64_C(1) << 53) < probability;
}

/* How many requests have matched rule @i, this one included. */
static int64_t count_match(struct site *site, int64_t i)
{
	sqlite3_stmt *statement = site_sql(site, "INSERT INTO fault VALUES (?1, 1) ON CONFLICT (rule) DO UPDATE SET "
						 "seen = seen + 1 RETURNING seen");
	int64_t seen = 0;

	sqlite3_bind_int64(statement, 1, i);
	while (site_step(site, statement))
		seen = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	return seen;
}

int64_t site_count_start(struct site *site)
{
	return count_match(site, -1);
}

const struct fault *site_fault_pick(struct site *site, const char *method, const char *path, bool reused)
{
	const struct fault *picked = NULL;

	for (size_t i = 0; i < site->fault_count; i++) {
		const struct fault *fault = &site->faults[i];
		int64_t first = fault->nth ? fault->nth : 1, seen;

		if ((fault->method && strcmp(fault->method, method)) ||
		    (fault->path && fnmatch(fault->path, path, 0)) || (fault->reused && !reused))
			continue;
		seen = count_match(site, (int64_t)i);
		if (!picked && seen >= first && (!fault->count || seen < first + fault->count) &&
		    site_chance(fault->probability, fault->seed, (uint64_t)seen))
			picked = fault;
	}
	return picked;
}
