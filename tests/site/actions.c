/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What changes a package: its methods, PUT and PATCH, and what "somebody else" does in between. */
#include "site.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { LOCK_HELD = 0x40480732 };
#define NOT_OWNED 0x80460A05u

static void answer_return(struct call *call, struct answer *answer, json_int_t value, json_t *out)
{
	char *context = site_context(call->site, "__PARAMETERS");
	json_t *json = json_pack("{s:s,s:I}", "@odata.context", context, "ReturnValue", value);

	if (out) {
		json_object_update(json, out);
		json_decref(out);
	}
	free(context);
	/* 201 is what methods on the wmi route answer (seen in scripts for the AdminService; no document has it). */
	site_answer_json(answer, call->site->bare ? 200 : 201, json);
}

static bool is_locked(struct site *site, const char *package_id)
{
	sqlite3_stmt *statement = site_sql(site, "SELECT 1 FROM lock WHERE package_id = ?1 AND until > ?2");
	bool locked;

	sqlite3_bind_text(statement, 1, package_id, -1, SQLITE_STATIC);
	sqlite3_bind_double(statement, 2, site_now(site));
	locked = site_step(site, statement);
	sqlite3_finalize(statement);
	return locked;
}

/* What every write needs: the package belongs to this site, and nobody holds its lock. True when it was refused. */
static bool refuse(struct call *call, const char *class, const char *package_id, const json_t *object,
		   const char *operation, struct answer *answer)
{
	const char *owner = json_string_value(json_object_get(object, "SourceSite"));
	bool text_shape = call->fault && json_is_true(json_object_get(call->fault->json, "text"));

	if (owner && strcmp(owner, call->site->site_code)) {
		site_answer_extended(answer, NOT_OWNED,
				     "DISTSRC_ACCESS_DENIED: Update to a package that's not created at this site "
				     "is not allowed.",
				     0, operation, class, text_shape);
		return true;
	}
	if (is_locked(call->site, package_id)) {
		site_answer_extended(answer, LOCK_HELD,
				     "User CONTOSO\\\\other is not able to get the lock at this time. "
				     "Error: 0x40480732",
				     0, operation, "CObjectLock", text_shape);
		return true;
	}
	return false;
}

static void store_rows(struct site *site, const char *package_id, int type, json_t *rows)
{
	sqlite3_stmt *statement = site_sql(site, "DELETE FROM companion WHERE class = 'SMS_ImageInformation' AND "
						 "package_id = ?1");
	json_t *row;
	size_t i;

	sqlite3_bind_text(statement, 1, package_id, -1, SQLITE_STATIC);
	site_step(site, statement);
	sqlite3_finalize(statement);
	json_array_foreach(rows, i, row) {
		json_object_set_new(row, "@odata.etag", json_string(package_id));
		json_object_set_new(row, "PackageID", json_string(package_id));
		json_object_set_new(row, "PackageType", json_integer(type));
		json_object_set_new(row, "ObjectType", json_integer(type == 257 ? 18 : type == 258 ? 19 : 14));
		json_object_set_new(row, "__CLASS", json_string("SMS_ImageInformation"));
		statement = site_sql(site, "INSERT INTO companion VALUES ('SMS_ImageInformation', ?1, ?2)");
		sqlite3_bind_text(statement, 1, package_id, -1, SQLITE_STATIC);
		sqlite3_bind_text(statement, 2, json_dumps(row, JSON_COMPACT), -1, free);
		site_step(site, statement);
		sqlite3_finalize(statement);
	}
}

static void show_reload(struct call *call, const char *package_id, json_t *object, const char *property, json_t *rows)
{
	json_object_set_new(object, "ImageProperty", json_string(property));
	store_rows(call->site, package_id, (int)json_integer_value(json_object_get(object, "PackageType")), rows);
}

static void reload(struct call *call, const char *class, const char *package_id, json_t *object, struct answer *answer)
{
	const char *path = json_string_value(json_object_get(object, "PkgSourcePath"));
	json_t *rows = NULL;
	char *property = NULL, *text;
	sqlite3_stmt *statement;
	int error = site_read_image(call->site, class, path ? path : "", &property, &rows);

	if (error) {
		site_answer_extended(answer, (uint32_t)error,
				     error == 2 ? "The system cannot find the file specified." : "The data is invalid.",
				     0, "ExecMethod", class, false);
		return;
	}
	if (call->site->needs_commit) {
		text = json_dumps(rows, JSON_COMPACT);
		statement = site_sql(call->site, "UPDATE object SET reloaded = ?2, rows = ?3 WHERE package_id = ?1");
		sqlite3_bind_text(statement, 1, package_id, -1, SQLITE_STATIC);
		sqlite3_bind_text(statement, 2, property, -1, SQLITE_STATIC);
		sqlite3_bind_text(statement, 3, text, -1, free);
		site_step(call->site, statement);
		sqlite3_finalize(statement);
	} else {
		show_reload(call, package_id, object, property, rows);
		site_object_store(call->site, package_id, object, true);
	}
	site_log_effect(call->site, call->number, "reload", package_id, NULL);
	free(property);
	json_decref(rows);
	answer_return(call, answer, 0, NULL);
}

static void refresh(struct call *call, const char *package_id, json_t *object)
{
	struct site *site = call->site;
	json_int_t version = json_integer_value(json_object_get(object, "SourceVersion"));
	double range = site->settle_max - site->settle_min, delay = site->settle_min, due;
	sqlite3_stmt *statement;

	for (double part = range / 2; part > 0.001; part /= 2)
		delay += site_chance(0.5, site->seed + 17, call->number * 64 + (uint64_t)(part * 1000)) ? part : 0;
	due = site_now(site) + delay;
	site_log_effect(site, call->number, "refresh", package_id,
			json_pack("{s:I,s:f}", "source_version", version, "delay", delay));
	statement = site_sql(site, "INSERT INTO refresh (package_id, due, request) VALUES (?1, ?2, ?3)");
	sqlite3_bind_text(statement, 1, package_id, -1, SQLITE_STATIC);
	sqlite3_bind_double(statement, 2, due);
	sqlite3_bind_int64(statement, 3, (sqlite3_int64)call->number);
	site_step(site, statement);
	sqlite3_finalize(statement);
	json_object_set_new(object, "ActionInProgress", json_integer(1));
	site_object_store(site, package_id, object, true);
	site_settle(site);
}

static bool has_body(struct call *call, json_t **ret_body, struct answer *answer)
{
	*ret_body = call->body_length ? json_loadb(call->body, call->body_length, 0, NULL) : json_object();
	if (json_is_object(*ret_body))
		return true;
	json_decref(*ret_body);
	site_answer_error(answer, 400, "", "The request body is no JSON object.");
	return false;
}

void site_instance_call(struct call *call, const char *class, const char *package_id, const char *action,
			struct answer *answer)
{
	enum fault_kind fault = call->fault ? call->fault->kind : FAULT_NONE;
	bool is_reload = !strcasecmp(action, "ReloadImageProperties");
	bool is_refresh = !strcasecmp(action, "RefreshPkgSource");
	json_t *object = site_object(call->site, package_id), *body;

	if (!object || (!is_reload && !is_refresh) || !call->site->bound_actions || site_is_missing(call->site, class, action)) {
		json_decref(object);
		site_answer_error(answer, 404, "", "No HTTP resource was found that matches the request URI.");
		return;
	}
	package_id = json_string_value(json_object_get(object, "PackageID"));
	if (!has_body(call, &body, answer)) {
		json_decref(object);
		return;
	}
	if (!refuse(call, class, package_id, object, "ExecMethod", answer)) {
		if (fault == FAULT_RETURN)
			answer_return(call, answer, json_integer_value(json_object_get(call->fault->json, "value")),
				      NULL);
		else if (fault == FAULT_NO_EFFECT)
			answer_return(call, answer, 0, NULL);
		else if (is_reload)
			reload(call, class, package_id, object, answer);
		else {
			refresh(call, package_id, object);
			answer_return(call, answer, 0, NULL);
		}
	}
	json_decref(body);
	json_decref(object);
}

void site_static_call(struct call *call, const char *class, const char *action, struct answer *answer)
{
	json_t *body, *rows = NULL;
	const char *path;
	char *property = NULL;
	int error;

	if (strcasecmp(action, "GetImageProperties")) {
		site_answer_error(answer, 404, "", "No HTTP resource was found that matches the request URI.");
		return;
	}
	if (!has_body(call, &body, answer))
		return;
	path = json_string_value(json_object_get(body, "SourceImagePath"));
	error = site_read_image(call->site, NULL, path ? path : "", &property, &rows);
	if (error)
		site_answer_extended(answer, (uint32_t)error, "The image could not be read.", 0, "ExecMethod", class,
				     false);
	else
		answer_return(call, answer, 0, json_pack("{s:s}", "ImageProperty", property));
	free(property);
	json_decref(rows);
	json_decref(body);
}

/* Read-only properties keep their values whatever a PUT says (SMS_PackageBaseclass, Microsoft Learn). */
static bool is_read_only(const char *name)
{
	static const char *const names[] = { "ActionInProgress",
					     "ImageDiskLayout",
					     "LastRefreshTime",
					     "PackageID",
					     "PackageSize",
					     "PackageType",
					     "SedoObjectVersion",
					     "SourceDate",
					     "SourceSite",
					     "SourceVersion",
					     "Architecture",
					     "SecuredScopeNames",
					     "LocalizedCategoryInstanceNames",
					     "RefreshPkgSourceFlag" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (!strcmp(name, names[i]))
			return true;
	return name[0] == '@' || name[0] == '_';
}

/* Puts what the last reload read into the object, where it waits for its commit. */
static void take_reload(struct call *call, const char *package_id, json_t *object)
{
	sqlite3_stmt *statement = site_sql(call->site, "SELECT reloaded, rows FROM object WHERE package_id = ?1 AND "
						       "reloaded NOTNULL");
	bool waiting;

	sqlite3_bind_text(statement, 1, package_id, -1, SQLITE_STATIC);
	waiting = site_step(call->site, statement);
	if (waiting) {
		json_t *rows = site_column_json(statement, 1);

		show_reload(call, package_id, object, (const char *)sqlite3_column_text(statement, 0), rows);
		json_decref(rows);
	}
	sqlite3_finalize(statement);
	if (!waiting)
		return;
	statement = site_sql(call->site, "UPDATE object SET reloaded = NULL, rows = NULL WHERE package_id = ?1");
	sqlite3_bind_text(statement, 1, package_id, -1, SQLITE_STATIC);
	site_step(call->site, statement);
	sqlite3_finalize(statement);
}

/* Why a PUT or PATCH cannot be done; false when it can. */
static bool refuse_write(const char *class, const json_t *object, const json_t *body, bool whole,
			 struct answer *answer)
{
	const char *version = json_string_value(json_object_get(body, "SedoObjectVersion"));
	const char *current = json_string_value(json_object_get(object, "SedoObjectVersion"));

	if (whole && (!json_object_get(body, "Name") || !json_object_get(body, "PkgSourcePath"))) {
		site_answer_error(answer, 400, "", "Mandatory properties are missing.");
		return true;
	}
	/* A known limit: RefreshSchedule cannot be written this way (MECMAdminService uses CIM for it). */
	if (json_array_size(json_object_get(body, "RefreshSchedule"))) {
		site_answer_error(answer, 500, "", "An error has occurred.");
		return true;
	}
	if (version && strcasecmp(version, current)) {
		site_answer_extended(answer, 0x40480733, "The object version is not the current one.", 0, "PutInstance",
				     class, false);
		return true;
	}
	return false;
}

void site_write(struct call *call, const char *class, const char *package_id, bool whole, struct answer *answer)
{
	json_t *object = site_object(call->site, package_id), *body, *value, *changed;
	const char *key;

	if (!object) {
		site_answer_error(answer, 404, "", "No such instance.");
		return;
	}
	package_id = json_string_value(json_object_get(object, "PackageID"));
	if (!has_body(call, &body, answer)) {
		json_decref(object);
		return;
	}
	if (!refuse(call, class, package_id, object, "PutInstance", answer) &&
	    !refuse_write(class, object, body, whole, answer)) {
		changed = json_array();
		json_object_foreach(body, key, value)
			if (!is_read_only(key) && !json_equal(value, json_object_get(object, key))) {
				json_array_append_new(changed, json_string(key));
				json_object_set(object, key, value);
			}
		take_reload(call, package_id, object);
		site_object_store(call->site, package_id, object, true);
		site_log_effect(call->site, call->number, "commit", package_id, json_pack("{s:o}", "changed", changed));
		/* Documented as the old way to ask for a refresh (RefreshPkgSourceFlag of SMS_PackageBaseclass). */
		if (json_is_true(json_object_get(body, "RefreshPkgSourceFlag")))
			refresh(call, package_id, object);
		site_answer_json(answer, whole ? 200 : 204, whole ? site_entity(call, object, true) : NULL);
	}
	json_decref(body);
	json_decref(object);
}

void site_change(struct call *call, const char *package_id, const json_t *set)
{
	json_t *object = site_object(call->site, package_id);
	bool version = !json_object_get(set, "SedoObjectVersion");

	if (!object)
		site_die("change-record: no package %s", package_id);
	json_object_update(object, (json_t *)(uintptr_t)set);
	site_object_store(call->site, package_id, object, version);
	site_log_effect(call->site, call->number, "changed-by-other", package_id, json_pack("{s:O}", "set", set));
	json_decref(object);
}
