/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ConfigMgr's properties, and the words that stand for their numbers. */
#include "normalize.h"

#include "wimplan/ascii.h"

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
#define SCHEDULE(name, lazy) { name, WP_PROPERTY_SCHEDULE, lazy }

/*
 * In the order of wp_ascii_compare(). Names, types and laziness: the reference pages "… Server WMI Class"
 * (MicrosoftDocs/memdocs, configmgr/develop/reference) of SMS_PackageBaseclass, the three classes of packages,
 * SMS_ImageInformation, SMS_ObjectContentExtraInfo and those of site_kinds.c.
 */
static const struct wp_property table[] = {
	NUMBER("ActionInProgress", 0),
	FLAG("AddressScheduleEnabled", 0),
	NUMBER("AdvertFlags", 0),
	TEXT("AdvertisementID", 0),
	TEXT("AdvertisementName", 0),
	TEXT("AlternateContentProviders", ALL),
	TEXT("Architecture", 0),
	SCHEDULE("AssignedSchedule", 0),
	FLAG("AssignedScheduleEnabled", 0),
	TEXT("BackgroundBitmapPath", BOOT),
	TEXT("BaseBoardProductID", 0),
	TEXT("BootImageID", 0),
	TEXT("CollectionID", 0),
	TEXT("CollectionName", 0),
	TEXT("ContentServerID", 0),
	NUMBER("ContentServerType", 0),
	TEXT("ContextID", BOOT),
	TEXT("CreatedBy", 0),
	TEXT("CreationDate", 0),
	DATE("DateCreated"),
	FLAG("DefaultImage", 0),
	TEXT("DeploymentID", 0),
	DATE("DeploymentTime"),
	TEXT("Description", 0),
	TEXT("DPName", 0),
	TEXT("DriverManufacturer", 0),
	TEXT("DriverModel", 0),
	TEXT("DriverOSVersion", 0),
	TEXT("DriverPkgVersion", 0),
	FLAG("EnableLabShell", BOOT),
	DATE("EnforcementDeadline"),
	DATE("ExpirationTime"),
	TREE("ExtendedData", ALL),
	NUMBER("ExtendedDataSize", ALL),
	NUMBER("FeatureType", 0),
	NUMBER("ForcedDisconnectDelay", 0),
	FLAG("ForcedDisconnectEnabled", 0),
	NUMBER("ForcedDisconnectNumRetries", 0),
	TEXT("GroupID", 0),
	TEXT("HALType", 0),
	TREE("Icon", 0),
	NUMBER("IconSize", ALL),
	NUMBER("ID", 0),
	FLAG("IgnoreAddressSchedule", 0),
	TEXT("ImageDiskLayout", IMAGE | BOOT),
	NUMBER("ImageIndex", BOOT),
	TEXT("ImageOSVersion", 0),
	TEXT("ImagePath", 0),
	TEXT("ImageProperty", ALL),
	NUMBER("Index", 0),
	FLAG("IsPullDP", 0),
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
	NUMBER("MessageID", 0),
	NUMBER("MessageState", 0),
	TEXT("MIFFilename", 0),
	TEXT("MIFName", 0),
	TEXT("MIFPublisher", 0),
	TEXT("MIFVersion", 0),
	TEXT("NALPath", 0),
	TEXT("Name", 0),
	NUMBER("NumberErrors", 0),
	NUMBER("NumberInProgress", 0),
	NUMBER("NumberSuccess", 0),
	NUMBER("NumberTargeted", 0),
	NUMBER("NumberUnknown", 0),
	NUMBER("NumOfPrograms", 0),
	TEXT("ObjectID", 0),
	TEXT("ObjectPath", 0),
	NUMBER("ObjectType", 0),
	NUMBER("ObjectTypeID", 0),
	NUMBER("OfferType", 0),
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
	DATE("PresentTime"),
	FLAG("PreStagingAllowed", 0),
	NUMBER("Priority", 0),
	TEXT("ProbedImageProperty", 0),
	TEXT("ProductionClientVersion", 0),
	TEXT("ProductType", 0),
	FLAG("RateLimitsEnabled", 0),
	TREE("ReferencedDrivers", BOOT),
	TEXT("ReferencePackageID", 0),
	NUMBER("ReferencePackageType", 0),
	TEXT("RefPackageID", 0),
	FLAG("RefreshPkgSourceFlag", ALL),
	SCHEDULE("RefreshSchedule", ALL),
	TEXT("Region", 0),
	TEXT("ReportingSiteCode", 0),
	NUMBER("ScratchSpace", BOOT),
	TREE("SecuredScopeNames", 0),
	NUMBER("SecuredTypeID", 0),
	TEXT("SecureObjectID", 0),
	TEXT("SedoObjectVersion", 0),
	TEXT("Sequence", 0),
	TEXT("ServerNALPath", 0),
	TEXT("ServerName", 0),
	NUMBER("ServiceType", 0),
	TEXT("ShareName", 0),
	NUMBER("ShareType", 0),
	TEXT("SiteCode", 0),
	TEXT("SiteName", 0),
	NUMBER("Size", 0),
	TEXT("SoftwareName", 0),
	DATE("SourceDate"),
	TEXT("SourceNALPath", 0),
	TEXT("SourceSite", 0),
	NUMBER("SourceSize", 0),
	NUMBER("SourceVersion", 0),
	NUMBER("State", 0),
	NUMBER("Status", 0),
	DATE("StatusTime"),
	TEXT("StoredPkgPath", 0),
	NUMBER("StoredPkgVersion", 0),
	DATE("SummaryDate"),
	NUMBER("Targeted", 0),
	NUMBER("TransferRate", 0),
	FLAG("TsEnabled", 0),
	NUMBER("Type", 0),
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

/*
 * Words that tools write for the numbers of an enumeration: those of the SDK (SMS_PackageBaseclass.PkgSourceFlag,
 * .ActionInProgress, SMS_Advertisement.Priority) and of the wrappers around it.
 */
static const struct {
	const char *property, *word;
	int number;
} words[] = {
	{ "ActionInProgress", "None", 0 },
	{ "ActionInProgress", "Update", 1 },
	{ "ActionInProgress", "Add", 2 },
	{ "ActionInProgress", "Delete", 3 },
	{ "PkgSourceFlag", "StorageNeedsSpecifying", 0 },
	{ "PkgSourceFlag", "StorageNoSource", 1 },
	{ "PkgSourceFlag", "StorageNoPackage", 1 },
	{ "PkgSourceFlag", "StorageDirect", 2 },
	{ "PkgSourceFlag", "StorageCompress", 3 },
	{ "PkgSourceFlag", "StorageLocal", 4 },
	{ "Priority", "High", 1 },
	{ "Priority", "Medium", 2 },
	{ "Priority", "Normal", 2 },
	{ "Priority", "Low", 3 },
};

bool wp_property_word(const struct wp_property *property, const char *text, int *ret_number)
{
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (strcmp(words[i].property, property->name) != 0 || !wp_ascii_same(words[i].word, text))
			continue;
		*ret_number = words[i].number;
		return true;
	}
	return false;
}
