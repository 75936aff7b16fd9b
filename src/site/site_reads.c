/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an export reads of a site: every class that an import knows, and how its rows are asked for. */
#include "wimplan/site.h"

/* PackageType and ObjectType have 257, 258 and 259, ObjectTypeID has 18, 19 and 14 (site_kinds.c names the pages). */
#define BY_TYPE(column) column " eq 257 or " column " eq 258 or " column " eq 259"
#define BY_OBJECT_TYPE "ObjectTypeID eq 18 or ObjectTypeID eq 19 or ObjectTypeID eq 14"

const struct wp_site_read wp_site_reads[] = {
	{ .class = "SMS_ImagePackage", .part = WP_SITE_PART_PACKAGES, .key = "PackageID" },
	{ .class = "SMS_OperatingSystemInstallPackage", .part = WP_SITE_PART_PACKAGES, .key = "PackageID" },
	{ .class = "SMS_BootImagePackage", .part = WP_SITE_PART_PACKAGES, .key = "PackageID" },
	{ .class = "SMS_ImageInformation", .part = WP_SITE_PART_IMAGES, .package = "PackageID" },
	{ .class = "SMS_ObjectContentExtraInfo", .part = WP_SITE_PART_DISTRIBUTION, .filter = BY_TYPE("ObjectType"),
	  .package = "PackageID" },
	{ .class = "SMS_PackageStatusDistPointsSummarizer", .part = WP_SITE_PART_DISTRIBUTION,
	  .filter = BY_TYPE("PackageType"), .package = "PackageID" },
	{ .class = "SMS_DistributionPoint", .part = WP_SITE_PART_DISTRIBUTION, .filter = BY_TYPE("PackageType"),
	  .package = "PackageID" },
	{ .class = "SMS_DPGroupDistributionStatusDetails", .part = WP_SITE_PART_DISTRIBUTION,
	  .filter = BY_TYPE("ObjectType"), .package = "PackageID" },
	{ .class = "SMS_DistributionDPStatus", .part = WP_SITE_PART_DISTRIBUTION, .filter = BY_OBJECT_TYPE,
	  .package = "PackageID" },
	{ .class = "SMS_PackageContentServerInfo", .part = WP_SITE_PART_DISTRIBUTION, .filter = BY_TYPE("PackageType"),
	  .package = "PackageID" },
	{ .class = "SMS_DistributionPointInfo", .part = WP_SITE_PART_DISTRIBUTION },
	{ .class = "SMS_Site", .part = WP_SITE_PART_DISTRIBUTION },
	{ .class = "SMS_TaskSequencePackage", .part = WP_SITE_PART_SEQUENCES, .key = "PackageID" },
	{ .class = "SMS_TaskSequencePackageReference_Flat", .part = WP_SITE_PART_SEQUENCES },
	{ .class = "SMS_TaskSequencePackageReference_All", .part = WP_SITE_PART_SEQUENCES },
	{ .class = "SMS_TaskSequenceReferencesInfo", .part = WP_SITE_PART_SEQUENCES },
	/* A schedule of a deployment is lazy. Deployments of what is no task sequence have the same class. */
	{ .class = "SMS_Advertisement", .part = WP_SITE_PART_SEQUENCES, .key = "AdvertisementID", .sequence = "PackageID" },
	{ .class = "SMS_AdvertisementInfo", .part = WP_SITE_PART_SEQUENCES, .filter = "PackageType eq 4",
	  .sequence = "PackageID" },
	{ .class = "SMS_DeploymentSummary", .part = WP_SITE_PART_SEQUENCES, .filter = "FeatureType eq 7",
	  .sequence = "PackageID" },
};
const size_t wp_site_read_count = sizeof wp_site_reads / sizeof *wp_site_reads;
