/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files and folders of a UDF volume: where their data is, and what is in them. */
#include "udf.h"

#include "wimplan/buf.h"
#include "wimplan/bytes.h"

#include <stdlib.h>

/* The CRC of a descriptor [3/7.2.6]: x^16 + x^12 + x^5 + 1, from 0, half a byte at once. */
static uint16_t crc_of(const uint8_t *bytes, size_t length)
{
	static const uint16_t steps[16] = { 0x0000, 0x1021, 0x2042, 0x3063, 0x4084, 0x50a5, 0x60c6, 0x70e7,
					    0x8108, 0x9129, 0xa14a, 0xb16b, 0xc18c, 0xd1ad, 0xe1ce, 0xf1ef };
	uint16_t crc = 0;

	for (size_t i = 0; i < length; i++) {
		crc = (uint16_t)(crc << 4 ^ steps[crc >> 12 ^ bytes[i] >> 4]);
		crc = (uint16_t)(crc << 4 ^ steps[crc >> 12 ^ (bytes[i] & 15)]);
	}
	return crc;
}

bool wp_udf_is(const uint8_t *bytes, size_t length, uint16_t tag)
{
	uint8_t sum = 0;

	if (length < WP_TAG_SIZE || wp_get16(bytes) != tag)
		return false;
	for (size_t i = 0; i < WP_TAG_SIZE; i++)
		sum = (uint8_t)(sum + (i == 4 ? 0 : bytes[i]));
	return sum == bytes[4] && wp_get16(bytes + 10) <= length - WP_TAG_SIZE &&
	       crc_of(bytes + WP_TAG_SIZE, wp_get16(bytes + 10)) == wp_get16(bytes + 8);
}

struct wp_udf_address wp_udf_take_address(const uint8_t *long_ad)
{
	return (struct wp_udf_address){ .block = wp_get32(long_ad + 4), .partition = wp_get16(long_ad + 8) };
}

/* A metadata partition's bytes are those of its file. */
static const char *translate_metadata(const struct wp_udf *udf, const struct wp_udf_partition *partition, uint64_t from,
				      uint64_t length, struct wp_pieces *pieces)
{
	for (size_t i = 0; i < partition->piece_count && length; i++) {
		const struct wp_piece *piece = &partition->pieces[i];
		uint64_t some;
		const char *why;

		if (from >= piece->length) {
			from -= piece->length;
			continue;
		}
		some = piece->length - from < length ? piece->length - from : length;
		why = wp_pieces_add(udf->reader, pieces, piece->offset + from, some);
		if (why)
			return why;
		from = 0;
		length -= some;
	}
	return length ? "it reaches beyond the end of its partition" : NULL;
}

const char *wp_udf_translate(const struct wp_udf *udf, struct wp_udf_address at, uint64_t length, struct wp_pieces *pieces)
{
	const struct wp_udf_partition *partition;
	uint64_t from = (uint64_t)at.block * udf->block_size;

	if (at.partition >= udf->partition_count || !udf->partitions[at.partition].known)
		return "it is in a partition of a kind that is not read";
	partition = &udf->partitions[at.partition];
	if (partition->metadata)
		return translate_metadata(udf, partition, from, length, pieces);
	if (from > partition->blocks * udf->block_size || length > partition->blocks * udf->block_size - from)
		return "it reaches beyond the end of its partition";
	return wp_pieces_add(udf->reader, pieces, partition->start * udf->block_size + from, length);
}

/* Reads up to @length bytes from a block on, which the caller frees. */
static const char *load(const struct wp_udf *udf, struct wp_udf_address at, uint64_t length, uint8_t **ret_bytes)
{
	struct wp_pieces pieces __attribute__((cleanup(wp_pieces_free))) = { 0 };
	const char *why = wp_udf_translate(udf, at, length, &pieces);

	return why ? why : wp_pieces_load(udf->reader, &pieces, ret_bytes);
}

/* A file entry [4/14.9] and an extended one [4/14.17]: where their fields stand. */
#define ENTRY_STRATEGY 20
#define ENTRY_TYPE 27
#define ENTRY_FLAGS 34
#define ENTRY_SIZE 56
struct layout {
	uint16_t attributes, pieces, data; /* lengths of the extended attributes and of the descriptors, and what follows */
};
static const struct layout plain_layout = { 168, 172, 176 }, extended_layout = { 208, 212, 216 };

/* The kinds of allocation descriptors [4/14.6.8], and what the two upper bits of a length mean [4/14.14.1.1]. */
enum { SHORT_AD = 0, LONG_AD = 1, EMBEDDED = 3 };
enum { RECORDED = 0, CONTINUED = 3 };
#define LENGTH_BITS 30
/* Of a list of allocation descriptors that goes on elsewhere at most this much is read. */
#define LIST_MOST 8192u
/* Allocation descriptors that are gone through. */
struct walk {
	const struct wp_udf *udf;
	struct wp_udf_file *file;
	unsigned int kind;
	uint16_t partition; /* of short ones */
	unsigned int lists, descriptors;
	bool goes_on; /* in the list at @next */
	struct wp_udf_address next;
	uint64_t next_length;
};

static const char *take_piece(struct walk *walk, const uint8_t *descriptor)
{
	uint32_t bits = wp_get32(descriptor), length = bits & ((UINT32_C(1) << LENGTH_BITS) - 1);
	struct wp_udf_file *file = walk->file;
	struct wp_udf_address at = { wp_get32(descriptor + 4), walk->partition };
	uint64_t left = file->size - file->pieces.length;

	if (walk->kind == LONG_AD)
		at = wp_udf_take_address(descriptor);
	if (bits >> LENGTH_BITS == CONTINUED) {
		walk->goes_on = true;
		walk->next = at;
		walk->next_length = length;
		return NULL;
	}
	/* Those that adjoin count as well: each takes its time. */
	if (++walk->descriptors > WP_LIMIT_MEDIA_PIECES)
		return "it is in too many pieces";
	if (bits >> LENGTH_BITS != RECORDED)
		return "parts of it are not recorded";
	return wp_udf_translate(walk->udf, at, length < left ? length : left, &file->pieces);
}

static const char *take_pieces(struct walk *walk, const uint8_t *bytes, size_t size)
{
	size_t width = walk->kind == LONG_AD ? 16 : 8;
	const char *why = NULL;

	walk->goes_on = false;
	for (; size >= width && !why && !walk->goes_on && walk->file->pieces.length < walk->file->size;
	     bytes += width, size -= width) {
		/* A length of 0 ends the list [4/12]. */
		if (!(wp_get32(bytes) & ((UINT32_C(1) << LENGTH_BITS) - 1)))
			break;
		why = take_piece(walk, bytes);
	}
	return why;
}

/* An allocation extent descriptor [4/14.5], with more of the list. */
static const char *take_next(struct walk *walk)
{
	uint64_t most = walk->next_length < LIST_MOST ? walk->next_length : LIST_MOST;
	uint8_t *bytes = NULL;
	const char *why;

	if (++walk->lists > WP_LIMIT_MEDIA_LISTS)
		return "the list of its pieces has no end";
	why = load(walk->udf, walk->next, most, &bytes);
	if (why)
		return why;
	if (!wp_udf_is(bytes, most, WP_TAG_PIECES) || most < 24 || wp_get32(bytes + 20) > most - 24)
		why = "the list of its pieces is damaged";
	else
		why = take_pieces(walk, bytes + 24, wp_get32(bytes + 20));
	free(bytes);
	return why;
}

static const char *take_data(const struct wp_udf *udf, const uint8_t *entry, struct wp_udf_address at,
			     const struct layout *layout, struct wp_udf_file *ret)
{
	uint32_t attributes = wp_get32(entry + layout->attributes), size = wp_get32(entry + layout->pieces);
	struct walk walk = { .udf = udf, .file = ret, .kind = wp_get16(entry + ENTRY_FLAGS) & 7u,
			     .partition = at.partition };
	uint64_t room = udf->block_size - layout->data;
	const char *why;

	if (attributes > room || size > room - attributes)
		return "its descriptor is damaged";
	if (walk.kind == EMBEDDED) {
		struct wp_pieces block __attribute__((cleanup(wp_pieces_free))) = { 0 };

		if (ret->size > size)
			return "it is larger than the descriptor that holds it";
		why = wp_udf_translate(udf, at, udf->block_size, &block);
		if (!why && block.count != 1)
			why = "its descriptor is in several pieces";
		return why ? why : wp_pieces_add(udf->reader, &ret->pieces, block.items[0].offset + layout->data + attributes,
						 ret->size);
	}
	/* Extended allocation descriptors are none of OSTA UDF's (2.3.10). */
	if (walk.kind != SHORT_AD && walk.kind != LONG_AD)
		return "its pieces are described in a way that UDF does not have";
	why = take_pieces(&walk, entry + layout->data + attributes, size);
	while (!why && walk.goes_on)
		why = take_next(&walk);
	if (!why && ret->pieces.length < ret->size)
		why = "its pieces are shorter than itself";
	return why;
}

const char *wp_udf_read_file(const struct wp_udf *udf, struct wp_udf_address at, struct wp_udf_file *ret)
{
	const struct layout *layout = &plain_layout;
	uint8_t *entry = NULL;
	const char *why = load(udf, at, udf->block_size, &entry);

	*ret = (struct wp_udf_file){ 0 };
	if (why)
		return why;
	if (wp_udf_is(entry, udf->block_size, WP_TAG_FILE_EXTENDED))
		layout = &extended_layout;
	else if (!wp_udf_is(entry, udf->block_size, WP_TAG_FILE))
		why = "its descriptor is damaged";
	/* Strategy 4 has one entry for each file; the other one, 4096, is for media that can be written once. */
	if (!why && wp_get16(entry + ENTRY_STRATEGY) != 4)
		why = "its descriptor is of a kind that is not read";
	if (!why) {
		ret->type = entry[ENTRY_TYPE];
		ret->size = wp_get64(entry + ENTRY_SIZE);
		why = take_data(udf, entry, at, layout, ret);
	}
	free(entry);
	if (why)
		wp_pieces_free(&ret->pieces);
	return why;
}

void wp_udf_locate(const struct wp_volume *volume, const struct wp_media_node *node, struct wp_media_file *ret)
{
	const struct wp_udf *udf = (const struct wp_udf *)volume;
	struct wp_udf_file file;

	ret->why = wp_udf_read_file(udf, (struct wp_udf_address){ node->block, node->partition }, &file);
	if (ret->why)
		return;
	ret->size = file.size;
	if (file.pieces.count)
		ret->offset = file.pieces.items[0].offset;
	if (file.type == WP_UDF_FOLDER)
		ret->why = "it is a folder";
	else if (file.pieces.count > 1)
		ret->why = "it is in several pieces that do not adjoin";
	wp_pieces_free(&file.pieces);
}

/* A file identifier descriptor [4/14.4]. */
#define NAME_CHARACTERISTICS 18
#define NAME_LENGTH 19
#define NAME_ICB 20
#define NAME_USE_LENGTH 36
#define NAME_DATA 38u
enum { IS_FOLDER = 0x02, IS_DELETED = 0x04, IS_PARENT = 0x08 };

const char *wp_udf_name(struct wp_arena *arena, const uint8_t *bytes, size_t length)
{
	struct wp_buf wide __attribute__((cleanup(wp_buf_free))) = { 0 };

	if (!length || (*bytes != 8 && *bytes != 16))
		return NULL;
	if (*bytes == 16)
		return wp_media_name16(arena, bytes + 1, length - 1);
	for (size_t i = 1; i < length; i++) {
		wp_buf_putc(&wide, '\0');
		wp_buf_putc(&wide, (char)bytes[i]);
	}
	return wp_media_name16(arena, (const uint8_t *)wp_buf_text(&wide), wide.length);
}

static const char *go_through(const uint8_t *bytes, size_t size, wp_media_take *take, void *context)
{
	struct wp_arena *arena __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();

	while (size >= NAME_DATA) {
		size_t name = bytes[NAME_LENGTH], use = wp_get16(bytes + NAME_USE_LENGTH);
		size_t length = (NAME_DATA + name + use + 3) & ~(size_t)3;
		struct wp_udf_address at = wp_udf_take_address(bytes + NAME_ICB);
		struct wp_media_node node = {
			.folder = bytes[NAME_CHARACTERISTICS] & IS_FOLDER,
			.partition = at.partition,
			.block = at.block,
		};

		if (length > size || !wp_udf_is(bytes, length, WP_TAG_NAME))
			return "a folder of it is damaged";
		node.name = bytes[NAME_CHARACTERISTICS] & (IS_DELETED | IS_PARENT)
				    ? NULL
				    : wp_udf_name(arena, bytes + NAME_DATA + use, name);
		if (node.name && *node.name)
			take(context, &node);
		bytes += length;
		size -= length;
	}
	return NULL;
}

const char *wp_udf_list(const struct wp_volume *volume, const struct wp_media_node *folder, wp_media_take *take, void *context)
{
	const struct wp_udf *udf = (const struct wp_udf *)volume;
	struct wp_udf_file file;
	uint8_t *bytes = NULL;
	const char *why = wp_udf_read_file(udf, (struct wp_udf_address){ folder->block, folder->partition }, &file);

	if (why)
		return why;
	if (file.type != WP_UDF_FOLDER)
		why = "a folder of it is none";
	else if (file.size > WP_LIMIT_MEDIA_FOLDER)
		why = "a folder of it is larger than is read";
	else
		why = wp_pieces_load(udf->reader, &file.pieces, &bytes);
	if (!why)
		why = go_through(bytes, file.size, take, context);
	free(bytes);
	wp_pieces_free(&file.pieces);
	return why;
}
