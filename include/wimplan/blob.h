/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The data of files inside of a WIM, read into memory: nothing is written to disk, and no more is read than is asked for. */
#ifndef WIMPLAN_BLOB_H
#define WIMPLAN_BLOB_H

#include "wimplan/tree.h"

/* Reads one file after the other and keeps the last chunk of a solid resource, for files that lie next to each other share it. */
struct wp_blob_reader;

/* @index is borrowed: it must live as long as the reader. */
struct wp_blob_reader *wp_blob_reader_new(const struct wp_wim_index *index) __attribute__((returns_nonnull));
void wp_blob_reader_free(struct wp_blob_reader *reader);
static inline void wp_blob_reader_freep(struct wp_blob_reader **reader)
{
	wp_blob_reader_free(*reader);
}

/*
 * Reads the data that has this SHA-1, all 0 for no data, of at most @most bytes and WP_LIMIT_FILE_DATA. NULL, and *@ret_bytes, which
 * the caller frees and which is never NULL, with *@ret_size bytes that have the SHA-1. Or why they cannot be had, as the end of a
 * sentence that begins with the file's name: it is too large, its chunk is
 * (WP_LIMIT_FILE_HELD), it is in another part of a split set, in another file, or damaged.
 */
const char *wp_blob_read(struct wp_blob_reader *reader, const uint8_t sha1[WP_SHA1_SIZE], uint64_t most, uint8_t **ret_bytes,
			 uint64_t *ret_size);

/*
 * Whether such a reason may be gone when a file with this id is read again: it could not be read, or it is damaged, which an id of
 * header, XML and size does not tell. How large it and its chunk are, and in which file its data is, stays.
 */
bool wp_blob_may_pass(const char *why);

/*
 * One file of which any bytes can be had without the others, however large it is: a Winre.wim, which is a WIM itself. Nobody holds
 * all of it against its SHA-1, and it may take more memory than a file: a chunk of 64 MiB and what it is stored in.
 */
struct wp_blob_view;

/*
 * Opens the data that has this SHA-1, of less than WP_LIMIT_INNER_WIM bytes. @index is borrowed, and with it the WIM: they must live
 * as long as the view. NULL, and *@ret_why as wp_blob_read() says it.
 */
struct wp_blob_view *wp_blob_view_open(const struct wp_wim_index *index, const uint8_t sha1[WP_SHA1_SIZE], const char **ret_why);
void wp_blob_view_close(struct wp_blob_view *view);
static inline void wp_blob_view_closep(struct wp_blob_view **view)
{
	wp_blob_view_close(*view);
}

/* The view as a place for wp_wim_read_place(): what is read there is read through it, as long as it is open. @path is borrowed. */
struct wp_wim_place wp_blob_view_place(struct wp_blob_view *view, const char *path);

/* Why the first of all that was asked of the view and could not be had could not, as wp_blob_read() says it; NULL: all could. */
const char *wp_blob_view_why(const struct wp_blob_view *view);

#endif
