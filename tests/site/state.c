/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The site's database in a file, so that a server that died comes back with what had taken effect. */
#include "site.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

/* Written through to the kernel only: the process may die at any time, the machine does not. */
static const char schema[] =
	"PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;"
	"CREATE TABLE IF NOT EXISTS object"
	" (package_id TEXT COLLATE NOCASE PRIMARY KEY, class TEXT, json TEXT, reloaded TEXT, rows TEXT);"
	"CREATE TABLE IF NOT EXISTS companion (class TEXT, package_id TEXT, json TEXT);"
	"CREATE INDEX IF NOT EXISTS companion_by_package ON companion (package_id, class);"
	"CREATE TABLE IF NOT EXISTS refresh (id INTEGER PRIMARY KEY, package_id TEXT, due REAL, request INTEGER);"
	"CREATE TABLE IF NOT EXISTS sent (package_id TEXT, version INTEGER, at REAL);"
	"CREATE INDEX IF NOT EXISTS sent_by_package ON sent (package_id);"
	"CREATE TABLE IF NOT EXISTS lock (package_id TEXT PRIMARY KEY, user TEXT, until REAL);"
	"CREATE TABLE IF NOT EXISTS fault (rule INTEGER PRIMARY KEY, seen INTEGER);";

sqlite3_stmt *site_sql(struct site *site, const char *sql)
{
	sqlite3_stmt *statement;

	if (sqlite3_prepare_v2(site->db, sql, -1, &statement, NULL))
		site_die("%s: %s", sql, sqlite3_errmsg(site->db));
	return statement;
}

bool site_step(struct site *site, sqlite3_stmt *statement)
{
	switch (sqlite3_step(statement)) {
	case SQLITE_ROW: return true;
	case SQLITE_DONE: return false;
	default: site_die("%s: %s", sqlite3_sql(statement), sqlite3_errmsg(site->db));
	}
}

static void run(struct site *site, sqlite3_stmt *statement)
{
	while (site_step(site, statement))
		;
	sqlite3_finalize(statement);
}

static void bind_text(sqlite3_stmt *statement, int column, const char *text)
{
	sqlite3_bind_text(statement, column, text, -1, SQLITE_TRANSIENT);
}

static void bind_json(sqlite3_stmt *statement, int column, const json_t *json)
{
	sqlite3_bind_text(statement, column, json_dumps(json, JSON_COMPACT | JSON_ENCODE_ANY), -1, free);
}

json_t *site_column_json(sqlite3_stmt *statement, int column)
{
	const char *text = (const char *)sqlite3_column_text(statement, column);
	json_t *json = text ? json_loads(text, JSON_DECODE_ANY, NULL) : NULL;

	if (!json)
		site_die("the state holds something else than JSON");
	return json;
}

void site_state_open(struct site *site, const char *path)
{
	if (sqlite3_open(path, &site->db) || sqlite3_exec(site->db, schema, NULL, NULL, NULL))
		site_die("%s: %s", path, sqlite3_errmsg(site->db));
}

json_t *site_object(struct site *site, const char *package_id)
{
	sqlite3_stmt *statement = site_sql(site, "SELECT json FROM object WHERE package_id = ?1");
	json_t *object = NULL;

	bind_text(statement, 1, package_id);
	if (site_step(site, statement))
		object = site_column_json(statement, 0);
	sqlite3_finalize(statement);
	return object;
}

/* SedoObjectVersion is a GUID that every write replaces (core/understand/sedo, Microsoft Learn). */
static void set_version(json_t *object)
{
	uint8_t b[16];
	char text[40];

	if (getrandom(b, sizeof b, 0) != sizeof b)
		abort();
	snprintf(text, sizeof text, "%02X%02X%02X%02X-%02X%02X-%02X%02X-%02X%02X-%02X%02X%02X%02X%02X%02X", b[0], b[1],
		 b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14], b[15]);
	json_object_set_new(object, "SedoObjectVersion", json_string(text));
}

void site_object_store(struct site *site, const char *package_id, json_t *object, bool new_version)
{
	sqlite3_stmt *statement = site_sql(site, "UPDATE object SET json = ?2 WHERE package_id = ?1");

	if (new_version)
		set_version(object);
	bind_text(statement, 1, package_id);
	bind_json(statement, 2, object);
	run(site, statement);
}

/* From @at on the version is on its way to the points; 0: it has always been there. */
static void send(struct site *site, const char *package_id, json_int_t version, double at)
{
	sqlite3_stmt *statement = site_sql(site, "INSERT INTO sent VALUES (?1, ?2, ?3)");

	bind_text(statement, 1, package_id);
	sqlite3_bind_int64(statement, 2, version);
	sqlite3_bind_double(statement, 3, at);
	run(site, statement);
}

/* A refresh has reached the site's database: the version grows by one and the DPs begin to copy. */
static void apply_refresh(struct site *site, const char *package_id, double at, uint64_t request)
{
	json_t *object = site_object(site, package_id);
	json_int_t version = json_integer_value(json_object_get(object, "SourceVersion")) + 1;
	sqlite3_stmt *statement;
	char date[32];

	site_iso(at, date);
	json_object_set_new(object, "SourceVersion", json_integer(version));
	json_object_set_new(object, "StoredPkgVersion", json_integer(version));
	json_object_set_new(object, "SourceDate", json_string(date));
	json_object_set_new(object, "LastRefreshTime", json_string(date));
	statement = site_sql(site, "SELECT count(*) FROM refresh WHERE package_id = ?1");
	bind_text(statement, 1, package_id);
	site_step(site, statement);
	json_object_set_new(object, "ActionInProgress", json_integer(sqlite3_column_int(statement, 0) > 0));
	sqlite3_finalize(statement);
	site_object_store(site, package_id, object, true);
	send(site, package_id, version, at);
	site_log_effect(site, request, "source-version", package_id, json_pack("{s:I}", "source_version", version));
	json_decref(object);
}

/* One refresh whose time has come; false when there is none. */
static bool settle_one(struct site *site, double now)
{
	sqlite3_stmt *statement = site_sql(site, "DELETE FROM refresh WHERE id = "
						 "(SELECT id FROM refresh WHERE due <= ?1 ORDER BY due LIMIT 1) "
						 "RETURNING package_id, due, request");
	char *package_id = NULL;
	uint64_t request = 0;
	double due = 0;

	sqlite3_bind_double(statement, 1, now);
	while (site_step(site, statement)) {
		package_id = strdup((const char *)sqlite3_column_text(statement, 0));
		due = sqlite3_column_double(statement, 1);
		request = (uint64_t)sqlite3_column_int64(statement, 2);
	}
	sqlite3_finalize(statement);
	if (!package_id)
		return false;
	apply_refresh(site, package_id, due, request);
	free(package_id);
	return true;
}

void site_settle(struct site *site)
{
	double now = site_now(site);

	while (settle_one(site, now))
		;
}

static const char *text_of(const json_t *json, const char *key)
{
	return json_string_value(json_object_get(json, key));
}

/* Properties that an export of a list has as null, because they are lazy, are empty in the database. */
static void fill_lazy(json_t *object)
{
	static const char *const texts[] = { "ImageProperty", "ImageDiskLayout", "AlternateContentProviders" };
	static const char security[] = "__QUALIFIER_SECURITYVERBS";
	const char *key;
	json_t *value;
	void *next;

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		if (json_is_null(json_object_get(object, texts[i])) || !json_object_get(object, texts[i]))
			json_object_set_new(object, texts[i], json_string(""));
	json_object_foreach_safe(object, next, key, value)
		if (key[0] == '@' || (key[0] == '_' && strcmp(key, security)))
			json_object_del(object, key);
}

static void load_package(struct site *site, const char *class, json_t *object)
{
	const char *package_id = text_of(object, "PackageID");
	sqlite3_stmt *statement;

	fill_lazy(object);
	if (!text_of(object, "SedoObjectVersion"))
		set_version(object);
	statement = site_sql(site, "INSERT INTO object (package_id, class, json) VALUES (?1, ?2, ?3)");
	bind_text(statement, 1, package_id);
	bind_text(statement, 2, class);
	bind_json(statement, 3, object);
	run(site, statement);
	send(site, package_id, json_integer_value(json_object_get(object, "SourceVersion")), 0);
}

static const char *class_of(const json_t *object, const char *context)
{
	const char *name = text_of(object, "__CLASS");
	const char *hash = context ? strrchr(context, '#') : NULL;

	if (name)
		return name;
	if (hash)
		return hash + 1;
	switch (json_integer_value(json_object_get(object, "PackageType"))) {
	case 257: return "SMS_ImagePackage";
	case 258: return "SMS_BootImagePackage";
	case 259: return "SMS_OperatingSystemInstallPackage";
	default: return "";
	}
}

static void load_object(struct site *site, const char *path, json_t *object, const char *context)
{
	char class[128];
	const char *known;
	sqlite3_stmt *statement;

	snprintf(class, sizeof class, "%.100s", class_of(object, context));
	class[strcspn(class, "/")] = '\0';
	known = site_class(class);
	if (!*class || (known && !text_of(object, "PackageID")))
		site_die("%s: a record without class or PackageID", path);
	if (known) {
		load_package(site, known, object);
		return;
	}
	statement = site_sql(site, "INSERT INTO companion VALUES (?1, ?2, ?3)");
	bind_text(statement, 1, class);
	bind_text(statement, 2, text_of(object, "PackageID") ? text_of(object, "PackageID") : "");
	bind_json(statement, 3, object);
	run(site, statement);
}

void site_state_load(struct site *site, const char *path)
{
	json_error_t error;
	json_t *document = json_load_file(path, 0, &error), *list, *object;
	const char *context;
	size_t i;

	if (!document)
		site_die("%s:%d: %s", path, error.line, error.text);
	list = json_is_array(document) ? document : json_object_get(document, "value");
	context = json_is_object(document) ? text_of(document, "@odata.context") : NULL;
	sqlite3_exec(site->db, "BEGIN", NULL, NULL, NULL);
	if (!list)
		load_object(site, path, document, context);
	json_array_foreach(list, i, object)
		load_object(site, path, object, context);
	if (sqlite3_exec(site->db, "COMMIT", NULL, NULL, NULL))
		site_die("%s: %s", path, sqlite3_errmsg(site->db));
	json_decref(document);
}
