/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is remembered of a file's images, so that a plan can say what a new one brings: no file list, and bounded. */
#ifndef WIMPLAN_SUMMARY_H
#define WIMPLAN_SUMMARY_H

#include "wimplan/servicing.h"

/*
 * Bytes for the cache alone: what is installed in all images together, except packages of WP_KIND_OTHER, of which there
 * are thousands that tell little; and of each blob 32 bits of its SHA-1 and its size. A retail install.wim with 120,000
 * blobs takes about 1.5 MB.
 */
struct wp_content_summary {
	const uint8_t *bytes;
	size_t length; /* at most WP_LIMIT_SUMMARY_BYTES */
};

/*
 * Reads the trees of all images. False when one cannot be read or there is more than the limit: then nothing is kept.
 */
bool wp_content_summary_make(struct wp_arena *arena, struct wp_wim_index *index, struct wp_content_summary *ret);

/* How many items of a group came, went or have another version. */
struct wp_group_change {
	uint64_t added, removed, changed;
};

/* The short form of a diff. */
struct wp_content_change {
	const char **updates; /* what the added updates are called: "KB5034765", sorted, each once */
	size_t update_count;
	struct wp_group_change groups[WP_ITEM_GROUPS];
	uint64_t bytes_new; /* uncompressed file data that the old file did not have */
	uint64_t bytes;     /* all file data of the new one */
};

/* False when one of the two is not what wp_content_summary_make() makes. */
bool wp_content_summary_compare(struct wp_arena *arena, const struct wp_content_summary *old,
				const struct wp_content_summary *new, struct wp_content_change *ret);

#endif
