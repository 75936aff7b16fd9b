/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The attributes of a file by name. */
#ifndef WIMPLAN_REPORT_FOUND_WORDS_H
#define WIMPLAN_REPORT_FOUND_WORDS_H

#include "wimplan/text.h"

#include <stdint.h>

/* Every set bit: "hidden", "system"; one without a name as "0x…". Borrowed from the arena. */
struct wp_names wp_attribute_names(struct wp_arena *arena, uint32_t attributes);

/* Those that are seldom set and change what becomes of a file. */
uint32_t wp_attribute_telling(uint32_t attributes);
/* These in words: "read-only, hidden"; "" for none of them. */
const char *wp_attribute_words(struct wp_arena *arena, uint32_t attributes);

#endif
