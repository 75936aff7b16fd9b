/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is remembered of a file's images, so that a plan can say what a new one brings: no file list, and bounded. */
#ifndef WIMPLAN_SUMMARY_H
#define WIMPLAN_SUMMARY_H

#include "wimplan/servicing.h"

/*
 * Bytes for the cache alone: what is installed in all images together, except packages of WP_ITEM_KIND_OTHER, of which there
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

/* A summary opened again; texts are borrowed from it. */
struct wp_opened_summary {
	struct wp_servicing servicing;
	bool first_version;   /* made before some kinds were told apart: wp_content_summary_first() */
	const uint8_t *blobs; /* WP_SUMMARY_BLOB bytes of each: 4 of its SHA-1, then its size, little-endian; in order */
	uint64_t blob_count;
};
#define WP_SUMMARY_BLOB 12u

/* False when it is not what wp_content_summary_make() makes. */
bool wp_content_summary_open(struct wp_arena *arena, const struct wp_content_summary *summary,
			     struct wp_opened_summary *ret);
/* Leaves out what a summary of the first version cannot have, so that it does not look as if it had come. */
void wp_content_summary_first(struct wp_opened_summary *summary);

#endif
