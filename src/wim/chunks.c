/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reads chunks. A solid resource begins with its size, the size of its chunks and its compression, which count and not those of
 * the file's header; then the stored size of each chunk, then the chunks (WP_SOLID_HEADER_SIZE). Any other compressed one has what
 * the header says, and a table of where its chunks begin.
 */
#include "chunks.h"

#include "reading.h"

#include "wimplan/decompress.h"
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
	wp_decompressor_free(chunks->decompressor);
	*chunks = (struct wp_chunks){ .left = chunks->left, .most = chunks->most };
}

static const char *take_header(struct wp_chunks *chunks, const uint8_t header[WP_SOLID_HEADER_SIZE])
{
	chunks->chunk_size = wp_get32(header + 8);
	if (wp_get64(header) != chunks->size || !chunks->size)
		return "the size of the solid resource that it is in is not what the blob table says";
	if (!chunks->chunk_size || (chunks->chunk_size & (chunks->chunk_size - 1)))
		return "the chunk size of the solid resource that it is in is no power of two";
	if (chunks->chunk_size > WP_LIMIT_CHUNK)
		return "the solid resource that it is in has chunks of more than 64 MiB, which are not read";
	chunks->count = (chunks->size - 1) / chunks->chunk_size + 1;
	if (chunks->count > WP_LIMIT_CHUNKS)
		return "the solid resource that it is in has too many chunks to be read";
	chunks->first = WP_SOLID_HEADER_SIZE + chunks->count * 4;
	if (chunks->first > stored_of(chunks))
		return "the table of chunks of the solid resource that it is in is larger than the resource";
	/* The numbers are wimlib's own, and no other ones are known. */
	chunks->decompressor = wp_decompressor_new(wp_get32(header + 12), chunks->chunk_size);
	if (!chunks->decompressor)
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

/*
 * The table of chunks has where the second and each further one begins. In a pipable file it stands at the end, and each chunk has
 * four bytes in front, which it does not count (wimlib src/resource.c, include/wimlib/resource.h).
 */
static const char *take_begins(struct wp_chunks *chunks, const struct wp_wim *wim)
{
	uint64_t size = (chunks->count - 1) * 4;
	uint64_t table = chunks->extra ? stored_of(chunks) - size : 0;
	uint8_t *begins = wp_must(malloc(size + 1));
	const char *why = wp_reading_all(wim, begins, size, chunks->place.begin + table);

	chunks->first = chunks->extra ? 0 : size;
	chunks->ends = wp_must(reallocarray(NULL, chunks->count, sizeof *chunks->ends));
	for (uint64_t i = 0; i + 1 < chunks->count && !why; i++)
		chunks->ends[i] = wp_get32(begins + i * 4);
	chunks->ends[chunks->count - 1] = stored_of(chunks) - size - chunks->count * chunks->extra;
	free(begins);
	return why;
}

static const char *take_compression(struct wp_chunks *chunks, const struct wp_wim_header *header)
{
	uint64_t stored = stored_of(chunks);
	enum wimlib_compression_type type;

	if (!compression_of(header, &type))
		return "the header names no compression";
	chunks->chunk_size = header->chunk_size;
	if (!chunks->chunk_size || (chunks->chunk_size & (chunks->chunk_size - 1)))
		return "the chunk size is no power of two";
	if (room_of(chunks, 0) > WP_LIMIT_CHUNK)
		return WP_CHUNKS_TOO_LARGE;
	chunks->extra = header->pipable ? 4 : 0;
	chunks->count = (chunks->size + chunks->chunk_size - 1) / chunks->chunk_size;
	if (chunks->count > WP_LIMIT_CHUNKS)
		return "it has too many chunks to be read";
	if (chunks->count < 1 || (chunks->count - 1) * 4 > stored || chunks->count * chunks->extra > stored - (chunks->count - 1) * 4)
		return "its table of chunks is larger than itself";
	chunks->decompressor = wp_decompressor_new(type, chunks->chunk_size);
	return chunks->decompressor ? NULL : "wimlib has no decompressor for it";
}

const char *wp_chunks_open(struct wp_chunks *chunks, const struct wp_wim *wim, const struct wp_reshdr *resource)
{
	const char *why;

	if (is_open(chunks, (struct wp_extent){ resource->offset, resource->offset + resource->stored_size }, resource->size))
		return NULL;
	chunks->damaged = "its table of chunks is damaged";
	why = take_compression(chunks, &wim->header);
	if (!why)
		why = take_begins(chunks, wim);
	if (why)
		wp_chunks_close(chunks);
	return why;
}

/* Stored bytes of some chunks that follow each other; one that has more than BATCH is alone. */
struct batch {
	uint8_t *bytes;
	uint64_t begin, end; /* from the place's beginning on */
	uint64_t before;     /* bytes of what was asked for that are in memory already */
};

static void drop(struct batch *batch)
{
	free(batch->bytes);
	*batch = (struct batch){ .before = batch->before };
}

static void forget(struct wp_chunks *chunks)
{
	free(chunks->chunk);
	chunks->chunk = NULL;
}

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
	drop(batch);
	*batch = (struct batch){ wp_must(malloc(end - begin)), begin, end, batch->before };
	return wp_reading_all(wim, batch->bytes, end - begin, chunks->place.begin + begin);
}

/* One that is as long as what it holds is not compressed. */
static const char *unpack(struct wp_chunks *chunks, uint64_t number, const struct batch *batch, uint8_t *to)
{
	uint64_t begin, end, room = room_of(chunks, number);
	const uint8_t *bytes;

	find_chunk(chunks, number, &begin, &end);
	bytes = batch->bytes + (begin - batch->begin);
	if (room > *chunks->left)
		return "more would have to be decompressed for it than is";
	*chunks->left -= room;
	if (end - begin == room)
		memcpy(to, bytes, room);
	else if (!wp_decompress(chunks->decompressor, bytes, end - begin, to, room))
		return "it cannot be decompressed";
	return NULL;
}

/*
 * True when a chunk is not compressed and so large that nothing is gained by reading others along with it: then what is asked for is
 * read where it stands, for one of a solid resource may have 64 MiB.
 */
static bool is_bare(const struct wp_chunks *chunks, uint64_t number, uint64_t *ret_begin)
{
	uint64_t end;

	return find_chunk(chunks, number, ret_begin, &end) && end - *ret_begin == room_of(chunks, number) && end - *ret_begin > BATCH;
}

/* Unpacks the chunk that is kept from now on. What a large one was unpacked from is not held any longer, for its files come beside it. */
static const char *keep(struct wp_chunks *chunks, uint64_t number, struct batch *batch)
{
	const char *why;

	if (!chunks->chunk)
		chunks->chunk = wp_must(malloc(room_of(chunks, 0)));
	chunks->number = number;
	why = unpack(chunks, number, batch, chunks->chunk);
	if (why)
		forget(chunks);
	if (batch->end - batch->begin > BATCH)
		drop(batch);
	return why;
}

/*
 * Whether @length bytes of a large chunk may be copied, whether it is in memory already or not: what is said of a file is the same in
 * either case. One that stands where it cannot is damaged, which is found later.
 */
static bool has_room(const struct wp_chunks *chunks, uint64_t number, uint64_t length, uint64_t before)
{
	uint64_t room = room_of(chunks, number), begin, end;
	uint64_t beside = length < room ? length : 0;

	if (!chunks->most || room <= BATCH || !find_chunk(chunks, number, &begin, &end))
		return true;
	beside = beside > end - begin ? beside : end - begin;
	return chunks->count * sizeof *chunks->ends + before + room + beside <= chunks->most;
}

/* Copies @length bytes from byte @inside of a chunk on, all of which are in it; @last is the last one that will be asked for. */
static const char *copy_of_one(struct wp_chunks *chunks, const struct wp_wim *wim, uint64_t number, uint64_t last,
			       uint64_t inside, uint64_t length, struct batch *batch, uint8_t *to)
{
	bool kept = chunks->chunk && chunks->number == number;
	const char *why = NULL;
	uint64_t begin;

	if (is_bare(chunks, number, &begin)) {
		if (length > BATCH)
			forget(chunks);
		return wp_reading_all(wim, to, length, chunks->place.begin + begin + inside);
	}
	if (!has_room(chunks, number, length, batch->before))
		return WP_CHUNK_TOO_LARGE;
	/* It has a place already, in which there is no need of another large one. */
	if (!kept && length == room_of(chunks, number) && length > BATCH)
		forget(chunks);
	if (!kept)
		why = fetch(chunks, wim, number, last, batch);
	if (!why && !kept && length == room_of(chunks, number))
		return unpack(chunks, number, batch, to);
	if (!why && !kept)
		why = keep(chunks, number, batch);
	if (!why)
		memcpy(to, chunks->chunk + inside, length);
	return why;
}

const char *wp_chunks_copy(struct wp_chunks *chunks, const struct wp_wim *wim, uint64_t from, uint64_t length,
			   uint8_t *to)
{
	struct batch batch = { 0 };
	const char *why = NULL;

	for (uint64_t at = from, end = from + length, some; at < end && !why; at += some, to += some) {
		uint64_t number = at / chunks->chunk_size, inside = at % chunks->chunk_size, rest = room_of(chunks, number) - inside;

		some = rest < end - at ? rest : end - at;
		batch.before = at - from;
		why = copy_of_one(chunks, wim, number, (end - 1) / chunks->chunk_size, inside, some, &batch, to);
	}
	drop(&batch);
	return why;
}
