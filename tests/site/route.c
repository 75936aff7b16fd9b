/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From method and path to what is done: the AdminService's wmi route (adminservice/usage, Microsoft Learn). */
#include "site.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define ROUTE "/AdminService/wmi/"

struct target {
	char class[100];
	char key[64];	 /* "": none */
	char action[64]; /* "": none */
	bool is_static, count;
};

/* "Class", "Class/$count", "Class('KEY')", "Class/KEY", either with "/AdminService.Method"; "Class.Method". */
static bool parse(const char *path, struct target *ret)
{
	const char *dot;
	int length = 0;

	memset(ret, 0, sizeof *ret);
	if (sscanf(path, "%99[A-Za-z0-9_]%n", ret->class, &length) != 1)
		return false;
	path += length;
	if (*path == '.') {
		ret->is_static = true;
		return sscanf(path, ".%63[A-Za-z0-9_]%n", ret->action, &length) == 1 && !path[length];
	}
	if (!strcmp(path, "/$count")) {
		ret->count = true;
		return true;
	}
	length = 0;
	if (sscanf(path, "('%63[^']')%n", ret->key, &length) == 1 && length)
		path += length;
	else if (sscanf(path, "/%63[^/]%n", ret->key, &length) == 1 && length)
		path += length;
	if (!*path)
		return true;
	dot = strchr(path, '.');
	return ret->key[0] && !strncasecmp(path, "/AdminService.", 14) && dot &&
	       sscanf(dot, ".%63[A-Za-z0-9_]%n", ret->action, &length) == 1 && !dot[length];
}

/* @link: where the next page is, stolen; NULL: nowhere. */
static void answer_rows(struct call *call, const char *class, json_t *rows, char *link, struct answer *answer)
{
	char *context = site_context(call->site, class);
	json_t *document = json_pack("{s:s,s:o}", "@odata.context", context, "value", rows);

	if (link)
		json_object_set_new(document, "@odata.nextLink", json_string(link));
	site_answer_json(answer, 200, document);
	free(context);
	free(link);
}

static void get_by_key(struct call *call, const char *class, const char *key, struct answer *answer)
{
	json_t *object = site_class(class) && !site_is_absent(call->site, class) ? site_object(call->site, key) : NULL;
	json_t *entity = object ? site_entity(call, object, true) : site_companion(call->site, class, key);
	const char *is;

	json_decref(object);
	is = json_string_value(json_object_get(entity, "__CLASS"));
	if (!is || strcasecmp(is, class)) {
		json_decref(entity);
		site_answer_error(answer, 404, "", "No such instance.");
		return;
	}
	if (call->site->bare) {
		site_answer_json(answer, 200, entity);
		return;
	}
	/* By key the entity stands in a list all the same (so in the samples of MECM_Toolkit). */
	answer_rows(call, is, json_pack("[o]", entity), NULL, answer);
}

/* A page behind the first: "NUMBER-OFFSET" names it. */
static void get_page(struct call *call, const char *class, struct answer *answer)
{
	unsigned long long token = 0;
	size_t offset = 0;
	char *link = NULL;
	json_t *page = NULL;

	if (sscanf(call->token, "%llu-%zu", &token, &offset) == 2)
		page = site_page(call, class, token, offset, &link);
	if (page)
		answer_rows(call, class, page, link, answer);
	else
		site_answer_error(answer, 410, "", "The list is not kept any more.");
}

static void get(struct call *call, const struct target *target, struct answer *answer)
{
	const char *known = site_class(target->class) ? site_class(target->class) : target->class;
	char *link;
	json_t *rows;

	if (target->key[0]) {
		get_by_key(call, target->class, target->key, answer);
		return;
	}
	if (call->token) {
		get_page(call, known, answer);
		return;
	}
	rows = site_list(call, target->class);
	if (!rows) {
		site_answer_error(answer, 404, "", "No such class.");
		return;
	}
	rows = site_query(call, rows);
	if (!rows) {
		site_answer_error(answer, 400, "", "The query specified in the URI is not valid.");
		return;
	}
	if (target->count) {
		free(answer->text);
		answer->status = 200;
		answer->type = "text/plain";
		if (asprintf(&answer->text, "%zu", json_array_size(rows)) < 0)
			abort();
		json_decref(rows);
		return;
	}
	rows = site_first_page(call, known, rows, &link);
	answer_rows(call, known, rows, link, answer);
}

/* Faults that take the place of the provider's answer. True when it was one. */
static bool answer_fault(struct call *call, const struct target *target, struct answer *answer)
{
	const json_t *json = call->fault->json;
	bool text = json_is_true(json_object_get(json, "text"));
	int status = (int)json_integer_value(json_object_get(json, "status"));
	const json_t *after = json_object_get(json, "retry_after");
	const char *description = json_string_value(json_object_get(json, "description"));
	sqlite3_stmt *statement;

	switch (call->fault->kind) {
	case FAULT_STATUS:
		site_answer_error(answer, (unsigned int)status, "",
				  status == 403	  ? "Authorization has been denied for this request."
				  : status == 404 ? "No HTTP resource was found that matches the request URI."
						  : "The service is not available.");
		answer->challenge = status == 401;
		if (json_is_integer(after))
			snprintf(answer->retry_after, sizeof answer->retry_after, "%lld",
				 (long long)json_integer_value(after));
		else if (json_is_string(after))
			snprintf(answer->retry_after, sizeof answer->retry_after, "%s", json_string_value(after));
		return true;
	case FAULT_HTML: site_answer_html(answer, status ? (unsigned int)status : 502); return true;
	case FAULT_SQL1205:
		site_answer_extended(answer, 0,
				     "Transaction (Process ID 61) was deadlocked on lock resources with another "
				     "process and has been chosen as the deadlock victim.",
				     1205, "ExecMethod", target->class, text);
		return true;
	case FAULT_EXTENDED:
		site_answer_extended(answer, (uint32_t)json_integer_value(json_object_get(json, "error_code")),
				     description ? description : "A made-up failure.", 0, "ExecMethod", target->class,
				     text);
		return true;
	case FAULT_LOCK: {
		/* Held from now on for some seconds; the call itself finds it held, and so do others. */
		const json_t *seconds = json_object_get(json, "seconds");

		statement = site_sql(call->site, "INSERT OR REPLACE INTO lock VALUES (?1, 'CONTOSO\\other', ?2)");
		sqlite3_bind_text(statement, 1, target->key, -1, SQLITE_STATIC);
		sqlite3_bind_double(statement, 2, site_now(call->site) + (seconds ? json_number_value(seconds) : 0.2));
		site_step(call->site, statement);
		sqlite3_finalize(statement);
		return false;
	}
	case FAULT_CHANGE:
		site_change(call, json_string_value(json_object_get(json, "package_id")), json_object_get(json, "set"));
		return false;
	default: return false;
	}
}

static void dispatch(struct call *call, const struct target *target, struct answer *answer)
{
	const char *known = site_class(target->class), *method = call->method;
	bool changes = strcmp(method, "GET") != 0 && !(target->is_static && !strcasecmp(target->action, "GetImageProperties"));

	if (changes && call->site->read_only)
		site_answer_error(answer, 403, "", "Authorization has been denied for this request.");
	else if (!strcmp(method, "GET") && !target->action[0])
		get(call, target, answer);
	else if (!strcmp(method, "POST") && known && target->is_static)
		site_static_call(call, known, target->action, answer);
	else if (!strcmp(method, "POST") && known && target->action[0])
		site_instance_call(call, known, target->key, target->action, answer);
	else if ((!strcmp(method, "PUT") || !strcmp(method, "PATCH")) && known && target->key[0] && !target->action[0])
		site_write(call, known, target->key, !strcmp(method, "PUT"), answer);
	else
		site_answer_error(answer, known ? 405 : 404, "", "The requested resource does not support this.");
}

void site_handle(struct call *call, struct answer *answer)
{
	struct target target = { 0 };
	bool known = !strncasecmp(call->path, ROUTE, strlen(ROUTE)) && parse(call->path + strlen(ROUTE), &target);

	site_settle(call->site);
	if (call->fault && answer_fault(call, &target, answer))
		return;
	if (!strcasecmp(call->path, ROUTE "$metadata") && !strcmp(call->method, "GET")) {
		answer->status = 200;
		answer->type = "application/xml";
		answer->text = site_metadata(call->site);
	} else if (known) {
		dispatch(call, &target, answer);
	} else {
		site_answer_error(answer, 404, "", "No HTTP resource was found that matches the request URI.");
	}
}
