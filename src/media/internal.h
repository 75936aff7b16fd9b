/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the readers of the two file systems share. Functions that return a text return NULL, or what is wrong. */
#ifndef WIMPLAN_MEDIA_INTERNAL_H
#define WIMPLAN_MEDIA_INTERNAL_H

#include "wimplan/file.h"
#include "wimplan/limits.h"
#include "wimplan/media.h"

/* The sectors of optical media, in bytes. */
#define WP_SECTOR 2048u

struct wp_reader {
	int fd;
	uint64_t size; /* bytes of the file */
	struct wp_arena *arena; /* of the medium */
};

/* Reads all of the @length bytes at @offset; false where the file ends before. */
static inline bool wp_reader_read(const struct wp_reader *reader, void *bytes, size_t length, uint64_t offset)
{
	return offset <= reader->size && length <= reader->size - offset &&
	       wp_file_read_at(reader->fd, bytes, length, offset) == (ptrdiff_t)length;
}

/* Bytes of the .iso. */
struct wp_piece {
	uint64_t offset, length;
};

/* Those of a file, in its order; what adjoins is one piece. To be freed by wp_pieces_free(). */
struct wp_pieces {
	struct wp_piece *items;
	size_t count;
	uint64_t length; /* of all */
};
const char *wp_pieces_add(const struct wp_reader *reader, struct wp_pieces *pieces, uint64_t offset, uint64_t length);
void wp_pieces_free(struct wp_pieces *pieces);
/* Reads all of them, which the caller frees. */
const char *wp_pieces_load(const struct wp_reader *reader, const struct wp_pieces *pieces, uint8_t **ret_bytes);

/* A file or a folder. */
struct wp_media_node {
	const char *name; /* lives as long as the call that tells of it */
	bool folder;
	/* UDF: where its ICB is. */
	uint16_t partition;
	uint32_t block;
	/* ISO 9660: where itself is. */
	uint64_t offset, size;
	const char *why;
};

typedef void wp_media_take(void *context, const struct wp_media_node *node);

/* One of the file systems of a medium. */
struct wp_volume {
	struct wp_media_node root;
	const char *name;  /* "UDF 1.02" */
	const char *label;
	/* Tells of everything in the folder. */
	const char *(*list)(const struct wp_volume *volume, const struct wp_media_node *folder, wp_media_take *take,
			    void *context);
	/* Where the file is, or where a folder begins; what keeps it from being read in place is ret->why. */
	void (*locate)(const struct wp_volume *volume, const struct wp_media_node *node, struct wp_media_file *ret);
};

/* Opens the file system. NULL and *@ret_why NULL: there is none. What they keep is in the reader's arena. */
const struct wp_volume *wp_udf_open(const struct wp_reader *reader, const char **ret_why);
const struct wp_volume *wp_iso9660_open(const struct wp_reader *reader, const char **ret_why);

/* A name in Unicode of 16 bits, big-endian, as UTF-8; NULL when it is none. */
const char *wp_media_name16(struct wp_arena *arena, const uint8_t *bytes, size_t length);

#endif
