/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * wimlib keeps blobs in a hash table whose places are the first bits of a SHA-1 (src/blob_table.c), and walks along all
 * blobs of one place. Of digests of files each place has about one; 200,000 that somebody made up to share a place take
 * minutes, two million take hours.
 */
#include "resource.h"

#include <stdlib.h>

/* What any file may take besides what a fair spread takes: a fraction of a second. */
#define FREE_STEPS (UINT64_C(64) << 20)
#define FAIR_TIMES 4u

/* How many steps as many digests of files take: each to itself, and to half of those that share its place. */
static uint64_t fair_steps(uint64_t count)
{
	return count + count / 131072 * count;
}

const char *wp_wim_count_spread(const struct wp_wim *wim, struct wp_spread *spread)
{
	uint64_t count = wp_wim_blobs(&wim->header);
	uint8_t *bytes = NULL;
	const char *why;

	if (!count)
		return NULL;
	why = wp_resource_load(wim, &wim->header.blob_table, &bytes);
	if (why)
		return why;
	for (uint64_t i = 0; i < count; i++) {
		const uint8_t *sha1 = bytes + i * WP_BLOB_ENTRY_SIZE + WP_BLOB_ENTRY_SHA1;

		spread->steps += ++spread->places[sha1[0] | sha1[1] << 8];
	}
	free(bytes);
	spread->count += count;
	if (spread->steps > FREE_STEPS + FAIR_TIMES * fair_steps(spread->count))
		return "its SHA-1s are none of files: too many of them are alike";
	return NULL;
}
