/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a site changed between two exports. */
#ifndef WIMPLAN_CLI_SNAPSHOT_DIFF_H
#define WIMPLAN_CLI_SNAPSHOT_DIFF_H

#include "cli.h"

/*
 * The packages that are not the same in both sets, by PackageID:
 *   [{"package_id","class","name","status":"added|removed|changed",
 *     "properties":[{"property","old","new"}],
 *     "images":[{"index","status":"added|removed|changed","fields":[{"field","old","new"}]}],
 *     "rows":["content_info"]}]
 * A property that one of the two exports did not fetch is not compared. rows names the companion rows that
 * differ. *@ret_same counts the packages that are the same in both. New reference.
 */
json_t *wp_snapshot_diff(const struct wp_record_set *old, const struct wp_record_set *new, size_t *ret_same);

/* The array above for a terminal. */
void wp_snapshot_diff_text(const json_t *packages, size_t same, const struct wp_report_options *options,
			   struct wp_buf *buf);

#endif
