/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An open cache as its parts see it. */
#ifndef WIMPLAN_CACHE_INTERNAL_H
#define WIMPLAN_CACHE_INTERNAL_H

#include "wimplan/cache.h"
#include "wimplan/database.h"

struct wp_cache {
	struct wp_db db;
	char *path;
	enum wp_cache_mode mode;
	bool lost; /* what it remembers of files could not be read, as was said */
	int version; /* of its tables: below WP_CACHE_VERSION in an older cache that is open for reading */
	int64_t identity_limit; /* WP_LIMIT_IDENTITIES, less in tests */
	int64_t event_limit;    /* WP_LIMIT_EVENTS, less in tests */
	int64_t event_package_limit; /* WP_LIMIT_EVENT_PACKAGES, less in tests */
};

/* The cache's mark in its file: "WIMP" at the place that SQLite has for it. */
#define WP_CACHE_APPLICATION 0x57494d50
#define WP_CACHE_VERSION 8

/* What stands at @path is no cache; @what: what it is instead. */
int wp_cache_fail_foreign(const char *path, const char *what, struct wp_error *err);

/*
 * Whose database it is: *@ret_version is the version of the cache's tables, 0 when it is nobody's yet. What is not a
 * cache, has a newer version or lacks its tables is an error.
 */
int wp_cache_version(const struct wp_cache *cache, int *ret_version, struct wp_error *err);
/* Makes the tables that a new or older cache lacks, in one transaction. */
int wp_cache_upgrade(struct wp_cache *cache, struct wp_error *err);

/* Puts the rows of a site (wp_site_new()) in the place of those that the snapshot with this number has. */
int wp_snapshot_put_site(const struct wp_cache *cache, int64_t snapshot, const json_t *site, struct wp_error *err);
/*
 * The rows that the snapshot with this id has; with @only those that tell of this package and those of points and sites.
 * New reference, also when it fails.
 */
int wp_snapshot_load_site(const struct wp_cache *cache, const char *id, const char *only, json_t **ret_site,
			  struct wp_error *err);

/*
 * Fills @set, which has no records yet, with those of a snapshot out of their briefs. False when there are none that can be trusted: then
 * the set is good for nothing but to be freed.
 */
bool wp_cache_read_briefs(const struct wp_cache *cache, const struct wp_snapshot *snapshot, struct wp_record_set *set);

/* Carries out @sql, which deletes all rows of a table but the newest ?1, which is @limit. */
int wp_cache_drop_oldest(const struct wp_cache *cache, const char *sql, int64_t limit, struct wp_error *err);
/* The number that the rows of a write get as "seen": one more than the newest of @query. */
int wp_cache_next_seen(const struct wp_cache *cache, const char *query, int64_t *ret, struct wp_error *err);

#endif
