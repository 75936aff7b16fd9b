/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a WIM's header says, in words that both inspect reports use. */
#ifndef WIMPLAN_REPORT_HEADER_WORDS_H
#define WIMPLAN_REPORT_HEADER_WORDS_H

#include "wimplan/wim.h"

/* The names of the set flags, except those of the compression; an unknown bit is "0x…". From the lowest bit up. */
void wp_header_flags(struct wp_arena *arena, const struct wp_wim_header *header, const char ***ret_names,
		     size_t *ret_count);

bool wp_header_integrity(const struct wp_wim_header *header);

#endif
