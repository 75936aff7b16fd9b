/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers that may be absent, and sums of what a stranger wrote. */
#ifndef WIMPLAN_NUMBER_H
#define WIMPLAN_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

/* A number that may be absent. */
struct wp_number {
	bool known;
	uint64_t value;
};

/* @a + @b, or the largest number where that does not fit: a sum that is too small is never taken for the truth. */
static inline uint64_t wp_sum(uint64_t a, uint64_t b)
{
	uint64_t sum;

	return __builtin_add_overflow(a, b, &sum) ? UINT64_MAX : sum;
}

#endif
