/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is remembered of a file's images, so that a plan can say what a new one brings: no file list, and bounded. */
#ifndef WIMPLAN_SUMMARY_H
#define WIMPLAN_SUMMARY_H

#include "wimplan/servicing.h"

/*
 * Bytes for the cache alone: what is installed in the images, except packages of WP_ITEM_KIND_OTHER without a KB number, of which
 * there are thousands that tell little and that are counted; and of each blob 32 bits of its SHA-1 and its size. A retail
 * install.wim with 120,000 blobs takes about 1.5 MB.
 */
struct wp_content_summary {
	const uint8_t *bytes;
	size_t length; /* at most WP_LIMIT_SUMMARY_BYTES */
};

/*
 * Reads the trees of all images. Of a file that is too large, or of which a tree is damaged, it says that there is none, and nobody need
 * try that again. False when a tree could not be read for a reason that may pass (wp_blob_may_pass()): then nothing is kept.
 */
bool wp_content_summary_make(struct wp_arena *arena, struct wp_wim_index *index, struct wp_content_summary *ret);
/* Whether it says that there is none; wp_content_summary_open() then returns false. */
bool wp_content_summary_is_none(const struct wp_content_summary *summary);

/* What tells about one tree of an opened summary, which several images may have. */
struct wp_summary_tree {
	bool windows;
	size_t not_understood; /* as in struct wp_servicing */
	size_t counted;        /* packages that are no items */
};

/* A summary opened again; texts are borrowed from it. */
struct wp_opened_summary {
	/* 1: made before some kinds were told apart; 2: before images were. wp_content_summary_lower() */
	unsigned int version;
	struct wp_servicing servicing; /* of all images together */
	/* From version 3 on. */
	const uint8_t *items_in; /* WP_SUMMARY_TREES bytes of each item: bit t says that it is in tree t; little-endian */
	const uint8_t *tree_of;  /* of each image */
	size_t image_count;
	struct wp_summary_tree *trees;
	size_t tree_count;
	const uint8_t *blobs; /* WP_SUMMARY_BLOB bytes of each: 4 of its SHA-1, then its size, little-endian; in order */
	uint64_t blob_count;
};
#define WP_SUMMARY_BLOB 12u
#define WP_SUMMARY_TREES 8u

/* False when it is not what wp_content_summary_make() makes. */
bool wp_content_summary_open(struct wp_arena *arena, const struct wp_content_summary *summary,
			     struct wp_opened_summary *ret);
/* The first version that tells images apart. */
#define WP_SUMMARY_OF_IMAGES 3u

/* Leaves out what a summary of @version, an older one, cannot have, so that it does not look as if it had come. */
void wp_content_summary_lower(struct wp_opened_summary *summary, unsigned int version);
/*
 * What is installed in the image of this number, from 1 on, with how many packages are no items in *@ret_counted. False when
 * the summary does not tell images apart, or there are not so many. In @arena, and borrowed from the summary.
 */
bool wp_content_summary_image(struct wp_arena *arena, const struct wp_opened_summary *summary, size_t image,
			      struct wp_servicing *ret, size_t *ret_counted);

#endif
