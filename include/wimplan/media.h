/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Files on installation media: where in an .iso they stand, so that they can be read in place. Media are UDF (ECMA-167 and
 * OSTA UDF 1.02 to 2.60), ISO 9660 (ECMA-119) with or without Joliet, or both, of which UDF counts, as in Windows.
 */
#ifndef WIMPLAN_MEDIA_H
#define WIMPLAN_MEDIA_H

#include "wimplan/arena.h"
#include "wimplan/diag.h"
#include "wimplan/time.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A file on it. Borrowed from the medium. */
struct wp_media_file {
	const char *path; /* as the medium spells it: "sources/install.wim" */
	uint64_t size;    /* bytes */
	uint64_t offset;  /* where in the .iso it begins; all of it follows */
	const char *why;  /* it does not stand in one place, or not where it is said to: the reason; NULL: it does */
};

/* Owned by @arena, which belongs to it. */
struct wp_media {
	struct wp_arena *arena;
	const char *path;
	uint64_t size;           /* bytes of the .iso */
	struct wp_time modified; /* its mtime */
	const char *format;      /* "UDF 1.02", "ISO 9660", "UDF 1.02 and ISO 9660 with Joliet" */
	const char *label;       /* of the volume; "" for none */
	/*
	 * What was odd: "media-damaged", an error where nothing can be read, and "media-differs" where UDF and ISO 9660 have a
	 * file in different places.
	 */
	struct wp_diags diags;
	struct wp_media_file *boot_files; /* efi/boot/boot*.efi, which firmware starts */
	size_t boot_count;
	bool boot_whole; /* false: there may be others, for not all of the file system that they are looked for in could be read */
	struct wp_volumes *volumes;
};

/*
 * Opens the file at @path; never waits for a pipe. NULL when it is no such medium, and *@ret_reason 0; NULL with an errno when that is not
 * known, because the file could not be opened or read.
 */
struct wp_media *wp_media_open(const char *path, int *ret_reason);
void wp_media_close(struct wp_media *media);
static inline void wp_media_closep(struct wp_media **media)
{
	wp_media_close(*media);
}

/* Looks for the file at @path, '/' between names, whose case does not matter. False when there is none. */
bool wp_media_find(struct wp_media *media, const char *path, struct wp_media_file *ret);

/*
 * The files in the folder at @path, and in others whose path is the same but for its case, whose names begin with @begin and end with @end, in the order of the medium; at most
 * WP_LIMIT_MEDIA_LISTED of them. Returns their number. *@ret_whole is false where there may be others: in a file system that cannot
 * be read, in a folder that cannot be read to its end, or beyond that limit.
 */
size_t wp_media_list(struct wp_media *media, const char *path, const char *begin, const char *end,
		     struct wp_media_file **ret, bool *ret_whole);

/*
 * Reads all of @file, of at most WP_LIMIT_FILE_DATA bytes. NULL, and *@ret_bytes, which the caller frees and which is never NULL; or why it cannot be
 * had, as the end of a sentence that begins with its name.
 */
const char *wp_media_read(const struct wp_media *media, const struct wp_media_file *file, uint8_t **ret_bytes);

#endif
