/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Microsoft's certificates by the digest of their DER, from microsoft/secureboot_objects, PreSignedObjects. A file of its own, so that a
 * program for tests can be linked with certificates of its own making.
 */
#include "wimplan/boot.h"

static const struct wp_authority_row rows[] = {
	{ WP_AUTHORITY_WINDOWS_2011, "Microsoft Windows Production PCA 2011",
	  "sha256:e8e95f0733a55e8bad7be0a1413ee23c51fcea64b3c8fa6a786935fddcc71961" },
	{ WP_AUTHORITY_WINDOWS_2023, "Windows UEFI CA 2023",
	  "sha256:076f1fea90ac29155ebf77c17682f75f1fdd1be196da302dc8461e350a9ae330" },
	{ WP_AUTHORITY_MICROSOFT_2011, "Microsoft Corporation UEFI CA 2011",
	  "sha256:48e99b991f57fc52f76149599bff0a58c47154229b9f8d603ac40d3500248507" },
	{ WP_AUTHORITY_MICROSOFT_2023, "Microsoft UEFI CA 2023",
	  "sha256:f6124e34125bee3fe6d79a574eaa7b91c0e7bd9d929c1a321178efd611dad901" },
};

struct wp_authorities wp_authorities(void)
{
	return (struct wp_authorities){ rows, sizeof rows / sizeof *rows };
}
