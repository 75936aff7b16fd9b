/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The volume of a UDF file system: from the anchor to the volume descriptors, from these to the partitions, and to the root. In
 * brackets the clauses of ECMA-167.
 */
#include "udf.h"

#include "wimplan/bytes.h"

#include <stdlib.h>
#include <string.h>

/* Anchors stand in two of the sectors 256, N - 256 and N [OSTA UDF 2.2.3]; some write one into sector 512. */
#define ANCHOR_SECTOR 256u

/* A logical volume descriptor [3/10.6] and its partition maps [3/10.7]. */
#define VOLUME_SEQUENCE 16
#define VOLUME_LABEL 84
#define LABEL_SIZE 128u
#define VOLUME_BLOCK_SIZE 212
#define VOLUME_DOMAIN 217
#define VOLUME_REVISION 240
#define VOLUME_FILE_SET 248
#define VOLUME_MAPS_SIZE 264
#define VOLUME_MAP_COUNT 268
#define VOLUME_MAPS 440u
#define MAP_NUMBER 4
#define MAP_IDENTIFIER 5
#define MAP_PHYSICAL_NUMBER 38
#define MAP_METADATA 40
#define MAP_MIRROR 44
/* A partition descriptor [3/10.5]. */
#define PARTITION_NUMBER 22
#define PARTITION_START 188
#define PARTITION_BLOCKS 192
/* A file set descriptor [4/14.1]. */
#define FILE_SET_ROOT 400

/* What the volume descriptors say. */
struct descriptors {
	bool volume_found;
	uint8_t volume[WP_SECTOR];
	struct {
		uint16_t number;
		uint32_t sequence, start, blocks;
	} partitions[WP_LIMIT_MEDIA_PARTITIONS];
	size_t partition_count;
	unsigned int seen; /* descriptors, of all lists */
};

static void take_partition(struct descriptors *descriptors, const uint8_t *bytes)
{
	uint16_t number = wp_get16(bytes + PARTITION_NUMBER);
	size_t i = 0;

	while (i < descriptors->partition_count && descriptors->partitions[i].number != number)
		i++;
	if (i == WP_LIMIT_MEDIA_PARTITIONS)
		return;
	/* Of several the one with the highest sequence number prevails [3/8.4.3]. */
	if (i < descriptors->partition_count && descriptors->partitions[i].sequence > wp_get32(bytes + VOLUME_SEQUENCE))
		return;
	if (i == descriptors->partition_count)
		descriptors->partition_count++;
	descriptors->partitions[i].number = number;
	descriptors->partitions[i].sequence = wp_get32(bytes + VOLUME_SEQUENCE);
	descriptors->partitions[i].start = wp_get32(bytes + PARTITION_START);
	descriptors->partitions[i].blocks = wp_get32(bytes + PARTITION_BLOCKS);
}

/* Goes through a list of volume descriptors, @length bytes from a sector on, and those that it leads to. */
static void read_descriptors(const struct wp_reader *reader, uint32_t length, uint32_t sector,
			     struct descriptors *descriptors)
{
	uint8_t bytes[WP_SECTOR];
	uint32_t end = length / WP_SECTOR;

	for (uint32_t i = 0; i < end && descriptors->seen < WP_LIMIT_MEDIA_DESCRIPTORS; i++) {
		descriptors->seen++;
		if (!wp_reader_read(reader, bytes, sizeof bytes, ((uint64_t)sector + i) * WP_SECTOR))
			return;
		if (wp_udf_is(bytes, sizeof bytes, WP_TAG_TERMINATOR))
			return;
		if (wp_udf_is(bytes, sizeof bytes, WP_TAG_NEXT)) {
			end = wp_get32(bytes + 20) / WP_SECTOR;
			sector = wp_get32(bytes + 24);
			i = UINT32_MAX; /* and 1 is 0 */
		} else if (wp_udf_is(bytes, sizeof bytes, WP_TAG_PARTITION)) {
			take_partition(descriptors, bytes);
		} else if (wp_udf_is(bytes, sizeof bytes, WP_TAG_VOLUME) &&
			   (!descriptors->volume_found || wp_get32(bytes + VOLUME_SEQUENCE) >=
								  wp_get32(descriptors->volume + VOLUME_SEQUENCE))) {
			memcpy(descriptors->volume, bytes, sizeof bytes);
			descriptors->volume_found = true;
		}
	}
}

/* The main list, or where it is damaged the reserve one. */
static const char *find_descriptors(const struct wp_reader *reader, struct descriptors *descriptors)
{
	const uint64_t last = reader->size / WP_SECTOR - 1;
	const uint64_t sectors[] = { ANCHOR_SECTOR, last, last - ANCHOR_SECTOR, 2 * ANCHOR_SECTOR };
	bool anchor = false;
	uint8_t bytes[WP_SECTOR];

	for (size_t i = 0; i < sizeof sectors / sizeof *sectors; i++) {
		if (!wp_reader_read(reader, bytes, sizeof bytes, sectors[i] * WP_SECTOR) ||
		    !wp_udf_is(bytes, sizeof bytes, WP_TAG_ANCHOR))
			continue;
		anchor = true;
		for (size_t at = 16; at <= 24; at += 8) {
			*descriptors = (struct descriptors){ 0 };
			read_descriptors(reader, wp_get32(bytes + at), wp_get32(bytes + at + 4), descriptors);
			if (descriptors->volume_found && descriptors->partition_count)
				return NULL;
		}
	}
	return anchor ? "its volume descriptors are damaged" : "it has no anchor: the .iso is cut short or damaged";
}

static void set_physical(const struct descriptors *descriptors, uint16_t number, struct wp_udf_partition *ret)
{
	for (size_t i = 0; i < descriptors->partition_count; i++) {
		if (descriptors->partitions[i].number != number)
			continue;
		ret->known = true;
		ret->start = descriptors->partitions[i].start;
		ret->blocks = descriptors->partitions[i].blocks;
	}
}

/* The file that a metadata partition is, or its mirror. */
static const char *set_metadata(struct wp_udf *udf, const uint8_t *map, struct wp_udf_partition *ret)
{
	const uint64_t start = ret->start;
	uint16_t physical = 0;
	const char *why = NULL;

	while (physical < udf->partition_count && (udf->partitions[physical].metadata || !udf->partitions[physical].known ||
						   udf->partitions[physical].start != start))
		physical++;
	if (physical == udf->partition_count)
		return "the partition that its metadata lies in is not there";
	ret->known = false;
	for (size_t at = MAP_METADATA; at <= MAP_MIRROR; at += 4) {
		struct wp_udf_file file;

		why = wp_udf_read_file(udf, (struct wp_udf_address){ wp_get32(map + at), physical }, &file);
		if (!why && file.pieces.count > WP_LIMIT_MEDIA_METADATA) {
			wp_pieces_free(&file.pieces);
			why = "its metadata is in too many pieces";
		}
		if (why)
			continue;
		ret->known = ret->metadata = true;
		ret->piece_count = file.pieces.count;
		ret->pieces = wp_arena_alloc(udf->reader->arena, (file.pieces.count + 1) * sizeof *ret->pieces);
		if (file.pieces.count)
			memcpy(ret->pieces, file.pieces.items, file.pieces.count * sizeof *ret->pieces);
		wp_pieces_free(&file.pieces);
		return NULL;
	}
	return why;
}

static const char *take_maps(struct wp_udf *udf, const struct descriptors *descriptors)
{
	const uint8_t *map = descriptors->volume + VOLUME_MAPS;
	uint32_t left = wp_get32(descriptors->volume + VOLUME_MAPS_SIZE), count = wp_get32(descriptors->volume + VOLUME_MAP_COUNT);
	const char *why = NULL;

	if (left > WP_SECTOR - VOLUME_MAPS || count > WP_LIMIT_MEDIA_PARTITIONS)
		return "it has more partitions than are read";
	for (uint32_t i = 0; i < count && !why; i++) {
		struct wp_udf_partition *partition = &udf->partitions[i];

		if (left < 2 || map[1] < 2 || map[1] > left)
			return "its volume descriptor is damaged";
		if (map[0] == 1 && map[1] >= 6) {
			set_physical(descriptors, wp_get16(map + MAP_NUMBER), partition);
		} else if (map[0] == 2 && map[1] >= 64 && !memcmp(map + MAP_IDENTIFIER, "*UDF Metadata Partition", 23)) {
			set_physical(descriptors, wp_get16(map + MAP_PHYSICAL_NUMBER), partition);
			why = set_metadata(udf, map, partition);
		}
		/* Virtual and sparable ones are those of media that are written in packets. */
		udf->partition_count = i + 1;
		left -= map[1];
		map += map[1];
	}
	return why;
}

static const char *find_root(struct wp_udf *udf, const uint8_t *volume)
{
	struct wp_pieces pieces __attribute__((cleanup(wp_pieces_free))) = { 0 };
	struct wp_udf_address at = wp_udf_take_address(volume + VOLUME_FILE_SET);
	uint8_t *bytes = NULL;
	const char *why = wp_udf_translate(udf, at, udf->block_size, &pieces);

	if (!why)
		why = wp_pieces_load(udf->reader, &pieces, &bytes);
	if (!why && !wp_udf_is(bytes, udf->block_size, WP_TAG_FILE_SET))
		why = "its file set is damaged";
	if (!why) {
		at = wp_udf_take_address(bytes + FILE_SET_ROOT);
		udf->volume.root = (struct wp_media_node){ .folder = true, .partition = at.partition, .block = at.block };
	}
	free(bytes);
	return why;
}

/* A text in a field of fixed size, whose last byte says how long it is (OSTA UDF 2.1.3). */
static const char *take_label(struct wp_arena *arena, const uint8_t *field)
{
	size_t length = field[LABEL_SIZE - 1];
	const char *label = length < LABEL_SIZE ? wp_udf_name(arena, field, length) : NULL;

	return label ? label : "";
}

static bool is_udf(const struct wp_reader *reader)
{
	uint8_t descriptor[WP_SECTOR];

	/* The volume recognition sequence begins behind 32 KiB [2/8.3, 2/9.1]. */
	for (uint64_t i = 0; i < WP_LIMIT_MEDIA_DESCRIPTORS; i++) {
		if (!wp_reader_read(reader, descriptor, 7, 16 * (uint64_t)WP_SECTOR + i * WP_SECTOR))
			break;
		if (!memcmp(descriptor + 1, "NSR02", 5) || !memcmp(descriptor + 1, "NSR03", 5))
			return true;
		if (memcmp(descriptor + 1, "CD001", 5) != 0 && memcmp(descriptor + 1, "BEA01", 5) != 0 &&
		    memcmp(descriptor + 1, "BOOT2", 5) != 0)
			break;
	}
	return false;
}

const struct wp_volume *wp_udf_open(const struct wp_reader *reader, const char **ret_why)
{
	struct wp_udf *udf = wp_arena_alloc(reader->arena, sizeof *udf);
	struct descriptors descriptors;
	const uint8_t *volume = descriptors.volume;
	unsigned int revision;

	*ret_why = NULL;
	if (!is_udf(reader))
		return NULL;
	udf->reader = reader;
	*ret_why = find_descriptors(reader, &descriptors);
	if (*ret_why)
		return NULL;
	udf->block_size = wp_get32(volume + VOLUME_BLOCK_SIZE);
	revision = wp_get16(volume + VOLUME_REVISION);
	if (memcmp(volume + VOLUME_DOMAIN, "*OSTA UDF Compliant", 19) != 0)
		*ret_why = "it is none of OSTA's";
	else if (udf->block_size != WP_SECTOR)
		*ret_why = "its blocks are not of 2048 bytes";
	else
		*ret_why = take_maps(udf, &descriptors);
	if (!*ret_why)
		*ret_why = find_root(udf, volume);
	if (*ret_why)
		return NULL;
	udf->volume.name = wp_arena_printf(reader->arena, "UDF %x.%02x", revision >> 8, revision & 0xff);
	udf->volume.label = take_label(reader->arena, volume + VOLUME_LABEL);
	udf->volume.list = wp_udf_list;
	udf->volume.locate = wp_udf_locate;
	return &udf->volume;
}
