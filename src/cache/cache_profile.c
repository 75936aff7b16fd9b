/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The profile of each site, as text: what it says is the business of who reads it. */
#include "internal.h"

#include <string.h>

int wp_cache_put_profile(struct wp_cache *cache, const char *site_code, struct wp_time taken_at, const char *text,
			 struct wp_error *err)
{
	struct wp_statement statement __attribute__((cleanup(wp_db_finalize))) = { 0 };

	wp_db_query(&cache->db, text ? "INSERT OR REPLACE INTO profiles (site_code, taken_at, document) VALUES (?1, ?2, ?3)"
				     : "DELETE FROM profiles WHERE site_code = ?1", &statement);
	wp_db_bind_text(&statement, 1, site_code);
	if (text) {
		wp_db_bind_time(&statement, 2, taken_at);
		wp_db_bind_text(&statement, 3, text);
	}
	return wp_db_run(&statement, "the profile of a site was kept", err);
}

int wp_cache_find_profile(struct wp_cache *cache, struct wp_arena *arena, const char *site_code, const char **ret_text,
			  size_t *ret_length, struct wp_error *err)
{
	struct wp_statement statement __attribute__((cleanup(wp_db_finalize))) = { 0 };
	const char *text;
	int status;

	*ret_text = NULL;
	*ret_length = 0;
	/* An older cache that is open for reading. */
	if (cache->version < 6)
		return WP_OK;
	wp_db_query(&cache->db, "SELECT document FROM profiles WHERE site_code = ?1", &statement);
	wp_db_bind_text(&statement, 1, site_code);
	status = wp_db_step(&statement, "the profile of a site was looked up", err);
	if (status <= 0)
		return status;
	text = wp_db_bytes(&statement, 0, ret_length);
	if (!text)
		return wp_db_damaged(&cache->db, err, "the profile of %s is no text", site_code);
	*ret_text = wp_arena_strndup(arena, text, *ret_length);
	return WP_OK;
}
