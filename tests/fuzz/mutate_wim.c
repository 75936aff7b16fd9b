/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A mutator for WIM files, or for metadata resources alone: it makes sizes, counts and offsets, which changed bytes seldom
 * are, and gives a metadata resource that it has changed its SHA-1. Layouts: wimlib include/wimlib/header.h,
 * src/blob_table.c, src/dentry.c.
 */
#include "fuzz.h"

#include <openssl/sha.h>
#include <stdbool.h>
#include <string.h>

#define HEADER 208u
#define BLOB 50u
#define METADATA 2u
#define COMPRESSED 4u

struct field {
	unsigned char at, size;
};

/* flags, chunk size, parts, image count, boot index; then stored size, flags, offset and size of four resources. */
static const struct field header_fields[] = {
	{ 0x0c, 4 }, { 0x10, 4 }, { 0x14, 4 }, { 0x28, 2 }, { 0x2a, 2 }, { 0x2c, 4 }, { 0x78, 4 },
	{ 0x30, 7 }, { 0x37, 1 }, { 0x38, 8 }, { 0x40, 8 }, { 0x48, 7 }, { 0x4f, 1 }, { 0x50, 8 }, { 0x58, 8 },
	{ 0x60, 7 }, { 0x67, 1 }, { 0x68, 8 }, { 0x70, 8 }, { 0x7c, 7 }, { 0x83, 1 }, { 0x84, 8 }, { 0x8c, 8 },
};

/* stored size, flags, offset, size, part, references, SHA-1 */
static const struct field blob_fields[] = { { 0, 7 }, { 7, 1 }, { 8, 8 }, { 16, 8 }, { 24, 2 }, { 26, 4 }, { 30, 8 } };

/* length, attributes, security, list, SHA-1, reparse tag or hard link, streams, lengths of both names */
static const struct field entry_fields[] = {
	{ 0, 8 }, { 8, 4 }, { 12, 4 }, { 16, 8 }, { 64, 8 }, { 88, 4 }, { 88, 8 }, { 96, 2 }, { 98, 2 }, { 100, 2 },
};

/* of a solid resource: size, size of its chunks, compression, stored sizes of two chunks (wimlib include/wimlib/resource.h) */
static const struct field solid_fields[] = { { 0, 8 }, { 8, 4 }, { 12, 4 }, { 16, 4 }, { 20, 4 } };
#define SOLID 16u

static uint64_t state;

/* xorshift64; below @limit. */
static uint64_t chance(uint64_t limit)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return limit ? state % limit : 0;
}

static uint64_t get(const uint8_t *data, size_t at, unsigned int size)
{
	uint64_t value = 0;

	while (size--)
		value = value << 8 | data[at + size];
	return value;
}

static void put(uint8_t *data, size_t at, unsigned int size, uint64_t value)
{
	for (unsigned int i = 0; i < size; i++, value >>= 8)
		data[at + i] = (uint8_t)value;
}

/* A number that a reader may add up, multiply or take for what it is. */
static uint64_t new_number(uint64_t old, uint64_t file_size)
{
	static const uint64_t borders[] = { 0, 1, 2, 8, 50, 102, 208, 4096, 0x7fff, 0x8000, 0xffff, 0x10000 };

	switch (chance(8)) {
	case 0:
		return borders[chance(sizeof borders / sizeof *borders)];
	case 1:
		return UINT64_MAX - chance(16);
	case 2:
		return (UINT64_C(1) << chance(64)) - chance(2);
	case 3:
		return file_size + chance(17) - 8;
	case 4:
		return old << (1 + chance(8));
	case 5:
		return chance(file_size + 1);
	default:
		return old + chance(33) - 16;
	}
}

static void patch(uint8_t *data, size_t base, struct field field, uint64_t file_size)
{
	put(data, base + field.at, field.size, new_number(get(data, base + field.at, field.size), file_size));
}

/* A field of something that looks like an entry; entries begin at multiples of 8 (wimlib src/dentry.c). */
static void patch_metadata(uint8_t *data, size_t size)
{
	size_t at = 8 * chance(size / 8);

	for (size_t tries = 0; tries < 64; tries++, at = 8 * chance(size / 8)) {
		if (at + 102 > size || get(data, at, 8) < 102 || get(data, at, 8) > size)
			continue;
		patch(data, at, entry_fields[chance(sizeof entry_fields / sizeof *entry_fields)], size);
		return;
	}
	/* The security descriptors at its start, or nothing that is known. */
	if (size >= 16)
		patch(data, 4 * chance(4), (struct field){ 0, 4 }, size);
}

/* A metadata resource that is stored as it is; its entry in the blob table is kept true. */
static bool patch_tree(uint8_t *file, size_t size, size_t table, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		size_t entry = table + BLOB * i, offset = get(file, entry + 8, 8), length = get(file, entry, 7);

		if (!(file[entry + 7] & METADATA) || file[entry + 7] & COMPRESSED || offset > size || length > size - offset ||
		    length < 16)
			continue;
		patch_metadata(file + offset, length);
		SHA1(file + offset, length, file + entry + 30);
		return true;
	}
	return false;
}

/* What a solid resource begins with. */
static bool patch_solid(uint8_t *file, size_t size, size_t table, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		size_t entry = table + BLOB * i, offset = get(file, entry + 8, 8);

		if (!(file[entry + 7] & SOLID) || get(file, entry + 16, 8) != UINT64_C(0x100000000) || offset > size || size - offset < 24)
			continue;
		patch(file, offset, solid_fields[chance(sizeof solid_fields / sizeof *solid_fields)], size);
		return true;
	}
	return false;
}

/* A digit of the XML, which is UTF-16: an index, a count, a size, half a time. */
static void patch_xml(uint8_t *file, size_t size)
{
	size_t at = get(file, 0x50, 8);

	for (size_t tries = 0; tries < 256 && at < size; tries++) {
		size_t i = at + 2 * chance((size - at) / 2 + 1);

		if (i + 1 < size && file[i] >= '0' && file[i] <= '9' && !file[i + 1]) {
			file[i] = (uint8_t)('0' + chance(10));
			return;
		}
	}
}

static void patch_file(uint8_t *file, size_t size)
{
	size_t table = get(file, 0x38, 8), length = get(file, 0x30, 7), count = length / BLOB;
	bool has_table = count && table < size && length <= size - table;

	switch (chance(5)) {
	case 4:
		if (has_table && patch_solid(file, size, table, count))
			return;
		break;
	case 0:
		if (has_table && patch_tree(file, size, table, count))
			return;
		break;
	case 1:
		if (has_table) {
			patch(file, table + BLOB * chance(count), blob_fields[chance(sizeof blob_fields / sizeof *blob_fields)],
			      size);
			return;
		}
		break;
	case 2:
		patch_xml(file, size);
		return;
	}
	patch(file, 0, header_fields[chance(sizeof header_fields / sizeof *header_fields)], size);
}

/* Where the file number @number begins whose magic is in @data; @size when there is none. */
static size_t find_file(const uint8_t *data, size_t size, size_t number)
{
	for (size_t i = 0; i + HEADER <= size; i++)
		if (!memcmp(data + i, "MSWIM\0\0", 8) && !number--)
			return i;
	return size;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed)
{
	size_t at;

	state = seed + UINT64_C(0x9e3779b97f4a7c15);
	if (size < 16 || !chance(4))
		return LLVMFuzzerMutate(data, size, max_size);
	for (uint64_t changes = 1 + chance(4); changes; changes--) {
		at = find_file(data, size, chance(2));
		if (at == size)
			at = find_file(data, size, 0);
		if (at == size)
			patch_metadata(data, size);
		else
			patch_file(data + at, size - at);
	}
	return size;
}
