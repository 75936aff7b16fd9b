/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What inspect says of a file, of a medium and of an image, in the words that its text and its page share. In @arena. */
#ifndef WIMPLAN_REPORT_INSPECT_WORDS_H
#define WIMPLAN_REPORT_INSPECT_WORDS_H

#include "wimplan/report.h"

struct wp_fact {
	const char *label, *value;
};
struct wp_facts {
	struct wp_fact *items;
	size_t count;
};

/* Size, header and totals of a file, as far as they are known. */
struct wp_facts wp_inspect_facts(struct wp_arena *arena, const struct wp_inspection *file);
/* The same of a medium; what it starts by is one fact for each file. */
struct wp_facts wp_inspect_media_facts(struct wp_arena *arena, const struct wp_media *media);
/* Everything that is known of one image. */
struct wp_facts wp_inspect_image_facts(struct wp_arena *arena, const struct wp_wim_image *image);

/* "image 1", "images 1, 2": those that have the Winre.wim of the image with the number @first. */
const char *wp_inspect_sharers(struct wp_arena *arena, const struct wp_inspection *file, size_t first);

/* What a table has of an image. The type is INSTALLATIONTYPE: with and without a desktop a server has one and the same edition. */
enum wp_image_cell {
	WP_IMAGE_INDEX,
	WP_IMAGE_NAME,
	WP_IMAGE_VERSION,
	WP_IMAGE_ARCH,
	WP_IMAGE_EDITION,
	WP_IMAGE_TYPE,
	WP_IMAGE_LANGUAGES,
	WP_IMAGE_SIZE,
	WP_IMAGE_BYTES,
	WP_IMAGE_CREATED,
	WP_IMAGE_MODIFIED,
	WP_IMAGE_CELLS,
};
/* Fills @cells, escaped; "-" where there is nothing. */
void wp_inspect_cells(struct wp_arena *arena, const struct wp_wim_image *image, const char *cells[WP_IMAGE_CELLS]);

/* "4.15 GiB (4,461,218,778 bytes)" */
char *wp_inspect_bytes(struct wp_arena *arena, uint64_t bytes);

/* An element or attribute that the model has no place for: "NOTES = text" or "NOTES (empty)". */
const char *wp_inspect_other(struct wp_arena *arena, const struct wp_wim_other *other);

/* "Packages", "Drivers" */
const char *wp_inspect_group(enum wp_item_group group);
/* There are thousands of its kind in any image, and they tell little: they are counted, and listed only when all is asked for. */
bool wp_inspect_is_many(const struct wp_item *item);

#endif
