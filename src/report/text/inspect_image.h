/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The images of a WIM in the text of inspect: a table, short blocks, or one image with everything. */
#ifndef WIMPLAN_REPORT_TEXT_INSPECT_IMAGE_H
#define WIMPLAN_REPORT_TEXT_INSPECT_IMAGE_H

#include "layout.h"

/*
 * One line for each image, without the columns that no image fills. False, and nothing is added, when the table needs
 * more columns than there are.
 */
bool wp_inspect_table(const struct wp_layout *out, const struct wp_wim_image *images, size_t count);

/* A few lines for each image. */
void wp_inspect_blocks(const struct wp_layout *out, const struct wp_wim_image *images, size_t count);

/* Everything that is known of one image. */
void wp_inspect_detail(const struct wp_layout *out, const struct wp_wim_image *image);

#endif
