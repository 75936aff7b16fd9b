/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sources of recent plans, so that `record` can tell whether what it finds is what the plan has found. */
#include "internal.h"

#include "wimplan/limits.h"

/* 1 when the plan is known, with its number. */
static int find_number(const struct wp_cache *cache, const char *plan_id, int64_t *ret, struct wp_error *err)
{
	struct wp_statement statement __attribute__((cleanup(wp_db_finalize))) = { 0 };
	int status;

	wp_db_query(&cache->db, "SELECT number FROM plans WHERE id = ?1", &statement);
	wp_db_bind_text(&statement, 1, plan_id);
	status = wp_db_step(&statement, "a plan was looked up", err);
	if (status > 0)
		*ret = sqlite3_column_int64(statement.handle, 0);
	return status;
}

static int insert_plan(const struct wp_cache *cache, const char *plan_id, struct wp_error *err)
{
	struct wp_statement statement __attribute__((cleanup(wp_db_finalize))) = { 0 };

	wp_db_query(&cache->db, "INSERT INTO plans (id) VALUES (?1)", &statement);
	wp_db_bind_text(&statement, 1, plan_id);
	return wp_db_run(&statement, "a plan was kept", err);
}

static int insert_sources(const struct wp_cache *cache, int64_t number, const struct wp_planned_source *sources,
			  size_t count, struct wp_error *err)
{
	struct wp_statement statement __attribute__((cleanup(wp_db_finalize))) = { 0 };
	int status = wp_db_prepare(&cache->db,
				   "INSERT INTO plan_sources (plan, package_id, class, source_path, file_id, content_id) "
				   "VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
				   &statement, err);

	for (size_t i = 0; !status && i < count; i++) {
		wp_db_bind_int(&statement, 1, number);
		wp_db_bind_text(&statement, 2, sources[i].package_id);
		wp_db_bind_text(&statement, 3, wp_class_name(sources[i].class));
		wp_db_bind_text(&statement, 4, sources[i].source_path);
		wp_db_bind_text(&statement, 5, sources[i].file_id);
		wp_db_bind_text(&statement, 6, sources[i].content_id);
		status = wp_db_run(&statement, "a plan was kept", err);
	}
	return status;
}

/* The newest plan stays, however many sources it has. */
static int drop_oldest(const struct wp_cache *cache, struct wp_error *err)
{
	struct wp_statement statement __attribute__((cleanup(wp_db_finalize))) = { 0 };

	wp_db_query(
		    &cache->db,
		    "DELETE FROM plans WHERE number IN (SELECT number FROM (SELECT number, row_number() OVER newest AS place, "
		    "sum((SELECT count(*) FROM plan_sources WHERE plan = number)) OVER newest AS sources FROM plans "
		    "WINDOW newest AS (ORDER BY number DESC)) WHERE place > ?1 OR (place > 1 AND sources > ?2))", &statement);
	wp_db_bind_int(&statement, 1, WP_LIMIT_PLANS);
	wp_db_bind_int(&statement, 2, WP_LIMIT_PLAN_SOURCES);
	return wp_db_run(&statement, "old plans were forgotten", err);
}

int wp_cache_put_plan(struct wp_cache *cache, const char *plan_id, const struct wp_planned_source *sources,
		      size_t count, struct wp_error *err)
{
	int64_t number;
	int status = find_number(cache, plan_id, &number, err);

	if (status) /* known: nothing is written, so that planning twice costs no write */
		return status < 0 ? status : WP_OK;
	status = wp_db_begin(&cache->db, err);
	if (status)
		return status;
	/* Another process may have kept it meanwhile. */
	status = find_number(cache, plan_id, &number, err);
	if (status)
		return wp_db_end(&cache->db, status < 0 ? status : WP_OK, err);
	status = insert_plan(cache, plan_id, err);
	if (!status)
		status = insert_sources(cache, sqlite3_last_insert_rowid(cache->db.handle), sources, count, err);
	if (!status)
		status = drop_oldest(cache, err);
	return wp_db_end(&cache->db, status, err);
}

/* False when a column does not hold what wimplan writes there. */
static bool read_source(struct wp_arena *arena, struct wp_statement *statement, struct wp_planned_source *ret)
{
	const char *class = wp_db_text(arena, statement, 1);

	ret->package_id = wp_db_text(arena, statement, 0);
	ret->source_path = wp_db_text(arena, statement, 2);
	ret->file_id = wp_db_text(arena, statement, 3);
	ret->content_id = wp_db_text(arena, statement, 4);
	return ret->package_id && ret->source_path && ret->file_id && ret->content_id && class &&
	       wp_class_from_name(class, &ret->class);
}

int wp_cache_find_plan(struct wp_cache *cache, struct wp_arena *arena, const char *plan_id,
		       struct wp_planned_source **ret_sources, size_t *ret_count, bool *ret_known,
		       struct wp_error *err)
{
	struct wp_statement statement __attribute__((cleanup(wp_db_finalize))) = { 0 };
	struct wp_planned_source *sources = NULL;
	size_t count = 0;
	int64_t number;
	int status = cache->version < 3 ? 0 : find_number(cache, plan_id, &number, err);

	*ret_known = status > 0;
	*ret_sources = NULL;
	*ret_count = 0;
	if (status <= 0)
		return status;
	wp_db_query(&cache->db, "SELECT package_id, class, source_path, file_id, content_id FROM plan_sources WHERE plan = "
		    "?1 ORDER BY package_id", &statement);
	wp_db_bind_int(&statement, 1, number);
	while ((status = wp_db_step(&statement, "a plan was looked up", err)) > 0)
		if (!read_source(arena, &statement, WP_PUSH(arena, sources, count)))
			return wp_db_damaged(&cache->db, err, "a plan's source is not readable");
	*ret_sources = sources;
	*ret_count = count;
	return status;
}
