/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Resources: metadata, blob tables, file data, and XML that is compressed; only the decompressors are wimlib's. */
#ifndef WIMPLAN_WIM_RESOURCE_H
#define WIMPLAN_WIM_RESOURCE_H

#include "internal.h"

#include "wimplan/tree.h"

struct wimlib_decompressor;

/*
 * Bytes with which a solid resource begins: its size, the size of its chunks, its compression (wimlib include/wimlib/resource.h, struct
 * alt_chunk_table_header_disk).
 */
#define WP_SOLID_HEADER_SIZE 16u

/*
 * Decompresses the chunk of @stored bytes that holds @size bytes; one that is as long as what it holds is not compressed. NULL, or
 * what is wrong with it.
 */
const char *wp_chunk_unpack(struct wimlib_decompressor *decompressor, const uint8_t *bytes, uint64_t stored, uint8_t *to,
			    uint64_t size);

/* Where the chunks of a compressed resource are that is not solid: a table of where the second and each further one begins. */
struct wp_chunk_table {
	uint64_t chunk, count; /* bytes of each but the last when decompressed; how many there are, at least one */
	/* Where the table begins, where the first chunk does, and where the last one ends, in bytes from the resource's beginning. */
	uint64_t table, first, end;
	uint64_t extra; /* bytes in front of each chunk that are not of it, and which the table does not count */
};

/* Finds it for @stored bytes that hold @size. NULL and a decompressor, which the caller frees; or what is wrong. */
const char *wp_chunk_table(const struct wp_wim_header *header, uint64_t stored, uint64_t size, struct wp_chunk_table *ret,
			   struct wimlib_decompressor **ret_decompressor);

/*
 * Decompresses the @stored bytes of a resource that holds @size bytes into @to. Both sizes are held against limits.h by
 * the caller, @size below 4 GiB. NULL, or what is wrong with it.
 */
const char *wp_resource_unpack(const struct wp_wim_header *header, const uint8_t *bytes, uint64_t stored, uint8_t *to,
			       uint64_t size);

/*
 * Reads and decompresses a resource that the caller has held against limits.h. NULL and its @size bytes, which the
 * caller frees; or what is wrong with it.
 */
const char *wp_resource_load(const struct wp_wim *wim, const struct wp_reshdr *resource, uint8_t **ret_bytes);

/* The same of a metadata resource, whose bytes have the SHA-1 of the blob table. */
const char *wp_resource_read(const struct wp_wim_index *index, const struct wp_metadata_resource *resource,
			     uint8_t **ret_bytes);

/*
 * The same of file data that is neither solid nor in another part of a split set. @blob is one of the index, and its size is
 * held against limits.h by the caller.
 */
const char *wp_resource_read_blob(const struct wp_wim_index *index, const struct wp_blob *blob, uint8_t **ret_bytes);

#endif
