/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The blob table of a WIM that stands inside of another file, where wimlib, which opens paths alone, does not get at it. */
#ifndef WIMPLAN_WIM_BLOB_TABLE_H
#define WIMPLAN_WIM_BLOB_TABLE_H

#include "internal.h"

struct wp_blob_table;
struct WIMStruct;
struct wimlib_resource_entry;

/* Called with a resource; anything but 0 ends the walk. */
typedef int wp_take_blob(const struct wimlib_resource_entry *resource, void *context);

/*
 * Reads the table of @wim, whose header layer 1 has accepted. Entries are refused, left out and ordered as wimlib does it
 * (src/blob_table.c). NULL, and *@ret_why says what is wrong with it.
 */
struct wp_blob_table *wp_blob_table_read(const struct wp_wim *wim, const char **ret_why);
void wp_blob_table_free(struct wp_blob_table *table);

/* Tells of the metadata of each image, then of each blob once, in the order of their SHA-1s. 0, or what @take returned. */
int wp_blob_table_each(const struct wp_blob_table *table, wp_take_blob *take, void *context);

#endif
