/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The packages of the newest snapshots by their ids, without reading their records. */
#include "internal.h"

#include "wimplan/record.h"

/* Names stand in the records, which are large: nobody reads more names than this. */
#define MOST_NAMES 200u

static const char newest[] =
	"SELECT package_id, max(snapshot) FROM records WHERE snapshot IN (SELECT number FROM snapshots AS s WHERE (?1 IS NULL OR "
	"site_code = ?1 COLLATE NOCASE) AND NOT EXISTS (SELECT 1 FROM snapshots AS t WHERE t.site_code = s.site_code COLLATE "
	"NOCASE AND (t.taken_at, t.number) > (s.taken_at, s.number))) AND substr(package_id, 1, length(?2)) = ?2 GROUP BY package_id "
	"ORDER BY 1";
static const char name_of[] =
	"SELECT json_extract(document, '$.properties.Name') FROM records WHERE snapshot = ?1 AND package_id = ?2 AND "
	"json_valid(document)";

int wp_cache_list_packages(struct wp_cache *cache, struct wp_arena *arena, const char *site_code, const char *begin,
			   struct wp_package_name **ret_items, size_t *ret_count, struct wp_error *err)
{
	struct wp_statement statement __attribute__((cleanup(wp_db_finalize))) = { 0 };
	struct wp_statement name __attribute__((cleanup(wp_db_finalize))) = { 0 };
	struct wp_package_name *items = NULL;
	int64_t *snapshots = NULL;
	size_t count = 0, known = 0;
	int status;

	wp_db_query(&cache->db, newest, &statement);
	wp_db_bind_text(&statement, 1, site_code);
	wp_db_bind_text(&statement, 2, begin);
	while ((status = wp_db_step(&statement, "packages were listed", err)) > 0) {
		const char *id = wp_db_text(arena, &statement, 0);

		if (!id || !wp_is_package_id(id))
			continue;
		WP_PUSH(arena, items, count)->id = id;
		*WP_PUSH(arena, snapshots, known) = sqlite3_column_int64(statement.handle, 1);
	}
	wp_db_query(&cache->db, name_of, &name);
	for (size_t i = 0; i < count && count <= MOST_NAMES && !status; i++) {
		wp_db_bind_int(&name, 1, snapshots[i]);
		wp_db_bind_text(&name, 2, items[i].id);
		if (wp_db_step(&name, "a package's name was read", err) > 0)
			items[i].name = wp_db_text(arena, &name, 0);
		sqlite3_reset(name.handle);
	}
	*ret_items = items;
	*ret_count = count;
	return status;
}
