/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The bytes of a resource: decompressed by wimlib, chunk by chunk; those of metadata are held against their SHA-1. */
#include "resource.h"

#include "reading.h"

#include <stdlib.h>
#include <string.h>
#include <wimlib.h>

static void free_bytes(uint8_t **bytes)
{
	free(*bytes);
}

static void free_decompressor(struct wimlib_decompressor **decompressor)
{
	wimlib_free_decompressor(*decompressor);
}

/* The header's compression as wimlib's decompressors number it; false when it names none. */
static bool compression_of(const struct wp_wim_header *header, enum wimlib_compression_type *ret)
{
	static const struct {
		const char *name;
		enum wimlib_compression_type type;
	} types[] = {
		{ "XPRESS", WIMLIB_COMPRESSION_TYPE_XPRESS },
		{ "XPRESS2", WIMLIB_COMPRESSION_TYPE_XPRESS },
		{ "LZX", WIMLIB_COMPRESSION_TYPE_LZX },
		{ "LZMS", WIMLIB_COMPRESSION_TYPE_LZMS },
	};

	for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
		if (strcmp(wp_wim_compression(header), types[i].name) != 0)
			continue;
		*ret = types[i].type;
		return true;
	}
	return false;
}

const char *wp_chunk_unpack(struct wimlib_decompressor *decompressor, const uint8_t *bytes, uint64_t stored, uint8_t *to,
			    uint64_t size)
{
	if (stored == size)
		memcpy(to, bytes, size);
	else if (wimlib_decompress(bytes, stored, to, size, decompressor))
		return "it cannot be decompressed";
	return NULL;
}

/*
 * A compressed resource: a table of where the second and every further chunk begins, counted from the table's end, then
 * the chunks. In a pipable file the table stands at the end,
 * and each chunk has four bytes in front (wimlib src/resource.c, include/wimlib/resource.h).
 */
const char *wp_resource_unpack(const struct wp_wim_header *header, const uint8_t *bytes, uint64_t stored, uint8_t *to,
			       uint64_t size)
{
	struct wimlib_decompressor *decompressor __attribute__((cleanup(free_decompressor))) = NULL;
	uint64_t chunk = header->chunk_size, extra = header->pipable ? 4 : 0;
	uint64_t chunks, table, data, ends;
	enum wimlib_compression_type type;
	const char *why;
	int code;

	if (!compression_of(header, &type))
		return "the header names no compression";
	if (!chunk || (chunk & (chunk - 1)))
		return "the chunk size is no power of two";
	code = wimlib_create_decompressor(type, chunk, &decompressor);
	if (code == WIMLIB_ERR_NOMEM)
		wp_out_of_memory();
	if (code)
		return "wimlib has no decompressor for it";
	chunks = (size + chunk - 1) / chunk;
	if (chunks < 1 || (chunks - 1) * 4 > stored)
		return "its table of chunks is larger than itself";
	table = extra ? stored - (chunks - 1) * 4 : 0;
	data = extra ? 0 : (chunks - 1) * 4;
	ends = extra ? table : stored;
	for (uint64_t i = 0; i < chunks; i++) {
		uint64_t room = i + 1 < chunks ? chunk : size - i * chunk;
		uint64_t from = data + (i + 1) * extra + (i ? wp_get32(bytes + table + (i - 1) * 4) : 0);
		uint64_t next = i + 1 < chunks ? data + (i + 1) * extra + wp_get32(bytes + table + i * 4) : ends;

		if (from >= next || next > ends || next - from > room)
			return "its table of chunks is damaged";
		why = wp_chunk_unpack(decompressor, bytes + from, next - from, to + i * chunk, room);
		if (why)
			return why;
	}
	return NULL;
}

/* No resource is larger than what it holds, but in a pipable file eight bytes for each chunk, of 4 KiB or more. */
static uint64_t most_stored(const struct wp_wim *wim, uint64_t size)
{
	return wim->header.pipable ? size + size / 512 + 8 : size;
}

const char *wp_resource_load(const struct wp_wim *wim, const struct wp_reshdr *resource, uint8_t **ret_bytes)
{
	uint8_t *stored __attribute__((cleanup(free_bytes))) = NULL;
	uint8_t *bytes __attribute__((cleanup(free_bytes))) = NULL;
	bool compressed = wp_wim_resource_compressed(resource);
	const char *why;

	if (resource->flags & WP_WIM_RESOURCE_SOLID)
		return "it is stored together with other data";
	if (compressed ? resource->stored_size > most_stored(wim, resource->size)
		       : resource->stored_size != resource->size)
		return "its sizes are impossible";
	bytes = wp_must(malloc(resource->size ? resource->size : 1));
	if (compressed)
		stored = wp_must(malloc(resource->stored_size));
	if (wp_wim_pread(wim, compressed ? stored : bytes, resource->stored_size, resource->offset) !=
	    (ptrdiff_t)resource->stored_size)
		return wp_wim_is_still(wim) ? "it cannot be read" : WP_WIM_CHANGED;
	why = compressed ? wp_resource_unpack(&wim->header, stored, resource->stored_size, bytes, resource->size)
			 : NULL;
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

const char *wp_resource_read_blob(const struct wp_wim_index *index, const struct wp_blob *blob, uint8_t **ret_bytes)
{
	struct wp_metadata_resource place = {
		.compressed = blob->compressed,
		.solid = blob->solid,
		.offset = blob->offset,
		.stored = blob->stored,
		.size = blob->size,
	};

	if (blob->elsewhere)
		return "it is in another part of the set";
	memcpy(place.sha1, blob->sha1, sizeof place.sha1);
	return wp_resource_read(index, &place, ret_bytes);
}
