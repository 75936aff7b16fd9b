/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a distribution point reports, in words. */
#include "wimplan/distribution.h"

#define REDISTRIBUTE "redistribute the package to this point alone"
#define CONNECTION "check the connection to the point, its firewall and the site server's rights on it; the site goes on trying"

/*
 * MessageIDs of SMS_DistributionDPStatus and SMS_DPGroupDistributionStatusDetails: Microsoft's support articles on content
 * management (MicrosoftDocs/SupportArticles-docs, support/mem/configmgr/content-management) and the status messages of
 * public reports on content distribution.
 */
static const struct {
	uint64_t id;
	struct wp_point_message words;
} messages[] = {
	{ 2302, { "the package could not be processed", "see distmgr.log on the site server" } },
	{ 2323, { "the network path to the point could not be prepared", CONNECTION } },
	{ 2324, { "the folder for the content could not be reached or made", CONNECTION } },
	{ 2354, { "the status file of the point is not valid", "see smsdpmon.log on the point" } },
	{ 2370, { "the point could not be set up", "see distmgr.log on the site server" } },
	{ 2371, { "it waits for prestaged content", "bring the prestaged content file to the point" } },
	{ 2372, { "it waits for the content", NULL } },
	{ 2382, { "the hash of the content is wrong", REDISTRIBUTE } },
	{ 2383, { "the hash of the content could not be checked", REDISTRIBUTE } },
	{ 2385, { "files of the content are missing", REDISTRIBUTE } },
	{ 2391, { "the point could not be connected to", CONNECTION } },
	{ 2398, { "the content's status was not found on the point", REDISTRIBUTE } },
	{ 8203, { "the package could not be updated", "the site goes on trying; see PkgXferMgr.log on the site server" } },
	{ 8211, { "the point is at its capacity, or the sending failed",
		  "the site goes on trying; see PkgXferMgr.log on the site server" } },
};

struct wp_point_message wp_point_message(uint64_t id)
{
	for (size_t i = 0; i < sizeof messages / sizeof *messages; i++)
		if (messages[i].id == id)
			return messages[i].words;
	return (struct wp_point_message){ NULL, NULL };
}
