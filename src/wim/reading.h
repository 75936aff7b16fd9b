/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The file of a WIM while it is read. */
#ifndef WIMPLAN_WIM_READING_H
#define WIMPLAN_WIM_READING_H

#include "internal.h"

/*
 * A file of so many bytes is read at once, and of a larger one so much of its end where blob table and XML stand there: one trip to
 * a file server either way.
 */
#define WP_READING_AT_ONCE (64u << 10)

struct wp_wim_reading {
	int fd; /* -1: closed; opened again when more is read */
	uint8_t header[WP_WIM_HEADER_SIZE]; /* that is in force */
	uint64_t header_at;
	uint8_t *bytes; /* @length bytes of the WIM from byte @begin on, that need not be read again */
	uint64_t begin;
	size_t length;
	bool unchecked; /* something was read, and the file was not held against what it was since */
};

/* What is said of a file that is another one now, and of one whose reading fails: either may be otherwise the next time. */
#define WP_WIM_CHANGED "the file was changed while it was read"
#define WP_WIM_UNREAD "it cannot be read"

/* Reads all of the @size bytes at @offset. NULL, or why not; whether the file was changed meanwhile is for the caller to ask. */
const char *wp_reading_all(const struct wp_wim *wim, void *bytes, uint64_t size, uint64_t offset);

/* The file id: over the header that is in force, the XML as it is stored, and the size. */
void wp_reading_identify(const struct wp_wim *wim, const uint8_t *xml, size_t length, char ret[WP_HASH_TEXT]);

/* Takes the open file, which wp_wim_close() closes. */
void wp_reading_begin(struct wp_wim *wim, int fd);

/* Reads so many bytes from @offset on, to be given by wp_wim_pread(). Returns how many, or an errno below 0. */
ptrdiff_t wp_reading_fetch(const struct wp_wim *wim, size_t length, uint64_t offset);

/* Reads the end of a file whose header is known, if what is needed of it stands there and is little. */
void wp_reading_fetch_end(const struct wp_wim *wim);

/* Holds header, size and time of the open file against what they were. False: it was changed, or *@ret_error says why not. */
bool wp_reading_check(const struct wp_wim *wim, int *ret_error);

#endif
