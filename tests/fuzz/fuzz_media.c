/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Installation media, from sectors: each is a number, a length, both of two bytes, and what the sector begins with. The sums in
 * front of UDF's descriptors are set right, so that what the descriptors say is looked at.
 */
#include "fuzz.h"

#include "wimplan/bytes.h"
#include "wimplan/media.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SECTOR 2048u
#define SECTORS 512u

static uint16_t crc_of(const uint8_t *bytes, size_t length)
{
	uint16_t crc = 0;

	for (size_t i = 0; i < length; i++) {
		crc = (uint16_t)(crc ^ bytes[i] << 8);
		for (int bit = 0; bit < 8; bit++)
			crc = (uint16_t)(crc & 0x8000 ? crc << 1 ^ 0x1021 : crc << 1);
	}
	return crc;
}

static void put16(uint8_t *to, unsigned int value)
{
	to[0] = (uint8_t)value;
	to[1] = (uint8_t)(value >> 8);
}

/* One tag; returns how long its descriptor says to be, of names only. */
static void set_sums(uint8_t *bytes, size_t room)
{
	unsigned int kind = wp_get16(bytes), sum = 0;

	if (room < 16 || !kind || (kind > 9 && (kind < 256 || kind > 266)))
		return;
	put16(bytes + 10, wp_get16(bytes + 10) % (room - 15));
	put16(bytes + 8, crc_of(bytes + 16, wp_get16(bytes + 10)));
	for (size_t i = 0; i < 16; i++)
		sum += i == 4 ? 0 : bytes[i];
	bytes[4] = (uint8_t)sum;
	/* Names stand one behind the other. */
	if (kind == 257 && room >= 38) {
		size_t length = (38u + bytes[19] + wp_get16(bytes + 36) + 3u) & ~(size_t)3;

		if (length + 16 <= room)
			set_sums(bytes + length, room - length);
	}
}

/* Whatever is found lies within the medium. */
static void check(const struct wp_media *media, const struct wp_media_file *file)
{
	if (!file->why && (file->offset > media->size || file->size > media->size - file->offset))
		abort();
}

int fuzz_one(const uint8_t *data, size_t size)
{
	static const char *const paths[] = { "sources/install.wim", "sources/boot.wim", "efi", "a/b/c/d", "" };
	uint8_t *image = calloc(SECTORS, SECTOR);
	char path[] = "/dev/shm/wimplan-fuzz-XXXXXX";
	struct wp_media_file file, *files;
	bool whole;
	struct wp_media *media;
	int reason;
	size_t end = 0;

	if (!image)
		return 0;
	while (size >= 4) {
		size_t sector = wp_get16(data) % SECTORS, length = wp_get16(data + 2) % (SECTOR + 1);

		data += 4;
		size -= 4;
		length = length < size ? length : size;
		if (length)
			memcpy(image + sector * SECTOR, data, length);
		set_sums(image + sector * SECTOR, SECTOR);
		data += length;
		size -= length;
		end = sector >= end ? sector + 1 : end;
	}
	fuzz_file(path, image, end * SECTOR);
	free(image);
	media = wp_media_open(path, &reason);
	for (size_t i = 0; media && i < sizeof paths / sizeof *paths; i++)
		if (wp_media_find(media, paths[i], &file))
			check(media, &file);
	if (media)
		for (size_t count = wp_media_list(media, "sources", "", "", &files, &whole); count--;)
			check(media, &files[count]);
	wp_media_close(media);
	fuzz_remove(path);
	return 0;
}
