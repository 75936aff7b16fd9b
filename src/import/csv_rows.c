/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * CSV exports, as Export-Csv, sqlcmd and Management Studio write them: comma, semicolon or tab, with or without a #TYPE
 * line, with what such tools put around the rows, and several of them one behind the other.
 */
#include "assembler.h"
#include "csv_line.h"
#include "feed.h"
#include "normalize.h"

#include "wimplan/arena.h"
#include "wimplan/ascii.h"
#include "wimplan/json.h"
#include "wimplan/record.h"
#include "wimplan/text.h"

#include <stdlib.h>
#include <string.h>

struct csv_header {
	struct wp_arena *arena; /* borrowed */
	const char **names;
	size_t count;
	size_t key;        /* the column with the PackageID */
	const char *class; /* that the columns name: "SMS_ImagePackage[PackageID]"; "" */
};

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
static const char *clean_name(struct csv_header *header, const char *text)
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

static bool find_column(const struct csv_header *header, const char *name, size_t *ret)
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
static const char *list_columns(const struct csv_header *header)
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

static int fail_without_key(const struct csv_header *header, const struct wp_csv_line *line)
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
static int check_twice(const struct csv_header *header, const struct wp_csv_line *line)
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
static bool find_site_key(const struct csv_header *header, const char *type, size_t *ret)
{
	enum wp_site_kind kind;
	char class[128];

	return ((wp_class_in_text(*header->class ? header->class : type, class, sizeof class) &&
		 wp_site_kind_of(class, &kind)) ||
		wp_site_kind_by_columns(has_column, header, &kind)) &&
	       find_column(header, wp_site_tables[kind].keys[0], ret);
}

static bool is_telling(const struct csv_header *header, const char *type)
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

/*
 * Makes the header of a line. @type is what #TYPE says, "" when it says nothing. Fails when no column has a PackageID,
 * when two are the same, or when they say too little of a package; the message names the columns that are there.
 */
static int read_header(struct csv_header *header, const struct wp_csv_line *line, const char *type)
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

/* Is it a header once more, as files that were put together have it? */
static bool is_header(const struct wp_csv_line *line)
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

/* Bytes of a #TYPE line that are looked at: each row is asked for its class. */
#define LONGEST_TYPE 1024

struct csv_rows {
	struct wp_csv_line line;
	struct csv_header header;
	struct wp_assembler *assembler;
	const char *type; /* what #TYPE says; "" */
	size_t number;    /* records so far */
	bool expects_header;
	bool behind_header; /* the line before this one was it */
};

static json_t *cell_value(const struct csv_rows *csv, size_t cell)
{
	const struct wp_csv_cell *at = &csv->line.cells[cell];
	const char *text = wp_csv_text(&csv->line, cell);
	/* Export-Csv leaves null without quotes and writes "" for an empty text; SQL's tools write NULL. */
	bool none = !at->quoted && (!at->length || strcmp(text, "NULL") == 0);

	return none ? json_null() : wp_json_must(json_stringn(text, at->length));
}

/* "#TYPE Microsoft.Management.Infrastructure.CimInstance#root/sms/site_P01/SMS_ImagePackage" */
static bool take_type(struct csv_rows *csv)
{
	const char *text = wp_csv_text(&csv->line, 0);

	if (!wp_ascii_begins(text, "#TYPE"))
		return false;
	csv->type = wp_arena_strndup(csv->header.arena, text, strnlen(text, LONGEST_TYPE));
	csv->expects_header = true;
	/* A comma in the name of a type separates nothing. */
	csv->line.separator = '\0';
	return true;
}

/* "sep=;", with which Excel is told the separator. */
static bool take_separator(struct csv_rows *csv)
{
	struct wp_csv_line *line = &csv->line;
	const char *text = wp_csv_text(line, 0);

	if (csv->number || !wp_ascii_begins(text, "sep="))
		return false;
	/* The separator itself has ended the cell, unless it is none that was expected. */
	if (line->count == 2 && line->cells[0].length == 4 && !line->cells[1].length)
		return true;
	if (line->count != 1 || line->cells[0].length != 5)
		return false;
	line->separator = text[4];
	return true;
}

/* The line of dashes that sqlcmd puts below the header. */
static bool is_ruler(const struct csv_rows *csv)
{
	for (size_t i = 0; i < csv->line.count; i++) {
		const char *text = wp_csv_text(&csv->line, i);

		if (!*text || text[strspn(text, "-")])
			return false;
	}
	return csv->behind_header;
}

/* "(2 rows affected)", in the language of the server. */
static bool is_row_count(const struct wp_csv_line *line)
{
	const char *text = wp_csv_text(line, 0);
	size_t digits = *text == '(' ? strspn(text + 1, "0123456789") : 0;

	return line->count == 1 && digits && text[digits + 1] == ' ' && text[line->cells[0].length - 1] == ')';
}

static int fail_count(const struct csv_rows *csv)
{
	const struct wp_csv_line *line = &csv->line;
	bool apart = line->count > csv->header.count && !line->quotes;

	return wp_fail(line->err, WP_E_FAILED, "export-invalid", line->input->name,
		       "%s: line %zu, column 1: this record has %zu cells under a header of %zu%s", line->input->name,
		       line->line, line->count, csv->header.count,
		       apart ? ", and nothing in the file is in quotes: a text with a separator in it came apart; have "
			       "Management Studio quote them (Options, Query Results, Results to Grid), or save as tab "
			       "delimited text"
			     : "; export again");
}

static int emit(struct csv_rows *csv)
{
	struct wp_row row = {
		.where = { csv->line.input->name, ++csv->number, csv->line.line },
		.class_text = *csv->header.class ? csv->header.class : csv->type,
		.properties = wp_json_must(json_object()),
		.empty_is_none = true,
	};

	for (size_t i = 0; i < csv->line.count; i++)
		if (csv->header.names[i][0])
			wp_json_set(row.properties, csv->header.names[i], cell_value(csv, i));
	return wp_feed_row(csv->assembler->feed, &row, csv->line.err);
}

static int take_line(struct csv_rows *csv)
{
	struct wp_csv_line *line = &csv->line;
	int status;

	if (wp_csv_is_blank(line) || take_type(csv))
		return WP_OK;
	if (csv->expects_header && take_separator(csv))
		return WP_OK;
	if (csv->expects_header || is_header(line)) {
		status = read_header(&csv->header, line, csv->type);
		csv->expects_header = false;
		csv->behind_header = true;
		return status;
	}
	if (is_row_count(line) || is_ruler(csv))
		return WP_OK;
	csv->behind_header = false;
	return line->count == csv->header.count ? emit(csv) : fail_count(csv);
}

int wp_csv_rows(struct wp_input *input, struct wp_assembler *assembler, struct wp_error *err)
{
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct csv_rows *csv = wp_must(calloc(1, sizeof *csv));
	struct wp_error local = { 0 };
	int status;

	csv->line.input = input;
	csv->line.err = err ? err : &local;
	csv->header.arena = arena;
	csv->assembler = assembler;
	csv->type = "";
	csv->expects_header = true;
	while ((status = wp_csv_read_line(&csv->line)) > 0) {
		status = take_line(csv);
		if (status)
			break;
	}
	wp_buf_free(&csv->line.text);
	free(csv);
	return status;
}
