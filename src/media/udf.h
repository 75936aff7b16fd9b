/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A UDF volume: blocks of its partitions, from which descriptors are read. Numbers in brackets are those of ECMA-167 (part/clause). */
#ifndef WIMPLAN_MEDIA_UDF_H
#define WIMPLAN_MEDIA_UDF_H

#include "internal.h"

/* The identifiers of descriptors [3/7.2.1, 4/7.2.1]. */
enum {
	WP_TAG_ANCHOR = 2,
	WP_TAG_NEXT = 3, /* where further volume descriptors are */
	WP_TAG_PARTITION = 5,
	WP_TAG_VOLUME = 6,
	WP_TAG_TERMINATOR = 8,
	WP_TAG_FILE_SET = 256,
	WP_TAG_NAME = 257,
	WP_TAG_PIECES = 258, /* further allocation descriptors */
	WP_TAG_FILE = 261,
	WP_TAG_FILE_EXTENDED = 266,
};
/* The tag in front of each [3/7.2]. */
#define WP_TAG_SIZE 16u

/* An address within the volume [4/7.1]. */
struct wp_udf_address {
	uint32_t block;
	uint16_t partition; /* which of the maps */
};

struct wp_udf_partition {
	bool known; /* it is one of those that are read here */
	uint64_t start, blocks; /* in the .iso */
	/* A metadata partition (OSTA UDF 2.50, 2.2.10) is a file of the one that it lies in: its pieces. */
	bool metadata;
	struct wp_piece *pieces;
	size_t piece_count;
};

struct wp_udf {
	struct wp_volume volume; /* first */
	const struct wp_reader *reader;
	uint32_t block_size;
	struct wp_udf_partition partitions[WP_LIMIT_MEDIA_PARTITIONS];
	size_t partition_count;
};

/* Whether a descriptor of that kind, with a sound checksum and CRC, stands in the first @length bytes. */
bool wp_udf_is(const uint8_t *bytes, size_t length, uint16_t tag);

/* The address in a long_ad [4/14.14.2], whose length stands in front. */
struct wp_udf_address wp_udf_take_address(const uint8_t *long_ad);

/* Adds where the @length bytes from the block @at on are. */
const char *wp_udf_translate(const struct wp_udf *udf, struct wp_udf_address at, uint64_t length, struct wp_pieces *pieces);

/* A file or folder [4/14.9, 4/14.17]. */
struct wp_udf_file {
	uint8_t type; /* 4: a folder */
	uint64_t size; /* bytes */
	struct wp_pieces pieces; /* to be freed */
};
#define WP_UDF_FOLDER 4u

/* Reads the file's descriptor, and where its data is. On failure there is nothing to be freed. */
const char *wp_udf_read_file(const struct wp_udf *udf, struct wp_udf_address at, struct wp_udf_file *ret);

/* wp_volume.list and .locate. */
const char *wp_udf_list(const struct wp_volume *volume, const struct wp_media_node *folder, wp_media_take *take, void *context);
void wp_udf_locate(const struct wp_volume *volume, const struct wp_media_node *node, struct wp_media_file *ret);

/* A name in OSTA's compressed Unicode (OSTA UDF 2.1.1); NULL when it is none. */
const char *wp_udf_name(struct wp_arena *arena, const uint8_t *bytes, size_t length);

#endif
