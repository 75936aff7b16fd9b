/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which bytes of a metadata resource were read: each is read once, and given back when all around it were. */
#ifndef WIMPLAN_WIM_CLAIMS_H
#define WIMPLAN_WIM_CLAIMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Places and lengths are bytes of the resource, multiples of 8 and within it. */
struct wp_claims {
	uint8_t *bytes; /* of the resource, borrowed */
	uint64_t *taken; /* a bit for each eight bytes that an entry or its streams take */
	uint64_t *ended; /* the same of the ends of lists that were read, which several folders may share */
	uint16_t *left;  /* of each block of memory: of how many eights of bytes neither is known */
};

void wp_claims_begin(struct wp_claims *claims, uint8_t *bytes, size_t size);
void wp_claims_free(struct wp_claims *claims);

/* Whether the eight bytes at @at belong to an entry or its streams. */
bool wp_claims_is_taken(const struct wp_claims *claims, uint64_t at);

/*
 * Takes bytes for an entry or its streams; false when some of them were read already. Whoever reads bytes twice may read them for
 * ever: lists that contain each other grow without end, and thousands of entries may end in one row of streams.
 */
bool wp_claims_take(struct wp_claims *claims, uint64_t at, uint64_t length);

/* Takes note of the end of a list, which is not taken. */
void wp_claims_end(struct wp_claims *claims, uint64_t at);

/*
 * Gives the memory of the blocks from @from to @to back to the system, as far as all in them was read: it is 0 from then on, as the
 * end of a list may be.
 */
void wp_claims_give_back(struct wp_claims *claims, uint64_t from, uint64_t to);

#endif
