/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The kinds of rows that an export may have beside its packages, values of their columns, and places by key. */
#include "internal.h"

#include "wimplan/site.h"
#include "wimplan/ascii.h"
#include "wimplan/json.h"

/* Classes and columns: the reference pages "… Server WMI Class" (MicrosoftDocs/memdocs, configmgr/develop/reference). */
const struct wp_site_table wp_site_tables[WP_SITE_KINDS] = {
	[WP_SITE_STATES] = { "states", { "SMS_PackageStatusDistPointsSummarizer" }, "PackageID",
			     { "PackageID", "ServerNALPath", "SiteCode" },
			     { "SourceVersion", "State", "LastCopied", "SummaryDate" } },
	[WP_SITE_ASSIGNED] = { "assigned", { "SMS_DistributionPoint" }, "PackageID",
			       { "PackageID", "ServerNALPath", "SiteCode" },
			       { "Status", "LastRefreshTime" } },
	[WP_SITE_MESSAGES] = { "messages", { "SMS_DPGroupDistributionStatusDetails", "SMS_DistributionDPStatus" },
			       "PackageID", { "PackageID", "ID", "GroupID", "DPName", "Name" },
			       { "NALPath", "SiteCode", "MessageState", "MessageID", "StatusTime", "LastUpdateDate" } },
	[WP_SITE_TARGETS] = { "targets", { "SMS_PackageContentServerInfo" }, "PackageID",
			      { "PackageID", "ContentServerID", "ContentServerType" }, { "Name" } },
	[WP_SITE_POINTS] = { "points", { "SMS_DistributionPointInfo" }, NULL, { "NALPath" },
			     { "ServerName", "SiteCode", "IsPullDP", "TransferRate", "PreStagingAllowed",
			       "RateLimitsEnabled", "AddressScheduleEnabled", "ServiceType", "Region" } },
	[WP_SITE_SITES] = { "sites", { "SMS_Site" }, NULL, { "SiteCode" },
			    { "ReportingSiteCode", "SiteName", "ServerName", "Type" } },
	[WP_SITE_SEQUENCES] = { "sequences", { "SMS_TaskSequencePackage" }, NULL, { "PackageID" },
				{ "Name", "BootImageID", "TsEnabled", "Sequence" } },
	[WP_SITE_REFERENCES] = { "references",
				 { "SMS_TaskSequencePackageReference_Flat", "SMS_TaskSequencePackageReference_All",
				   "SMS_TaskSequenceReferencesInfo" }, NULL,
				 { "PackageID", "RefPackageID", "ReferencePackageID", "ObjectID" },
				 { "ObjectType", "ReferencePackageType" } },
	[WP_SITE_DEPLOYMENTS] = { "deployments",
				  { "SMS_Advertisement", "SMS_AdvertisementInfo", "SMS_DeploymentSummary" }, NULL,
				  { "AdvertisementID", "DeploymentID" },
				  { "PackageID", "AdvertisementName", "CollectionID", "CollectionName", "OfferType",
				    "AdvertFlags", "PresentTime", "ExpirationTime", "DeploymentTime",
				    "EnforcementDeadline", "AssignedSchedule", "AssignedScheduleEnabled",
				    "FeatureType", "NumberTargeted" } },
};

bool wp_site_kind_of(const char *class, enum wp_site_kind *ret)
{
	for (int kind = 0; kind < WP_SITE_KINDS; kind++) {
		for (const char *const *name = wp_site_tables[kind].classes; *name; name++) {
			if (!wp_ascii_same(class, *name))
				continue;
			*ret = (enum wp_site_kind)kind;
			return true;
		}
	}
	return false;
}

/* Columns that no other kind has: all of them have to be there. The first that fits counts. */
static const struct {
	enum wp_site_kind kind;
	const char *columns[3];
} marks[] = {
	{ WP_SITE_STATES, { "ServerNALPath", "State" } },
	{ WP_SITE_ASSIGNED, { "ServerNALPath", "LastRefreshTime" } },
	{ WP_SITE_MESSAGES, { "PackageID", "MessageState" } },
	{ WP_SITE_TARGETS, { "ContentServerID", "ContentServerType" } },
	{ WP_SITE_POINTS, { "NALPath", "IsPullDP" } },
	{ WP_SITE_SITES, { "ReportingSiteCode", "SiteName" } },
	{ WP_SITE_REFERENCES, { "PackageID", "RefPackageID" } },
	{ WP_SITE_REFERENCES, { "PackageID", "ReferencePackageID" } },
	{ WP_SITE_DEPLOYMENTS, { "AdvertisementID", "CollectionID" } },
	{ WP_SITE_DEPLOYMENTS, { "DeploymentID", "FeatureType" } },
	{ WP_SITE_SEQUENCES, { "PackageID", "Sequence", "BootImageID" } },
	{ WP_SITE_SEQUENCES, { "PackageID", "ReferencesCount" } },
};

bool wp_site_kind_by_columns(bool (*has)(const void *rows, const char *column), const void *rows,
			     enum wp_site_kind *ret)
{
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
		size_t found = 0, wanted = 0;

		for (; wanted < sizeof marks->columns / sizeof *marks->columns && marks[i].columns[wanted]; wanted++)
			found += has(rows, marks[i].columns[wanted]);
		if (found < wanted)
			continue;
		*ret = marks[i].kind;
		return true;
	}
	return false;
}

json_t *wp_site_new(void)
{
	json_t *site = json_object();

	for (int kind = 0; kind < WP_SITE_KINDS; kind++)
		wp_json_set(site, wp_site_tables[kind].name, json_array());
	return site;
}

const json_t *wp_site_rows(const json_t *site, enum wp_site_kind kind)
{
	return json_object_get(site, wp_site_tables[kind].name);
}

const char *wp_column_text(struct wp_arena *arena, const json_t *row, const char *column)
{
	const char *text = wp_json_get_text(row, column);

	return text && *text ? wp_arena_strdup(arena, text) : NULL;
}

struct wp_number wp_column_number(const json_t *row, const char *column)
{
	struct wp_number number = { 0 };

	number.known = wp_json_get_u64(row, column, &number.value);
	return number;
}

struct wp_time wp_column_time(const json_t *row, const char *column)
{
	struct wp_time time = wp_time_parse(wp_json_get_text(row, column));

	return time.known && !wp_time_is_never(time) ? time : (struct wp_time){ 0 };
}

bool wp_place_find(const json_t *places, const char *key, size_t *ret)
{
	const json_t *found = key ? json_object_get(places, key) : NULL;

	*ret = (size_t)json_integer_value(found);
	return found != NULL;
}

void wp_place_keep(json_t *places, const char *key, size_t place)
{
	wp_json_set(places, key, json_integer((json_int_t)place));
}
