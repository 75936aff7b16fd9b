/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Metadata resources: their bytes. */
#ifndef WIMPLAN_WIM_RESOURCE_H
#define WIMPLAN_WIM_RESOURCE_H

#include "wim.h"

#include "wimplan/tree.h"

/*
 * Reads and decompresses @resource, which the caller has held against limits.h. NULL and the bytes, which the caller
 * frees; or what is wrong with it.
 */
const char *wp_resource_read(const struct wp_wim_index *index, const struct wp_metadata_resource *resource,
			     uint8_t **ret_bytes);

#endif
