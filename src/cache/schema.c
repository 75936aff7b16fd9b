/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tables of the cache, version by version, and how a cache of an older version gets what it lacks. */
#include "internal.h"

#include <stdio.h>

static const char version_1[] =
	"CREATE TABLE snapshots ("
	"  number INTEGER PRIMARY KEY,"
	"  id TEXT NOT NULL UNIQUE,"
	"  site_code TEXT,"
	"  taken_at TEXT,"
	"  imported_at TEXT,"
	"  records INTEGER NOT NULL"
	") STRICT;"
	"CREATE TABLE records ("
	"  snapshot INTEGER NOT NULL REFERENCES snapshots (number) ON DELETE CASCADE,"
	"  package_id TEXT NOT NULL,"
	"  document TEXT NOT NULL,"
	"  PRIMARY KEY (snapshot, package_id)"
	") STRICT;"
	"CREATE TABLE baselines ("
	"  site_code TEXT NOT NULL,"
	"  package_id TEXT NOT NULL,"
	"  source_version INTEGER NOT NULL,"
	"  file_id TEXT NOT NULL,"
	"  content_id TEXT NOT NULL,"
	"  confidence TEXT NOT NULL CHECK (confidence IN ('proven', 'inferred', 'unknown')),"
	"  origin TEXT NOT NULL,"
	"  recorded_at TEXT,"
	"  PRIMARY KEY (site_code, package_id, source_version)"
	") STRICT, WITHOUT ROWID;"
	"CREATE TABLE identities ("
	"  file_id TEXT PRIMARY KEY,"
	"  content_id TEXT NOT NULL,"
	"  blob_count INTEGER NOT NULL,"
	"  blob_bytes INTEGER NOT NULL,"
	"  stored_bytes INTEGER,"
	"  seen INTEGER NOT NULL" /* grows with each write; the newest that saw it */
	") STRICT, WITHOUT ROWID;"
	"PRAGMA application_id = 0x57494d50;";

static const char version_2[] =
	"CREATE TABLE summaries ("
	"  file_id TEXT PRIMARY KEY,"
	"  summary BLOB NOT NULL,"
	"  seen INTEGER NOT NULL" /* as in identities */
	") STRICT;";

static const char version_3[] =
	/* The lists of the export whose next page is missing; NULL where it is whole. */
	"ALTER TABLE snapshots ADD COLUMN partial TEXT;"
	/* The order in which they were imported, for the last time. */
	"ALTER TABLE snapshots ADD COLUMN sequence INTEGER NOT NULL DEFAULT 0;"
	"UPDATE snapshots SET sequence = number;"
	"CREATE TABLE questions ("
	"  site_code TEXT NOT NULL COLLATE NOCASE,"
	"  package_id TEXT NOT NULL,"
	"  source_version INTEGER NOT NULL,"
	"  content_id TEXT NOT NULL,"
	"  asked_at TEXT,"
	"  PRIMARY KEY (site_code, package_id, source_version, content_id)"
	") STRICT, WITHOUT ROWID;"
	"CREATE TABLE plans ("
	"  number INTEGER PRIMARY KEY,"
	"  id TEXT NOT NULL UNIQUE"
	") STRICT;"
	"CREATE TABLE plan_sources ("
	"  plan INTEGER NOT NULL REFERENCES plans (number) ON DELETE CASCADE,"
	"  package_id TEXT NOT NULL,"
	"  class TEXT NOT NULL,"
	"  source_path TEXT NOT NULL,"
	"  file_id TEXT NOT NULL,"
	"  content_id TEXT NOT NULL,"
	"  PRIMARY KEY (plan, package_id)"
	") STRICT, WITHOUT ROWID;"
	"CREATE TABLE manifests ("
	"  content_id TEXT PRIMARY KEY,"
	"  manifest BLOB NOT NULL,"
	"  seen INTEGER NOT NULL" /* as in identities */
	") STRICT;";

static const char version_4[] =
	/* What an export says of its site beside the records: rows as wp_site_tables has them. */
	"CREATE TABLE site_rows ("
	"  snapshot INTEGER NOT NULL REFERENCES snapshots (number) ON DELETE CASCADE,"
	"  kind TEXT NOT NULL,"
	"  number INTEGER NOT NULL," /* from 0, in the order of the rows' keys */
	"  document TEXT NOT NULL,"
	"  PRIMARY KEY (snapshot, kind, number)"
	") STRICT, WITHOUT ROWID;";

static const char version_5[] =
	"CREATE TABLE events ("
	"  number INTEGER PRIMARY KEY,"
	"  at TEXT,"
	"  kind TEXT NOT NULL,"
	"  site_code TEXT,"
	"  plan_id TEXT,"
	"  author TEXT,"
	"  facts TEXT NOT NULL,"
	"  packages INTEGER NOT NULL" /* rows of event_packages */
	") STRICT;"
	"CREATE TABLE event_packages ("
	"  event INTEGER NOT NULL REFERENCES events (number) ON DELETE CASCADE,"
	"  number INTEGER NOT NULL," /* from 0 */
	"  package_id TEXT NOT NULL,"
	"  at TEXT,"
	"  facts TEXT NOT NULL,"
	"  PRIMARY KEY (event, number)"
	") STRICT, WITHOUT ROWID;"
	"CREATE INDEX event_packages_by_id ON event_packages (package_id COLLATE NOCASE);"
	/* The history of an older cache begins with the imports that it still has. */
	"INSERT INTO events (at, kind, site_code, facts, packages) SELECT imported_at, 'import', site_code, json_object("
	"'known', json('false'), 'packages', records, 'partial', json(iif(partial IS NULL, 'false', 'true')), 'snapshot', id, "
	"'taken_at', taken_at), 0 FROM snapshots ORDER BY sequence;";

static const char version_6[] =
	/* What is known of a site beside its records: the last profile that was given. */
	"CREATE TABLE profiles ("
	"  site_code TEXT PRIMARY KEY COLLATE NOCASE,"
	"  taken_at TEXT,"
	"  document TEXT NOT NULL"
	") STRICT, WITHOUT ROWID;";

static const char version_7[] =
	/* What is remembered of the programs that start a file's images. */
	"CREATE TABLE boot_facts ("
	"  file_id TEXT PRIMARY KEY,"
	"  facts TEXT NOT NULL,"
	"  seen INTEGER NOT NULL" /* as in identities */
	") STRICT;";

static const char version_8[] =
	/* What a plan needs of the records, for it not to read their documents each time. */
	"CREATE TABLE briefs ("
	"  snapshot INTEGER NOT NULL REFERENCES snapshots (number) ON DELETE CASCADE,"
	"  number INTEGER NOT NULL," /* from 0, in the order of the records */
	"  digest TEXT NOT NULL,"
	"  records BLOB NOT NULL," /* many of them */
	"  PRIMARY KEY (snapshot, number)"
	") STRICT;";

/* What each version has more than the one before it. */
static const struct {
	const char *sql;
	int tables; /* of wimplan, with those of the versions before */
} versions[WP_CACHE_VERSION] = {
	{ version_1, 4 },
	{ version_2, 5 },
	{ version_3, 9 },
	{ version_4, 10 },
	{ version_5, 12 },
	{ version_6, 13 },
	{ version_7, 14 },
	{ version_8, 15 },
};

#define TABLES \
	"'snapshots', 'records', 'baselines', 'identities', 'summaries', 'questions', 'plans', 'plan_sources', " \
	"'manifests', 'site_rows', 'events', 'event_packages', 'profiles', 'boot_facts', 'briefs'"

int wp_cache_fail_foreign(const char *path, const char *what, struct wp_error *err)
{
	return wp_fail(err, WP_E_FAILED, "cache-foreign", path,
		       "%s is %s, not a cache of wimplan; name another file with --cache", path, what);
}

int wp_cache_version(const struct wp_cache *cache, int *ret_version, struct wp_error *err)
{
	/* In one statement, between the parts of which no other process can make the tables. */
	static const char query[] =
		"SELECT application_id, user_version, count(name), count(*) FILTER (WHERE type = 'table' AND name IN (" TABLES
		")) FROM pragma_application_id, pragma_user_version LEFT JOIN sqlite_schema";
	struct wp_statement statement __attribute__((cleanup(wp_db_finalize))) = { 0 };
	int64_t application, version, objects, tables;
	int status = wp_db_prepare(&cache->db, query, &statement, err);

	*ret_version = 0;
	if (!status)
		status = wp_db_step(&statement, "it was opened", err);
	if (status < 0)
		return status;
	application = sqlite3_column_int64(statement.handle, 0);
	version = sqlite3_column_int64(statement.handle, 1);
	objects = sqlite3_column_int64(statement.handle, 2);
	tables = sqlite3_column_int64(statement.handle, 3);
	if (!application && !version && !objects)
		return WP_OK;
	if (application != WP_CACHE_APPLICATION)
		return wp_cache_fail_foreign(cache->path, "another program's database", err);
	if (version > WP_CACHE_VERSION)
		return wp_fail(err, WP_E_FAILED, "cache-newer", cache->path,
			       "the cache %s was made by a newer wimplan (format %lld, this one knows %d); use that "
			       "version or name another cache with --cache",
			       cache->path, (long long)version, WP_CACHE_VERSION);
	if (version < 1 || tables != versions[version - 1].tables)
		return wp_db_damaged(&cache->db, err, "its tables are not there");
	*ret_version = (int)version;
	return WP_OK;
}

static int add_versions(const struct wp_cache *cache, int version, struct wp_error *err)
{
	static const char doing[] = "its tables were made";
	char mark[40];
	int status = WP_OK;

	for (int i = version; i < WP_CACHE_VERSION && !status; i++)
		status = wp_db_execute(&cache->db, versions[i].sql, doing, err);
	snprintf(mark, sizeof mark, "PRAGMA user_version = %d", WP_CACHE_VERSION);
	return status ? status : wp_db_execute(&cache->db, mark, doing, err);
}

int wp_cache_upgrade(struct wp_cache *cache, struct wp_error *err)
{
	int version, status = wp_db_begin(&cache->db, err);

	if (status)
		return status;
	/* Another process may have done it meanwhile. */
	status = wp_cache_version(cache, &version, err);
	if (!status)
		status = add_versions(cache, version, err);
	return wp_db_end(&cache->db, status, err);
}
