/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * File data by its SHA-1. A solid resource begins with its size, the size of its chunks and its compression, which count and not
 * those of the file's header; then the stored size of each chunk, then the chunks (resource.h, WP_SOLID_HEADER_SIZE).
 */
#include "wimplan/blob.h"

#include "reading.h"
#include "resource.h"

#include "wimplan/limits.h"

#include <stdlib.h>
#include <string.h>
#include <wimlib.h>

/* The solid resource that was asked for last. */
struct solid {
	const struct wp_solid *resource; /* NULL: none */
	uint64_t chunk_size, chunk_count;
	uint64_t *ends; /* of its chunks as they are stored, in bytes from the first one on */
	struct wimlib_decompressor *decompressor;
	uint8_t *chunk; /* the one that was read last, NULL: none */
	uint64_t chunk_number;
};

struct wp_blob_reader {
	const struct wp_wim_index *index;
	struct solid solid;
};

struct wp_blob_reader *wp_blob_reader_new(const struct wp_wim_index *index)
{
	struct wp_blob_reader *reader = wp_must(calloc(1, sizeof *reader));

	reader->index = index;
	return reader;
}

static void forget(struct solid *solid)
{
	free(solid->ends);
	free(solid->chunk);
	wimlib_free_decompressor(solid->decompressor);
	*solid = (struct solid){ 0 };
}

void wp_blob_reader_free(struct wp_blob_reader *reader)
{
	if (!reader)
		return;
	forget(&reader->solid);
	free(reader);
}

static bool read_at(const struct wp_wim *wim, void *bytes, uint64_t size, uint64_t offset)
{
	return wp_wim_pread(wim, bytes, size, offset) == (ptrdiff_t)size;
}

static uint64_t stored_of(const struct wp_solid *resource)
{
	return resource->place.end - resource->place.begin;
}

static uint64_t room_of(const struct solid *solid, uint64_t chunk)
{
	uint64_t rest = solid->resource->size - chunk * solid->chunk_size;

	return rest < solid->chunk_size ? rest : solid->chunk_size;
}

static const char *take_header(struct solid *solid, const uint8_t header[WP_SOLID_HEADER_SIZE])
{
	uint32_t type = wp_get32(header + 12);
	int code;

	solid->chunk_size = wp_get32(header + 8);
	if (wp_get64(header) != solid->resource->size || !solid->resource->size)
		return "the size of the solid resource that it is in is not what the blob table says";
	if (!solid->chunk_size || (solid->chunk_size & (solid->chunk_size - 1)))
		return "the chunk size of the solid resource that it is in is no power of two";
	if (solid->chunk_size > WP_LIMIT_SOLID_CHUNK)
		return "the solid resource that it is in has chunks of more than 64 MiB, which are not read";
	solid->chunk_count = (solid->resource->size - 1) / solid->chunk_size + 1;
	if (solid->chunk_count > WP_LIMIT_SOLID_CHUNKS)
		return "the solid resource that it is in has too many chunks to be read";
	if (WP_SOLID_HEADER_SIZE + solid->chunk_count * 4 > stored_of(solid->resource))
		return "the table of chunks of the solid resource that it is in is larger than the resource";
	/* The numbers are wimlib's own, and no other ones are known. */
	code = type < WIMLIB_COMPRESSION_TYPE_XPRESS || type > WIMLIB_COMPRESSION_TYPE_LZMS
		       ? WIMLIB_ERR_INVALID_COMPRESSION_TYPE
		       : wimlib_create_decompressor((enum wimlib_compression_type)type, solid->chunk_size, &solid->decompressor);
	if (code == WIMLIB_ERR_NOMEM)
		wp_out_of_memory();
	if (code)
		return "the compression of the solid resource that it is in is not known";
	return NULL;
}

/* The table of chunks has their sizes: where each ends is told once, for a chunk may be one of a million. */
static const char *take_ends(struct solid *solid, const struct wp_wim *wim)
{
	uint8_t *sizes = wp_must(malloc(solid->chunk_count * 4));
	bool read = read_at(wim, sizes, solid->chunk_count * 4, solid->resource->place.begin + WP_SOLID_HEADER_SIZE);
	uint64_t end = 0;

	solid->ends = wp_must(reallocarray(NULL, solid->chunk_count, sizeof *solid->ends));
	for (uint64_t i = 0; i < solid->chunk_count && read; i++)
		solid->ends[i] = end += wp_get32(sizes + i * 4);
	free(sizes);
	return read ? NULL : "it cannot be read";
}

static const char *open_solid(struct solid *solid, const struct wp_wim *wim, const struct wp_solid *resource)
{
	uint8_t header[WP_SOLID_HEADER_SIZE];
	const char *why;

	if (solid->resource == resource ||
	    (solid->resource && solid->resource->place.begin == resource->place.begin &&
	     solid->resource->place.end == resource->place.end && solid->resource->size == resource->size))
		return NULL;
	forget(solid);
	solid->resource = resource;
	why = read_at(wim, header, sizeof header, resource->place.begin) ? take_header(solid, header)
									     : "it cannot be read";
	if (!why)
		why = take_ends(solid, wim);
	if (why)
		forget(solid);
	return why;
}

static const char *read_chunk(struct solid *solid, const struct wp_wim *wim, uint64_t number)
{
	uint64_t before = number ? solid->ends[number - 1] : 0, stored = solid->ends[number] - before;
	uint64_t offset = WP_SOLID_HEADER_SIZE + solid->chunk_count * 4 + before, room = room_of(solid, number);
	uint8_t *bytes;
	const char *why = NULL;

	if (solid->chunk && solid->chunk_number == number)
		return NULL;
	if (!stored || stored > room || offset > stored_of(solid->resource) || stored > stored_of(solid->resource) - offset)
		return "the table of chunks of the solid resource that it is in is damaged";
	bytes = wp_must(malloc(stored));
	if (!solid->chunk)
		solid->chunk = wp_must(malloc(solid->chunk_size));
	if (!read_at(wim, bytes, stored, solid->resource->place.begin + offset))
		why = "it cannot be read";
	else
		why = wp_chunk_unpack(solid->decompressor, bytes, stored, solid->chunk, room);
	free(bytes);
	solid->chunk_number = number;
	if (why) {
		free(solid->chunk);
		solid->chunk = NULL;
	}
	return why;
}

/* Copies the blob's bytes out of the chunks that have them. */
static const char *copy_solid(struct solid *solid, const struct wp_wim *wim, const struct wp_blob *blob, uint8_t *to)
{
	for (uint64_t done = 0; done < blob->size;) {
		uint64_t at = blob->offset + done, number = at / solid->chunk_size, inside = at % solid->chunk_size;
		const char *why = read_chunk(solid, wim, number);
		uint64_t some = why ? 0 : room_of(solid, number) - inside;

		if (why)
			return why;
		some = some < blob->size - done ? some : blob->size - done;
		memcpy(to + done, solid->chunk + inside, some);
		done += some;
	}
	return NULL;
}

static const char *read_solid(struct wp_blob_reader *reader, const struct wp_blob *blob, uint8_t **ret_bytes)
{
	const struct wp_wim *wim = reader->index->wim;
	const struct wp_solid *resource = &reader->index->solid[blob->resource];
	uint8_t sha1[WP_SHA1_SIZE], *bytes;
	const char *why;

	if (blob->elsewhere)
		return "it is in another part of the set";
	if (blob->offset > resource->size || blob->size > resource->size - blob->offset)
		return "it reaches over the end of the solid resource that it is in";
	why = open_solid(&reader->solid, wim, resource);
	if (why)
		return wp_wim_is_still(wim) ? why : WP_WIM_CHANGED;
	bytes = wp_must(malloc(blob->size));
	why = copy_solid(&reader->solid, wim, blob, bytes);
	wp_sha1(bytes, why ? 0 : blob->size, sha1);
	if (!why && memcmp(sha1, blob->sha1, sizeof sha1) != 0)
		why = "it does not have the SHA-1 that the blob table says";
	if (!why) {
		*ret_bytes = bytes;
		return NULL;
	}
	free(bytes);
	return wp_wim_is_still(wim) ? why : WP_WIM_CHANGED;
}

const char *wp_blob_read(struct wp_blob_reader *reader, const uint8_t sha1[WP_SHA1_SIZE], uint64_t most, uint8_t **ret_bytes,
			 uint64_t *ret_size)
{
	const struct wp_blob *blob = wp_wim_index_find(reader->index, sha1);

	*ret_size = 0;
	if (wp_sha1_is_zero(sha1)) {
		*ret_bytes = wp_must(malloc(1));
		return NULL;
	}
	if (!blob)
		return reader->index->parts_missing ? "it is in a part of the set that was not found" : "its data is in another file";
	*ret_size = blob->size;
	if (blob->size > most || blob->size > WP_LIMIT_FILE_DATA)
		return "it is too large to be read";
	return blob->solid ? read_solid(reader, blob, ret_bytes) : wp_resource_read_blob(reader->index, blob, ret_bytes);
}
