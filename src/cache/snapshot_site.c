/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a snapshot keeps of its site beside the records. */
#include "internal.h"

#include "wimplan/json.h"
#include "wimplan/limits.h"

static int remove_rows(const struct wp_cache *cache, int64_t snapshot, struct wp_error *err)
{
	struct wp_statement statement __attribute__((cleanup(wp_db_finalize))) = { 0 };

	wp_db_query(&cache->db, "DELETE FROM site_rows WHERE snapshot = ?1", &statement);
	wp_db_bind_int(&statement, 1, snapshot);
	return wp_db_run(&statement, "rows of a site were replaced", err);
}

static int insert_kind(struct wp_statement *statement, int64_t snapshot, const struct wp_site_table *table,
		       const json_t *rows, struct wp_error *err)
{
	struct wp_buf document __attribute__((cleanup(wp_buf_free))) = { 0 };
	const json_t *row;
	size_t i;

	json_array_foreach(rows, i, row) {
		int status;

		wp_buf_clear(&document);
		wp_json_canonical(&document, row);
		wp_db_bind_int(statement, 1, snapshot);
		wp_db_bind_text(statement, 2, table->name);
		wp_db_bind_int(statement, 3, (int64_t)i);
		wp_db_bind_text(statement, 4, wp_buf_text(&document));
		status = wp_db_run(statement, "rows of a site were added", err);
		if (status)
			return status;
	}
	return WP_OK;
}

int wp_snapshot_put_site(const struct wp_cache *cache, int64_t snapshot, const json_t *site, struct wp_error *err)
{
	struct wp_statement statement __attribute__((cleanup(wp_db_finalize))) = { 0 };
	int status = remove_rows(cache, snapshot, err);

	if (!status)
		status = wp_db_prepare(&cache->db, "INSERT INTO site_rows (snapshot, kind, number, document) VALUES (?1, "
				       "?2, ?3, ?4)", &statement, err);
	for (int kind = 0; kind < WP_SITE_KINDS && !status; kind++)
		status = insert_kind(&statement, snapshot, &wp_site_tables[kind],
				     wp_site_rows(site, (enum wp_site_kind)kind), err);
	return status;
}

static int take_row(const struct wp_cache *cache, struct wp_statement *statement, json_t *site, struct wp_error *err)
{
	size_t kind_length, length;
	const char *kind = wp_db_bytes(statement, 0, &kind_length), *text = wp_db_bytes(statement, 1, &length);
	json_t *rows = kind ? json_object_get(site, kind) : NULL, *row;
	struct wp_error why;

	/* A kind of rows that another version knows is left alone. */
	if (!rows)
		return WP_OK;
	if (!text || wp_json_parse(text, length, kind, &row, &why))
		return wp_db_damaged(&cache->db, err, "a row of %s is no JSON", kind);
	if (!json_is_object(row)) {
		json_decref(row);
		return wp_db_damaged(&cache->db, err, "a row of %s is no object", kind);
	}
	wp_json_push(rows, row);
	return WP_OK;
}

int wp_snapshot_load_site(const struct wp_cache *cache, const char *id, const char *only, json_t **ret_site,
			  struct wp_error *err)
{
	struct wp_statement statement __attribute__((cleanup(wp_db_finalize))) = { 0 };
	size_t count = 0;
	int status;

	*ret_site = wp_site_new();
	/* An older cache that is open for reading. */
	if (cache->version < 4)
		return WP_OK;
	wp_db_query(&cache->db, "SELECT r.kind, r.document FROM site_rows r JOIN snapshots s ON r.snapshot = "
		    "s.number WHERE s.id = ?1 AND (?2 IS NULL OR r.kind IN (?3, ?4) OR instr(upper("
		    "r.document), upper(?2))) ORDER BY r.kind, r.number", &statement);
	wp_db_bind_text(&statement, 1, id);
	wp_db_bind_text(&statement, 2, only);
	wp_db_bind_text(&statement, 3, wp_site_tables[WP_SITE_POINTS].name);
	wp_db_bind_text(&statement, 4, wp_site_tables[WP_SITE_SITES].name);
	while ((status = wp_db_step(&statement, "a snapshot was loaded", err)) > 0) {
		if (count++ == WP_LIMIT_SITE_ROWS)
			return wp_db_damaged(&cache->db, err, "a snapshot has more than %u rows of its site",
					     WP_LIMIT_SITE_ROWS);
		status = take_row(cache, &statement, *ret_site, err);
		if (status)
			return status;
	}
	return status;
}
