/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Objects by their keys and lists of rows, as the provider gives them, with what an import has to know of how they were read. */
#include "entities.h"
#include "jobs.h"
#include "probe.h"
#include "telling.h"

#include "wimplan/ascii.h"
#include "wimplan/json.h"
#include "wimplan/limits.h"
#include "wimplan/text.h"

#include <stdio.h>
#include <string.h>

/* --- Keys ------------------------------------------------------------------------------------------------------------- */

struct keys {
	struct wp_export *export;
	const struct wp_site_read *read;
	int64_t count;
};

static int take_key(void *context, json_t *row, struct wp_json_excerpt text, struct wp_error *err)
{
	struct keys *keys = context;
	struct wp_export *export = keys->export;
	const char *class = keys->read->class, *key = wp_json_get_text(row, keys->read->key);
	const char *of = keys->read->sequence ? wp_json_get_text(row, keys->read->sequence) : NULL;
	bool package = keys->read->part == WP_SITE_PART_PACKAGES;

	(void)text;
	if (!key || !*key || (package && !wp_is_package_id(key)))
		return wp_fail(err, WP_E_FAILED, "bad-answer", export->connection.url,
			       "%s, reading %s: a row has no %s that is one", export->connection.url, class, keys->read->key);
	keys->count++;
	wp_mutex_lock(export->lock);
	*WP_PUSH(export->cli->arena, export->listed, export->listed_count) =
		(struct wp_listed){ .read = keys->read, .key = wp_arena_strdup(export->cli->arena, key),
				   .of = wp_arena_strdup(export->cli->arena, of) };
	if (!keys->read->sequence)
		wp_ids_add(package ? export->packages : export->sequences, key);
	wp_mutex_unlock(export->lock);
	return WP_OK;
}

static void end_list(struct wp_export *export, const struct wp_session *session, const struct wp_job *job, int status,
		     int64_t rows, const struct wp_error *err)
{
	wp_mutex_lock(export->lock);
	if (status == WP_E_NOT_FOUND)
		wp_export_lacks(export, job->read->class);
	else if (status)
		wp_export_refuse(export, session, job->read, NULL, err);
	else
		wp_export_event(export, "listed", job->read->class, NULL, rows, NULL);
	wp_mutex_unlock(export->lock);
}

void wp_read_keys(struct wp_export *export, struct wp_session *session, struct wp_job *job)
{
	struct keys keys = { .export = export, .read = job->read };
	struct wp_list_reader reader = { .row = take_key, .context = &keys, .limit = WP_LIMIT_PACKAGES };
	struct wp_error err;
	int status = wp_session_list(session, job->read->class, job->read->filter, &reader, &err);

	end_list(export, session, job, status, keys.count, &err);
}

/* --- Objects and rows ------------------------------------------------------------------------------------------------- */

/*
 * Adds a row of a list as the provider has written it, with the members that add_row() adds: lists have most of the rows.
 * False when that cannot be done by text alone.
 */
static bool add_text(struct wp_job *job, const json_t *row, struct wp_json_excerpt text)
{
	bool has_class = wp_json_get_text(row, "__CLASS");

	if (!json_object_size(row) || json_object_get(row, "__BY_KEY") || (!has_class && json_object_get(row, "__CLASS")))
		return false;
	/* All but the bracket at its end. */
	wp_json_excerpt(&job->text, (struct wp_json_excerpt){ text.text, text.length - 1 });
	if (!has_class)
		wp_buf_printf(&job->text, ",\"__CLASS\":\"%s\"", job->read->class);
	wp_buf_puts(&job->text, ",\"__BY_KEY\":false}\n");
	return true;
}

static void add_row(struct wp_export *export, struct wp_job *job, json_t *row, bool by_key)
{
	if (!wp_json_get_text(row, "__CLASS"))
		wp_json_set(row, "__CLASS", wp_json_text(job->read->class));
	wp_json_set(row, "__BY_KEY", json_boolean(by_key));
	wp_json_line(&job->text, row);
	if (job->read->part != WP_SITE_PART_PACKAGES)
		return;
	wp_mutex_lock(export->lock);
	wp_export_take_site(export, row);
	wp_ids_add(export->read, job->key);
	wp_mutex_unlock(export->lock);
}

static int check_entity(const struct wp_job *job, const json_t *entity, struct wp_error *err)
{
	const char *key = wp_json_get_text(entity, job->read->key);

	if (key && wp_ascii_same(key, job->key))
		return WP_OK;
	return wp_fail(err, WP_E_FAILED, "bad-answer", job->key, "%s: the provider answered with another object", job->key);
}

static int take_listed(void *context, json_t *row, struct wp_json_excerpt text, struct wp_error *err)
{
	json_t **ret = context;

	(void)text, (void)err;
	json_decref(*ret);
	*ret = json_incref(row);
	return WP_OK;
}

/* An object that cannot be read by its key stands in a list all the same, without what is lazy. New reference, or NULL. */
static json_t *read_listed(struct wp_session *session, const struct wp_job *job)
{
	json_t *row = NULL;
	struct wp_list_reader reader = { .row = take_listed, .context = &row, .limit = 1 };
	char filter[200];
	struct wp_error err;

	if (strpbrk(job->key, "'\\") || strlen(job->key) > 100)
		return NULL;
	snprintf(filter, sizeof filter, "%s eq '%s'", job->read->key, job->key);
	if (wp_session_list(session, job->read->class, filter, &reader, &err) ||
	    check_entity(job, row, &err)) {
		json_decref(row);
		return NULL;
	}
	return row;
}

static void read_object(struct wp_export *export, struct wp_session *session, struct wp_job *job)
{
	json_t *entity __attribute__((cleanup(wp_json_freep))) = NULL;
	struct wp_error err;
	bool by_key = true;
	int status = wp_session_object(session, job->read->class, job->key, &entity, &err);

	if (!status && entity)
		status = check_entity(job, entity, &err);
	if (status && !session->denied && !session->unreachable) {
		json_decref(entity);
		entity = read_listed(session, job);
		by_key = false;
	}
	if (entity && (!status || !by_key)) {
		if (export->probe && job->read->part == WP_SITE_PART_PACKAGES)
			wp_probe(export, session, job, entity);
		add_row(export, job, entity, by_key);
	}
	wp_mutex_lock(export->lock);
	if (status)
		wp_export_refuse(export, session, job->read, job->key, &err);
	else if (entity)
		wp_export_event(export, "read", job->read->class, job->key, -1, NULL);
	else if (!job->guess)
		wp_export_event(export, "gone", job->read->class, job->key, -1, NULL);
	wp_mutex_unlock(export->lock);
}

struct rows {
	struct wp_export *export;
	struct wp_job *job;
	int64_t count;
};

/* Rows of packages that the site has, but that this export has not, say nothing here. */
static bool belongs(const struct wp_export *export, const struct wp_site_read *read, const json_t *row)
{
	if (read->package)
		return wp_ids_have(export->packages, wp_json_get_text(row, read->package));
	return !read->sequence || wp_ids_have(export->sequences, wp_json_get_text(row, read->sequence));
}

static int take_row(void *context, json_t *row, struct wp_json_excerpt text, struct wp_error *err)
{
	struct rows *rows = context;

	(void)err;
	if (!belongs(rows->export, rows->job->read, row))
		return WP_OK;
	rows->count++;
	if (!add_text(rows->job, row, text))
		add_row(rows->export, rows->job, row, false);
	return WP_OK;
}

static void end_page(void *context)
{
	struct rows *rows = context;

	wp_jobs_give(rows->export, rows->job);
}

static void read_rows(struct wp_export *export, struct wp_session *session, struct wp_job *job)
{
	struct rows rows = { .export = export, .job = job };
	struct wp_list_reader reader = { .row = take_row, .page = end_page, .context = &rows, .limit = WP_LIMIT_SITE_ROWS };
	struct wp_error err;
	int status = wp_session_list(session, job->read->class, job->filter, &reader, &err);

	end_list(export, session, job, status, rows.count, &err);
}

void wp_read_job(struct wp_export *export, struct wp_session *session, struct wp_job *job)
{
	if (job->key)
		read_object(export, session, job);
	else
		read_rows(export, session, job);
}
