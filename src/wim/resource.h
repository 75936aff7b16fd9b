/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Resources as a whole: metadata, blob tables, and XML that is compressed. */
#ifndef WIMPLAN_WIM_RESOURCE_H
#define WIMPLAN_WIM_RESOURCE_H

#include "internal.h"

#include "wimplan/tree.h"

/*
 * Reads and decompresses a resource that the caller has held against limits.h. NULL and its @size bytes, which the
 * caller frees; or what is wrong with it.
 */
const char *wp_resource_load(const struct wp_wim *wim, const struct wp_reshdr *resource, uint8_t **ret_bytes);

/* The same of a metadata resource, whose bytes have the SHA-1 of the blob table. */
const char *wp_resource_read(const struct wp_wim_index *index, const struct wp_metadata_resource *resource,
			     uint8_t **ret_bytes);

#endif
