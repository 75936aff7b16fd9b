/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The file of a WIM while it is read: one descriptor until the reading ends, the bytes that came along with others, and
 * whether the file stood still. On a file server each opening and each read is a trip there and back.
 */
#include "reading.h"

#include "wimplan/number.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void wp_reading_begin(struct wp_wim *wim, int fd)
{
	wim->reading = wp_arena_alloc(wim->arena, sizeof *wim->reading);
	wim->reading->fd = fd;
}

static ptrdiff_t read_file(const struct wp_wim *wim, void *bytes, size_t length, uint64_t offset)
{
	if (offset >= wim->size)
		return 0;
	if (length > wim->size - offset)
		length = (size_t)(wim->size - offset);
	wim->reading->unchecked = true;
	if (wim->read)
		return wim->read(wim->context, bytes, length, offset);
	return wp_file_read_at(wim->reading->fd, bytes, length, wim->offset + offset);
}

ptrdiff_t wp_reading_fetch(const struct wp_wim *wim, size_t length, uint64_t offset)
{
	struct wp_wim_reading *reading = wim->reading;
	ptrdiff_t got;

	free(reading->bytes);
	reading->bytes = wp_must(malloc(length ? length : 1));
	got = read_file(wim, reading->bytes, length, offset);
	reading->begin = offset;
	reading->length = got > 0 ? (size_t)got : 0;
	return got;
}

void wp_reading_fetch_end(const struct wp_wim *wim)
{
	const struct wp_reshdr *table = &wim->header.blob_table, *xml = &wim->header.xml;
	uint64_t begin = xml->offset, end = xml->offset + xml->stored_size;

	if (table->stored_size && table->offset < begin)
		begin = table->offset;
	if (table->stored_size && wp_sum(table->offset, table->stored_size) > end)
		end = wp_sum(table->offset, table->stored_size);
	if (end > wim->size || end - begin > WP_READING_AT_ONCE)
		return;
	/* Writers put the trees of small images right before the blob table. */
	begin = end > WP_READING_AT_ONCE ? end - WP_READING_AT_ONCE : 0;
	wp_reading_fetch(wim, (size_t)(end - begin), begin);
}

/* Opens the file again where it is closed. 0, ESTALE where it is another one now, or another errno. */
static int open_again(const struct wp_wim *wim)
{
	struct wp_wim_reading *reading = wim->reading;
	struct wp_file_status status;
	int fd, error;

	if (reading->fd >= 0)
		return 0;
	reading->unchecked = true;
	error = wp_file_open_any(wim->file, WP_FILE_HOW_FOLLOW, &fd, &status);
	if (error)
		return error;
	if (!wp_wim_same_file(wim, &status)) {
		wp_closep(&fd);
		return ESTALE;
	}
	reading->fd = fd;
	if (wim->size <= WP_READING_AT_ONCE)
		wp_reading_fetch(wim, (size_t)wim->size, 0);
	else
		wp_reading_fetch_end(wim);
	return 0;
}

static bool is_held(const struct wp_wim_reading *reading, size_t length, uint64_t offset)
{
	return reading->bytes && offset >= reading->begin && offset - reading->begin <= reading->length &&
	       length <= reading->length - (offset - reading->begin);
}

ptrdiff_t wp_wim_pread(const struct wp_wim *wim, void *bytes, size_t length, uint64_t offset)
{
	const struct wp_wim_reading *reading = wim->reading;

	if (!is_held(reading, length, offset)) {
		int error = open_again(wim);

		if (error)
			return -error;
		/* It may have come along with the opening. */
		if (!is_held(reading, length, offset))
			return read_file(wim, bytes, length, offset);
	}
	memcpy(bytes, reading->bytes + (offset - reading->begin), length);
	return (ptrdiff_t)length;
}

const char *wp_reading_all(const struct wp_wim *wim, void *bytes, uint64_t size, uint64_t offset)
{
	ptrdiff_t got = wp_wim_pread(wim, bytes, size, offset);

	return got < 0 ? WP_WIM_UNREAD : (uint64_t)got < size ? "it reaches over the end of the file" : NULL;
}

bool wp_reading_check(const struct wp_wim *wim, int *ret_error)
{
	struct wp_wim_reading *reading = wim->reading;
	uint8_t again[WP_WIM_HEADER_SIZE];
	struct wp_file_status status;
	ptrdiff_t got = sizeof again;

	/* What is decompressed once more is what it was: of a WIM in another one the status of that one's file tells. */
	if (wim->read)
		memcpy(again, reading->header, sizeof again);
	else
		got = read_file(wim, again, sizeof again, reading->header_at);
	*ret_error = got < 0 ? (int)-got : 0;
	if (got != sizeof again || wp_file_look_open(reading->fd, &status) || !wp_wim_same_file(wim, &status) ||
	    memcmp(reading->header, again, sizeof again) != 0)
		return false;
	reading->unchecked = false;
	return true;
}

bool wp_wim_is_still(const struct wp_wim *wim)
{
	struct wp_file_status status;
	int error;

	if (!wim->reading->unchecked)
		return true;
	/* Also what the path leads to now, which costs a file server nothing while it is known. */
	return !open_again(wim) && wp_reading_check(wim, &error) && !wp_file_look(wim->file, &status) &&
	       wp_wim_same_file(wim, &status);
}

size_t wp_wim_close_file(struct wp_wim *wim)
{
	if (!wim->reading)
		return 0;
	wp_closep(&wim->reading->fd);
	wim->reading->fd = -1;
	if (wim->reading->length < wim->size)
		wp_wim_close(wim);
	return wim->reading->length;
}

void wp_wim_close(struct wp_wim *wim)
{
	if (!wim->reading)
		return;
	wp_closep(&wim->reading->fd);
	wim->reading->fd = -1;
	free(wim->reading->bytes);
	wim->reading->bytes = NULL;
	wim->reading->begin = wim->reading->length = 0;
}
