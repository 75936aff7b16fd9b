/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Snapshots: one row for each, and one per record with its canonical JSON. */
#include "internal.h"

#include "wimplan/buf.h"
#include "wimplan/json.h"
#include "wimplan/limits.h"

#include <stdlib.h>
#include <string.h>

#define COLUMNS "id, site_code, taken_at, imported_at, records"

/* 1 when there is a snapshot with this id, 0 when there is none. */
static int is_known(const struct wp_cache *cache, const char *id, struct wp_error *err)
{
	struct wp_statement statement __attribute__((cleanup(wp_db_finalize))) = { 0 };
	int status = wp_db_prepare(&cache->db, "SELECT 1 FROM snapshots WHERE id = ?1", &statement, err);

	if (status)
		return status;
	wp_db_bind_text(&statement, 1, id);
	return wp_db_step(&statement, "a snapshot was looked up", err);
}

static int insert_snapshot(const struct wp_cache *cache, const struct wp_record_set *set, const char *id,
			   struct wp_time now, struct wp_error *err)
{
	struct wp_statement statement __attribute__((cleanup(wp_db_finalize))) = { 0 };
	int status = wp_db_prepare(&cache->db, "INSERT INTO snapshots (" COLUMNS ") VALUES (?1, ?2, ?3, ?4, ?5)", &statement,
				   err);

	if (status)
		return status;
	wp_db_bind_text(&statement, 1, id);
	wp_db_bind_text(&statement, 2, set->site_code);
	wp_db_bind_time(&statement, 3, set->taken_at);
	wp_db_bind_time(&statement, 4, now);
	wp_db_bind_int(&statement, 5, (int64_t)set->count);
	return wp_db_run(&statement, "a snapshot was added", err);
}

static int insert_records(const struct wp_cache *cache, const struct wp_record_set *set, int64_t number,
			  struct wp_error *err)
{
	struct wp_statement statement __attribute__((cleanup(wp_db_finalize))) = { 0 };
	struct wp_buf document __attribute__((cleanup(wp_buf_free))) = { 0 };
	int status = wp_db_prepare(&cache->db, "INSERT INTO records (snapshot, package_id, document) VALUES (?1, ?2, ?3)",
				   &statement, err);

	for (size_t i = 0; !status && i < set->count; i++) {
		document.length = 0;
		wp_json_canonical(&document, set->records[i].json);
		wp_db_bind_int(&statement, 1, number);
		wp_db_bind_text(&statement, 2, set->records[i].package_id);
		wp_db_bind_text(&statement, 3, wp_buf_text(&document));
		status = wp_db_run(&statement, "records were added", err);
	}
	return status;
}

int wp_cache_add_snapshot(struct wp_cache *cache, const struct wp_record_set *set, struct wp_time now,
			  char ret_id[WP_HASH_TEXT], bool *ret_known, struct wp_error *err)
{
	int status;

	wp_snapshot_id(set, ret_id);
	*ret_known = false;
	status = wp_db_begin(&cache->db, err);
	if (status)
		return status;
	status = is_known(cache, ret_id, err);
	if (status > 0) {
		*ret_known = true;
		return wp_db_end(&cache->db, WP_OK, err);
	}
	if (!status)
		status = insert_snapshot(cache, set, ret_id, now, err);
	if (!status)
		status = insert_records(cache, set, sqlite3_last_insert_rowid(cache->db.handle), err);
	return wp_db_end(&cache->db, status, err);
}

static void read_snapshot(struct wp_arena *arena, struct wp_statement *statement, struct wp_snapshot *ret)
{
	wp_db_hash(statement, 0, ret->id);
	ret->site_code = wp_db_text(arena, statement, 1);
	ret->taken_at = wp_db_time(statement, 2);
	ret->imported_at = wp_db_time(statement, 3);
	wp_db_u64(statement, 4, &ret->records);
}

int wp_cache_list_snapshots(struct wp_cache *cache, struct wp_arena *arena, struct wp_snapshot **ret_items,
			    size_t *ret_count, struct wp_error *err)
{
	struct wp_statement statement __attribute__((cleanup(wp_db_finalize))) = { 0 };
	struct wp_snapshot *items = NULL;
	size_t count = 0;
	int status =
		wp_db_prepare(&cache->db, "SELECT " COLUMNS " FROM snapshots ORDER BY taken_at DESC, id", &statement, err);

	if (status)
		return status;
	while ((status = wp_db_step(&statement, "snapshots were listed", err)) > 0)
		read_snapshot(arena, &statement, WP_PUSH(arena, items, count));
	*ret_items = items;
	*ret_count = count;
	return status;
}

/* The lower-case hex digits of @id without "sha256:"; NULL when it is anything else. */
static char *hex_digits(struct wp_arena *arena, const char *id)
{
	char *digits;
	size_t length;

	if (!strncmp(id, "sha256:", 7))
		id += 7;
	length = strlen(id);
	if (!length || length > 64 || strspn(id, "0123456789abcdefABCDEF") != length)
		return NULL;
	digits = wp_arena_strndup(arena, id, length);
	for (char *at = digits; *at; at++)
		if (*at >= 'A' && *at <= 'F')
			*at = (char)(*at - 'A' + 'a');
	return digits;
}

static int find_by_id(struct wp_cache *cache, struct wp_arena *arena, const char *id, struct wp_snapshot *ret,
		      struct wp_error *err)
{
	struct wp_statement statement __attribute__((cleanup(wp_db_finalize))) = { 0 };
	const char *digits = hex_digits(arena, id);
	int status =
		wp_db_prepare(&cache->db, "SELECT " COLUMNS " FROM snapshots WHERE id >= ?1 AND id < ?2 ORDER BY id LIMIT 2",
			      &statement, err);

	if (status)
		return status;
	if (digits) {
		/* 'g' follows all hex digits. */
		wp_db_bind_text(&statement, 1, wp_arena_printf(arena, "sha256:%s", digits));
		wp_db_bind_text(&statement, 2, wp_arena_printf(arena, "sha256:%sg", digits));
		status = wp_db_step(&statement, "a snapshot was looked up", err);
	}
	if (status < 0)
		return status;
	if (!status)
		return wp_fail(err, WP_E_NOT_FOUND, "snapshot-missing", id,
			       "there is no snapshot '%s' in the cache; see `wimplan snapshot list`, or add one with "
			       "`wimplan import FILE`",
			       id);
	read_snapshot(arena, &statement, ret);
	status = wp_db_step(&statement, "a snapshot was looked up", err);
	if (status > 0)
		return wp_fail(err, WP_E_USAGE, "snapshot-ambiguous", id,
			       "more than one snapshot begins with '%s'; give more digits, see `wimplan snapshot list`",
			       id);
	return status;
}

static int find_newest(struct wp_cache *cache, struct wp_arena *arena, const char *site_code, struct wp_snapshot *ret,
		       struct wp_error *err)
{
	struct wp_statement statement __attribute__((cleanup(wp_db_finalize))) = { 0 };
	int status = wp_db_prepare(&cache->db, "SELECT " COLUMNS " FROM snapshots WHERE ?1 IS NULL OR "
				   "site_code = ?1 COLLATE NOCASE ORDER BY taken_at DESC, id LIMIT 1", &statement, err);

	if (status)
		return status;
	wp_db_bind_text(&statement, 1, site_code);
	status = wp_db_step(&statement, "a snapshot was looked up", err);
	if (status < 0)
		return status;
	if (!status)
		return wp_fail(err, WP_E_NOT_FOUND, "snapshot-missing", site_code,
			       "there is no snapshot%s%s in the cache; %sadd one with `wimplan import FILE`",
			       site_code ? " of site " : "", site_code ? site_code : "",
			       site_code ? "see `wimplan snapshot list`, or " : "");
	read_snapshot(arena, &statement, ret);
	return WP_OK;
}

int wp_cache_find_snapshot(struct wp_cache *cache, struct wp_arena *arena, const char *id, const char *site_code,
			   struct wp_snapshot *ret, struct wp_error *err)
{
	int status;

	if (!id)
		return find_newest(cache, arena, site_code, ret, err);
	status = find_by_id(cache, arena, id, ret, err);
	if (!status && site_code && (!ret->site_code || strcasecmp(site_code, ret->site_code)))
		return wp_fail(err, WP_E_USAGE, "snapshot-site", id,
			       "snapshot '%s' is of site %s, not of %s; leave one of the two out",
			       id, ret->site_code ? ret->site_code : "(unknown)", site_code);
	return status;
}

static int add_record(struct wp_cache *cache, struct wp_record_set *set, struct wp_statement *statement, struct wp_error *err)
{
	const char *package_id = wp_db_text(set->arena, statement, 0);
	size_t length;
	const char *text = wp_db_bytes(statement, 1, &length);
	struct wp_error why;
	json_t *json;

	if (!package_id || !text)
		return wp_db_damaged(&cache->db, err, "a record is not UTF-8");
	if (wp_json_parse(text, length, package_id, &json, &why))
		return wp_db_damaged(&cache->db, err, "record %s: %s", package_id, why.message);
	if (json_array_append_new(set->documents, json))
		return wp_db_damaged(&cache->db, err, "record %s is empty", package_id);
	if (wp_record_decode(set->arena, json, WP_PUSH(set->arena, set->records, set->count), &why))
		return wp_db_damaged(&cache->db, err, "record %s: %s", package_id, why.message);
	return WP_OK;
}

static int load_records(struct wp_cache *cache, const struct wp_snapshot *snapshot, struct wp_record_set *set,
			struct wp_error *err)
{
	struct wp_statement statement __attribute__((cleanup(wp_db_finalize))) = { 0 };
	char id[WP_HASH_TEXT];
	int status = wp_db_prepare(&cache->db, "SELECT r.package_id, r.document FROM records r JOIN snapshots s ON "
				   "r.snapshot = s.number WHERE s.id = ?1 ORDER BY r.package_id", &statement, err);

	if (status)
		return status;
	wp_db_bind_text(&statement, 1, snapshot->id);
	while ((status = wp_db_step(&statement, "a snapshot was loaded", err)) > 0) {
		if (set->count == WP_LIMIT_PACKAGES)
			return wp_db_damaged(&cache->db, err, "a snapshot has more than %u records",
					     WP_LIMIT_PACKAGES);
		status = add_record(cache, set, &statement, err);
		if (status)
			return status;
	}
	if (status)
		return status;
	wp_snapshot_id(set, id);
	return strcmp(id, snapshot->id)
		       ? wp_db_damaged(&cache->db, err, "snapshot %.15s has other records than were added",
				       snapshot->id)
		       : WP_OK;
}

int wp_cache_load_snapshot(struct wp_cache *cache, const struct wp_snapshot *snapshot, struct wp_record_set **ret_set,
			   struct wp_error *err)
{
	struct wp_record_set *set __attribute__((cleanup(wp_record_set_freep))) = calloc(1, sizeof *set);
	int status;

	if (!set)
		abort();
	set->arena = wp_arena_new();
	set->site_code = snapshot->site_code ? strdup(snapshot->site_code) : NULL;
	set->taken_at = snapshot->taken_at;
	set->documents = json_array();
	if ((snapshot->site_code && !set->site_code) || !set->documents)
		abort();
	status = load_records(cache, snapshot, set, err);
	if (status)
		return status;
	*ret_set = set;
	set = NULL;
	return WP_OK;
}

int wp_cache_remove_snapshot(struct wp_cache *cache, const struct wp_snapshot *snapshot, struct wp_error *err)
{
	struct wp_statement statement __attribute__((cleanup(wp_db_finalize))) = { 0 };
	int status = wp_db_prepare(&cache->db, "DELETE FROM snapshots WHERE id = ?1", &statement, err);

	if (!status)
		status = wp_db_begin(&cache->db, err);
	if (status)
		return status;
	wp_db_bind_text(&statement, 1, snapshot->id);
	status = wp_db_run(&statement, "a snapshot was removed", err);
	if (!status && !sqlite3_changes(cache->db.handle))
		status = wp_fail(err, WP_E_NOT_FOUND, "snapshot-missing", snapshot->id,
				 "there is no snapshot '%s' in the cache any more; see `wimplan snapshot list`",
				 snapshot->id);
	return wp_db_end(&cache->db, status, err);
}
