/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads headers: of Export-Csv, Management Studio, reports and Power BI. */
#include "csv_header.h"
#include "normalize.h"
#include "row.h"

#include "wimplan/ascii.h"
#include "wimplan/json.h"
#include "wimplan/record.h"
#include "wimplan/text.h"

#include <stdlib.h>
#include <string.h>

/* Columns of the site's own tables (SMSPackages, vSMS_ImagePackage) that have other names than the classes'. */
static const struct {
	const char *column, *property;
} table_names[] = {
	{ "PkgID", "PackageID" },
	{ "Source", "PkgSourcePath" },
	{ "LastRefresh", "LastRefreshTime" },
};

/* What of a row says which class it is of, or that it is a package or a companion. */
static const char *const telling[] = {
	"PackageType", "__CLASS", "__RELPATH", "__PATH", "CimClass", "CimSystemProperties", "ObjectClass",
	"SmsProviderObjectPath", "PkgSourcePath", "PkgSourceFlag", "SourceDate", "ImageProperty", "SedoObjectVersion",
	"PkgFlags", "StoredPkgPath", "StoredPkgVersion", "ShareName", "RefreshSchedule", "ProbedImageProperty", "Index",
	"Targeted", "ServerNALPath", "DistributionPoint", "ContentServerID",
};

/* The name without what is around it; "Package ID" becomes "PackageID" where that is a property. */
static const char *clean_name(struct wp_csv_header *header, const char *text)
{
	const char *bracket = strchr(text, '['), *end = bracket ? strchr(bracket, ']') : NULL;
	char *name, *squeezed, *to;

	if (strncmp(text, "\xef\xbb\xbf", 3) == 0)
		text += 3;
	/* Power BI: "SMS_ImagePackage[PackageID]". */
	if (end && !end[1] && wp_ascii_begins(text, "SMS_")) {
		header->class = wp_arena_strndup(header->arena, text, (size_t)(bracket - text));
		return wp_arena_strndup(header->arena, bracket + 1, (size_t)(end - bracket - 1));
	}
	text += strspn(text, " ");
	name = wp_arena_strdup(header->arena, text);
	for (size_t length = strlen(name); length && name[length - 1] == ' '; length--)
		name[length - 1] = '\0';
	to = squeezed = wp_arena_strdup(header->arena, name);
	for (const char *at = name; *at; at++)
		if (*at != ' ')
			*to++ = *at;
	*to = '\0';
	return wp_property_find(squeezed) ? squeezed : name;
}

static bool find_column(const struct wp_csv_header *header, const char *name, size_t *ret)
{
	for (size_t i = 0; i < header->count; i++) {
		if (!wp_ascii_same(header->names[i], name))
			continue;
		*ret = i;
		return true;
	}
	return false;
}

/* "Name, Paket-ID, Imageversion", cut when there are many. */
static const char *list_columns(const struct wp_csv_header *header)
{
	struct wp_buf text __attribute__((cleanup(wp_buf_free))) = { 0 };
	size_t shown = 0;

	for (; shown < header->count && text.length < 300; shown++)
		wp_buf_printf(&text, "%s%.60s", shown ? ", " : "", header->names[shown]);
	if (shown < header->count)
		wp_buf_printf(&text, " and %zu more", header->count - shown);
	return wp_arena_strdup(header->arena, wp_buf_text(&text));
}

static bool has_package_id(const struct wp_csv_line *line)
{
	for (size_t i = 0; i < line->count; i++) {
		const char *text = wp_csv_text(line, i);

		if (wp_is_package_id(text) && strspn(text + 3, "0123456789ABCDEFabcdef") == 5)
			return true;
	}
	return false;
}

static int fail_without_key(const struct wp_csv_header *header, const struct wp_csv_line *line)
{
	const char *name = line->input->name;

	if (line->count == 1)
		return wp_fail(line->err, WP_E_FAILED, "export-unknown-shape", name,
			       "%s: neither JSON nor XML nor a zip archive, and no CSV with a column PackageID; is it "
			       "an export of packages?",
			       name);
	if (has_package_id(line))
		return wp_fail(line->err, WP_E_FAILED, "export-unknown-shape", name,
			       "%s: line %zu holds values where the names of the columns belong; Management Studio "
			       "saves them with \"Include column headers when copying or saving the results\" "
			       "(Options, Query Results, Results to Grid)",
			       name, line->line);
	return wp_fail(line->err, WP_E_FAILED, "export-unknown-shape", name,
		       "%s: no column is called PackageID; the columns are: %s; export the properties under "
		       "ConfigMgr's names, see wimplan-records(5)",
		       name, list_columns(header));
}

/* No name twice, whatever its case. */
static int check_twice(const struct wp_csv_header *header, const struct wp_csv_line *line)
{
	json_t *seen = wp_json_must(json_object());
	int status = WP_OK;

	for (size_t i = 0; i < header->count && !status; i++) {
		const char *folded = wp_text_lower(header->arena, header->names[i], strlen(header->names[i]));

		if (*folded && json_object_get(seen, folded))
			status = wp_fail(line->err, WP_E_FAILED, "export-invalid", line->input->name,
					 "%s: line %zu, column 1: the header names a column twice (%.60s); export "
					 "again",
					 line->input->name, line->line, header->names[i]);
		else
			wp_json_set(seen, folded, json_true());
	}
	json_decref(seen);
	return status;
}

static bool has_column(const void *header, const char *column)
{
	size_t at;

	return find_column(header, column, &at);
}

/* The column that every row of a site has which is no package: of its class, or by the other columns. */
static bool find_site_key(const struct wp_csv_header *header, const char *type, size_t *ret)
{
	enum wp_site_kind kind;
	char class[128];

	return ((wp_class_in_text(*header->class ? header->class : type, class, sizeof class) &&
		 wp_site_kind_of(class, &kind)) ||
		wp_site_kind_by_columns(has_column, header, &kind)) &&
	       find_column(header, wp_site_tables[kind].keys[0], ret);
}

static bool is_telling(const struct wp_csv_header *header, const char *type)
{
	char class[128];
	size_t at;

	if (*header->class || wp_class_in_text(type, class, sizeof class))
		return true;
	for (size_t i = 0; i < sizeof telling / sizeof *telling; i++)
		if (find_column(header, telling[i], &at))
			return true;
	return false;
}

int wp_csv_read_header(struct wp_csv_header *header, const struct wp_csv_line *line, const char *type)
{
	size_t at;
	int status;

	header->names = wp_arena_alloc(header->arena, line->count * sizeof *header->names);
	header->count = line->count;
	header->class = "";
	for (size_t i = 0; i < line->count; i++)
		header->names[i] = clean_name(header, wp_csv_text(line, i));
	status = check_twice(header, line);
	if (status)
		return status;
	if (!find_column(header, "PackageID", &header->key) && find_column(header, "PkgID", &at))
		for (size_t i = 0; i < sizeof table_names / sizeof *table_names; i++)
			if (find_column(header, table_names[i].column, &at))
				header->names[at] = table_names[i].property;
	if (find_site_key(header, type, &at)) {
		header->key = at;
		return WP_OK;
	}
	if (!find_column(header, "PackageID", &header->key) && !find_column(header, "ObjectID", &header->key))
		return fail_without_key(header, line);
	if (!is_telling(header, type))
		return wp_fail(line->err, WP_E_FAILED, "export-unknown-shape", line->input->name,
			       "%s: its columns say too little of a package: %s; export PackageType, PkgSourcePath and "
			       "the other properties of wimplan-records(5)",
			       line->input->name, list_columns(header));
	return WP_OK;
}

bool wp_csv_is_header(const struct wp_csv_line *line)
{
	for (size_t i = 0; i < line->count; i++) {
		const char *text = wp_csv_text(line, i);

		if (strncmp(text, "\xef\xbb\xbf", 3) == 0)
			text += 3;
		if (wp_ascii_same(text, "PackageID"))
			return true;
	}
	return false;
}
