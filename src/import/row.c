/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a record says about itself, and what tools left in it (AdminService, CIM, WMI, Get-CM cmdlets). */
#include "row.h"

#include "wimplan/arena.h"
#include "wimplan/ascii.h"
#include "wimplan/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * Members of PowerShell's objects: CimInstance, ManagementObject (Get-WmiObject) and IResultObject (Get-CM…), and of
 * remoting. None is a property of the classes that are read. In the order of wp_ascii_compare().
 */
static const char *const noise[] = {
	"AutoCommit", "AutoRefresh", "CimClass", "CimInstanceProperties", "CimSystemProperties", "ClassPath",
	"ConnectionManager", "Container", "DisplayDescription", "DisplayString", "EmbeddedProperties",
	"EmbeddedPropertyLists", "GenericsArray", "HelpTopic", "ManagedObject", "MethodList",
	"NamedValueDictionary", "ObjectClass", "Options", "OverridingObjectClass", "Path", "Properties",
	"PropertyList", "PropertyNames", "PSComputerName", "PSShowComputerName", "PSStatus", "Qualifiers",
	"RegMultiStringLists", "RunspaceId", "Scope", "Site", "SmsProviderObjectPath", "SystemProperties",
	"TraceProperties", "UniqueIdentifier", "UserDataObject",
};

static int compare_noise(const void *name, const void *item)
{
	return wp_ascii_compare(name, *(const char *const *)item);
}

bool wp_row_is_noise(const char *name)
{
	return strncmp(name, "__", 2) == 0 || strstr(name, "@odata.") || strncmp(name, "odata.", 6) == 0 ||
	       bsearch(name, noise, sizeof noise / sizeof *noise, sizeof *noise, compare_noise);
}

static bool is_word(char c)
{
	return wp_ascii_alnum(c) || c == '_';
}

bool wp_class_in_text(const char *text, char *ret_class, size_t room)
{
	const char *found = NULL;
	const char *at;
	size_t length;

	/* A key or a list of names may follow: nothing of it is looked at. */
	for (at = text; *at && *at != '=' && *at != '(' && *at != '"'; at++)
		if (wp_ascii_begins(at, "SMS_") && (at == text || strchr("#/\\:.", at[-1])))
			found = at;
	if (!found)
		return false;
	for (length = 0; is_word(found[length]); length++)
		;
	if (length >= room)
		return false;
	memcpy(ret_class, found, length);
	ret_class[length] = '\0';
	return true;
}

/* "root\sms\site_P01" in any spelling of a path. */
static void site_in_text(const char *text, char ret_site[4])
{
	const char *at;

	for (at = text; *at && *at != '"'; at++) {
		if (!wp_ascii_begins(at, "site_") || (at != text && at[-1] != '/' && at[-1] != '\\'))
			continue;
		if (!wp_ascii_alnum(at[5]) || !wp_ascii_alnum(at[6]) || !wp_ascii_alnum(at[7]) || is_word(at[8]))
			continue;
		for (int i = 0; i < 3; i++)
			ret_site[i] = (char)wp_ascii_upper(at[5 + i]);
		ret_site[3] = '\0';
		return;
	}
}

/* The members with these names, as wp_row_member() gives each of them, in one pass over all others; NULL for what is not there. */
static void find_members(const json_t *object, const char *const *names, size_t count, const json_t **ret)
{
	const char *key;
	json_t *value;
	size_t missing = 0;

	for (size_t i = 0; i < count; i++) {
		ret[i] = json_object_get(object, names[i]);
		missing += !ret[i];
	}
	if (!missing)
		return;
	json_object_foreach((json_t *)object, key, value)
		for (size_t i = 0; i < count; i++)
			if (!ret[i] && wp_ascii_lower(key[0]) == wp_ascii_lower(names[i][0]) && wp_ascii_same(key, names[i]))
				ret[i] = value;
}

const json_t *wp_row_member(const json_t *object, const char *name)
{
	const json_t *member;

	find_members(object, &name, 1, &member);
	return member;
}

bool wp_row_is_record(const json_t *object)
{
	return wp_row_member(object, "PackageID") || wp_row_member(object, "ObjectID") ||
	       wp_row_member(object, "__CLASS") || wp_row_member(object, "CimClass") ||
	       wp_row_member(object, "SmsProviderObjectPath");
}

/* What Windows PowerShell's ConvertTo-Json writes of what is attached to a value (Extended Type System). */
static bool is_attachment(const char *name)
{
	static const char *const names[] = {
		"PSPath", "PSParentPath", "PSChildName", "PSDrive", "PSProvider", "ReadCount", "PSComputerName",
		"RunspaceId", "PSShowComputerName", "DateTime", "DisplayHint", "Count", "Length",
		"PSSourceJobInstanceId",
	};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (wp_ascii_same(name, names[i]))
			return true;
	return false;
}

const json_t *wp_unwrap(const json_t *value)
{
	const json_t *inner = json_object_get(value, "value");
	const char *name;
	json_t *member;

	if (!inner)
		return value;
	json_object_foreach((json_t *)value, name, member)
		if (member != inner && !is_attachment(name))
			return value;
	return inner;
}

/* The text of a member that was found. */
static const char *text_of(const json_t *member)
{
	return json_string_value(wp_unwrap(member));
}

/* Takes what @text says, unless something before it said it already. */
static void learn(struct wp_row_facts *facts, const char *text)
{
	if (!text)
		return;
	if (!facts->class[0])
		wp_class_in_text(text, facts->class, sizeof facts->class);
	if (!facts->site[0])
		site_in_text(text, facts->site);
}

/* A name that stands for a class and nothing else, so that classes of others are recognised as such. */
static void learn_class(struct wp_row_facts *facts, const char *name)
{
	learn(facts, name);
	if (name && *name && !facts->class[0] && strlen(name) < sizeof facts->class)
		strcpy(facts->class, name);
}

/* CimSystemProperties of an object, __ClassMetadata of Export-Clixml: ClassName and Namespace. */
static void learn_system(struct wp_row_facts *facts, const json_t *system)
{
	/* One entry for each class of the derivation, the object's own last (PowerShell's CimInstance in CLIXML). */
	if (json_is_array(system))
		system = json_array_get(system, json_array_size(system) - 1);
	if (!json_is_object(system))
		return;
	learn_class(facts, text_of(wp_row_member(system, "ClassName")));
	learn(facts, text_of(wp_row_member(system, "Namespace")));
}

void wp_row_facts(const struct wp_row *row, struct wp_row_facts *ret)
{
	enum { LAZY, OWN, SYSTEM, METADATA, CIM, OBJECT, RELATIVE, PATH, CONSOLE, NAMESPACE, TYPE, CONTEXT, NAMES };
	static const char *const names[NAMES] = {
		"__LAZYPROPERTIES", "__CLASS", "CimSystemProperties", "__ClassMetadata", "CimClass", "ObjectClass", "__RELPATH",
		"__PATH", "SmsProviderObjectPath", "__NAMESPACE", "@odata.type", "@odata.context",
	};
	const json_t *members[NAMES];

	find_members(row->properties, names, NAMES, members);
	memset(ret, 0, sizeof *ret);
	ret->lazy = (json_t *)members[LAZY];
	learn(ret, row->class_text);
	learn_class(ret, text_of(members[OWN]));
	learn_system(ret, members[SYSTEM]);
	learn_system(ret, members[METADATA]);
	learn(ret, json_string_value(members[CIM]));
	learn_system(ret, wp_row_member(members[CIM], "CimSystemProperties"));
	for (size_t i = OBJECT; i < NAMES; i++)
		learn(ret, text_of(members[i]));
}

const char *wp_where_text(const struct wp_where *where, char room[WP_WHERE_ROOM])
{
	if (where->line)
		snprintf(room, WP_WHERE_ROOM, "%s, record %zu (line %zu)", where->file, where->number, where->line);
	else
		snprintf(room, WP_WHERE_ROOM, "%s, record %zu", where->file, where->number);
	return room;
}

const char *wp_value_text(struct wp_arena *arena, const json_t *value)
{
	char *dump = wp_must(json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT | JSON_SORT_KEYS));
	const char *end;
	char *text;

	for (end = dump; *end && end - dump < 60;)
		wp_utf8_next(&end);
	text = wp_arena_printf(arena, "%.*s%s", (int)(end - dump), dump, *end ? "…" : "");
	free(dump);
	return text;
}

static const char *const companion_classes[WP_COMPANION_KINDS] = {
	[WP_COMPANION_IMAGE_INFORMATION] = "SMS_ImageInformation",
	[WP_COMPANION_CONTENT_INFO] = "SMS_ObjectContentExtraInfo",
};

bool wp_class_is_read(const char *name)
{
	enum wp_site_kind site_kind;
	enum wp_class class;

	for (int kind = 0; kind < WP_COMPANION_KINDS; kind++)
		if (wp_ascii_same(name, companion_classes[kind]))
			return true;
	return wp_class_from_name(name, &class) || wp_site_kind_of(name, &site_kind);
}

static bool has(const struct wp_row *row, const char *name)
{
	return wp_row_member(row->properties, name) != NULL;
}

static bool has_column(const void *row, const char *column)
{
	return has(row, column);
}

bool wp_row_package_type(const struct wp_row *row, uint64_t *ret_type)
{
	const json_t *value = wp_unwrap(wp_row_member(row->properties, "PackageType"));

	if (json_is_integer(value) && json_integer_value(value) >= 0) {
		*ret_type = (uint64_t)json_integer_value(value);
		return true;
	}
	return json_is_string(value) && wp_parse_u64(json_string_value(value), false, ret_type);
}

/* Properties of packages that no row of another kind has; PackageType alone stands in rows of distribution points. */
static bool has_package_property(const struct wp_row *row)
{
	static const char *const names[] = { "PkgSourcePath", "PkgSourceFlag", "SourceDate", "ImageProperty",
					     "SedoObjectVersion", "PkgFlags", "ProbedImageProperty", "StoredPkgPath",
					     "StoredPkgVersion", "ShareName", "RefreshSchedule" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (has(row, names[i]))
			return true;
	return false;
}

/* For a row that does not say its class. Companion rows have a PackageType too: their columns come first. */
static struct wp_identity identify_by_columns(const struct wp_row *row)
{
	struct wp_identity identity = { .sort = WP_ROW_RECORD };
	uint64_t type;

	if (has(row, "Index") && has(row, "OSVersion"))
		return (struct wp_identity){ .sort = WP_ROW_COMPANION, .kind = WP_COMPANION_IMAGE_INFORMATION };
	if (has(row, "Targeted") && has(row, "SourceSize"))
		return (struct wp_identity){ .sort = WP_ROW_COMPANION, .kind = WP_COMPANION_CONTENT_INFO };
	if (wp_site_kind_by_columns(has_column, row, &identity.site_kind)) {
		identity.sort = WP_ROW_SITE;
		return identity;
	}
	if (has_package_property(row)) {
		/* SMS_PackageBaseclass.PackageType */
		if (wp_row_package_type(row, &type)) {
			identity.sort = type >= 257 && type <= 259 ? WP_ROW_RECORD : WP_ROW_OTHER;
			identity.class_known = true;
			identity.class = type == 257 ? WP_CLASS_IMAGE : type == 258 ? WP_CLASS_BOOT : WP_CLASS_INSTALL;
		}
		return identity;
	}
	if (has(row, "Targeted"))
		return (struct wp_identity){ .sort = WP_ROW_OTHER, .unclear = "distribution without SourceSize" };
	if (has(row, "ServerNALPath") || has(row, "DistributionPoint") || has(row, "ContentServerID"))
		return (struct wp_identity){ .sort = WP_ROW_OTHER, .unclear = "distribution points without State" };
	if (wp_row_package_type(row, &type)) {
		identity.sort = WP_ROW_OTHER;
		if (type >= 257 && type <= 259)
			identity.unclear = "packages without a property of packages, such as PkgSourcePath,";
	}
	return identity;
}

struct wp_identity wp_row_identify(const struct wp_row *row, const struct wp_row_facts *facts)
{
	struct wp_identity identity = { .sort = WP_ROW_RECORD };

	if (!facts->class[0] || wp_ascii_same(facts->class, "SMS_PackageBaseclass"))
		return identify_by_columns(row);
	identity.class_known = wp_class_from_name(facts->class, &identity.class);
	if (identity.class_known)
		return identity;
	identity.sort = wp_site_kind_of(facts->class, &identity.site_kind) ? WP_ROW_SITE : WP_ROW_OTHER;
	for (int kind = 0; kind < WP_COMPANION_KINDS; kind++) {
		if (!wp_ascii_same(facts->class, companion_classes[kind]))
			continue;
		identity.sort = WP_ROW_COMPANION;
		identity.kind = (enum wp_companion_kind)kind;
	}
	return identity;
}
