/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Data that is stored in chunks, each compressed by itself, so that any of its bytes can be had without the others. */
#ifndef WIMPLAN_WIM_CHUNKS_H
#define WIMPLAN_WIM_CHUNKS_H

#include "internal.h"

#include "wimplan/tree.h"

struct wp_decompressor;

/*
 * Bytes with which a solid resource begins: its size, the size of its chunks, its compression (wimlib include/wimlib/resource.h, struct
 * alt_chunk_table_header_disk).
 */
#define WP_SOLID_HEADER_SIZE 16u

/* A resource that was opened. Begins with zeroes, @left and @most; @size tells whether one is open. */
struct wp_chunks {
	struct wp_extent place; /* in the file */
	uint64_t size;          /* bytes of what is in it; 0: none is open */
	uint64_t chunk_size, count;
	uint64_t first; /* where the first chunk begins, in bytes from the place's beginning */
	uint64_t extra; /* bytes in front of each chunk that are not of it */
	uint64_t *ends; /* of the chunks, without those bytes, counted from @first on */
	struct wp_decompressor *decompressor;
	const char *damaged; /* what is said of a table that cannot be */
	uint8_t *chunk;      /* the one that was used last; NULL: none */
	uint64_t number;
	uint64_t *left; /* bytes that may still be decompressed, whatever is opened; borrowed */
	uint64_t most;  /* bytes that may be held with a large chunk: itself, what it is stored in or what is copied of it, and before; 0: any */
};

/* Why none is opened of a file whose header says so. */
#define WP_CHUNKS_TOO_LARGE "its chunks have more than 64 MiB, which are not read"
/* Why nothing is copied of a chunk with which more than @most would be held. */
#define WP_CHUNK_TOO_LARGE "to read it, with the chunk that it is stored in, would take more than 128 MiB of memory"

/* Opens a solid resource, unless it is open already. NULL, or what is wrong with it, and then none is open. */
const char *wp_chunks_open_solid(struct wp_chunks *chunks, const struct wp_wim *wim, const struct wp_solid *resource);

/* The same of a compressed resource that is not solid, of less than 4 GiB. */
const char *wp_chunks_open(struct wp_chunks *chunks, const struct wp_wim *wim, const struct wp_reshdr *resource);

void wp_chunks_close(struct wp_chunks *chunks);

/*
 * Copies @length bytes from byte @from of what is in it, which the caller has held against @size, to @to. Keeps the last chunk where
 * not all of it was asked for. NULL, or why they cannot be had.
 */
const char *wp_chunks_copy(struct wp_chunks *chunks, const struct wp_wim *wim, uint64_t from, uint64_t length,
			   uint8_t *to);

#endif
