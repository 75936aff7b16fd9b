/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Layer 1: header and XML of one file with a few reads, and whether the file stood still meanwhile. */
#include "reading.h"
#include "resource.h"

#include "wimplan/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Adds what the system says of the failure @number. */
static void add_failure(struct wp_wim *wim, const char *code, const char *summary, int number)
{
	WP_WIM_DIAG(wim, WP_SEVERITY_ERROR, code, "%s", summary);
	wp_diag_detail(wim->arena, &wim->diags, "%s", wp_file_error_text(number));
}

void wp_wim_settle(struct wp_wim *wim)
{
	const char *subject = wp_utf8_repair(wim->arena, wim->path);

	for (size_t i = 0; i < wim->diags.count; i++)
		wim->diags.items[i].subject = subject;
	if (!wim->metadata)
		wim->grade = WP_GRADE_ERROR;
	else if (wp_diags_worst(&wim->diags, WP_SEVERITY_WARNING))
		wim->grade = WP_GRADE_WARNING;
	else
		wim->grade = WP_GRADE_OK;
}

static const char *kind_of(enum wp_file_kind kind)
{
	switch (kind) {
	case WP_FILE_KIND_FOLDER:
		return "a folder";
	case WP_FILE_KIND_PIPE:
		return "a pipe";
	case WP_FILE_KIND_DISK:
	case WP_FILE_KIND_DEVICE:
		return "a device";
	default:
		return "a socket or something else";
	}
}

static void add_changed(struct wp_wim *wim, enum wp_severity severity)
{
	WP_WIM_DIAG(wim, severity, "changed-while-reading", "the file was changed while it was read; try again later");
}

/* Opens the file, whatever it may be. False, with a diagnostic, when it is no file that can be read. */
static bool open_file(struct wp_wim *wim)
{
	struct wp_file_status status;
	int fd, error = wp_file_open_any(wim->file, WP_FILE_HOW_FOLLOW, &fd, &status);

	if (error == ENOENT || error == ENOTDIR) {
		WP_WIM_DIAG(wim, WP_SEVERITY_ERROR, "not-found", "there is no such file");
	} else if (error == ENXIO || error == ENODEV) {
		/* What open(2) says of sockets and of devices that are not there. */
		WP_WIM_DIAG(wim, WP_SEVERITY_ERROR, "not-regular-file", "this is a socket or a device, not a file");
	} else if (error) {
		add_failure(wim, "unreadable", "the file cannot be opened", error);
	} else if (status.kind != WP_FILE_KIND_REGULAR) {
		WP_WIM_DIAG(wim, WP_SEVERITY_ERROR, "not-regular-file", "this is %s, not a file", kind_of(status.kind));
		wp_closep(&fd);
	} else {
		wim->opened = true;
		wim->device = status.device;
		wim->inode = status.inode;
		wim->file_size = status.size;
		if (!wim->inside)
			wim->size = status.size;
		wim->modified = status.modified;
		wp_reading_begin(wim, fd);
		return true;
	}
	return false;
}

/* Whether all @size bytes came, which lay within the file when it was opened: fewer of them mean that it has shrunk. */
static bool is_read(struct wp_wim *wim, ptrdiff_t got, size_t size)
{
	if (got < 0)
		add_failure(wim, "unreadable", "the file cannot be read", (int)-got);
	else if ((size_t)got < size)
		add_changed(wim, WP_SEVERITY_ERROR);
	return got >= 0 && (size_t)got == size;
}

static bool read_at(struct wp_wim *wim, uint8_t *bytes, size_t size, uint64_t offset)
{
	return is_read(wim, wp_wim_pread(wim, bytes, size, offset), size);
}

/* Reads the header that is in force. */
static bool read_header(struct wp_wim *wim)
{
	uint64_t end = wim->size - WP_WIM_HEADER_SIZE;
	uint8_t *bytes = wim->reading->header;
	struct wp_diags first = { 0 };

	if (wim->size <= WP_READING_AT_ONCE && !is_read(wim, wp_reading_fetch(wim, (size_t)wim->size, 0), (size_t)wim->size))
		return false;
	if (!read_at(wim, bytes, WP_WIM_HEADER_SIZE, 0))
		return false;
	wp_wim_header_parse(wim->arena, bytes, wim->size, &wim->header, &first);
	wim->have_header = !wp_diags_have(&first, "not-wim");
	if (!wim->header.pipable || end == 0) {
		wim->diags = first;
		return true;
	}
	/* The first header of a pipable file was written before the rest was known (wimlib src/header.c). */
	if (!read_at(wim, bytes, WP_WIM_HEADER_SIZE, end))
		return false;
	if (memcmp(bytes, "WLPWM\0\0", 8) != 0) {
		WP_WIM_DIAG(wim, WP_SEVERITY_ERROR, "not-wim",
		    "the header at the end of a pipable WIM is not there; the file is cut short or damaged");
		return true;
	}
	wp_wim_header_parse(wim->arena, bytes, wim->size, &wim->header, &wim->diags);
	wim->reading->header_at = end;
	return true;
}

/* Called with all reading done. */
static void check_still(struct wp_wim *wim)
{
	int error;

	if (wp_reading_check(wim, &error) || wp_diags_have(&wim->diags, "unreadable") ||
	    wp_diags_have(&wim->diags, "changed-while-reading"))
		return;
	if (error)
		add_failure(wim, "unreadable", "the file cannot be read", error);
	else
		add_changed(wim, WP_SEVERITY_WARNING);
}

void wp_reading_identify(const struct wp_wim *wim, const uint8_t *xml, size_t length, char ret[WP_HASH_TEXT])
{
	struct wp_sha256 *sha256 = wp_sha256_new();
	uint8_t size[8];

	for (size_t i = 0; i < sizeof size; i++)
		size[i] = (uint8_t)(wim->size >> 8 * i);
	wp_sha256_add(sha256, wim->reading->header, WP_WIM_HEADER_SIZE);
	wp_sha256_add(sha256, xml, length);
	wp_sha256_add(sha256, size, sizeof size);
	wp_sha256_finish(sha256, ret);
}

/*
 * In every file that is neither split, pipable nor solid this number was the XML's offset, whichever program wrote it.
 * No document says that it has to be.
 */
static void check_total_bytes(struct wp_wim *wim)
{
	const struct wp_number *total = &wim->metadata->total_bytes;
	const struct wp_wim_header *header = &wim->header;

	if (!total->known || header->pipable || header->version != WP_WIM_VERSION_DEFAULT || header->parts != 1 ||
	    total->value == header->xml.offset)
		return;
	WP_WIM_DIAG(wim, WP_SEVERITY_WARNING, "total-bytes-mismatch",
	    "TOTALBYTES is %ju, but the XML stands at byte %ju; tools write one number for both",
	    (uintmax_t)total->value, (uintmax_t)header->xml.offset);
}

/* Bytes and text are given back as soon as they are no longer needed: a hostile file has much of both. */
static void take_xml(struct wp_wim *wim, uint8_t *bytes, size_t length, bool keep_text)
{
	struct wp_arena *scratch __attribute__((cleanup(wp_arena_freep))) = wp_arena_new();
	const char *text;
	bool good = wp_wim_xml_decode(wim->arena, bytes, length, keep_text ? wim->arena : scratch, &text, &length,
				      &wim->diags);

	free(bytes);
	if (!good)
		return;
	if (keep_text) {
		wim->xml_text = text;
		wim->xml_text_length = length;
	}
	wim->metadata = wp_wim_xml_parse_utf8(wim->arena, text, length, wim->header.image_count, &wim->diags);
	if (wim->metadata)
		check_total_bytes(wim);
}

/*
 * Takes the XML as it is stored, and gives it decompressed; NULL, and a diagnostic. Reads it once more, which costs a trip only where
 * the end of the file did not come along with the header.
 */
static uint8_t *decompress_xml(struct wp_wim *wim, uint8_t *stored)
{
	uint8_t *bytes = NULL;
	const char *why;

	free(stored);
	why = wp_resource_load(wim, &wim->header.xml, &bytes);
	if (why && !strcmp(why, WP_WIM_CHANGED))
		add_changed(wim, WP_SEVERITY_ERROR);
	else if (why && !strcmp(why, WP_WIM_UNREAD))
		WP_WIM_DIAG(wim, WP_SEVERITY_ERROR, "unreadable", "the file cannot be read");
	else if (why)
		WP_WIM_DIAG(wim, WP_SEVERITY_ERROR, "xml-invalid", "the compressed XML cannot be used: %s", why);
	return bytes;
}

static void read_file(struct wp_wim *wim, unsigned int with)
{
	const struct wp_reshdr *xml = &wim->header.xml;
	uint8_t *bytes;

	if (wim->size < WP_WIM_HEADER_SIZE) {
		static const uint8_t none[WP_WIM_HEADER_SIZE];
		struct wp_wim_header ignored;

		wp_wim_header_parse(wim->arena, none, wim->size, &ignored, &wim->diags);
		return;
	}
	if (!read_header(wim) || wp_diags_worst(&wim->diags, WP_SEVERITY_ERROR))
		return;
	if (wim->size > WP_READING_AT_ONCE)
		wp_reading_fetch_end(wim);
	/* Both of its sizes are within limits.h, and it is within the file: the header would have an error otherwise. */
	bytes = wp_must(malloc(xml->stored_size));
	if (!read_at(wim, bytes, xml->stored_size, xml->offset)) {
		free(bytes);
		return;
	}
	wp_reading_identify(wim, bytes, xml->stored_size, wim->file_id);
	if (with & WP_WIM_WITH_XML_SHA256)
		wp_sha256_text(bytes, xml->stored_size, wim->xml_sha256);
	if (wp_wim_resource_compressed(xml))
		bytes = decompress_xml(wim, bytes);
	check_still(wim);
	/* What was read of a changing file may be half old and half new: no identity. */
	if (wp_diags_have(&wim->diags, "changed-while-reading"))
		wim->file_id[0] = '\0';
	if (bytes)
		take_xml(wim, bytes, wp_wim_resource_compressed(xml) ? xml->size : xml->stored_size,
			 with & WP_WIM_WITH_TEXT);
}

static struct wp_wim *new_wim(const char *path)
{
	struct wp_arena *arena = wp_arena_new();
	struct wp_wim *wim = wp_arena_alloc(arena, sizeof *wim);

	wim->arena = arena;
	wim->file = wim->path = wp_arena_strdup(arena, path);
	return wim;
}

static struct wp_wim *read_wim(struct wp_wim *wim, unsigned int with)
{
	if (open_file(wim))
		read_file(wim, with);
	wp_wim_settle(wim);
	/* Nothing more is read of such a file. */
	if (wim->grade == WP_GRADE_ERROR)
		wp_wim_close(wim);
	return wim;
}

struct wp_wim *wp_wim_read(const char *path)
{
	return read_wim(new_wim(path), 0);
}

static void add_diags(struct wp_wim *wim, const struct wp_diags *diags)
{
	for (size_t i = 0; i < diags->count; i++) {
		WP_WIM_DIAG(wim, diags->items[i].severity, diags->items[i].code, "%s", diags->items[i].summary);
		wim->diags.items[wim->diags.count - 1].detail = wp_arena_strdup(wim->arena, diags->items[i].detail);
	}
	wp_wim_settle(wim);
}

struct wp_wim *wp_wim_read_place(const struct wp_wim_place *place, unsigned int with)
{
	struct wp_wim *wim = new_wim(place->path);

	if (place->inside) {
		wim->file = wp_arena_strdup(wim->arena, place->file);
		wim->inside = true;
		wim->offset = place->offset;
		wim->size = place->length;
		wim->read = place->read;
		wim->context = place->context;
	}
	if (!place->diags || !wp_diags_worst(place->diags, WP_SEVERITY_ERROR))
		read_wim(wim, with);
	if (place->diags)
		add_diags(wim, place->diags);
	return wim;
}

void wp_wim_tell_in_part(struct wp_wim *wim)
{
	WP_WIM_DIAG(wim, WP_SEVERITY_INFO, "read-in-part",
		    "only what is shown was read of it: as a whole it was not held against its SHA-1");
	wp_wim_settle(wim);
}

void wp_wim_free(struct wp_wim *wim)
{
	if (!wim)
		return;
	wp_wim_close(wim);
	wp_arena_free(wim->arena);
}
