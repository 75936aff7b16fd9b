/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A cache in a folder of its own, for one test. */
#ifndef WIMPLAN_TESTS_CACHE_PLACE_H
#define WIMPLAN_TESTS_CACHE_PLACE_H

#include "temporary.h"

#include "wimplan/cache.h"

#include <criterion/criterion.h>
#include <sqlite3.h>
#include <sys/stat.h>

/* SQL that takes away what the versions have brought, down to the first. */
#define TAKE_VERSION_3                                                                              \
	"DROP TABLE briefs; DROP TABLE boot_facts; DROP TABLE profiles; DROP TABLE event_packages; DROP TABLE events; DROP TABLE site_rows;"                                                                    \
	"DROP TABLE plan_sources; DROP TABLE plans; DROP TABLE questions; DROP TABLE manifests;" \
	"ALTER TABLE snapshots DROP COLUMN partial; ALTER TABLE snapshots DROP COLUMN sequence;" \
	"PRAGMA user_version = 2;"
#define TAKE_VERSION_2 "DROP TABLE summaries; PRAGMA user_version = 1;"

struct place {
	char root[TEMPORARY_SIZE];
	char path[128];
};

static inline void setup(struct place *place)
{
	temporary_make(place->root);
	snprintf(place->path, sizeof place->path, "%s/cache.db", place->root);
}

static inline void cleanup(struct place *place)
{
	/* A test may have made it unwritable. */
	chmod(place->root, 0700);
	temporary_remove(place->root);
}

static inline struct wp_cache *open_cache(struct place *place, enum wp_cache_mode mode)
{
	struct wp_cache *cache = NULL;
	struct wp_error err;

	cr_assert_eq(wp_cache_open(place->path, mode, &cache, &err), WP_OK, "%s", err.message);
	return cache;
}

/* Does something to a cache that wimplan would not do. */
static inline void place_sql(const char *path, const char *sql)
{
	sqlite3 *db;

	cr_assert_eq(sqlite3_open(path, &db), SQLITE_OK);
	cr_assert_eq(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK, "%s", sqlite3_errmsg(db));
	sqlite3_close(db);
}

#endif
