/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Snapshots are listed and found, and one is held against the one before it. */
#include "internal.h"

#include "wimplan/ascii.h"
#include "wimplan/text.h"

#include <string.h>

/*
 * Prepares a SELECT of the columns that read_snapshot() takes, with @where behind it: the latest first, of two that
 * were taken together the one that was imported last, and no more than @limit (-1: all). A cache of an older version,
 * open for reading, does not say whether its exports were whole.
 */
static void prepare(const struct wp_cache *cache, struct wp_arena *arena, const char *where, int limit,
		    struct wp_statement *ret)
{
	bool old = cache->version < 3;

	wp_db_query(&cache->db,
		    wp_arena_printf(arena,
				    "SELECT id, site_code, taken_at, imported_at, records, %s FROM snapshots %s ORDER BY "
				    "taken_at DESC, %s DESC LIMIT %d",
				    old ? "NULL" : "partial", where, old ? "number" : "sequence", limit),
		    ret);
}

static int read_snapshot(const struct wp_cache *cache, struct wp_arena *arena, struct wp_statement *statement,
			 struct wp_snapshot *ret, struct wp_error *err)
{
	wp_db_hash(statement, 0, ret->id);
	ret->site_code = wp_db_text(arena, statement, 1);
	ret->taken_at = wp_db_time(statement, 2);
	ret->imported_at = wp_db_time(statement, 3);
	ret->partial = wp_db_text(arena, statement, 5);
	if (!ret->id[0] || !wp_is_site_code(ret->site_code) || !wp_db_u64(statement, 4, &ret->records))
		return wp_db_damaged(&cache->db, err, "a snapshot has no id, site code or number of records");
	return WP_OK;
}

int wp_cache_list_snapshots(struct wp_cache *cache, struct wp_arena *arena, struct wp_snapshot **ret_items,
			    size_t *ret_count, struct wp_error *err)
{
	struct wp_statement statement __attribute__((cleanup(wp_db_finalize))) = { 0 };
	struct wp_snapshot *items = NULL;
	size_t count = 0;
	int status;

	prepare(cache, arena, "", -1, &statement);
	while ((status = wp_db_step(&statement, "snapshots were listed", err)) > 0) {
		status = read_snapshot(cache, arena, &statement, WP_PUSH(arena, items, count), err);
		if (status)
			return status;
	}
	*ret_items = items;
	*ret_count = count;
	return status;
}

/* The lower-case hex digits of @id without "sha256:"; NULL when it is anything else. */
static char *hex_digits(struct wp_arena *arena, const char *id)
{
	size_t length;

	if (!strncmp(id, "sha256:", 7))
		id += 7;
	length = strlen(id);
	if (!length || length > 64 || strspn(id, "0123456789abcdefABCDEF") != length)
		return NULL;
	return wp_text_lower(arena, id, length);
}

static int find_by_id(struct wp_cache *cache, struct wp_arena *arena, const char *id, struct wp_snapshot *ret,
		      struct wp_error *err)
{
	struct wp_statement statement __attribute__((cleanup(wp_db_finalize))) = { 0 };
	const char *digits = hex_digits(arena, id);
	int status = 0;

	if (digits) {
		prepare(cache, arena, "WHERE id >= ?1 AND id < ?2", 2, &statement);
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
	status = read_snapshot(cache, arena, &statement, ret, err);
	if (!status)
		status = wp_db_step(&statement, "a snapshot was looked up", err);
	if (status > 0)
		return wp_fail(err, WP_E_USAGE, "snapshot-ambiguous", id,
			       "more than one snapshot begins with '%s'; give more digits, see `wimplan snapshot list`",
			       id);
	return status;
}

/* Fails when there are snapshots of several sites: the newest of them all is nobody's answer. */
static int check_one_site(struct wp_cache *cache, struct wp_arena *arena, struct wp_error *err)
{
	struct wp_statement statement __attribute__((cleanup(wp_db_finalize))) = { 0 };
	const char *first = NULL, *second = NULL;
	int status;

	wp_db_query(&cache->db, "SELECT DISTINCT site_code COLLATE NOCASE FROM snapshots ORDER BY 1 LIMIT 3", &statement);
	while ((status = wp_db_step(&statement, "sites were listed", err)) > 0) {
		const char *site = wp_db_text(arena, &statement, 0);

		if (!wp_is_site_code(site))
			return wp_db_damaged(&cache->db, err, "a snapshot has no site code");
		if (second)
			return wp_fail(err, WP_E_USAGE, "site-required", "--site",
				       "the cache has snapshots of the sites %s, %s and others; say with --site CODE "
				       "which one is meant",
				       first, second);
		*(first ? &second : &first) = site;
	}
	if (!status && second)
		return wp_fail(err, WP_E_USAGE, "site-required", "--site",
			       "the cache has snapshots of the sites %s and %s; say with --site CODE which one is "
			       "meant",
			       first, second);
	return status;
}

static int find_newest(struct wp_cache *cache, struct wp_arena *arena, const char *site_code, struct wp_snapshot *ret,
		       struct wp_error *err)
{
	struct wp_statement statement __attribute__((cleanup(wp_db_finalize))) = { 0 };
	int status = site_code ? WP_OK : check_one_site(cache, arena, err);

	if (status)
		return status;
	prepare(cache, arena, "WHERE ?1 IS NULL OR site_code = ?1 COLLATE NOCASE", 1, &statement);
	wp_db_bind_text(&statement, 1, site_code);
	status = wp_db_step(&statement, "a snapshot was looked up", err);
	if (status < 0)
		return status;
	if (!status)
		return wp_fail(err, WP_E_NOT_FOUND, "snapshot-missing", site_code,
			       "there is no snapshot%s%s in the cache; %sadd one with `wimplan import FILE`",
			       site_code ? " of site " : "", site_code ? site_code : "",
			       site_code ? "see `wimplan snapshot list`, or " : "");
	return read_snapshot(cache, arena, &statement, ret, err);
}

int wp_cache_find_snapshot(struct wp_cache *cache, struct wp_arena *arena, const char *id, const char *site_code,
			   struct wp_snapshot *ret, struct wp_error *err)
{
	int status;

	if (!id)
		return find_newest(cache, arena, site_code, ret, err);
	status = find_by_id(cache, arena, id, ret, err);
	if (!status && site_code && !wp_ascii_same(site_code, ret->site_code))
		return wp_fail(err, WP_E_USAGE, "snapshot-site", id,
			       "snapshot '%s' is of site %s, not of %s; leave one of the two out",
			       id, ret->site_code, site_code);
	return status;
}

/* 1 and the snapshot, or 0 when there is none. */
static int find_previous(struct wp_cache *cache, struct wp_arena *arena, const struct wp_record_set *set,
			 struct wp_snapshot *ret, struct wp_error *err)
{
	struct wp_statement statement __attribute__((cleanup(wp_db_finalize))) = { 0 };
	int status;

	prepare(cache, arena, "WHERE site_code = ?1 COLLATE NOCASE AND id <> ?2 AND (?3 IS NULL OR taken_at IS NULL OR "
		"taken_at <= ?3)", 1, &statement);
	wp_db_bind_text(&statement, 1, set->site_code);
	wp_db_bind_text(&statement, 2, set->id);
	wp_db_bind_time(&statement, 3, set->taken_at);
	status = wp_db_step(&statement, "a snapshot was looked up", err);
	if (status > 0) {
		int read = read_snapshot(cache, arena, &statement, ret, err);

		return read ? read : 1;
	}
	return status;
}

int wp_cache_load_previous(struct wp_cache *cache, const struct wp_crew *crew, const struct wp_record_set *set,
			   struct wp_record_set **ret_set, struct wp_error *err)
{
	struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct wp_snapshot previous;
	int status = find_previous(cache, scratch, set, &previous, err);
	bool kept;

	*ret_set = NULL;
	return status <= 0 ? status : wp_cache_load_briefs(cache, crew, &previous, ret_set, &kept, err);
}

int wp_cache_missing_packages(struct wp_cache *cache, struct wp_arena *arena, const struct wp_record_set *set,
			      struct wp_snapshot *ret_previous, const char ***ret_ids, size_t *ret_count,
			      struct wp_error *err)
{
	struct wp_statement statement __attribute__((cleanup(wp_db_finalize))) = { 0 };
	size_t at = 0;
	int status;

	*ret_ids = NULL;
	*ret_count = 0;
	status = find_previous(cache, arena, set, ret_previous, err);
	if (status <= 0)
		return status;
	wp_db_query(&cache->db, "SELECT r.package_id FROM records r JOIN snapshots s ON r.snapshot = s.number WHERE "
		    "s.id = ?1 ORDER BY r.package_id", &statement);
	wp_db_bind_text(&statement, 1, ret_previous->id);
	/* Both lists are in the order of their bytes. */
	while ((status = wp_db_step(&statement, "two snapshots were compared", err)) > 0) {
		const char *id = wp_db_text(arena, &statement, 0);

		if (!wp_is_package_id(id))
			return wp_db_damaged(&cache->db, err, "a record has no PackageID");
		while (at < set->count && strcmp(set->records[at].package_id, id) < 0)
			at++;
		if (at == set->count || strcmp(set->records[at].package_id, id))
			*WP_PUSH(arena, *ret_ids, *ret_count) = id;
	}
	return status;
}
