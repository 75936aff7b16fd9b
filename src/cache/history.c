/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The history: what was imported, planned, applied and stated, and what of it concerned which package. */
#include "internal.h"

#include "wimplan/text.h"
#include "wimplan/json.h"
#include "wimplan/limits.h"

static const char *const kind_names[] = {
	[WP_EVENT_IMPORT] = "import",
	[WP_EVENT_PLAN] = "plan",
	[WP_EVENT_RECEIPT] = "receipt",
	[WP_EVENT_BASELINE] = "baseline",
	[WP_EVENT_FORGET] = "forget",
	NULL,
};

const char *wp_event_kind_name(enum wp_event_kind kind)
{
	return kind_names[kind];
}

int wp_cache_begin(struct wp_cache *cache, struct wp_error *err)
{
	return wp_db_begin(&cache->db, err);
}

int wp_cache_end(struct wp_cache *cache, int status, struct wp_error *err)
{
	return wp_db_end(&cache->db, status, err);
}

/* Values 1 to 6 of the statements below. */
static void bind_event(struct wp_statement *statement, const struct wp_event *event, struct wp_buf *facts)
{
	wp_buf_clear(facts);
	wp_json_canonical(facts, event->facts);
	wp_db_bind_time(statement, 1, event->at);
	wp_db_bind_text(statement, 2, wp_event_kind_name(event->kind));
	wp_db_bind_text(statement, 3, event->site_code);
	wp_db_bind_text(statement, 4, event->plan_id);
	wp_db_bind_text(statement, 5, event->by);
	wp_db_bind_text(statement, 6, wp_buf_text(facts));
}

/*
 * 1 when it was told already. A plan is made again by every look at a site that has not changed, and a receipt may be
 * recorded twice; of the others each is another one.
 */
static int is_told(struct wp_cache *cache, const struct wp_event *event, struct wp_buf *facts, struct wp_error *err)
{
	struct wp_statement statement __attribute__((cleanup(wp_db_finalize))) = { 0 };

	if (event->kind != WP_EVENT_PLAN && event->kind != WP_EVENT_RECEIPT)
		return 0;
	wp_db_query(&cache->db, "SELECT 1 FROM events WHERE kind = ?2 AND plan_id = ?4 AND iif(?2 = 'plan', number = (SELECT "
		    "max(number) FROM events WHERE kind = ?2 AND site_code IS ?3), at IS ?1 AND author IS ?5 AND "
		    "facts = ?6)", &statement);
	bind_event(&statement, event, facts);
	return wp_db_step(&statement, "the history was read", err);
}

static int insert_event(struct wp_cache *cache, const struct wp_event *event, size_t count, struct wp_buf *facts,
			struct wp_error *err)
{
	struct wp_statement statement __attribute__((cleanup(wp_db_finalize))) = { 0 };

	wp_db_query(&cache->db, "INSERT INTO events (at, kind, site_code, plan_id, author, facts, packages) "
		    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)", &statement);
	bind_event(&statement, event, facts);
	wp_db_bind_int(&statement, 7, (int64_t)count);
	return wp_db_run(&statement, "the history was written", err);
}

static int insert_packages(struct wp_cache *cache, const struct wp_event_packages *packages, struct wp_buf *facts,
			   struct wp_error *err)
{
	struct wp_statement statement __attribute__((cleanup(wp_db_finalize))) = { 0 };
	int64_t event = sqlite3_last_insert_rowid(cache->db.handle);
	int status = wp_db_prepare(&cache->db, "INSERT INTO event_packages (event, number, package_id, at, facts) VALUES (?1, "
				   "?2, ?3, ?4, ?5)", &statement, err);

	for (size_t i = 0; !status && i < packages->count; i++) {
		struct wp_event package = packages->next(packages->context, i);

		wp_buf_clear(facts);
		wp_json_canonical(facts, package.facts);
		json_decref(package.facts);
		wp_db_bind_int(&statement, 1, event);
		wp_db_bind_int(&statement, 2, (int64_t)i);
		wp_db_bind_text(&statement, 3, package.package_id);
		wp_db_bind_time(&statement, 4, package.at);
		wp_db_bind_text(&statement, 5, wp_buf_text(facts));
		status = wp_db_run(&statement, "the history was written", err);
	}
	return status;
}

static int drop_oldest(struct wp_cache *cache, struct wp_error *err)
{
	struct wp_statement statement __attribute__((cleanup(wp_db_finalize))) = { 0 };

	wp_db_query(&cache->db, "DELETE FROM events WHERE number IN (SELECT number FROM (SELECT number, row_number() OVER "
		    "newest AS place, sum(packages) OVER newest AS packages FROM events WINDOW newest AS (ORDER "
		    "BY number DESC)) WHERE place > ?1 OR (place > 1 AND packages > ?2))", &statement);
	wp_db_bind_int(&statement, 1, cache->event_limit);
	wp_db_bind_int(&statement, 2, cache->event_package_limit);
	return wp_db_run(&statement, "old events were forgotten", err);
}

int wp_cache_log(struct wp_cache *cache, const struct wp_event *event, const struct wp_event_packages *packages,
		 struct wp_error *err)
{
	static const struct wp_event_packages none;
	struct wp_buf facts __attribute__((cleanup(wp_buf_free))) = { 0 };
	int status = wp_db_begin(&cache->db, err);

	if (status)
		return status;
	if (!packages)
		packages = &none;
	status = is_told(cache, event, &facts, err);
	if (status)
		return wp_db_end(&cache->db, status > 0 ? WP_OK : status, err);
	status = insert_event(cache, event, packages->count, &facts, err);
	if (!status)
		status = insert_packages(cache, packages, &facts, err);
	if (!status)
		status = drop_oldest(cache, err);
	return wp_db_end(&cache->db, status, err);
}

void wp_history_free(struct wp_history *history)
{
	json_decref(history->facts);
	*history = (struct wp_history){ 0 };
}

static int read_event(struct wp_cache *cache, struct wp_arena *arena, struct wp_statement *statement,
		      struct wp_history *history, struct wp_error *err)
{
	struct wp_event *event = WP_PUSH(arena, history->items, history->count);
	const char *kind = wp_db_text(arena, statement, 1), *text;
	unsigned int value;
	struct wp_error why;
	size_t length;

	event->at = wp_db_time(statement, 0);
	event->site_code = wp_db_text(arena, statement, 2);
	event->plan_id = wp_db_text(arena, statement, 3);
	event->by = wp_db_text(arena, statement, 4);
	event->package_id = wp_db_text(arena, statement, 6);
	text = wp_db_bytes(statement, 5, &length);
	if (!kind || !wp_choice_find(kind_names, kind, &value) || !text ||
	    wp_json_parse(text, length, "an event", &event->facts, &why))
		return wp_db_damaged(&cache->db, err, "an event of its history is not readable");
	event->kind = (enum wp_event_kind)value;
	wp_json_push(history->facts, event->facts);
	return json_is_object(event->facts) ? WP_OK
					    : wp_db_damaged(&cache->db, err, "an event of its history says nothing");
}

int wp_cache_history(struct wp_cache *cache, struct wp_arena *arena, const char *site_code, const char *package_id,
		     struct wp_history *ret, struct wp_error *err)
{
	struct wp_statement statement __attribute__((cleanup(wp_db_finalize))) = { 0 };
	int status;

	*ret = (struct wp_history){ .facts = wp_json_must(json_array()) };
	if (cache->version < 5) /* of before there was a history, open for reading */
		return WP_OK;
	wp_db_query(&cache->db, package_id ? "SELECT coalesce(p.at, e.at) AS time, e.kind, e.site_code, e.plan_id, e.author, p.facts, "
		    "p.package_id FROM event_packages p JOIN events e ON p.event = e.number WHERE "
		    "p.package_id = ?2 COLLATE NOCASE AND (?1 IS NULL OR e.site_code = ?1 COLLATE NOCASE) "
		    "ORDER BY time, e.number, p.number"
		    : "SELECT at, kind, site_code, plan_id, author, facts, NULL FROM events WHERE ?1 IS NULL OR "
		    "site_code = ?1 COLLATE NOCASE ORDER BY at, number", &statement);
	wp_db_bind_text(&statement, 1, site_code);
	if (package_id)
		wp_db_bind_text(&statement, 2, package_id);
	while ((status = wp_db_step(&statement, "the history was read", err)) > 0) {
		status = read_event(cache, arena, &statement, ret, err);
		if (status)
			return status;
	}
	return status;
}
