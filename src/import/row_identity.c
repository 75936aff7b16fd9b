/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tells a package's row from a companion's and from what is neither. */
#include "row_identity.h"
#include "normalize.h"

#include "wimplan/ascii.h"
#include "wimplan/text.h"

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
