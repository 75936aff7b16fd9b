/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a GET gives: packages with and without their lazy properties, OData queries, $metadata. */
#include "site.h"

#include "wimplan/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char *const classes[] = { "SMS_ImagePackage", "SMS_OperatingSystemInstallPackage",
				       "SMS_BootImagePackage" };

const char *site_class(const char *name)
{
	for (size_t i = 0; i < 3; i++)
		if (!strcasecmp(name, classes[i]))
			return classes[i];
	return NULL;
}

/* The lazy properties of SMS_PackageBaseclass and of the classes below it (Microsoft Learn). */
static const char *const lazy[] = { "__QUALIFIER_SECURITYVERBS",
				    "AlternateContentProviders",
				    "ExtendedData",
				    "ExtendedDataSize",
				    "IconSize",
				    "ImageDiskLayout",
				    "ImageProperty",
				    "ISVData",
				    "ISVDataSize",
				    "RefreshPkgSourceFlag",
				    "RefreshSchedule" };
static const char *const lazy_boot[] = { "BackgroundBitmapPath", "ContextID",	       "EnableLabShell",
					 "ImageIndex",		 "OptionalComponents", "PreExecCommandLine",
					 "ReferencedDrivers",	 "ScratchSpace" };

bool site_is_lazy(const char *class, const char *property)
{
	for (size_t i = 0; i < sizeof lazy / sizeof *lazy; i++)
		if (!strcmp(property, lazy[i]))
			return strcmp(property, "ImageDiskLayout") || strcmp(class, classes[1]);
	for (size_t i = 0; !strcmp(class, classes[2]) && i < sizeof lazy_boot / sizeof *lazy_boot; i++)
		if (!strcmp(property, lazy_boot[i]))
			return true;
	return false;
}

static json_t *lazy_names(const char *class)
{
	json_t *names = json_array();

	for (size_t i = 0; i < sizeof lazy / sizeof *lazy; i++)
		if (site_is_lazy(class, lazy[i]))
			json_array_append_new(names, json_string(lazy[i]));
	for (size_t i = 0; !strcmp(class, classes[2]) && i < sizeof lazy_boot / sizeof *lazy_boot; i++)
		json_array_append_new(names, json_string(lazy_boot[i]));
	return names;
}

json_t *site_entity(struct call *call, json_t *object, bool by_key)
{
	struct site *site = call->site;
	const char *package_id = json_string_value(json_object_get(object, "PackageID"));
	sqlite3_stmt *statement = site_sql(site, "SELECT class FROM object WHERE package_id = ?1");
	json_t *entity = json_object(), *value;
	const char *class, *key;
	char text[200];

	sqlite3_bind_text(statement, 1, package_id, -1, SQLITE_STATIC);
	class = site_step(site, statement) ? site_class((const char *)sqlite3_column_text(statement, 0)) : classes[0];
	sqlite3_finalize(statement);
	/* The etag is the key and nothing else: no version (so in the samples of MECM_Toolkit). */
	json_object_set_new(entity, "@odata.etag", json_string(package_id));
	json_object_set_new(entity, "__LAZYPROPERTIES", lazy_names(class));
	json_object_set_new(entity, "__QUALIFIER_SECURITYVERBS", json_null());
	json_object_foreach(object, key, value) {
		bool hidden = site_is_lazy(class, key) && !by_key && !site->lazy_in_lists;

		json_object_set_new(entity, key, hidden ? json_null() : json_incref(value));
	}
	if (!by_key)
		for (size_t i = 0; i < sizeof lazy / sizeof *lazy; i++)
			if (site_is_lazy(class, lazy[i]) && !json_object_get(entity, lazy[i]))
				json_object_set_new(entity, lazy[i], json_null());
	json_object_set_new(entity, "__GENUS", json_integer(2));
	json_object_set_new(entity, "__CLASS", json_string(class));
	json_object_set_new(entity, "__SUPERCLASS", json_string("SMS_PackageBaseclass"));
	json_object_set_new(entity, "__DYNASTY", json_string("SMS_BaseClass"));
	snprintf(text, sizeof text, "%s.PackageID=\"%s\"", class, package_id);
	json_object_set_new(entity, "__RELPATH", json_string(text));
	json_object_set_new(entity, "__SERVER", json_string("CM01"));
	snprintf(text, sizeof text, "root\\sms\\site_%s", site->site_code);
	json_object_set_new(entity, "__NAMESPACE", json_string(text));
	return entity;
}

/* One "Property eq 'text'" or "… eq 12", of which *@filter moves to the end. Returns 1, 0, or -1 when it is anything else. */
static int match_term(const json_t *row, const char **filter)
{
	char name[64], value[256];
	const json_t *is;
	int length = 0, match;

	if (sscanf(*filter, " %63[A-Za-z_] eq '%255[^']'%n", name, value, &length) == 2 && length) {
		is = json_object_get(row, name);
		match = json_is_string(is) && !strcasecmp(json_string_value(is), value);
	} else if (sscanf(*filter, " %63[A-Za-z_] eq %255[0-9]%n", name, value, &length) == 2 && length) {
		is = json_object_get(row, name);
		match = json_is_integer(is) && json_integer_value(is) == strtoll(value, NULL, 10);
	} else {
		return -1;
	}
	*filter += length;
	*filter += strspn(*filter, " ");
	return match;
}

/* Terms joined with "and" and "or", of which "and" binds more. Returns 1, 0, or -1 when the filter is no good. */
static int matches(const json_t *row, const char *filter)
{
	int any = 0, all = 1;

	while (*filter) {
		int match = match_term(row, &filter);

		if (match < 0)
			return -1;
		all = all && match;
		if (!strncmp(filter, "and ", 4)) {
			filter += 4;
		} else if (!strncmp(filter, "or ", 3)) {
			filter += 3;
			any = any || all;
			all = 1;
		} else if (*filter) {
			return -1;
		}
	}
	return any || all;
}
static void keep_selected(json_t *row, const char *select)
{
	const char *key;
	json_t *value;
	void *next;

	json_object_foreach_safe(row, next, key, value) {
		const char *at = strstr(select, key);
		size_t length = strlen(key);
		bool kept = key[0] == '@';

		for (; at && !kept; at = strstr(at + 1, key))
			kept = (at == select || at[-1] == ',') && (at[length] == ',' || !at[length]);
		if (!kept)
			json_object_del(row, key);
	}
}

json_t *site_query(struct call *call, json_t *rows)
{
	json_int_t skip = call->skip ? strtoll(call->skip, NULL, 10) : 0;
	json_int_t top = call->top ? strtoll(call->top, NULL, 10) : -1;
	json_t *kept = json_array(), *row;
	size_t i;

	json_array_foreach(rows, i, row) {
		int match = call->filter ? matches(row, call->filter) : 1;

		if (match < 0) {
			json_decref(rows);
			json_decref(kept);
			return NULL;
		}
		if (!match || skip-- > 0 || top == 0)
			continue;
		top--;
		if (call->select)
			keep_selected(row, call->select);
		json_array_append(kept, row);
	}
	json_decref(rows);
	return kept;
}

static void add_class(struct wp_buf *buf, const struct site *site, const char *class)
{
	static const char *const actions[] = { "ReloadImageProperties", "RefreshPkgSource", "AddChangeNotification" };

	wp_buf_printf(buf,
		      "<EntityType Name=\"%s\"%s OpenType=\"true\"><Key><PropertyRef Name=\"PackageID\"/></Key>"
		      "<Property Name=\"PackageID\" Type=\"Edm.String\" Nullable=\"false\"/>"
		      "<Property Name=\"Name\" Type=\"Edm.String\"/>"
		      "<Property Name=\"ImageProperty\" Type=\"Edm.String\"/>"
		      "<Property Name=\"SourceVersion\" Type=\"Edm.Int64\"/>"
		      "<Property Name=\"SourceDate\" Type=\"Edm.DateTimeOffset\"/></EntityType>\n",
		      class, site->inherited_actions ? " BaseType=\"AdminService.SMS_PackageBaseclass\"" : "");
	for (size_t i = 0; site->bound_actions && i < sizeof actions / sizeof *actions; i++)
		if (!site_is_missing(site, class, actions[i]))
			wp_buf_printf(buf,
			      "<Action Name=\"%s\" IsBound=\"true\">"
			      "<Parameter Name=\"bindingParameter\" Type=\"AdminService.%s\"/>"
			      "<ReturnType Type=\"Edm.Int32\"/></Action>\n",
			      actions[i], site->inherited_actions ? "SMS_PackageBaseclass" : class);
}

char *site_metadata(const struct site *site)
{
	const char *other;
	struct wp_buf buf = { 0 };

	wp_buf_puts(&buf, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<edmx:Edmx Version=\"4.0\" "
			  "xmlns:edmx=\"http://docs.oasis-open.org/odata/ns/edmx\"><edmx:DataServices>"
			  "<Schema Namespace=\"AdminService\" xmlns=\"http://docs.oasis-open.org/odata/ns/edm\">\n");
	for (int i = 0; i < site->metadata_classes; i++)
		wp_buf_printf(&buf,
			      "<EntityType Name=\"SMS_Other%d\"><Key><PropertyRef Name=\"ID\"/></Key>"
			      "<Property Name=\"ID\" Type=\"Edm.Int64\" Nullable=\"false\"/></EntityType>\n"
			      "<Action Name=\"RequestRefresh\" IsBound=\"true\">"
			      "<Parameter Name=\"bindingParameter\" Type=\"AdminService.SMS_Other%d\"/>"
			      "<ReturnType Type=\"Edm.Int32\"/></Action>\n",
			      i, i);
	for (size_t i = 0; i < 3; i++)
		if (!site_is_absent(site, classes[i]))
			add_class(&buf, site, classes[i]);
	for (size_t i = 0; (other = site_companion_class(site, i)); i++)
		wp_buf_printf(&buf, "<EntityType Name=\"%s\" OpenType=\"true\"/>\n", other);
	wp_buf_puts(&buf, "<EntityContainer Name=\"Container\">");
	for (size_t i = 0; i < 3; i++)
		if (!site_is_absent(site, classes[i]))
			wp_buf_printf(&buf, "<EntitySet Name=\"%s\" EntityType=\"AdminService.%s\"/>", classes[i], classes[i]);
	wp_buf_puts(&buf, "</EntityContainer></Schema></edmx:DataServices></edmx:Edmx>\n");
	return buf.data;
}
