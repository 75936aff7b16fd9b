/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Words that stand for the values of an enum, from 0 on and in its order; NULL behind the last. */
#ifndef WIMPLAN_CHOICE_H
#define WIMPLAN_CHOICE_H

#include "wimplan/arena.h"

#include <stdbool.h>

/* The value of @word; false when it is none of @words. */
bool wp_choice_find(const char *const *words, const char *word, unsigned int *ret);

/* "auto, always or never", in @arena. */
const char *wp_choice_list(struct wp_arena *arena, const char *const *words);

#endif
