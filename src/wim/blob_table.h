/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a blob table says, as it comes. */
#ifndef WIMPLAN_WIM_BLOB_TABLE_H
#define WIMPLAN_WIM_BLOB_TABLE_H

#include "internal.h"

#include "wimplan/tree.h"

/*
 * Adds the table of @wim, whose header layer 1 has accepted and which is the index's own file or another part of its set, to the index:
 * images and solid resources in their order, blobs in the order of the table and as often as they stand there. Entries are refused and
 * left out as wimlib does it (src/blob_table.c). NULL, or what is wrong; *@ret_entry tells whether with an entry of the table.
 */
const char *wp_blob_table_add(struct wp_wim_index *index, const struct wp_wim *wim, bool *ret_entry);

#endif
