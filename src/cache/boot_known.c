/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What starts the images of files, by the files' ids, so that their programs are not read twice. */
#include "internal.h"

#include "wimplan/limits.h"

static int find(struct wp_cache *cache, struct wp_arena *arena, struct wp_file_content *files, size_t count, struct wp_error *err)
{
	struct wp_statement statement __attribute__((cleanup(wp_db_finalize))) = { 0 };
	int row = 0;

	wp_db_query(&cache->db, "SELECT facts FROM boot_facts WHERE file_id = ?1", &statement);
	wp_db_begin_reading(&cache->db);
	for (size_t i = 0; row >= 0 && i < count; i++) {
		const char *text;
		size_t length;

		wp_db_bind_text(&statement, 1, files[i].file_id);
		row = wp_db_step(&statement, "what it remembers of files was read", err);
		text = row > 0 ? wp_db_bytes(&statement, 0, &length) : NULL;
		if (text && length <= WP_LIMIT_BOOT_FACTS)
			files[i].boot = (struct wp_boot_facts){ wp_arena_strndup(arena, text, length), length, true };
		sqlite3_reset(statement.handle);
	}
	wp_db_end_reading(&cache->db);
	return row < 0 ? row : WP_OK;
}

int wp_cache_find_boot(struct wp_cache *cache, struct wp_arena *arena, struct wp_file_content *files, size_t count,
		       struct wp_error *err)
{
	/* One of before has no such table. What cannot be read is not known, and told once, as with contents. */
	int status = count && !cache->lost && cache->version >= 7 ? find(cache, arena, files, count, err) : WP_OK;

	cache->lost = cache->lost || status < 0;
	return status;
}

static int write_facts(const struct wp_cache *cache, const struct wp_file_content *files, size_t count, struct wp_error *err)
{
	struct wp_statement statement __attribute__((cleanup(wp_db_finalize))) = { 0 };
	int64_t seen;
	int status = wp_cache_next_seen(cache, "SELECT coalesce(max(seen), 0) FROM boot_facts", &seen, err);

	if (!status)
		status = wp_db_prepare(&cache->db,
				       "INSERT INTO boot_facts (file_id, facts, seen) VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET "
				       "facts = ?2, seen = ?3",
				       &statement, err);
	for (size_t i = 0; !status && i < count; i++) {
		/* Of what could not be read the next one may have better luck. */
		if (files[i].state != WP_CONTENT_LEARNED || !files[i].look_at_boot || !files[i].boot.text || !files[i].boot.lasting)
			continue;
		wp_db_bind_text(&statement, 1, files[i].file_id);
		wp_db_bind_text(&statement, 2, files[i].boot.text);
		wp_db_bind_int(&statement, 3, seen);
		status = wp_db_run(&statement, "contents were kept", err);
	}
	return status;
}

int wp_cache_put_boot(struct wp_cache *cache, const struct wp_file_content *files, size_t count, struct wp_error *err)
{
	bool any = false;
	int status;

	for (size_t i = 0; i < count; i++)
		any = any || files[i].look_at_boot;
	if (!any)
		return WP_OK;
	status = wp_db_begin(&cache->db, err);
	if (status)
		return status;
	status = write_facts(cache, files, count, err);
	/* None that belongs to a baseline goes as long as there are others. */
	if (!status)
		status = wp_cache_drop_oldest(cache,
					      "DELETE FROM boot_facts WHERE file_id IN (SELECT file_id FROM boot_facts ORDER BY file_id IN "
					      "(SELECT file_id FROM baselines) DESC, seen DESC, file_id LIMIT -1 OFFSET ?1)",
					      WP_LIMIT_BOOT_KNOWN, err);
	return wp_db_end(&cache->db, status, err);
}
