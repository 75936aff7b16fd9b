/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Lists and objects of any class. A list may come in pages (OData 4.0, "Server-Driven Paging") or as one long answer, so its
 * text is walked row by row, and only one of them is held as JSON at a time.
 */
#include "ask.h"
#include "url.h"

#include "wimplan/json.h"
#include "wimplan/limits.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct list {
	struct wp_session *session;
	const char *class;
	const struct wp_list_reader *reader;
	char subject[512]; /* for messages of the JSON reader */
	size_t rows;
	json_t *seen; /* paths of the pages so far, as keys */
	char *path;   /* of the page that is next; owned; NULL: there is none */
};

static int fail_list(const struct list *list, const char *code, const char *what, struct wp_error *err)
{
	const char *url = list->session->options->url;

	return wp_fail(err, WP_E_FAILED, code, url, "%s, reading %s: %s", url, list->class, what);
}

static int read_rows(struct list *list, const struct wp_json_doc *doc, struct wp_json_span span, struct wp_error *err)
{
	struct wp_json_walk walk;
	int status;

	if (wp_json_doc_first(doc, span) != '[')
		return fail_list(list, "bad-answer", "the answer has no list; see whether a proxy or another server answers", err);
	wp_json_walk_begin(doc, &span, &walk);
	while ((status = wp_json_walk_next(&walk, err)) > 0) {
		json_t *row __attribute__((cleanup(wp_json_freep))) = NULL;

		status = wp_json_doc_parse(doc, walk.value, &row, err);
		if (!status && !json_is_object(row))
			status = fail_list(list, "bad-answer", "the list holds something that is no object", err);
		if (!status && list->rows++ >= list->reader->limit)
			status = fail_list(list, "too-many-rows", "there are more of them than any site has", err);
		if (!status)
			status = list->reader->row(list->reader->context, row,
						   (struct wp_json_excerpt){ doc->text + walk.value.offset, walk.value.length }, err);
		if (status)
			break;
	}
	wp_json_walk_end(&walk);
	return status;
}

/* Where the page says that the next one is. */
static int take_link(struct list *list, const struct wp_json_doc *doc, struct wp_json_span span, struct wp_error *err)
{
	json_t *link __attribute__((cleanup(wp_json_freep))) = NULL;
	int status = wp_json_doc_parse(doc, span, &link, err);

	if (status || json_is_null(link))
		return status;
	free(list->path);
	list->path = json_is_string(link) ? wp_provider_next_path(list->class, json_string_value(link)) : NULL;
	if (!list->path)
		return fail_list(list, "bad-link",
				 "the next page (@odata.nextLink) would be elsewhere than below the provider, and is not followed",
				 err);
	if (json_object_get(list->seen, list->path))
		return fail_list(list, "bad-link", "the pages lead in a circle (@odata.nextLink)", err);
	if (json_object_size(list->seen) >= WP_LIMIT_PAGES)
		return fail_list(list, "bad-link", "there are more pages than any list has (@odata.nextLink)", err);
	return WP_OK;
}

/* Words for an error behind a status of success (OData Protocol, 9.4), or for an answer without a list. */
static int fail_without_rows(const struct list *list, bool late, struct wp_error *err)
{
	return fail_list(list, "bad-answer",
			 late ? "the answer begins as a success and ends with an error"
			      : "the answer has no list; see whether a proxy or another server answers",
			 err);
}

static int read_page(struct list *list, const struct wp_http *http, struct wp_error *err)
{
	size_t mark = http->body.length >= 3 && !memcmp(http->body.data, "\xef\xbb\xbf", 3) ? 3 : 0;
	struct wp_json_doc doc = { .text = wp_buf_text(&http->body) + mark, .length = http->body.length - mark,
				   .subject = list->subject };
	struct wp_json_span rows = { 0 };
	struct wp_json_walk walk;
	bool late = false;
	int status;

	if (wp_json_doc_first(&doc, rows) != '{')
		return fail_without_rows(list, false, err);
	/* All of it is looked at before a row is given on: a page is good as a whole. */
	wp_json_walk_begin(&doc, NULL, &walk);
	while ((status = wp_json_walk_next(&walk, err)) > 0) {
		const char *name = wp_buf_text(&walk.key);

		if (!strcmp(name, "value"))
			rows = walk.value;
		else if (!strcmp(name, "error") || !strcmp(name, "odata.error"))
			late = true;
		else if (!strcmp(name, "@odata.nextLink") || !strcmp(name, "odata.nextLink"))
			status = take_link(list, &doc, walk.value, err);
		if (status < 0)
			break;
	}
	wp_json_walk_end(&walk);
	if (status < 0)
		return status;
	if (late || !rows.length)
		return fail_without_rows(list, late, err);
	return read_rows(list, &doc, rows, err);
}

/* The page at list->path, of which that becomes the next one. */
static int next_page(struct list *list, struct wp_answer *ret, struct wp_error *err)
{
	struct wp_http http = { 0 };
	char *path = list->path;
	int status = WP_OK;

	list->path = NULL;
	wp_json_set(list->seen, path, json_true());
	wp_ask(list->session, path, WP_REQUEST_LIST, true, &http, ret);
	free(path);
	if (ret->said == WP_SAID_DONE)
		status = read_page(list, &http, err);
	wp_http_free(&http);
	return status;
}

int wp_session_list(struct wp_session *session, const char *class, const char *filter,
		    const struct wp_list_reader *reader, struct wp_error *err)
{
	struct list list = { .session = session, .class = class, .reader = reader, .seen = wp_json_must(json_object()),
			     .path = wp_provider_list_path(class, filter) };
	int status = WP_OK;

	snprintf(list.subject, sizeof list.subject, "%s, reading %s", session->options->url, class);
	session->unreachable = false;
	while (list.path && !status) {
		struct wp_answer answer;

		status = next_page(&list, &answer, err);
		if (!status && answer.said == WP_SAID_NO && answer.status >= 400 && filter && json_object_size(list.seen) == 1) {
			/* Not every property can be filtered by; the rows are the same without. */
			filter = NULL;
			list.path = wp_provider_list_path(class, NULL);
		} else if (!status && answer.said == WP_SAID_MISSING && json_object_size(list.seen) == 1) {
			status = wp_fail(err, WP_E_NOT_FOUND, "no-class", class, "%s has no %s", session->options->url, class);
		} else if (!status && answer.said != WP_SAID_DONE) {
			status = wp_ask_fail(session, &answer, class, err);
		} else if (!status && reader->page) {
			reader->page(reader->context);
		}
		wp_answer_free(&answer);
	}
	json_decref(list.seen);
	free(list.path);
	return status;
}

char *wp_session_filter(struct wp_arena *arena, const char *column, const char *const *ids, size_t count)
{
	struct wp_buf filter __attribute__((cleanup(wp_buf_free))) = { 0 };

	for (size_t i = 0; i < count; i++)
		wp_buf_printf(&filter, "%s%s eq '%s'", i ? " or " : "", column, ids[i]);
	return wp_arena_strdup(arena, wp_buf_text(&filter));
}

struct rows {
	const char *class;
	json_t *rows;
};

static int take_row(void *context, json_t *row, struct wp_json_excerpt text, struct wp_error *err)
{
	struct rows *rows = context;

	(void)text, (void)err;
	if (!wp_json_get_text(row, "__CLASS"))
		wp_json_set(row, "__CLASS", wp_json_text(rows->class));
	wp_json_push(rows->rows, json_incref(row));
	return WP_OK;
}

int wp_session_rows(struct wp_session *session, const char *class, const char *filter, json_t *rows, struct wp_error *err)
{
	struct rows context = { class, rows };
	struct wp_list_reader reader = { .row = take_row, .context = &context, .limit = WP_LIMIT_SITE_ROWS };

	return wp_session_list(session, class, filter, &reader, err);
}

int wp_session_object(struct wp_session *session, const char *class, const char *key, json_t **ret_entity,
		      struct wp_error *err)
{
	char *path = wp_provider_path(class, key, NULL);
	struct wp_http http = { 0 };
	struct wp_answer answer;
	bool many = false;
	int status = WP_OK;

	*ret_entity = NULL;
	session->unreachable = false;
	wp_ask(session, path, WP_REQUEST_READ, true, &http, &answer);
	if (answer.said == WP_SAID_DONE) {
		json_t *entity = wp_answer_entity(answer.json, &many);

		if (wp_answer_is_late_error(answer.json))
			status = wp_fail(err, WP_E_FAILED, "bad-answer", key,
					 "%s: the answer begins as a success and ends with an error", key);
		else if (many)
			status = wp_fail(err, WP_E_FAILED, "bad-answer", key, "%s: the provider gave several objects for one key",
					 key);
		else if (entity && !json_is_object(entity))
			status = wp_fail(err, WP_E_FAILED, "bad-answer", key,
					 "%s: the provider's answer is no object; see whether a proxy or another server answers",
					 key);
		else
			*ret_entity = json_incref(entity);
	} else if (answer.said != WP_SAID_MISSING) {
		status = wp_ask_fail(session, &answer, key, err);
	}
	wp_answer_free(&answer);
	wp_http_free(&http);
	free(path);
	return status;
}
