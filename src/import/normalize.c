/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One form for values of every shape: numbers as integers, dates in ISO 8601, embedded objects without noise. */
#include "normalize.h"
#include "row.h"

#include "wimplan/ascii.h"
#include "wimplan/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define IMAGE (1u << WP_CLASS_IMAGE)
#define INSTALL (1u << WP_CLASS_INSTALL)
#define BOOT (1u << WP_CLASS_BOOT)
#define ALL (IMAGE | INSTALL | BOOT)

#define TEXT(name, lazy) { name, WP_PROPERTY_TEXT, lazy }
#define NUMBER(name, lazy) { name, WP_PROPERTY_NUMBER, lazy }
#define FLAG(name, lazy) { name, WP_PROPERTY_FLAG, lazy }
#define DATE(name) { name, WP_PROPERTY_DATE, 0 }
#define TREE(name, lazy) { name, WP_PROPERTY_TREE, lazy }

/*
 * In the order of wp_ascii_compare(). Names, types and laziness: the reference pages "… Server WMI Class"
 * (MicrosoftDocs/memdocs, configmgr/develop/reference) of SMS_PackageBaseclass, the three classes of packages,
 * SMS_ImageInformation, SMS_ObjectContentExtraInfo and SMS_PackageStatusDistPointsSummarizer.
 */
static const struct wp_property table[] = {
	NUMBER("ActionInProgress", 0),
	TEXT("AlternateContentProviders", ALL),
	TEXT("Architecture", 0),
	TEXT("BackgroundBitmapPath", BOOT),
	TEXT("BaseBoardProductID", 0),
	TEXT("ContextID", BOOT),
	TEXT("CreatedBy", 0),
	TEXT("CreationDate", 0),
	DATE("DateCreated"),
	FLAG("DefaultImage", 0),
	TEXT("Description", 0),
	TEXT("DriverManufacturer", 0),
	TEXT("DriverModel", 0),
	TEXT("DriverOSVersion", 0),
	TEXT("DriverPkgVersion", 0),
	FLAG("EnableLabShell", BOOT),
	TREE("ExtendedData", ALL),
	NUMBER("ExtendedDataSize", ALL),
	NUMBER("ForcedDisconnectDelay", 0),
	FLAG("ForcedDisconnectEnabled", 0),
	NUMBER("ForcedDisconnectNumRetries", 0),
	TEXT("HALType", 0),
	TREE("Icon", 0),
	NUMBER("IconSize", ALL),
	FLAG("IgnoreAddressSchedule", 0),
	TEXT("ImageDiskLayout", IMAGE | BOOT),
	NUMBER("ImageIndex", BOOT),
	TEXT("ImageOSVersion", 0),
	TEXT("ImagePath", 0),
	TEXT("ImageProperty", ALL),
	NUMBER("Index", 0),
	TREE("ISVData", ALL),
	NUMBER("ISVDataSize", ALL),
	FLAG("IsVersionCompatible", 0),
	TEXT("ISVString", 0),
	TEXT("Language", 0),
	DATE("LastCopied"),
	DATE("LastRefreshTime"),
	DATE("LastUpdateDate"),
	TREE("LocalizedCategoryInstanceNames", 0),
	TEXT("Manufacturer", 0),
	TEXT("MIFFilename", 0),
	TEXT("MIFName", 0),
	TEXT("MIFPublisher", 0),
	TEXT("MIFVersion", 0),
	TEXT("Name", 0),
	NUMBER("NumberErrors", 0),
	NUMBER("NumberInProgress", 0),
	NUMBER("NumberSuccess", 0),
	NUMBER("NumberUnknown", 0),
	NUMBER("NumOfPrograms", 0),
	TEXT("ObjectID", 0),
	TEXT("ObjectPath", 0),
	NUMBER("ObjectType", 0),
	NUMBER("ObjectTypeID", 0),
	TREE("OptionalComponents", BOOT),
	TEXT("OSVersion", 0),
	TEXT("PackageID", 0),
	NUMBER("PackageSize", 0),
	NUMBER("PackageType", 0),
	NUMBER("PkgFlags", 0),
	NUMBER("PkgSourceFlag", 0),
	TEXT("PkgSourcePath", 0),
	TEXT("PreDownloadRule", 0),
	TEXT("PreExecCommandLine", BOOT),
	TEXT("PreExecSourceDirectory", 0),
	TEXT("PreferredAddressType", 0),
	NUMBER("Priority", 0),
	TEXT("ProbedImageProperty", 0),
	TEXT("ProductionClientVersion", 0),
	TEXT("ProductType", 0),
	TREE("ReferencedDrivers", BOOT),
	FLAG("RefreshPkgSourceFlag", ALL),
	TREE("RefreshSchedule", ALL),
	NUMBER("ScratchSpace", BOOT),
	TREE("SecuredScopeNames", 0),
	NUMBER("SecuredTypeID", 0),
	TEXT("SecureObjectID", 0),
	TEXT("SedoObjectVersion", 0),
	TEXT("ServerNALPath", 0),
	TEXT("ShareName", 0),
	NUMBER("ShareType", 0),
	TEXT("SiteCode", 0),
	NUMBER("Size", 0),
	TEXT("SoftwareName", 0),
	DATE("SourceDate"),
	TEXT("SourceNALPath", 0),
	TEXT("SourceSite", 0),
	NUMBER("SourceSize", 0),
	NUMBER("SourceVersion", 0),
	NUMBER("State", 0),
	TEXT("StoredPkgPath", 0),
	NUMBER("StoredPkgVersion", 0),
	DATE("SummaryDate"),
	NUMBER("Targeted", 0),
	TEXT("Version", 0),
};

#define TABLE_SIZE (sizeof table / sizeof *table)

static int compare_name(const void *name, const void *property)
{
	return wp_ascii_compare(name, ((const struct wp_property *)property)->name);
}

const struct wp_property *wp_property_find(const char *name)
{
	return bsearch(name, table, TABLE_SIZE, sizeof *table, compare_name);
}

const struct wp_property *wp_property_at(size_t i)
{
	return i < TABLE_SIZE ? &table[i] : NULL;
}

static json_t *must(json_t *value)
{
	if (!value)
		wp_out_of_memory();
	return value;
}

/* A value as text, as the shapes without types write it. NULL for null, arrays and objects. The caller frees it. */
static char *scalar_text(const json_t *value)
{
	char *text = NULL;

	if (json_is_string(value))
		text = strdup(json_string_value(value));
	else if (json_is_boolean(value))
		text = strdup(json_is_true(value) ? "true" : "false");
	else if (json_is_integer(value) || json_is_real(value))
		text = json_dumps(value, JSON_ENCODE_ANY);
	else
		return NULL;
	if (!text)
		wp_out_of_memory();
	return text;
}

static void free_text(char **text)
{
	free(*text);
}

static json_t *normalize_text(const json_t *value, bool *ret_bad)
{
	char *text __attribute__((cleanup(free_text))) = scalar_text(value);

	if (!text) {
		*ret_bad = true;
		text = json_dumps(value, JSON_COMPACT | JSON_SORT_KEYS);
		if (!text)
			wp_out_of_memory();
	}
	return must(json_string_nocheck(text));
}

static json_t *normalize_number(const json_t *value, bool *ret_bad)
{
	char *text __attribute__((cleanup(free_text))) = NULL;
	uint64_t number;

	if (json_is_integer(value) && json_integer_value(value) >= 0)
		return must(json_deep_copy(value));
	/* PowerShell may print a whole number as 12.0. */
	if (json_is_real(value) && json_real_value(value) >= 0 && json_real_value(value) < 9e15 &&
	    json_real_value(value) == (double)(json_int_t)json_real_value(value))
		return must(json_integer((json_int_t)json_real_value(value)));
	text = scalar_text(value);
	if (json_is_string(value) && !*text)
		return NULL;
	if (text && wp_parse_u64(text, false, &number) && number <= INT64_MAX)
		return must(json_integer((json_int_t)number));
	*ret_bad = true;
	return must(json_deep_copy(value));
}

static json_t *normalize_flag(const json_t *value, bool *ret_bad)
{
	const char *text = json_string_value(value);

	if (json_is_boolean(value))
		return must(json_deep_copy(value));
	if (text && !*text)
		return NULL;
	if (text && (wp_ascii_same(text, "true") || wp_ascii_same(text, "false")))
		return json_boolean(wp_ascii_same(text, "true"));
	if (json_is_integer(value) && (json_integer_value(value) == 0 || json_integer_value(value) == 1))
		return json_boolean(json_integer_value(value) == 1);
	*ret_bad = true;
	return must(json_deep_copy(value));
}

static json_t *normalize_date(const json_t *value, bool *ret_bad)
{
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	struct wp_time time;
	const char *text;

	/* Windows PowerShell may wrap a date: {"value":"/Date(…)/","DateTime":"Tuesday, …"}. */
	if (json_is_object(value) && json_is_string(json_object_get(value, "value")))
		value = json_object_get(value, "value");
	text = json_string_value(value);
	if (text && !*text)
		return NULL;
	time = text ? wp_time_parse(text) : (struct wp_time){ 0 };
	if (time.known)
		return must(json_string(wp_time_iso(arena, time)));
	*ret_bad = true;
	return must(json_deep_copy(value));
}

static json_t *clean_tree(const json_t *value);

/* An embedded object without noise, but with its class under one name for all shapes. */
static json_t *clean_object(const json_t *object)
{
	struct wp_row as_row = { .properties = (json_t *)object };
	json_t *clean = must(json_object());
	struct wp_row_facts facts;
	const char *key;
	json_t *value;

	wp_row_facts(&as_row, &facts);
	if (facts.class[0] && json_object_set_new(clean, "__CLASS", must(json_string(facts.class))) != 0)
		wp_out_of_memory();
	json_object_foreach((json_t *)object, key, value) {
		json_t *kept;
		bool bad = false;

		if (wp_row_is_noise(key) || json_is_null(value))
			continue;
		/* The one date of SMS_ScheduleToken's classes. */
		if (wp_ascii_same(key, "StartTime"))
			kept = normalize_date(value, &bad);
		else
			kept = clean_tree(value);
		if (kept && json_object_set_new(clean, key, kept) != 0)
			wp_out_of_memory();
	}
	return clean;
}

static json_t *clean_tree(const json_t *value)
{
	json_t *clean, *item;
	size_t i;

	/* ConvertTo-Json of Windows PowerShell wraps some lists: {"value":[…],"Count":2}. */
	if (json_is_object(value) && json_object_size(value) == 2 && json_object_get(value, "Count") &&
	    json_is_array(json_object_get(value, "value")))
		value = json_object_get(value, "value");
	if (json_is_object(value))
		return clean_object(value);
	if (!json_is_array(value))
		return must(json_deep_copy(value));
	clean = must(json_array());
	json_array_foreach(value, i, item)
		if (json_array_append_new(clean, clean_tree(item)) != 0)
			wp_out_of_memory();
	return clean;
}

/* Export-Csv puts the name of a type where an array was: "System.String[]". */
static bool is_type_name(const char *text)
{
	size_t length = text ? strlen(text) : 0;

	return length > 2 && strcmp(text + length - 2, "[]") == 0 && strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"abcdefghijklmnopqrstuvwxyz0123456789._#/") == length - 2;
}

static json_t *normalize_tree(const json_t *value)
{
	const char *text = json_string_value(value);

	if (text && (!*text || is_type_name(text)))
		return NULL;
	return clean_tree(value);
}

json_t *wp_property_normalize(const struct wp_property *property, const json_t *value, bool empty_is_none,
			      bool *ret_bad)
{
	*ret_bad = false;
	if (!value || json_is_null(value))
		return NULL;
	if (!property)
		return empty_is_none && is_type_name(json_string_value(value)) ? NULL : clean_tree(value);
	if (empty_is_none && property->lazy && json_is_string(value) && !json_string_length(value))
		return NULL;
	switch (property->type) {
	case WP_PROPERTY_TEXT:
		return normalize_text(value, ret_bad);
	case WP_PROPERTY_NUMBER:
		return normalize_number(value, ret_bad);
	case WP_PROPERTY_FLAG:
		return normalize_flag(value, ret_bad);
	case WP_PROPERTY_DATE:
		return normalize_date(value, ret_bad);
	case WP_PROPERTY_TREE:
		break;
	}
	return normalize_tree(value);
}

bool wp_property_same(const struct wp_property *property, const json_t *a, const json_t *b)
{
	char *x __attribute__((cleanup(free_text))) = NULL;
	char *y __attribute__((cleanup(free_text))) = NULL;

	if (json_equal(a, b))
		return true;
	if (property || json_typeof(a) == json_typeof(b))
		return false;
	x = scalar_text(a);
	y = scalar_text(b);
	return x && y && wp_ascii_same(x, y);
}
