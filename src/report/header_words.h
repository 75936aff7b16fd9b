/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a WIM's header says, in words that the reports of inspect and diff use. */
#ifndef WIMPLAN_REPORT_HEADER_WORDS_H
#define WIMPLAN_REPORT_HEADER_WORDS_H

#include "wimplan/wim.h"

#include <jansson.h>

/* The names of the set flags, except those of the compression; an unknown bit is "0x…". From the lowest bit up. */
void wp_header_flags(struct wp_arena *arena, const struct wp_wim_header *header, const char ***ret_names,
		     size_t *ret_count);

/* "32 KiB" */
const char *wp_header_chunk_size(struct wp_arena *arena, uint32_t bytes);

/* The key of @field in JSON: "boot_index". */
const char *wp_header_name(enum wp_header_field field);
/* Its value for people: "image 1", "LZX", "32 KiB", "yes". */
const char *wp_header_text(struct wp_arena *arena, const struct wp_wim_header *header, enum wp_header_field field);
/* The same in JSON. New reference. */
json_t *wp_header_json(struct wp_arena *arena, const struct wp_wim_header *header, enum wp_header_field field);

#endif
