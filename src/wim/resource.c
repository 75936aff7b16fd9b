/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The bytes of a resource: decompressed by wimlib, chunk by chunk; those of metadata are held against their SHA-1. */
#include "resource.h"

#include "chunks.h"
#include "reading.h"

#include <stdlib.h>
#include <string.h>

static void free_bytes(uint8_t **bytes)
{
	free(*bytes);
}

/* No resource is larger than what it holds, but in a pipable file eight bytes for each chunk, of 4 KiB or more. */
static uint64_t most_stored(const struct wp_wim *wim, uint64_t size)
{
	return wim->header.pipable ? size + size / 512 + 8 : size;
}

/* What is stored of them is never in memory as a whole. */
static const char *unpack(const struct wp_wim *wim, const struct wp_reshdr *resource, uint8_t *to)
{
	uint64_t size = resource->size;
	struct wp_chunks chunks __attribute__((cleanup(wp_chunks_close))) = { .left = &size };
	const char *why = wp_chunks_open(&chunks, wim, resource);

	return why ? why : wp_chunks_copy(&chunks, wim, 0, resource->size, to);
}

const char *wp_resource_load(const struct wp_wim *wim, const struct wp_reshdr *resource, uint8_t **ret_bytes)
{
	uint8_t *bytes __attribute__((cleanup(free_bytes))) = NULL;
	bool compressed = wp_wim_resource_compressed(resource);
	const char *why;

	if (resource->flags & WP_WIM_RESOURCE_SOLID)
		return "it is stored together with other data";
	if (compressed ? resource->stored_size > most_stored(wim, resource->size)
		       : resource->stored_size != resource->size)
		return "its sizes are impossible";
	bytes = wp_must(malloc(resource->size ? resource->size : 1));
	why = compressed ? unpack(wim, resource, bytes) : wp_reading_all(wim, bytes, resource->size, resource->offset);
	if (why)
		return wp_wim_is_still(wim) ? why : WP_WIM_CHANGED;
	*ret_bytes = bytes;
	bytes = NULL;
	return NULL;
}

const char *wp_resource_read(const struct wp_wim_index *index, const struct wp_metadata_resource *resource,
			     uint8_t **ret_bytes)
{
	const struct wp_reshdr place = {
		.stored_size = resource->stored,
		.flags = (resource->compressed ? WP_WIM_RESOURCE_COMPRESSED : 0) |
			 (resource->solid ? WP_WIM_RESOURCE_SOLID : 0),
		.offset = resource->offset,
		.size = resource->size,
	};
	uint8_t *bytes = NULL;
	const char *why = wp_resource_load(index->wim, &place, &bytes);
	uint8_t sha1[WP_SHA1_SIZE];

	if (why)
		return why;
	wp_sha1(bytes, resource->size, sha1);
	if (memcmp(sha1, resource->sha1, sizeof sha1) != 0) {
		free(bytes);
		return wp_wim_is_still(index->wim) ? "it does not have the SHA-1 that the blob table says" : WP_WIM_CHANGED;
	}
	*ret_bytes = bytes;
	return NULL;
}
