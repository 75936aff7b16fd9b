/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lists of all classes, objects beside the packages by key, and the pages in which long lists come. */
#include "site.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* The classes beside the packages: the key by which an object is read, and what comes only then (Microsoft Learn). */
static const struct companion {
	const char *class, *key;
	const char *lazy[8];
} companions[] = {
	{ "SMS_ImageInformation", NULL, { NULL } },
	{ "SMS_ObjectContentExtraInfo", "ObjectID", { NULL } },
	{ "SMS_PackageStatusDistPointsSummarizer", NULL, { NULL } },
	{ "SMS_DistributionPoint", NULL, { NULL } },
	{ "SMS_DistributionDPStatus", "ID", { NULL } },
	{ "SMS_DPGroupDistributionStatusDetails", "ID", { NULL } },
	{ "SMS_PackageContentServerInfo", NULL, { NULL } },
	{ "SMS_DistributionPointInfo", "NALPath", { NULL } },
	{ "SMS_Site", "SiteCode", { NULL } },
	{ "SMS_TaskSequencePackage",
	  "PackageID",
	  { "Sequence", "BootImageID", "References", "TaskSequenceFlags", "Category", "Type", NULL } },
	{ "SMS_TaskSequencePackageReference_Flat", NULL, { NULL } },
	{ "SMS_TaskSequencePackageReference_All", NULL, { NULL } },
	{ "SMS_TaskSequenceReferencesInfo", NULL, { NULL } },
	{ "SMS_Advertisement",
	  "AdvertisementID",
	  { "AssignedSchedule", "AssignedScheduleEnabled", "AssignedScheduleIsGMT", "PresentTimeEnabled", "ExpirationTimeEnabled",
	    NULL } },
	{ "SMS_AdvertisementInfo", NULL, { NULL } },
	{ "SMS_DeploymentSummary", "DeploymentID", { NULL } },
	{ "SMS_Admin", "AdminID", { "AdminSid", "Categories", "Permissions", "Roles", NULL } },
	{ "SMS_Role", "RoleID", { "IsSecAdminRole", "Operations", NULL } },
};
#define COMPANIONS (sizeof companions / sizeof *companions)

bool site_is_absent(const struct site *site, const char *class)
{
	for (size_t i = 0; i < site->absent_count; i++)
		if (!strcasecmp(class, site->absent[i]))
			return true;
	return false;
}

bool site_is_missing(const struct site *site, const char *class, const char *method)
{
	char name[128];

	snprintf(name, sizeof name, "%s.%s", class, method);
	for (size_t i = 0; i < site->missing_count; i++)
		if (!strcasecmp(name, site->missing[i]))
			return true;
	return false;
}

static const struct companion *find_companion(const struct site *site, const char *class)
{
	for (size_t i = 0; i < COMPANIONS; i++)
		if (!strcasecmp(class, companions[i].class))
			return site_is_absent(site, class) ? NULL : &companions[i];
	return NULL;
}

const char *site_companion_class(const struct site *site, size_t at)
{
	for (size_t i = 0; i < COMPANIONS; i++)
		if (!site_is_absent(site, companions[i].class) && !at--)
			return companions[i].class;
	return NULL;
}

/* A stored row as the provider gives it. */
static json_t *finish_row(const struct site *site, const struct companion *companion, json_t *row, bool by_key)
{
	json_t *names = companion->lazy[0] ? json_array() : NULL;

	json_object_set_new(row, "__CLASS", json_string(companion->class));
	for (const char *const *name = companion->lazy; *name; name++) {
		json_array_append_new(names, json_string(*name));
		if (!by_key && !site->lazy_in_lists)
			json_object_set_new(row, *name, json_null());
	}
	if (names)
		json_object_set_new(row, "__LAZYPROPERTIES", names);
	return row;
}

static json_t *list_stored(struct site *site, const struct companion *companion)
{
	sqlite3_stmt *statement = site_sql(site, "SELECT json FROM companion WHERE class = ?1 COLLATE NOCASE ORDER BY "
						 "package_id, rowid");
	json_t *rows = json_array();

	sqlite3_bind_text(statement, 1, companion->class, -1, SQLITE_STATIC);
	while (site_step(site, statement))
		json_array_append_new(rows, finish_row(site, companion, site_column_json(statement, 0), false));
	sqlite3_finalize(statement);
	return rows;
}

static json_t *list_packages(struct call *call, const char *class)
{
	struct site *site = call->site;
	sqlite3_stmt *statement = site_sql(site, "SELECT json FROM object WHERE class = ?1 ORDER BY package_id");
	json_t *rows = json_array();

	sqlite3_bind_text(statement, 1, class, -1, SQLITE_STATIC);
	while (site_step(site, statement)) {
		json_t *object = site_column_json(statement, 0);

		json_array_append_new(rows, site_entity(call, object, false));
		json_decref(object);
	}
	sqlite3_finalize(statement);
	return rows;
}

/* @filter where it is about packages that it names, and no others; NULL for any other. */
static const char *naming_filter(const char *filter)
{
	static const char term[] = "PackageID eq '";
	const char *part = filter;

	while (part) {
		const char *next = strstr(part, " or "), *named = strstr(part, term);

		if (!named || (next && named > next))
			return NULL;
		part = next ? next + 4 : NULL;
	}
	return filter;
}

json_t *site_list(struct call *call, const char *class)
{
	struct site *site = call->site;
	const char *package_class = site_class(class);
	const struct companion *companion = find_companion(site, class);
	json_t *rows, *made;

	if (package_class)
		return site_is_absent(site, class) ? NULL : list_packages(call, package_class);
	if (!companion)
		return NULL;
	rows = list_stored(site, companion);
	/* What was loaded of a class stands for all of it. */
	if (json_array_size(rows))
		return rows;
	if (!strcasecmp(class, "SMS_Site")) {
		json_array_append_new(rows, json_pack("{s:s,s:s,s:s,s:s,s:i,s:s}", "SiteCode", site->site_code,
						      "ReportingSiteCode", "", "SiteName", "Contoso", "ServerName",
						      "cm01.contoso.com", "Type", 2, "__CLASS", "SMS_Site"));
		return rows;
	}
	made = site_points_list(site, class, naming_filter(call->filter));
	if (!made)
		return rows;
	json_decref(rows);
	return made;
}

json_t *site_companion(struct site *site, const char *class, const char *key)
{
	const struct companion *companion = find_companion(site, class);
	sqlite3_stmt *statement;
	json_t *found = NULL;

	if (!companion || !companion->key)
		return NULL;
	statement = site_sql(site, "SELECT json FROM companion WHERE class = ?1 COLLATE NOCASE");
	sqlite3_bind_text(statement, 1, companion->class, -1, SQLITE_STATIC);
	while (!found && site_step(site, statement)) {
		json_t *row = site_column_json(statement, 0);
		const json_t *value = json_object_get(row, companion->key);
		char digits[32];

		snprintf(digits, sizeof digits, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
		if (!strcasecmp(json_is_string(value) ? json_string_value(value) : digits, key))
			found = finish_row(site, companion, row, true);
		else
			json_decref(row);
	}
	sqlite3_finalize(statement);
	return found;
}

json_t *site_first_page(struct call *call, const char *class, json_t *rows, char **ret_link)
{
	struct site *site = call->site;
	struct kept *kept = &site->kept[site->kept_count % KEPT_LISTS];

	*ret_link = NULL;
	if (!site->page_size || json_array_size(rows) <= site->page_size)
		return rows;
	json_decref(kept->rows);
	*kept = (struct kept){ .token = ++site->kept_count, .rows = rows };
	return site_page(call, class, kept->token, 0, ret_link);
}

json_t *site_page(struct call *call, const char *class, uint64_t token, size_t offset, char **ret_link)
{
	struct site *site = call->site;
	const struct kept *kept = &site->kept[(token - 1) % KEPT_LISTS];
	json_t *page;

	*ret_link = NULL;
	if (!token || kept->token != token || !kept->rows)
		return NULL;
	page = json_array();
	for (size_t i = offset; i < json_array_size(kept->rows) && i < offset + site->page_size; i++)
		json_array_append(page, json_array_get(kept->rows, i));
	offset += site->page_size;
	/* By the name that the server has for itself, which need not be the one by which it was reached. */
	if (offset < json_array_size(kept->rows) &&
	    asprintf(ret_link, "https://cm01.contoso.com/AdminService/wmi/%s?$skiptoken=%llu-%zu", class,
		     (unsigned long long)token, offset) < 0)
		abort();
	return page;
}
