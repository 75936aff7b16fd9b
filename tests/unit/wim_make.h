/* SPDX-License-Identifier: GPL-3.0-or-later */
/* WIM files for the tests of src/wim: headers and texts made here, and small whole files made by wimlib. */
#ifndef WIM_MAKE_H
#define WIM_MAKE_H

#include "wimplan/buf.h"
#include "wimplan/text.h"
#include "wimplan/wim.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wimlib.h>

/* Offsets in the header. */
enum {
	AT_HEADER_SIZE = 0x08,
	AT_VERSION = 0x0c,
	AT_FLAGS = 0x10,
	AT_CHUNK_SIZE = 0x14,
	AT_PART = 0x28,
	AT_PARTS = 0x2a,
	AT_IMAGE_COUNT = 0x2c,
	AT_BLOBS = 0x30,
	AT_XML = 0x48,
	AT_BOOT = 0x60,
	AT_BOOT_INDEX = 0x78,
	AT_INTEGRITY = 0x7c,
};

__attribute__((unused)) static void put(void *bytes, size_t at, size_t size, uint64_t value)
{
	size_t i;

	for (i = 0; i < size; i++)
		((uint8_t *)bytes)[at + i] = (uint8_t)(value >> 8 * i);
}

__attribute__((unused)) static uint64_t get(const void *bytes, size_t at, size_t size)
{
	uint64_t value = 0;

	while (size--)
		value = value << 8 | ((const uint8_t *)bytes)[at + size];
	return value;
}

/* A resource's entry in a header. */
__attribute__((unused)) static void put_resource(void *bytes, size_t at, uint64_t stored, uint8_t flags,
						 uint64_t offset, uint64_t size)
{
	put(bytes, at, 7, stored);
	put(bytes, at + 7, 1, flags);
	put(bytes, at + 8, 8, offset);
	put(bytes, at + 16, 8, size);
}

/* The header of a good uncompressed file with one image, whose XML of @xml_size bytes stands right behind it. */
__attribute__((unused)) static void make_header(uint8_t bytes[WP_WIM_HEADER_SIZE], uint64_t xml_size)
{
	memset(bytes, 0, WP_WIM_HEADER_SIZE);
	memcpy(bytes, "MSWIM", 5);
	put(bytes, AT_HEADER_SIZE, 4, WP_WIM_HEADER_SIZE);
	put(bytes, AT_VERSION, 4, 0x10d00);
	put(bytes, AT_PART, 2, 1);
	put(bytes, AT_PARTS, 2, 1);
	put(bytes, AT_IMAGE_COUNT, 4, 1);
	put_resource(bytes, AT_XML, xml_size, 2, WP_WIM_HEADER_SIZE, xml_size);
}

/* Adds valid UTF-8 as UTF-16LE. */
__attribute__((unused)) static void add_utf16(struct wp_buf *buf, const char *text)
{
	while (*text) {
		uint32_t c = wp_utf8_next(&text);
		uint8_t units[4];
		size_t size = 2;

		if (c < 0x10000) {
			put(units, 0, 2, c);
		} else {
			put(units, 0, 2, 0xd800 + ((c - 0x10000) >> 10));
			put(units, 2, 2, 0xdc00 + ((c - 0x10000) & 0x3ff));
			size = 4;
		}
		wp_buf_add(buf, units, size);
	}
}

/* A file of header and XML alone: nothing that layer 1 needs is missing. */
__attribute__((unused)) static void make_file(struct wp_buf *file, const char *xml, uint32_t image_count)
{
	uint8_t header[WP_WIM_HEADER_SIZE] = { 0 };

	wp_buf_add(file, header, sizeof header);
	wp_buf_add(file, "\xff\xfe", 2);
	add_utf16(file, xml);
	make_header((uint8_t *)file->data, file->length - sizeof header);
	put(file->data, AT_IMAGE_COUNT, 4, image_count);
}

#define TEMPORARY "/tmp/wimplan-test-XXXXXX"

/* Writes the bytes to a new file and leaves its path in @path. */
__attribute__((unused)) static void save(const struct wp_buf *file, char path[sizeof TEMPORARY])
{
	int fd;

	strcpy(path, TEMPORARY);
	fd = mkstemp(path);
	cr_assert_geq(fd, 0);
	cr_assert_eq(write(fd, file->data, file->length), (ssize_t)file->length);
	close(fd);
}

/* Reads the bytes as a file through layer 1. */
__attribute__((unused)) static struct wp_wim *read_bytes(const struct wp_buf *file)
{
	char path[sizeof TEMPORARY];
	struct wp_wim *wim;

	save(file, path);
	wim = wp_wim_read(path);
	unlink(path);
	return wim;
}

__attribute__((unused)) static void load(const char *path, struct wp_buf *file)
{
	char block[4096];
	FILE *stream = fopen(path, "rb");
	size_t got;

	cr_assert_not_null(stream);
	while ((got = fread(block, 1, sizeof block, stream)))
		wp_buf_add(file, block, got);
	fclose(stream);
}

/* A file with @image_count empty images as wimlib writes it. */
__attribute__((unused)) static void make_by_wimlib(struct wp_buf *file, int image_count, int compression, int flags)
{
	char path[sizeof TEMPORARY] = TEMPORARY;
	WIMStruct *wim;
	int fd = mkstemp(path);
	int i;

	cr_assert_geq(fd, 0);
	close(fd);
	cr_assert_eq(wimlib_create_new_wim((enum wimlib_compression_type)compression, &wim), 0);
	for (i = 0; i < image_count; i++) {
		char name[32];

		snprintf(name, sizeof name, "Image %d", i + 1);
		cr_assert_eq(wimlib_add_empty_image(wim, name, NULL), 0);
	}
	cr_assert_eq(wimlib_write(wim, path, WIMLIB_ALL_IMAGES, flags, 1), 0);
	wimlib_free(wim);
	load(path, file);
	unlink(path);
}

/* Replaces the XML of a file that ends with it. */
__attribute__((unused)) static void replace_xml(struct wp_buf *file, const char *xml)
{
	size_t offset = get(file->data, AT_XML + 8, 8);

	file->length = offset;
	wp_buf_add(file, "\xff\xfe", 2);
	add_utf16(file, xml);
	put_resource(file->data, AT_XML, file->length - offset, 2, offset, file->length - offset);
}

/* How many findings have this code. */
__attribute__((unused)) static size_t count_diags(const struct wp_diags *diags, const char *code)
{
	size_t count = 0;
	size_t i;

	for (i = 0; i < diags->count; i++)
		count += strcmp(diags->items[i].code, code) == 0;
	return count;
}

/* The only finding's code, "" when there is none, "many" when there are more. */
__attribute__((unused)) static const char *only_code(const struct wp_diags *diags)
{
	if (diags->count > 1)
		return "many";
	return diags->count ? diags->items[0].code : "";
}

/* The value kept under @path; NULL when there is none. */
__attribute__((unused)) static const char *find_other(const struct wp_wim_other *other, size_t count, const char *path)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (strcmp(other[i].path, path) == 0)
			return other[i].value;
	return NULL;
}

#endif
