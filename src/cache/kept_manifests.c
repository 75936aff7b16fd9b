/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lists of folders' files by the folders' content ids, to name what changed: few, because each may take megabytes. */
#include "internal.h"

#include "wimplan/limits.h"

static int is_known(struct wp_statement *statement, const char *content_id, struct wp_error *err)
{
	int status;

	wp_db_bind_text(statement, 1, content_id);
	status = wp_db_step(statement, "a folder was looked up", err);
	sqlite3_reset(statement->handle);
	return status;
}

/* None that belongs to a baseline goes as long as there are others. */
static int drop_manifests(const struct wp_cache *cache, struct wp_error *err)
{
	return wp_cache_drop_oldest(cache,
				    "DELETE FROM manifests WHERE content_id IN (SELECT content_id FROM manifests ORDER BY "
				    "content_id IN (SELECT content_id FROM baselines) DESC, seen DESC, content_id LIMIT -1 "
				    "OFFSET ?1)",
				    WP_LIMIT_MANIFESTS, err);
}

static int insert(const struct wp_cache *cache, const struct wp_known_manifest *items, size_t count,
		  struct wp_error *err)
{
	struct wp_statement statement __attribute__((cleanup(wp_db_finalize))) = { 0 };
	int64_t newest;
	int status = wp_db_number(&cache->db, "SELECT coalesce(max(seen), 0) FROM manifests", "folders were kept",
				  &newest, err);

	if (!status)
		status = wp_db_prepare(&cache->db,
				       "INSERT INTO manifests (content_id, manifest, seen) VALUES (?1, ?2, ?3) ON CONFLICT "
				       "DO NOTHING",
				       &statement, err);
	for (size_t i = 0; !status && i < count; i++) {
		wp_db_bind_text(&statement, 1, items[i].content_id);
		wp_db_bind_bytes(&statement, 2, items[i].manifest.text, items[i].manifest.length);
		wp_db_bind_int(&statement, 3, newest < INT64_MAX ? newest + 1 : newest);
		status = wp_db_run(&statement, "folders were kept", err);
	}
	return status ? status : drop_manifests(cache, err);
}

int wp_cache_put_manifests(struct wp_cache *cache, const struct wp_known_manifest *items, size_t count,
			   struct wp_error *err)
{
	struct wp_statement statement __attribute__((cleanup(wp_db_finalize))) = { 0 };
	bool all_known = true;
	int status = wp_db_prepare(&cache->db, "SELECT 1 FROM manifests WHERE content_id = ?1", &statement, err);

	for (size_t i = 0; !status && all_known && i < count; i++) {
		int known = is_known(&statement, items[i].content_id, err);

		status = known < 0 ? known : WP_OK;
		all_known = known > 0;
	}
	/* A run that learns nothing writes nothing. */
	if (status || all_known)
		return status;
	status = wp_db_begin(&cache->db, err);
	return status ? status : wp_db_end(&cache->db, insert(cache, items, count, err), err);
}

bool wp_cache_find_manifest(struct wp_cache *cache, struct wp_arena *arena, const char *content_id,
			    struct wp_manifest *ret)
{
	struct wp_statement statement __attribute__((cleanup(wp_db_finalize))) = { 0 };
	const char *bytes;

	*ret = (struct wp_manifest){ 0 };
	/* What cannot be read is not known: then nobody is told which files changed. */
	if (cache->version < 3 ||
	    wp_db_prepare(&cache->db, "SELECT manifest FROM manifests WHERE content_id = ?1", &statement, NULL))
		return false;
	wp_db_bind_text(&statement, 1, content_id);
	if (wp_db_step(&statement, "a folder was looked up", NULL) <= 0)
		return false;
	bytes = wp_db_bytes(&statement, 0, &ret->length);
	if (!bytes || ret->length > WP_LIMIT_MANIFEST_BYTES)
		return false;
	ret->text = wp_arena_strndup(arena, bytes, ret->length);
	return true;
}
