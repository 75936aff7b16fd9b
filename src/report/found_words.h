/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a search in a WIM found, in words. */
#ifndef WIMPLAN_REPORT_FOUND_WORDS_H
#define WIMPLAN_REPORT_FOUND_WORDS_H

#include "wimplan/search.h"
#include "wimplan/text.h"

#include <stdint.h>

/* Every set bit: "hidden", "system"; one without a name as "0x…". Borrowed from the arena. */
struct wp_names wp_attribute_names(struct wp_arena *arena, uint32_t attributes);

/* "12 paths that fit", or that none does or can be told, for NULL too. */
const char *wp_found_sentence(struct wp_arena *arena, const struct wp_found_files *found);
/* Whether there is anything but files. */
bool wp_found_has_kinds(const struct wp_found_files *found);

/* What a table has of a path and its data. */
enum wp_found_cell {
	WP_FOUND_CELL_IMAGES,
	WP_FOUND_CELL_KIND,
	WP_FOUND_CELL_SIZE,
	WP_FOUND_CELL_BYTES,
	WP_FOUND_CELL_CREATED,
	WP_FOUND_CELL_WRITTEN,
	WP_FOUND_CELL_ATTRIBUTES,
	WP_FOUND_CELL_SHA1,
	WP_FOUND_CELL_PATH,
	WP_FOUND_CELLS,
};
/* Fills @cells, escaped; "-" where there is nothing, and of a kind unless @kinds. */
void wp_found_cells(struct wp_arena *arena, const struct wp_found_path *found, bool kinds, const char *cells[WP_FOUND_CELLS]);

#endif
