/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Snapshots go in, and are removed: one row for each, and one per record with its canonical JSON. */
#include "internal.h"

#include "wimplan/buf.h"
#include "wimplan/json.h"

#include <stdlib.h>
#include <string.h>

/* 1 when there is a snapshot with this id, 0 when there is none. */
static int is_known(const struct wp_cache *cache, const char *id, struct wp_error *err)
{
	struct wp_statement statement __attribute__((cleanup(wp_db_finalize))) = { 0 };

	wp_db_query(&cache->db, "SELECT 1 FROM snapshots WHERE id = ?1", &statement);
	wp_db_bind_text(&statement, 1, id);
	return wp_db_step(&statement, "a snapshot was looked up", err);
}

/* Runs one of the two statements below, which have the same values. */
static int write_snapshot(const struct wp_cache *cache, const char *sql, const struct wp_record_set *set,
			  const char *id, struct wp_time now, struct wp_error *err)
{
	struct wp_statement statement __attribute__((cleanup(wp_db_finalize))) = { 0 };

	wp_db_query(&cache->db, sql, &statement);
	wp_db_bind_text(&statement, 1, id);
	wp_db_bind_text(&statement, 2, set->site_code);
	wp_db_bind_time(&statement, 3, set->taken_at);
	wp_db_bind_time(&statement, 4, now);
	wp_db_bind_int(&statement, 5, (int64_t)set->count);
	wp_db_bind_text(&statement, 6, set->partial);
	return wp_db_run(&statement, "a snapshot was added", err);
}

#define NEXT_SEQUENCE "(SELECT coalesce(max(sequence), 0) + 1 FROM snapshots)"

static int insert_snapshot(const struct wp_cache *cache, const struct wp_record_set *set, const char *id,
			   struct wp_time now, struct wp_error *err)
{
	return write_snapshot(cache, "INSERT INTO snapshots (id, site_code, taken_at, imported_at, records, partial, "
			      "sequence) VALUES (?1, ?2, ?3, ?4, ?5, ?6, " NEXT_SEQUENCE ")", set, id, now, err);
}

/*
 * The content is known: the site was like this when the later of the two exports was made, and whether that one was
 * whole is what counts. Texts of times sort as the times do.
 */
static int renew_snapshot(const struct wp_cache *cache, const struct wp_record_set *set, const char *id,
			  struct wp_time now, struct wp_error *err)
{
	return write_snapshot(cache, "UPDATE snapshots SET imported_at = ?4, sequence = " NEXT_SEQUENCE ", partial = "
			      "iif(taken_at > ?3, partial, ?6), taken_at = iif(taken_at > ?3, taken_at, coalesce(?3, "
			      "taken_at)) WHERE id = ?1", set, id, now, err);
}

/*
 * The rows of the site of the later of two exports of one content, as renew_snapshot() has its time: the snapshot has
 * taken over the time of this one when it counts.
 */
static int renew_site(const struct wp_cache *cache, const struct wp_record_set *set, const char *id,
		      struct wp_error *err)
{
	struct wp_statement statement __attribute__((cleanup(wp_db_finalize))) = { 0 };
	uint64_t number;
	int status;

	wp_db_query(&cache->db, "SELECT number FROM snapshots WHERE id = ?1 AND taken_at IS ?2", &statement);
	wp_db_bind_text(&statement, 1, id);
	wp_db_bind_time(&statement, 2, set->taken_at);
	status = wp_db_step(&statement, "a snapshot was looked up", err);
	if (status <= 0)
		return status;
	if (!wp_db_u64(&statement, 0, &number))
		return wp_db_damaged(&cache->db, err, "a snapshot has no number");
	return wp_snapshot_put_site(cache, (int64_t)number, set->site, err);
}

static int insert_records(const struct wp_cache *cache, const struct wp_record_set *set, int64_t number,
			  struct wp_error *err)
{
	struct wp_statement statement __attribute__((cleanup(wp_db_finalize))) = { 0 };
	struct wp_buf document __attribute__((cleanup(wp_buf_free))) = { 0 };
	int status =
		wp_db_prepare(&cache->db, "INSERT INTO records (snapshot, package_id, document) VALUES (?1, ?2, ?3)",
			      &statement, err);

	for (size_t i = 0; !status && i < set->count; i++) {
		wp_buf_clear(&document);
		status = wp_record_text(set, i, &document, err);
		if (status)
			break;
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
	int64_t number;
	int status;

	*ret_known = false;
	if (!wp_is_site_code(set->site_code))
		return wp_fail(err, WP_E_USAGE, "site-missing", set->site_code,
			       "a snapshot is of one site, and nothing says of which; give --site CODE");
	memcpy(ret_id, set->id, WP_HASH_TEXT);
	status = wp_db_begin(&cache->db, err);
	if (status)
		return status;
	status = is_known(cache, ret_id, err);
	if (status > 0) {
		*ret_known = true;
		status = renew_snapshot(cache, set, ret_id, now, err);
		if (!status)
			status = renew_site(cache, set, ret_id, err);
		return wp_db_end(&cache->db, status, err);
	}
	if (!status)
		status = insert_snapshot(cache, set, ret_id, now, err);
	number = sqlite3_last_insert_rowid(cache->db.handle);
	if (!status)
		status = insert_records(cache, set, number, err);
	if (!status)
		status = wp_snapshot_put_site(cache, number, set->site, err);
	return wp_db_end(&cache->db, status, err);
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
