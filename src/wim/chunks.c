/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reads chunks. A solid resource begins with its size, the size of its chunks and its compression, which count and not those of
 * the file's header; then the stored size of each chunk, then the chunks (resource.h, WP_SOLID_HEADER_SIZE). Any other compressed
 * one has what the header says, and a table of where its chunks begin (struct wp_chunk_table).
 */
#include "chunks.h"

#include "reading.h"
#include "resource.h"

#include "wimplan/limits.h"

#include <stdlib.h>
#include <string.h>
#include <wimlib.h>

/* Stored bytes that are read at once, where chunks are smaller: over a slow link each read costs a round trip. */
#define BATCH ((uint64_t)1 << 20)

static uint64_t stored_of(const struct wp_chunks *chunks)
{
	return chunks->place.end - chunks->place.begin;
}

static uint64_t room_of(const struct wp_chunks *chunks, uint64_t number)
{
	uint64_t rest = chunks->size - number * chunks->chunk_size;

	return rest < chunks->chunk_size ? rest : chunks->chunk_size;
}

void wp_chunks_close(struct wp_chunks *chunks)
{
	free(chunks->ends);
	free(chunks->chunk);
	wimlib_free_decompressor(chunks->decompressor);
	*chunks = (struct wp_chunks){ .left = chunks->left };
}

static const char *take_header(struct wp_chunks *chunks, const uint8_t header[WP_SOLID_HEADER_SIZE])
{
	uint32_t type = wp_get32(header + 12);
	int code;

	chunks->chunk_size = wp_get32(header + 8);
	if (wp_get64(header) != chunks->size || !chunks->size)
		return "the size of the solid resource that it is in is not what the blob table says";
	if (!chunks->chunk_size || (chunks->chunk_size & (chunks->chunk_size - 1)))
		return "the chunk size of the solid resource that it is in is no power of two";
	if (chunks->chunk_size > WP_LIMIT_SOLID_CHUNK)
		return "the solid resource that it is in has chunks of more than 64 MiB, which are not read";
	chunks->count = (chunks->size - 1) / chunks->chunk_size + 1;
	if (chunks->count > WP_LIMIT_SOLID_CHUNKS)
		return "the solid resource that it is in has too many chunks to be read";
	chunks->first = WP_SOLID_HEADER_SIZE + chunks->count * 4;
	if (chunks->first > stored_of(chunks))
		return "the table of chunks of the solid resource that it is in is larger than the resource";
	/* The numbers are wimlib's own, and no other ones are known. */
	code = type < WIMLIB_COMPRESSION_TYPE_XPRESS || type > WIMLIB_COMPRESSION_TYPE_LZMS
		       ? WIMLIB_ERR_INVALID_COMPRESSION_TYPE
		       : wimlib_create_decompressor((enum wimlib_compression_type)type, chunks->chunk_size, &chunks->decompressor);
	if (code == WIMLIB_ERR_NOMEM)
		wp_out_of_memory();
	if (code)
		return "the compression of the solid resource that it is in is not known";
	return NULL;
}

/* The table of chunks has their sizes: where each ends is told once, for a chunk may be one of a million. */
static const char *take_ends(struct wp_chunks *chunks, const struct wp_wim *wim)
{
	uint8_t *sizes = wp_must(malloc(chunks->count * 4));
	const char *why = wp_reading_all(wim, sizes, chunks->count * 4, chunks->place.begin + WP_SOLID_HEADER_SIZE);
	uint64_t end = 0;

	chunks->ends = wp_must(reallocarray(NULL, chunks->count, sizeof *chunks->ends));
	for (uint64_t i = 0; i < chunks->count && !why; i++)
		chunks->ends[i] = end += wp_get32(sizes + i * 4);
	free(sizes);
	return why;
}

/* True when the very resource is open. False: none is, and this one is to be. */
static bool is_open(struct wp_chunks *chunks, struct wp_extent place, uint64_t size)
{
	if (chunks->size && chunks->place.begin == place.begin && chunks->place.end == place.end && chunks->size == size)
		return true;
	wp_chunks_close(chunks);
	chunks->place = place;
	chunks->size = size;
	return false;
}

const char *wp_chunks_open_solid(struct wp_chunks *chunks, const struct wp_wim *wim, const struct wp_solid *resource)
{
	uint8_t header[WP_SOLID_HEADER_SIZE];
	const char *why;

	if (is_open(chunks, resource->place, resource->size))
		return NULL;
	chunks->damaged = "the table of chunks of the solid resource that it is in is damaged";
	why = wp_reading_all(wim, header, sizeof header, resource->place.begin);
	if (!why)
		why = take_header(chunks, header);
	if (!why)
		why = take_ends(chunks, wim);
	if (why)
		wp_chunks_close(chunks);
	return why;
}

/* The table of chunks has where the second and each further one begins. */
static const char *take_begins(struct wp_chunks *chunks, const struct wp_wim *wim, const struct wp_chunk_table *table)
{
	uint64_t size = (table->count - 1) * 4;
	uint8_t *begins = wp_must(malloc(size + 1));
	const char *why = wp_reading_all(wim, begins, size, chunks->place.begin + table->table);

	chunks->ends = wp_must(reallocarray(NULL, table->count, sizeof *chunks->ends));
	for (uint64_t i = 0; i + 1 < table->count && !why; i++)
		chunks->ends[i] = wp_get32(begins + i * 4);
	chunks->ends[table->count - 1] = table->end - table->first - table->count * table->extra;
	free(begins);
	return why;
}

const char *wp_chunks_open(struct wp_chunks *chunks, const struct wp_wim *wim, const struct wp_reshdr *resource)
{
	struct wp_chunk_table table;
	const char *why;

	if (is_open(chunks, (struct wp_extent){ resource->offset, resource->offset + resource->stored_size }, resource->size))
		return NULL;
	chunks->damaged = "its table of chunks is damaged";
	why = wp_chunk_table(&wim->header, resource->stored_size, resource->size, &table, &chunks->decompressor);
	if (!why) {
		chunks->chunk_size = table.chunk;
		chunks->count = table.count;
		chunks->first = table.first;
		chunks->extra = table.extra;
		why = take_begins(chunks, wim, &table);
	}
	if (why)
		wp_chunks_close(chunks);
	return why;
}

/* Stored bytes of some chunks that follow each other. */
struct batch {
	uint8_t *bytes;
	uint64_t begin, end; /* from the place's beginning on */
};

/* Where a chunk begins and ends, from the place's beginning on; false when that cannot be. */
static bool find_chunk(const struct wp_chunks *chunks, uint64_t number, uint64_t *ret_begin, uint64_t *ret_end)
{
	uint64_t before = number ? chunks->ends[number - 1] : 0, end = chunks->ends[number];
	uint64_t shift = chunks->first + (number + 1) * chunks->extra;

	*ret_begin = shift + before;
	*ret_end = shift + end;
	return end > before && end - before <= room_of(chunks, number) && *ret_end <= stored_of(chunks);
}

/* Reads the stored bytes of a chunk, and of those behind it up to @last as far as they fit. */
static const char *fetch(const struct wp_chunks *chunks, const struct wp_wim *wim, uint64_t number, uint64_t last,
			 struct batch *batch)
{
	uint64_t begin, end, more, ignored;

	if (!find_chunk(chunks, number, &begin, &end))
		return chunks->damaged;
	if (begin >= batch->begin && end <= batch->end)
		return NULL;
	for (uint64_t i = number + 1; i <= last && find_chunk(chunks, i, &ignored, &more) && more - begin <= BATCH; i++)
		end = more;
	free(batch->bytes);
	*batch = (struct batch){ wp_must(malloc(end - begin)), begin, end };
	return wp_reading_all(wim, batch->bytes, end - begin, chunks->place.begin + begin);
}

static const char *unpack(struct wp_chunks *chunks, uint64_t number, const struct batch *batch, uint8_t *to)
{
	uint64_t begin, end, room = room_of(chunks, number);

	find_chunk(chunks, number, &begin, &end);
	if (room > chunks->left)
		return "more would have to be decompressed for it than is";
	chunks->left -= room;
	return wp_chunk_unpack(chunks->decompressor, batch->bytes + (begin - batch->begin), end - begin, to, room);
}

/* Unpacks the chunk that is kept from now on. */
static const char *keep(struct wp_chunks *chunks, uint64_t number, const struct batch *batch)
{
	const char *why;

	if (!chunks->chunk)
		chunks->chunk = wp_must(malloc(chunks->chunk_size));
	chunks->number = number;
	why = unpack(chunks, number, batch, chunks->chunk);
	if (!why)
		return NULL;
	free(chunks->chunk);
	chunks->chunk = NULL;
	return why;
}

const char *wp_chunks_copy(struct wp_chunks *chunks, const struct wp_wim *wim, uint64_t from, uint64_t length,
			   uint8_t *to)
{
	struct batch batch = { 0 };
	const char *why = NULL;

	for (uint64_t at = from, end = from + length, some; at < end && !why; at += some, to += some) {
		uint64_t number = at / chunks->chunk_size, inside = at % chunks->chunk_size, room = room_of(chunks, number);
		bool kept = chunks->chunk && chunks->number == number, whole = !inside && end - at >= room;

		some = room - inside < end - at ? room - inside : end - at;
		if (!kept)
			why = fetch(chunks, wim, number, (end - 1) / chunks->chunk_size, &batch);
		if (!why && !kept)
			why = whole ? unpack(chunks, number, &batch, to) : keep(chunks, number, &batch);
		if (!why && (kept || !whole))
			memcpy(to, chunks->chunk + inside, some);
	}
	free(batch.bytes);
	return why;
}
