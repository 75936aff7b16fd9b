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
 * In a pipable file the table stands at the end, and each chunk has four bytes in front (wimlib src/resource.c,
 * include/wimlib/resource.h).
 */
const char *wp_chunk_table(const struct wp_wim_header *header, uint64_t stored, uint64_t size, struct wp_chunk_table *ret,
			   struct wimlib_decompressor **ret_decompressor)
{
	enum wimlib_compression_type type;
	uint64_t bytes;
	int code;

	if (!compression_of(header, &type))
		return "the header names no compression";
	ret->chunk = header->chunk_size;
	if (!ret->chunk || (ret->chunk & (ret->chunk - 1)))
		return "the chunk size is no power of two";
	ret->extra = header->pipable ? 4 : 0;
	ret->count = (size + ret->chunk - 1) / ret->chunk;
	if (ret->count < 1 || (ret->count - 1) * 4 > stored || ret->count * ret->extra > stored - (ret->count - 1) * 4)
		return "its table of chunks is larger than itself";
	bytes = (ret->count - 1) * 4;
	ret->table = ret->extra ? stored - bytes : 0;
	ret->first = ret->extra ? 0 : bytes;
	ret->end = ret->extra ? ret->table : stored;
	code = wimlib_create_decompressor(type, ret->chunk, ret_decompressor);
	if (code == WIMLIB_ERR_NOMEM)
		wp_out_of_memory();
	return code ? "wimlib has no decompressor for it" : NULL;
}

const char *wp_resource_unpack(const struct wp_wim_header *header, const uint8_t *bytes, uint64_t stored, uint8_t *to,
			       uint64_t size)
{
	struct wimlib_decompressor *decompressor __attribute__((cleanup(free_decompressor))) = NULL;
	struct wp_chunk_table table;
	const char *why = wp_chunk_table(header, stored, size, &table, &decompressor);

	for (uint64_t i = 0; !why && i < table.count; i++) {
		uint64_t room = i + 1 < table.count ? table.chunk : size - i * table.chunk;
		uint64_t shift = table.first + (i + 1) * table.extra;
		uint64_t from = shift + (i ? wp_get32(bytes + table.table + (i - 1) * 4) : 0);
		uint64_t next = i + 1 < table.count ? shift + wp_get32(bytes + table.table + i * 4) : table.end;

		if (from >= next || next > table.end || next - from > room)
			return "its table of chunks is damaged";
		why = wp_chunk_unpack(decompressor, bytes + from, next - from, to + i * table.chunk, room);
	}
	return why;
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
	why = wp_reading_all(wim, compressed ? stored : bytes, resource->stored_size, resource->offset);
	if (!why && compressed)
		why = wp_resource_unpack(&wim->header, stored, resource->stored_size, bytes, resource->size);
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
